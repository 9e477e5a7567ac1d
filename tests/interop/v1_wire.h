/* SPDX-License-Identifier: MIT */
/*
 * Protocol 1.0.0 as the first implementations speak it, for the peer that tests use in their place. Written from the
 * description of the wire alone: it shares no line with the library, so an error would have to be made twice.
 * Words of the control block are C11 atomics on the mapped bytes. Functions return "ok" or the name of what went wrong.
 * One thread. C; tests in C++ use v1_segment.c to look at the words from outside.
 */
#ifndef ZEROBUFFER_TESTS_INTEROP_V1_WIRE_H
#define ZEROBUFFER_TESTS_INTEROP_V1_WIRE_H

#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { V1_BLOCK_SIZE = 128, V1_HEADER_SIZE = 16, V1_NAME_CAPACITY = 256, V1_HELD_CAPACITY = 256 };

/* Offsets of the words of the control block. */
enum v1_word {
    V1_OIEB_SIZE = 0x00, /* u32, then four version bytes */
    V1_METADATA_SIZE = 0x08,
    V1_METADATA_FREE = 0x10,
    V1_METADATA_WRITTEN = 0x18,
    V1_PAYLOAD_SIZE = 0x20,
    V1_PAYLOAD_FREE = 0x28,
    V1_WRITE_POSITION = 0x30,
    V1_READ_POSITION = 0x38,
    V1_WRITTEN_COUNT = 0x40,
    V1_READ_COUNT = 0x48,
    V1_WRITER_PID = 0x50,
    V1_READER_PID = 0x58
};

/* Whose habits to imitate. */
enum v1_style { V1_STYLE_CPP, V1_STYLE_CSHARP, V1_STYLE_PYTHON };

/* One mapping of one buffer, with the handles that come with it. Zeroes mean: not there. */
struct v1_segment {
    char name[V1_NAME_CAPACITY];
    enum v1_style style;
    int file; /* descriptor + 1 */
    int lock; /* descriptor + 1 */
    unsigned char* base;
    size_t size;
    uint64_t metadata_size;
    uint64_t payload_size;
    sem_t* data;  /* sem-w: the writer posts */
    sem_t* space; /* sem-r: the reader posts */
};

struct v1_header {
    uint64_t size;
    uint64_t sequence;
};

struct v1_held {
    uint64_t offset; /* of the payload, in the segment */
    uint64_t size;
    uint64_t sequence;
};

struct v1_reader {
    struct v1_segment segment;
    size_t step; /* of the creation, how far it came */
    uint64_t expected;
    uint64_t markers;
    uint64_t short_tails;
    struct v1_held held[V1_HELD_CAPACITY];
    size_t held_count;
};

/* What a writer leaves in a tail that is too short for a marker; `avoid` wraps early so that none arises. */
enum v1_tail { V1_TAIL_STALE, V1_TAIL_ZERO, V1_TAIL_AVOID };

struct v1_writer {
    struct v1_segment segment;
    uint64_t next; /* sequence of the next frame */
    enum v1_tail tail;
    unsigned early; /* percent of the frames that wrap although they fit */
    int reset;      /* 1: write_position 0 after an exact fit, 0: payload_size */
    int timeout_ms;
    uint64_t random;
    uint64_t markers;
    uint64_t short_tails;
};

/* v1_segment.c: words, names and handles */
uint64_t v1_load(const struct v1_segment* segment, enum v1_word word);
void v1_store(struct v1_segment* segment, enum v1_word word, uint64_t value);
void v1_add(struct v1_segment* segment, enum v1_word word, uint64_t value);
unsigned char* v1_payload(const struct v1_segment* segment);
/* Path of the lock file in the folder that this style uses. */
void v1_lock_path(const struct v1_segment* segment, char* path, size_t capacity);
void v1_semaphore_name(const struct v1_segment* segment, char side, char* name, size_t capacity);
const char* v1_take_lock(struct v1_segment* segment);
/* Side 'w' or 'r'; `flags` as for sem_open. */
const char* v1_open_semaphore(struct v1_segment* segment, char side, int flags);
const char* v1_map(struct v1_segment* segment);
void v1_unmap(struct v1_segment* segment);
/* Removes names, whatever still uses them: 'm' shared memory, 's' semaphores, 'l' lock file. */
void v1_remove(const struct v1_segment* segment, char what);
int v1_alive(uint64_t pid);
/* 1 token taken, 0 none within the time. */
int v1_take_token(sem_t* semaphore, int timeout_ms);
/* Removes what dead readers left of names that start with `prefix`, as every old reader does before it creates. */
unsigned v1_scan(enum v1_style style, const char* prefix);
/* Dies by SIGKILL when the armed point is this one. */
void v1_arm(const char* point);
void v1_point(const char* point);

/* v1_reader.c */
/* Creates as far as the step named `until`, or to the end if that is NULL; called again it goes on. */
const char* v1_reader_create(struct v1_reader* reader, const char* until);
const char* v1_reader_take(struct v1_reader* reader, int timeout_ms);
/* Releases the held frame of that sequence, 0 for the oldest. */
const char* v1_reader_release(struct v1_reader* reader, uint64_t sequence);
void v1_reader_close(struct v1_reader* reader);

/* v1_writer.c */
/* With `pid_only` stops between storing the pid and opening the semaphores. */
const char* v1_writer_connect(struct v1_writer* writer, int pid_only);
/* Room for a frame: wraps if need be, writes the header. `offset` of the payload in the segment. */
const char* v1_writer_place(struct v1_writer* writer, uint64_t size, uint64_t* offset);
void v1_writer_commit(struct v1_writer* writer, uint64_t size);
/* Length, bytes, then the two counters; once per buffer. */
const char* v1_writer_metadata(struct v1_writer* writer, const unsigned char* bytes, uint64_t size);
void v1_writer_close(struct v1_writer* writer);

#ifdef __cplusplus
}
#endif

#endif
