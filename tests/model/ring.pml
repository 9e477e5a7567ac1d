/* SPDX-License-Identifier: MIT
 *
 * The ring of layout v2: commit, take, release, and the two attaches, with a kill before every access to shared memory.
 * Follows ring/producer_v2.hpp and ring/consumer_v2.hpp; every ACCESS below is one load or one store there.
 *
 * Abstracted: bytes are units (the header is one, a payload has 0 to CAPACITY - 2); a unit is its size word and its sequence
 * word, and payload fills both. Payload and sequence numbers never look alike, so that whoever takes old payload for a
 * header is caught at once. Memory is sequentially consistent: x86 keeps stores in order, and elsewhere releases do
 * (docs/memory-model.md). Polling is a guard that blocks: waiting is the subject of wait.pml and doorbell.pml.
 * A process that was killed is the same proctype from its attach on: the lock lets one in at a time.
 */
#ifndef CAPACITY
#define CAPACITY 4
#endif
#ifndef FRAMES
#define FRAMES 4
#endif
#ifndef KILLS
#define KILLS 2
#endif

#define LARGEST (CAPACITY - 2)
#define NO_SIZE 99
#define payload_of(number) (100 + (number))
#define unit(position) ((position) % CAPACITY)

/* Shared memory. */
byte size[CAPACITY], sequence[CAPACITY];
byte producer_position, producer_sequence, consumer_position, consumer_sequence;

/* What an observer outside knows: it is never read by the protocol. */
byte kills;
byte committed, committed_end;  /* the last frame that exists, and where it ends */
byte released, released_end;    /* the last frame whose space was given back */
byte due;                       /* the sequence that the reader must be given next */
byte true_size[FRAMES + 1];

#define ACCESS(body) \
    if \
    :: d_step { body } \
    :: atomic { kills < KILLS -> kills++; goto killed } \
    fi

/* Nobody may write into what is committed and not given back. */
#define free_for_writing(position) (position >= committed_end && position < released_end + CAPACITY)

proctype writer() {
    byte at, last, seen, found, payload, filled;

attach:
    ACCESS(at = producer_position);
    ACCESS(last = producer_sequence);
#ifdef MUTANT_numbers_start_again
    last = 0;
#endif
#ifdef MUTANT_consumer_compared_before_rolling
    ACCESS(seen = consumer_position; assert(seen <= at));
#endif
#ifdef MUTANT_no_roll_forward
    found = 0;
#else
    ACCESS(found = sequence[unit(at)]);
#endif
    if
    :: found != 0 ->
#ifdef MUTANT_roll_refuses_an_even_line
        assert(found == last + 1);
#else
        assert(found == last || found == last + 1);
#endif
        ACCESS(payload = size[unit(at)]; assert(payload <= LARGEST));
        ACCESS(assert(sequence[unit(at + payload + 1)] == 0); last = found; at = at + payload + 1)
    :: else
    fi;
    ACCESS(seen = consumer_position; assert(seen <= at && at - seen <= CAPACITY));
    if
    :: found != 0 ->
        found = 0;
#ifdef MUTANT_rolled_line_swapped
        ACCESS(producer_position = at);
        ACCESS(producer_sequence = last)
#else
        ACCESS(producer_sequence = last);
        ACCESS(producer_position = at)
#endif
    :: else
    fi;

claim:
    if
    :: last == FRAMES -> goto done
    :: else
    fi;
    if
    :: payload = 0
    :: payload = 1
    :: payload = LARGEST
    fi;
#ifdef MUTANT_room_for_one_unit_less
#define fits(consumer) (payload + 1 <= CAPACITY - (at - consumer))
#else
#define fits(consumer) (payload + 2 <= CAPACITY - (at - consumer))
#endif
    if
    :: fits(seen)
    :: else -> ACCESS(fits(consumer_position) -> seen = consumer_position; assert(seen <= at))
    fi;
#define FILL \
    filled = 0; \
    do \
    :: filled < payload -> \
        ACCESS(filled++; \
               assert(free_for_writing(at + filled)); \
               size[unit(at + filled)] = NO_SIZE; \
               sequence[unit(at + filled)] = payload_of(last + 1)) \
    :: else -> filled = 0; break \
    od
#ifndef MUTANT_payload_late
    FILL;
#endif
    if
    :: skip
    :: payload > 0 -> payload--  /* commit(smaller): the next header then lies where payload was written */
    :: goto claim                /* abort */
    fi;
#ifndef MUTANT_size_late
    ACCESS(assert(free_for_writing(at)); size[unit(at)] = payload);
#endif
#define CLEAR \
    ACCESS(assert(free_for_writing(at + payload + 1)); sequence[unit(at + payload + 1)] = 0)
#if !defined(MUTANT_no_clear) && !defined(MUTANT_clear_late)
    CLEAR;
#endif
#if defined(MUTANT_mirror_early)
    ACCESS(producer_sequence = last + 1);
    ACCESS(producer_position = at + payload + 1);
#elif defined(MUTANT_mirror_sequence_early)
    ACCESS(producer_sequence = last + 1);
#endif
    ACCESS(assert(last == committed);
           committed++;
           committed_end = at + payload + 1;
           true_size[committed] = payload;
           sequence[unit(at)] = last + 1);
#ifdef MUTANT_payload_late
    FILL;
#endif
#ifdef MUTANT_size_late
    ACCESS(size[unit(at)] = payload);
#endif
#ifdef MUTANT_clear_late
    CLEAR;
#endif
    last++;
    at = at + payload + 1;
#if defined(MUTANT_no_mirror)
#elif defined(MUTANT_producer_line_swapped)
    ACCESS(producer_position = at);
    ACCESS(producer_sequence = last);
#else
    ACCESS(producer_sequence = last);
    ACCESS(producer_position = at);
#endif
    goto claim;

killed:
    atomic { at = 0; last = 0; seen = 0; found = 0; payload = 0; filled = 0 }
    goto attach;

done:
    atomic { at = 0; last = 0; seen = 0; payload = 0 }
}

/* The payload of a frame that ends at `end`, as its holder sees it. */
#define unit_intact(number, end, back) \
    (true_size[number] < back || sequence[unit(end - back)] == payload_of(number))
#define INTACT(number, end) \
    assert(unit_intact(number, end, 1) && unit_intact(number, end, 2) && unit_intact(number, end, 3))

proctype reader() {
    byte at, expected, found, payload, given, frontier, line;
    byte held;       /* frames taken and not given back */
    byte ends[2];    /* where the held ones end */

attach:
    ACCESS(at = consumer_position);
    ACCESS(line = consumer_sequence);
#ifdef MUTANT_mirror_may_not_lag
    ACCESS(assert(producer_position >= at));
#else
    ACCESS(assert((producer_position > at -> producer_position - at : at - producer_position) <= CAPACITY));
#endif
    ACCESS(found = sequence[unit(at)]; assert(found <= line + 1));
    atomic {
#ifdef MUTANT_resume_trusts_the_line
        expected = line + 1;
#else
        expected = (found != 0 -> found : line + 1);
#endif
        frontier = at;
        line = 0;
        found = 0;
        due = released + 1
    };

    do
    :: expected == FRAMES + 1 && held == 0 -> break
    :: atomic { kills < KILLS -> kills++; goto killed }  /* while it polls */
    :: held < 2 && sequence[unit(at)] != 0 ->
        ACCESS(found = sequence[unit(at)]);
        assert(found == expected && found == due);
        ACCESS(payload = size[unit(at)];
               assert(payload == true_size[found] && payload + 2 <= CAPACITY - (at - frontier));
               ends[held] = at + payload + 1;
               INTACT(found, ends[held]));
        atomic { at = at + payload + 1; held++; expected++; due++; found = 0; payload = 0 }
    :: held > 0 ->
        /* One frame, or both: the second was released first, and its space goes back with that of the first. */
        if
        :: given = 1
        :: held == 2 -> given = 2
        fi;
#if defined(MUTANT_credit_early)
        ACCESS(released = released + given; released_end = ends[given - 1];
               consumer_sequence = expected - 1 - held + given);
        ACCESS(consumer_position = ends[given - 1]);
        ACCESS(INTACT(expected - held, ends[0]));
#elif defined(MUTANT_credit_out_of_order)
        ACCESS(INTACT(expected - held, ends[0]); consumer_sequence = expected - 1);
        ACCESS(consumer_position = ends[held - 1]; released = released + given; released_end = ends[given - 1]);
#elif defined(MUTANT_consumer_line_swapped)
        ACCESS(INTACT(expected - held, ends[0]);
               consumer_position = ends[given - 1]; released = released + given; released_end = ends[given - 1]);
        ACCESS(consumer_sequence = released);
#else
        ACCESS(INTACT(expected - held, ends[0]);
               assert(given == 1 || unit_intact(expected - 1, ends[1], 1));
               consumer_sequence = expected - 1 - held + given);
        ACCESS(consumer_position = ends[given - 1]; released = released + given; released_end = ends[given - 1]);
#endif
        atomic {
            frontier = ends[given - 1];
            ends[0] = (given < held -> ends[1] : 0);
            ends[1] = 0;
            held = held - given;
            given = 0
        }
    od;
    atomic { at = 0; frontier = 0; expected = 0 }
    goto done;

killed:
    atomic {
        at = 0; expected = 0; found = 0; payload = 0; given = 0; frontier = 0; line = 0;
        held = 0; ends[0] = 0; ends[1] = 0
    }
    goto attach;

done:
    assert(released == FRAMES && committed == FRAMES)
}

init {
    atomic { run writer(); run reader() }
}
