/* SPDX-License-Identifier: MIT */
/* Leases that outlive their endpoint, the end of streams and of waits, and shutting down while other threads call. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "c_api_test.h"

static void frame_outlives_its_reader(zb_layout layout) {
    pair both = make_pair(layout);
    zb_frame frame;
    zb_snapshot snapshot;
    write_text(both.writer, "still here");
    CHECK(zb_reader_acquire(both.reader, 0, &frame) == ZB_OK);
    zb_writer_close(both.writer);
    zb_reader_close(both.reader);
    CHECK(frame_is(&frame, "still here"));
    CHECK(zb_reader_release(&frame) == ZB_OK);
    CHECK(zb_inspect(both.name, &snapshot) == ZB_NOT_FOUND);
}

static void claim_outlives_its_writer(zb_layout layout) {
    pair both = make_pair(layout);
    zb_claim claim;
    CHECK(zb_writer_claim(both.writer, 100, 0, &claim) == ZB_OK);
    zb_writer_close(both.writer);
    memset(claim.data, 1, claim.size);
    CHECK(zb_writer_commit(&claim, 100, NULL) == ZB_CLOSED);
    CHECK(zb_writer_abort(&claim) == ZB_OK);
    CHECK(zb_reader_wait(both.reader, 0) != ZB_OK);
    zb_reader_close(both.reader);
}

static void end_of_the_stream_comes_after_its_last_frame(zb_layout layout) {
    pair both = make_pair(layout);
    zb_frame frame;
    write_text(both.writer, "last");
    zb_writer_close(both.writer);
    CHECK(zb_reader_acquire(both.reader, ZB_FOREVER, &frame) == ZB_OK);
    CHECK(frame_is(&frame, "last"));
    CHECK(zb_reader_release(&frame) == ZB_OK);
    CHECK(zb_reader_acquire(both.reader, ZB_FOREVER, &frame) == ZB_PEER_CLOSED);
    CHECK(strstr(zb_last_error(), both.name) != NULL);
    zb_stats stats;
    CHECK(zb_reader_stats(both.reader, &stats) == ZB_OK);
    CHECK(stats.peer == ZB_PEER_STATE_CLOSED);
    both.writer = NULL;
    close_pair(&both);
}

static void writer_creates_and_reader_opens(void) {
    zb_reader* reader = NULL;
    zb_writer* writer = NULL;
    char name[64];
    snprintf(name, sizeof name, "%s", unique_name());
    CHECK(zb_reader_open(name, NULL, &reader) == ZB_NOT_FOUND);
    CHECK(zb_writer_open(name, NULL, &writer) == ZB_NOT_FOUND);
    CHECK(reader == NULL && writer == NULL);
    CHECK(zb_writer_create(name, NULL, &writer) == ZB_OK);
    CHECK(zb_reader_open(name, NULL, &reader) == ZB_OK);
    zb_reader* second = NULL;
    CHECK(zb_reader_open(name, NULL, &second) == ZB_BUSY);
    CHECK(second == NULL);
    zb_writer_close(writer);
    zb_reader_close(reader);
}

typedef struct waiter {
    zb_reader* reader;
    zb_writer* writer;
    atomic_int started;
    zb_status status;
    zb_status next;
} waiter;

static void* wait_for_a_frame(void* argument) {
    waiter* const self = argument;
    zb_frame frame;
    atomic_store(&self->started, 1);
    self->status = zb_reader_acquire(self->reader, ZB_FOREVER, &frame);
    self->next = zb_reader_acquire(self->reader, 0, &frame);
    return NULL;
}

static void* wait_for_room(void* argument) {
    waiter* const self = argument;
    zb_claim claim;
    atomic_store(&self->started, 1);
    self->status = zb_writer_claim(self->writer, 60000, ZB_FOREVER, &claim);
    self->next = zb_writer_claim(self->writer, 60000, 0, &claim);
    return NULL;
}

static pthread_t start(waiter* self, void* (*body)(void*)) {
    pthread_t thread;
    atomic_init(&self->started, 0);
    CHECK(pthread_create(&thread, NULL, body, self) == 0);
    while (atomic_load(&self->started) == 0) {}
    return thread;
}

static void shutdown_ends_a_waiting_reader(zb_layout layout) {
    pair both = make_pair(layout);
    waiter self = {.reader = both.reader, .status = ZB_OK, .next = ZB_OK};
    const pthread_t thread = start(&self, wait_for_a_frame);
    zb_reader_shutdown(both.reader);
    pthread_join(thread, NULL);
    CHECK(self.status == ZB_CLOSED);
    CHECK(self.next == ZB_CLOSED);
    zb_properties properties;
    zb_stats stats;
    CHECK(zb_reader_properties(both.reader, &properties) == ZB_OK);
    CHECK(properties.capacity == 64 << 10);
    CHECK(zb_reader_stats(both.reader, &stats) == ZB_CLOSED);
    CHECK(zb_reader_cancel(both.reader) == ZB_CLOSED);
    zb_reader_shutdown(both.reader);
    close_pair(&both);
}

static void shutdown_ends_a_waiting_writer(zb_layout layout) {
    pair both = make_pair(layout);
    static char content[60000];
    CHECK(zb_writer_write(both.writer, content, sizeof content, 0, NULL) == ZB_OK);
    waiter self = {.writer = both.writer, .status = ZB_OK, .next = ZB_OK};
    const pthread_t thread = start(&self, wait_for_room);
    zb_writer_shutdown(both.writer);
    pthread_join(thread, NULL);
    CHECK(self.status == ZB_CLOSED);
    CHECK(self.next == ZB_CLOSED);
    zb_properties properties;
    zb_stats stats;
    CHECK(zb_writer_properties(both.writer, &properties) == ZB_OK);
    CHECK(zb_writer_stats(both.writer, &stats) == ZB_CLOSED);
    zb_writer_shutdown(both.writer);
    zb_frame frame;
    CHECK(zb_reader_acquire(both.reader, 0, &frame) == ZB_OK);
    CHECK(zb_reader_release(&frame) == ZB_OK);
    close_pair(&both);
}

static void shutdown_lets_the_next_one_attach(void) {
    pair both = make_pair(ZB_LAYOUT_V2);
    zb_reader* reader = NULL;
    zb_reader_shutdown(both.reader);
    CHECK(zb_reader_open(both.name, NULL, &reader) == ZB_OK);
    write_text(both.writer, "x");
    zb_frame frame;
    CHECK(zb_reader_acquire(reader, 0, &frame) == ZB_OK);
    CHECK(zb_reader_release(&frame) == ZB_OK);
    zb_reader_close(both.reader);
    both.reader = reader;
    close_pair(&both);
}

static void cancel_ends_a_wait_and_loses_nothing(zb_layout layout) {
    pair both = make_pair(layout);
    waiter self = {.reader = both.reader, .status = ZB_OK, .next = ZB_OK};
    const pthread_t thread = start(&self, wait_for_a_frame);
    CHECK(zb_reader_cancel(both.reader) == ZB_OK);
    pthread_join(thread, NULL);
    CHECK(self.status == ZB_CANCELLED);
    CHECK(self.next == ZB_TIMEOUT);
    CHECK(zb_writer_cancel(both.writer) == ZB_OK);
    write_text(both.writer, "x");
    zb_frame frame;
    CHECK(zb_reader_acquire(both.reader, 0, &frame) == ZB_OK);
    CHECK(frame_is(&frame, "x"));
    CHECK(zb_reader_release(&frame) == ZB_OK);
    close_pair(&both);
}

typedef struct holder {
    zb_frame frames[3];
    uint64_t count;
    atomic_int started;
} holder;

static void* release_all(void* argument) {
    holder* const self = argument;
    atomic_store(&self->started, 1);
    CHECK(zb_reader_release_many(self->frames, self->count) == ZB_OK);
    return NULL;
}

static void close_meets_the_last_releases(zb_layout layout) {
    for (int round = 0; round < 100; ++round) {
        pair both = make_pair(layout);
        holder self;
        pthread_t thread;
        for (int i = 0; i < 3; ++i)
            write_text(both.writer, "x");
        CHECK(zb_reader_acquire_many(both.reader, 3, 0, self.frames, &self.count) == ZB_OK);
        CHECK(self.count == 3);
        atomic_init(&self.started, 0);
        CHECK(pthread_create(&thread, NULL, release_all, &self) == 0);
        while (atomic_load(&self.started) == 0) {}
        zb_reader_close(both.reader);
        pthread_join(thread, NULL);
        zb_writer_close(both.writer);
    }
}

static void* shut_down(void* argument) {
    zb_reader_shutdown(argument);
    return NULL;
}

static void close_waits_for_a_shutdown_of_another_thread(zb_layout layout) {
    for (int round = 0; round < 100; ++round) {
        pair both = make_pair(layout);
        pthread_t shutting;
        waiter self = {.reader = both.reader, .status = ZB_OK, .next = ZB_CLOSED};
        const pthread_t waiting = start(&self, wait_for_a_frame);
        CHECK(pthread_create(&shutting, NULL, shut_down, both.reader) == 0);
        pthread_join(waiting, NULL);
        zb_reader_close(both.reader);
        pthread_join(shutting, NULL);
        CHECK(self.status == ZB_CLOSED);
        zb_writer_close(both.writer);
    }
}

static void interruptible_wait_returns_a_value(void) {
    zb_options options;
    zb_reader* reader = NULL;
    zb_frame frame;
    CHECK(zb_options_init(&options, sizeof options) == ZB_OK);
    options.capacity = 64 << 10;
    options.interruptible = 1;
    CHECK(zb_reader_create(unique_name(), &options, &reader) == ZB_OK);
    CHECK(zb_reader_wait(NULL, 0) == ZB_MISUSE);
    CHECK(zb_reader_acquire(reader, 10 * SECOND, &frame) == ZB_INTERRUPTED);
    CHECK(strstr(zb_last_error(), "reader is NULL") != NULL);
    zb_reader_close(reader);
}

void test_lifetime(void) {
    for (zb_layout layout = ZB_LAYOUT_V1; layout <= ZB_LAYOUT_V2; ++layout) {
        frame_outlives_its_reader(layout);
        claim_outlives_its_writer(layout);
        end_of_the_stream_comes_after_its_last_frame(layout);
        shutdown_ends_a_waiting_reader(layout);
        shutdown_ends_a_waiting_writer(layout);
        cancel_ends_a_wait_and_loses_nothing(layout);
        close_meets_the_last_releases(layout);
        close_waits_for_a_shutdown_of_another_thread(layout);
    }
    writer_creates_and_reader_opens();
    shutdown_lets_the_next_one_attach();
    interruptible_wait_returns_a_value();
}
