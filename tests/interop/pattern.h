/* SPDX-License-Identifier: MIT */
/*
 * Frames that both ends can make up for themselves: size and bytes follow from a seed and the number of the frame.
 * A receiver that knows the seed needs no copy of what was sent. Plain functions, C and C++, any thread.
 */
#ifndef ZEROBUFFER_TESTS_INTEROP_PATTERN_H
#define ZEROBUFFER_TESTS_INTEROP_PATTERN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* splitmix64: every bit of the result depends on every bit of the state. */
static inline uint64_t pattern_mix(uint64_t state) {
    state += UINT64_C(0x9e3779b97f4a7c15);
    state = (state ^ (state >> 30U)) * UINT64_C(0xbf58476d1ce4e5b9);
    state = (state ^ (state >> 27U)) * UINT64_C(0x94d049bb133111eb);
    return state ^ (state >> 31U);
}

/* A number for each use of each frame; `use` keeps sizes and bytes of one frame independent. */
static inline uint64_t pattern_number(uint64_t seed, uint64_t frame, uint64_t use) {
    return pattern_mix(pattern_mix(seed + use) ^ (frame * UINT64_C(0xd1342543de82ef95)));
}

/* Payload bytes of that frame, in smallest..largest. */
static inline uint64_t pattern_size(uint64_t seed, uint64_t frame, uint64_t smallest, uint64_t largest) {
    return smallest + (pattern_number(seed, frame, 1) % (largest - smallest + 1));
}

static inline void pattern_fill(unsigned char* bytes, size_t size, uint64_t seed, uint64_t frame) {
    uint64_t word = pattern_number(seed, frame, 2);
    for (size_t at = 0; at < size; at += sizeof word) {
        const size_t part = size - at < sizeof word ? size - at : sizeof word;
        memcpy(bytes + at, &word, part);
        word = word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    }
}

/* 1 when the bytes are those of that frame. */
static inline int pattern_matches(const unsigned char* bytes, size_t size, uint64_t seed, uint64_t frame) {
    uint64_t word = pattern_number(seed, frame, 2);
    for (size_t at = 0; at < size; at += sizeof word) {
        const size_t part = size - at < sizeof word ? size - at : sizeof word;
        if (memcmp(bytes + at, &word, part) != 0) { return 0; }
        word = word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    }
    return 1;
}

/* FNV-1a, to tell frames apart in a report. */
static inline uint64_t pattern_checksum(const unsigned char* bytes, size_t size) {
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (size_t at = 0; at < size; ++at) {
        sum = (sum ^ bytes[at]) * UINT64_C(0x100000001b3);
    }
    return sum;
}

#endif
