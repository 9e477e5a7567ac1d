/* SPDX-License-Identifier: MIT */
/* What the groups of this program share: a check that goes on, names of their own, and the calls that must succeed. */
#ifndef ZEROBUFFER_TESTS_C_API_TEST_H
#define ZEROBUFFER_TESTS_C_API_TEST_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <zerobuffer/zerobuffer.h>

extern int failures;

#define CHECK(condition)                                                                                      \
    do {                                                                                                      \
        if (!(condition)) {                                                                                   \
            fprintf(stderr, "%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #condition, zb_last_error()); \
            ++failures;                                                                                       \
        }                                                                                                     \
    } while (0)

/* The call is refused as misuse and says `part`. */
#define CHECK_MISUSE(call, part)                      \
    do {                                              \
        CHECK((call) == ZB_MISUSE);                   \
        CHECK(strstr(zb_last_error(), part) != NULL); \
        CHECK(strchr(zb_last_error(), ';') != NULL);  \
        CHECK(zb_last_system_error() == 0);           \
    } while (0)

#define SECOND INT64_C(1000000000)

/* A name that no other test uses. Valid until the next call. */
const char* unique_name(void);

typedef struct pair {
    char name[64];
    zb_reader* reader;
    zb_writer* writer;
} pair;

/* Reader and writer of one buffer of 64 KiB. */
pair make_pair(zb_layout layout);
void close_pair(pair* both);
void write_text(zb_writer* writer, const char* text);
int frame_is(const zb_frame* frame, const char* text);

void test_arguments(void);
void test_arrays(void);
void test_lifetime(void);
void test_stream(void);

#endif
