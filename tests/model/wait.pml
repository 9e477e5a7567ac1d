/* SPDX-License-Identifier: MIT
 *
 * Waiting, ringing, and who is there: both sides of layout v2 sleep on their bells, attach, close, and are killed before any
 * access to shared memory; a later process takes the place of one that is gone. Follows endpoint/bell_v2.hpp,
 * segment_v2.cpp (announce(), peer(), leave()), wait_loop.hpp and the batches of writer_engine.hpp and reader_engine.hpp.
 *
 * Abstracted: the ring is two counters, one store each; ring.pml shows that a commit and a release are just that. Memory is
 * sequentially consistent, so fences are nothing; doorbell.pml has store buffers. The slice of 50 ms is switched off: a
 * sleep ends by a wake, except that it may end by itself while the *peer is dead and not replaced*, and SPURIOUS times
 * at any moment (a timed sleep, a signal). When
 * nothing can happen any more, a side that sleeps must have nothing to do.
 */
#ifndef CAPACITY
#define CAPACITY 2
#endif
#ifndef FRAMES
#define FRAMES 3
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef LIVES
#define LIVES 3  /* endpoints in all, of both sides */
#endif
#ifndef SPURIOUS
#define SPURIOUS 1
#endif

#define READER 0
#define WRITER 1

/* Shared memory, the kernel's queue of sleepers, and its locks. */
byte committed, released;
bit bell[2], asleep[2], locked[2];
byte generation[2];

/* What an observer outside knows. */
byte kills, lives, spurious;
bool present[2];    /* between announce() and the end of it */
bool killed[2];     /* the last one that was present ended by a kill */
bool unrung[2];     /* killed, and no later one has rung yet: the only time that the peer needs its slice */
bool met[2];        /* saw its peer attached, or had something from it: private, read at the end only */
byte taken;         /* by the reader: private, read at the end only */

#define DIE(me) \
    kills++; \
    killed[me] = killed[me] || present[me]; \
    present[me] = false; \
    unrung[me] = true; \
    goto dead

#define ACCESS(me, body) \
    if \
    :: d_step { body } \
    :: atomic { kills < KILLS -> DIE(me) } \
    fi

/* After something was published. */
#ifdef MUTANT_wake_before_clear
#define CLEAR_AND_WAKE(me, peer) \
    ACCESS(me, asleep[peer] = 0); \
    ACCESS(me, bell[peer] = 0)
#else
#define CLEAR_AND_WAKE(me, peer) \
    ACCESS(me, was = bell[peer]; bell[peer] = 0); \
    if \
    :: was -> ACCESS(me, asleep[peer] = 0; was = 0) \
    :: else \
    fi
#endif
#ifdef MUTANT_bell_read_before_publish
#define LOOK_AT_BELL_EARLY(me, peer) ACCESS(me, was = bell[peer])
#define LOOK_AT_BELL(me, peer) skip
#else
#define LOOK_AT_BELL_EARLY(me, peer)
#define LOOK_AT_BELL(me, peer) ACCESS(me, was = bell[peer])
#endif
#define RING(me, peer) \
    LOOK_AT_BELL(me, peer); \
    if \
    :: was -> CLEAR_AND_WAKE(me, peer) \
    :: else \
    fi

#define RING_LOUDLY(me, peer) \
    ACCESS(me, bell[peer] = 0); \
    ACCESS(me, asleep[peer] = 0)

/* Announces, looks again, sleeps. */
#if defined(MUTANT_no_look_again)
#define LOOK_AGAIN(me, peer, ready) looked = false
#elif defined(MUTANT_no_second_look_for_a_close)
#define LOOK_AGAIN(me, peer, ready) ACCESS(me, looked = (ready))
#else
#define LOOK_AGAIN(me, peer, ready) \
    ACCESS(me, looked = (ready)); \
    if \
    :: !looked && judged == attached -> \
        ACCESS(me, looked = generation[peer] != 0 && generation[peer] % 2 == 0) \
    :: else \
    fi
#endif
#ifdef MUTANT_sleep_without_comparing
#define STILL_ANNOUNCED(me) true
#else
#define STILL_ANNOUNCED(me) bell[me]
#endif
#ifdef MUTANT_looks_then_announces
#define ANNOUNCE_AND_LOOK(me, peer, ready) \
    LOOK_AGAIN(me, peer, ready); \
    ACCESS(me, bell[me] = 1)
#else
#define ANNOUNCE_AND_LOOK(me, peer, ready) \
    ACCESS(me, bell[me] = 1); \
    LOOK_AGAIN(me, peer, ready)
#endif
#define SLEEP(me, peer, ready) \
    ANNOUNCE_AND_LOOK(me, peer, ready); \
    if \
    :: !looked -> \
        ACCESS(me, asleep[me] = STILL_ANNOUNCED(me)); \
end_asleep: \
        if \
        :: !asleep[me] \
        :: d_step { asleep[me] && unrung[peer] -> asleep[me] = 0 } \
        :: d_step { asleep[me] && spurious < SPURIOUS -> spurious++; asleep[me] = 0 } \
        :: atomic { kills < KILLS -> DIE(me) } \
        fi \
    :: else -> looked = false \
    fi; \
    ACCESS(me, bell[me] = 0)

/* peer(): generation, lock, generation. `real` and `must` are the observer's: whether it was as judged, and what existed. */
mtype = { unmet, attached, closed, died };

#define JUDGE(me, peer) \
    tries = 0; \
    ACCESS(me, before = generation[peer]; real = !present[peer] && !killed[peer]; must = committed); \
    do \
    :: before == 0 -> judged = unmet; break \
    :: before != 0 && before % 2 == 0 -> judged = closed; break \
    :: before % 2 == 1 && tries == 3 -> judged = attached; break \
    :: before % 2 == 1 && tries < 3 -> \
        ACCESS(me, held = locked[peer]; real = !present[peer] && killed[peer]; must = committed); \
        if \
        :: held -> judged = attached; break \
        :: else \
        fi; \
        RECHECK(me, peer); \
        if \
        :: again == before -> judged = died; break \
        :: else -> before = again; tries++ \
        fi \
    od; \
    atomic { met[me] = met[me] || judged == attached; tries = 0; before = 0; again = 0; held = 0 }
#ifdef MUTANT_no_second_look_at_generation
#define RECHECK(me, peer) again = before
#else
#define RECHECK(me, peer) \
    ACCESS(me, again = generation[peer]; \
           real = (again == before -> real : !present[peer] && !killed[peer]); \
           must = (again == before -> must : committed))
#endif

/* peer_without_probe(): the lock of a peer that was there within the slice is not looked at, so that a death does not show. */
#define GLANCE(me, peer) \
    ACCESS(me, before = generation[peer]; real = !present[peer] && !killed[peer]; must = committed); \
    atomic { judged = (before % 2 == 1 -> attached : closed); before = 0 }
#define JUDGE_OR_GLANCE(me, peer) \
    if \
    :: JUDGE(me, peer) \
    :: met[me] -> GLANCE(me, peer) \
    fi

/* The peer first, then the ring once more; only a peer that was met is reported. The reader must have had everything. */
#if defined(MUTANT_loss_without_second_look)
#define LOOK_FOR_PEER(me, peer, ready) \
    JUDGE_OR_GLANCE(me, peer); \
    looked = false
#elif defined(MUTANT_generation_read_after_ring)
#define LOOK_FOR_PEER(me, peer, ready) \
    ACCESS(me, looked = (ready)); \
    JUDGE_OR_GLANCE(me, peer)
#else
#define LOOK_FOR_PEER(me, peer, ready) \
    JUDGE_OR_GLANCE(me, peer); \
    if \
    :: judged == closed || judged == died -> ACCESS(me, looked = (ready)) \
    :: else \
    fi
#endif

/* From the first look that found nothing; jumps to `next` when there is something, to `leaving` when there never will be. */
#define WAIT(me, peer, ready, delivered) \
    do \
    :: ACCESS(me, looked = (ready)); \
        if \
        :: looked -> looked = false; break \
        :: else \
        fi; \
        LOOK_FOR_PEER(me, peer, ready); \
        if \
        :: looked -> looked = false; break \
        :: !looked && met[me] && (judged == closed || judged == died) -> \
            assert(real && (delivered)); \
            goto leaving \
        :: else \
        fi; \
        atomic { real = false; must = 0 } \
        SLEEP(me, peer, ready); \
        judged = 0 \
    od; \
    atomic { judged = 0; real = false; must = 0 }

#ifdef MUTANT_announced_before_locking
#define ATTACH(me, peer, take_over) \
    ACCESS(me, generation[me] = (generation[me] + 1) | 1; present[me] = true; killed[me] = false); \
    ACCESS(me, locked[me] = 1); \
    ACCESS(me, take_over)
#else
#define ATTACH(me, peer, take_over) \
    ACCESS(me, locked[me] = 1); \
    ACCESS(me, take_over); \
    ACCESS(me, generation[me] = (generation[me] + 1) | 1; present[me] = true; killed[me] = false)
#endif

#ifdef MUTANT_no_ring_at_attach
#define RING_AT_ATTACH(me, peer) ACCESS(me, unrung[me] = false)
#else
#define RING_AT_ATTACH(me, peer) \
    ACCESS(me, bell[peer] = 0); \
    ACCESS(me, asleep[peer] = 0; unrung[me] = false)
#endif

#define STEP_DOWN(me) ACCESS(me, generation[me] = generation[me] + 1; present[me] = false)
#define RING_AT_CLOSE(me, peer) \
    ACCESS(me, bell[peer] = 0); \
    ACCESS(me, asleep[peer] = 0)
#define UNLOCK(me) ACCESS(me, locked[me] = 0)
#if defined(MUTANT_no_ring_at_close)
#define LEAVE(me, peer) \
    STEP_DOWN(me); \
    UNLOCK(me)
#elif defined(MUTANT_rings_before_it_closes)
#define LEAVE(me, peer) \
    RING_AT_CLOSE(me, peer); \
    STEP_DOWN(me); \
    UNLOCK(me)
#elif defined(MUTANT_unlocks_before_it_closes)
#define LEAVE(me, peer) \
    UNLOCK(me); \
    STEP_DOWN(me); \
    RING_AT_CLOSE(me, peer)
#else
#define LEAVE(me, peer) \
    STEP_DOWN(me); \
    RING_AT_CLOSE(me, peer); \
    UNLOCK(me)
#endif

#ifdef MUTANT_batch_asleep_unrung
#define RING_BEFORE_WAITING(me, peer) pending = false
#else
#define RING_BEFORE_WAITING(me, peer) \
    if \
    :: pending -> RING(me, peer); pending = false \
    :: else \
    fi
#endif

/* The process is gone; a moment later the kernel drops its lock. */
#define BURY(me) \
    atomic { \
        asleep[me] = 0; met[me] = false; was = 0; looked = false;  pending = false; held = 0; \
        before = 0; again = 0; tries = 0; judged = 0; real = false; must = 0 \
    } \
    locked[me] = 0

#define COME_OR_STAY_AWAY(me) \
    if \
    :: lives < LIVES -> lives++ \
    :: goto end \
    fi

proctype reader() {
    byte before, again, tries, must;
    bit was, held;
    bool looked, pending, real;
    mtype judged;

start:
    COME_OR_STAY_AWAY(READER);
    ATTACH(READER, WRITER, taken = released);
    RING_AT_ATTACH(READER, WRITER);
    JUDGE(READER, WRITER);
    atomic { judged = 0; real = false; must = 0 }

next:
    if
    :: taken < FRAMES
    :: goto leaving
    :: !pending -> goto end_idle
    fi;
    ACCESS(READER, looked = committed > taken);
    if
    :: looked ->
        atomic { looked = false; met[READER] = true; taken++ }
        LOOK_AT_BELL_EARLY(READER, WRITER);
        ACCESS(READER, released = taken);
        /* release(), or release_many() going on */
        if
        :: RING(READER, WRITER)
        :: pending = true
        fi
    :: else ->
        RING_BEFORE_WAITING(READER, WRITER);
        WAIT(READER, WRITER, committed > taken, taken >= must)
    fi;
    goto next;

leaving:
    RING_BEFORE_WAITING(READER, WRITER);
    LEAVE(READER, WRITER);
    taken = 0;
    atomic { met[READER] = false; judged = 0; real = false; must = 0 }
    goto start;

dead:
    taken = 0;
    BURY(READER);
    goto start;

end_idle:  /* attached, and busy with something else for ever */
    false;

end:
    skip
}

proctype writer() {
    byte first, before, again, tries, must;
    bit was, held;
    bool looked, pending, real;
    mtype judged;

start:
    COME_OR_STAY_AWAY(WRITER);
    ATTACH(WRITER, READER, first = released);
    RING_AT_ATTACH(WRITER, READER);
    JUDGE(WRITER, READER);
    atomic { judged = 0; real = false; must = 0 }

next:
    if
    :: committed < FRAMES
    :: goto leaving
    :: !pending -> goto end_idle
    fi;
    ACCESS(WRITER, looked = committed - released < CAPACITY; met[WRITER] = met[WRITER] || released != first);
    if
    :: looked ->
        looked = false;
        LOOK_AT_BELL_EARLY(WRITER, READER);
        ACCESS(WRITER, committed++);
        /* write(), or write_many() going on */
        if
        :: RING(WRITER, READER); pending = false
        :: pending = true
        fi
    :: else ->
        RING_BEFORE_WAITING(WRITER, READER);
        WAIT(WRITER, READER, committed - released < CAPACITY, true)
    fi;
    goto next;

leaving:
    RING_BEFORE_WAITING(WRITER, READER);
    LEAVE(WRITER, READER);
    first = 0;
    atomic { met[WRITER] = false; judged = 0; real = false; must = 0 }
    goto start;

dead:
    first = 0;
    BURY(WRITER);
    goto start;

end_idle:  /* attached, and busy with something else for ever */
    false;

end:
    skip
}

#define peer_closed(peer) (generation[peer] != 0 && generation[peer] % 2 == 0)

/* When nothing can happen any more: who sleeps has nothing to do. */
init {
    atomic { run reader(); run writer() }
    timeout;
    assert(!asleep[READER] || (committed == taken && !(met[READER] && peer_closed(WRITER))));
    assert(!asleep[WRITER] || (committed - released == CAPACITY && !(met[WRITER] && peer_closed(READER))))
}
