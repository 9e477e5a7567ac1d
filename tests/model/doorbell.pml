/* SPDX-License-Identifier: MIT
 *
 * One doorbell under store buffers (x86-TSO): the ringer publishes, the sleeper sleeps, and each fences in its way: both with
 * a fence, or the sleeper with a membarrier or a nap and the ringer with nothing but program order. Every mix of kinds, a
 * sleeper that is killed before any access and replaced by one of another kind, a membarrier that begins to fail, and
 * sleeps that end by themselves (those of predicted waking, which are followed by a spin). Follows endpoint/bell_v2.hpp
 * and platform/fence.
 *
 * Abstracted: what is published is one counter. One direction only: in the other, each side has the other part, and a fence
 * more on either side can only help here. A membarrier is a moment at which the ringer's buffer is empty (man 2 membarrier:
 * between entry and return, all accesses match program order); so is each system call of a process for its own buffer,
 * and its death. A nap ends when the ringer's stores from before it are out. The slice is switched off, but for the one
 * event that docs/memory-model.md names: a sleeper replaced by one that does less for its ringer.
 */
#ifndef PUBLISHED
#define PUBLISHED 3
#endif
#ifndef REPLACED
#define REPLACED 1  /* times that the sleeper is killed */
#endif
#ifndef TIMED
#define TIMED 1     /* sleeps that end by themselves */
#endif
#ifndef FAILING
#define FAILING 1   /* membarriers that fail */
#endif
#define OWN 0       /* the kinds of sleepers: wire::SleepersFence */
#define MEMBARRIER 1
#define NAP 2
#ifdef MUTANT_no_slice_for_a_change_of_kind
#define SLICES_PER_CHANGE 0
#else
#define SLICES_PER_CHANGE 1
#endif

/* Shared memory: by address. */
#define RING 0
#define BELL 1
#define FENCES 2
byte memory[3];
chan of_ringer = [2] of { byte, byte };   /* store buffers: first in, first out */
chan of_sleeper = [2] of { byte, byte };
bit asleep;                               /* the kernel's queue on the bell */

bit ringer_registered;
byte sleeper_kind;
byte held_back;                           /* of the stores that a nap waits for: private, the nature of time */
byte replaced, timed, failed, slices;
byte seen;                                /* by the sleeper: private, read at the end only */

proctype drain(chan buffer) {
    byte address, value;
end_empty:
    do
    :: atomic {
            buffer?address,value -> memory[address] = value; address = 0; value = 0;
            if
            :: buffer == of_ringer && held_back > 0 -> held_back--
            :: else
            fi
        }
    od
}

#define STORE(buffer, address, value) buffer!address,value
#define EMPTY(buffer) (len(buffer) == 0)

proctype ringer() {
    byte count, bell, fences;

    do
    :: count < PUBLISHED ->
#ifdef MUTANT_bell_read_before_publish
        atomic { bell = memory[BELL]; fences = memory[FENCES] }
#endif
        atomic { count++; STORE(of_ringer, RING, count) }
        /* The short way, where the compiler barrier is program order. */
#ifndef MUTANT_bell_read_before_publish
        atomic { bell = memory[BELL]; fences = memory[FENCES] }
#endif
        if
#if defined(MUTANT_short_way_unasked)
        :: bell == 0 -> goto rung
#elif defined(MUTANT_short_way_unregistered)
        :: bell == 0 && (fences == NAP || fences == MEMBARRIER) -> goto rung
#else
        :: bell == 0 && (fences == NAP || (fences == MEMBARRIER && ringer_registered)) -> goto rung
#endif
        :: else
        fi;
#ifndef MUTANT_no_ringer_fence
        EMPTY(of_ringer);
#endif
        bell = memory[BELL];
        if
        :: bell != 0 ->
#ifdef MUTANT_wake_before_clear
            asleep = 0;
            d_step { EMPTY(of_ringer) -> bell = memory[BELL]; memory[BELL] = 0 }
#else
            d_step { EMPTY(of_ringer) -> bell = memory[BELL]; memory[BELL] = 0 }
            if
            :: bell != 0 -> asleep = 0
            :: else
            fi
#endif
        :: else
        fi;
rung:
        atomic { bell = 0; fences = 0 }
        if
        :: skip
        :: true -> seen == count  /* nothing more before the answer */
        fi
    :: else -> break
    od;
    count = 0
}

/* Everything below may be the last that this process does. */
#define ACCESS(body) \
    if \
    :: body \
    :: atomic { replaced < REPLACED -> replaced++; goto killed } \
    fi

proctype sleeper() {
    byte now, old_kind;
    bit broken;

    if
    :: sleeper_kind = OWN
    :: sleeper_kind = MEMBARRIER
    :: sleeper_kind = NAP
    fi;

attach:
    /* fences, before the generation; then the peer's bell, which is a system call. */
#ifdef MUTANT_kind_untold
    if
    :: replaced == 0 -> ACCESS(STORE(of_sleeper, FENCES, sleeper_kind))
    :: else
    fi;
#else
    ACCESS(STORE(of_sleeper, FENCES, sleeper_kind));
#endif
    ACCESS(EMPTY(of_sleeper));

    do
    :: /* Look; a spin is more of the same. */
        ACCESS(now = memory[RING]);
        atomic { seen = now; now = 0 }
        if
        :: seen == PUBLISHED -> break
        :: else
        fi;

#if defined(MUTANT_membarrier_before_announce)
        if
        :: sleeper_kind == MEMBARRIER -> ACCESS(EMPTY(of_sleeper) && (EMPTY(of_ringer) || !ringer_registered))
        :: else
        fi;
#endif
        ACCESS(STORE(of_sleeper, BELL, 1));
#ifdef MUTANT_look_before_fence
        ACCESS(now = memory[RING]);
#endif
#ifndef MUTANT_no_sleeper_fence
        ACCESS(EMPTY(of_sleeper));
#endif
#if !defined(MUTANT_no_membarrier) && !defined(MUTANT_membarrier_before_announce)
        if
        :: sleeper_kind == MEMBARRIER ->
            if
            :: !broken -> ACCESS(EMPTY(of_ringer) || !ringer_registered)
#ifdef MUTANT_failure_untold
            :: broken
#endif
            :: !broken && failed < FAILING ->
                /* fall_back() */
                atomic { failed++; broken = 1 }
#ifndef MUTANT_failure_untold
                atomic { sleeper_kind = NAP; broken = 0 }
                ACCESS(STORE(of_sleeper, FENCES, NAP));
                ACCESS(EMPTY(of_sleeper))
#endif
            fi
        :: else
        fi;
#endif
#if !defined(MUTANT_no_look_again) && !defined(MUTANT_look_before_fence)
        ACCESS(now = memory[RING]);
#endif
        if
        :: now > seen -> goto up
        :: else
        fi;
#ifndef MUTANT_no_nap
        if
        :: sleeper_kind == NAP ->
            ACCESS(d_step { EMPTY(of_sleeper) -> asleep = memory[BELL]; held_back = len(of_ringer) });
end_napping:
            if
            :: !asleep -> held_back = 0; goto up
#ifdef MUTANT_nap_too_short
            :: d_step { asleep -> asleep = 0; held_back = 0 }
#else
            :: d_step { asleep && held_back == 0 -> asleep = 0 }
#endif
            :: atomic { asleep && replaced < REPLACED -> replaced++; goto killed }
            fi
#ifndef MUTANT_no_look_after_the_nap
            ;
            ACCESS(now = memory[RING]);
            if
            :: now > seen -> goto up
            :: else
            fi
#endif
        :: else
        fi;
#endif
        ACCESS(d_step { EMPTY(of_sleeper) -> asleep = memory[BELL] });
end_asleep:
        if
        :: !asleep
        :: d_step { asleep && timed < TIMED -> timed++; asleep = 0 }
        :: atomic { asleep && replaced < REPLACED -> replaced++; goto killed }
        fi;
up:
        now = 0;
        ACCESS(STORE(of_sleeper, BELL, 0))
    od;
    goto end;

killed:
    /* Dead: its buffer drains. The next one may be of the other kind. */
    atomic { EMPTY(of_sleeper) -> asleep = 0; held_back = 0; now = 0; seen = 0; broken = 0; old_kind = sleeper_kind }
    if
    :: sleeper_kind = OWN;
        slices = slices + (old_kind == NAP || (old_kind == MEMBARRIER && ringer_registered) -> SLICES_PER_CHANGE : 0)
    :: sleeper_kind = MEMBARRIER; slices = slices + (old_kind == NAP && !ringer_registered -> SLICES_PER_CHANGE : 0)
    :: sleeper_kind = NAP
    fi;
    old_kind = 0;
    goto attach;

end:
    skip
}

/* A sleep from which nobody wakes uses up a slice. Without one left, who sleeps must have seen everything. */
init {
    if
    :: ringer_registered = 0
    :: ringer_registered = 1
    fi;
    atomic { run drain(of_ringer); run drain(of_sleeper); run ringer(); run sleeper() }
    do
    :: timeout ->
        if
        :: asleep && memory[RING] != seen && slices > 0 -> atomic { slices--; asleep = 0 }
        :: else -> break
        fi
    od;
    assert(!asleep || memory[RING] == seen)
}
