/* SPDX-License-Identifier: MIT */
/* The library itself, options, NULL and other arguments that break a rule, and the message of each thread. */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "c_api_test.h"

static void names_its_version_and_every_status(void) {
    static const char* const names[] = {"ok",           "timeout",   "interrupted",   "closed",    "cancelled",
                                        "peer_closed",  "peer_died", "busy",          "not_found", "not_ready",
                                        "incompatible", "corrupt",   "too_large",     "no_space",  "permission_denied",
                                        "bad_name",     "misuse",    "system_failure"};
    CHECK(zb_abi_version() == ZB_ABI_VERSION);
    CHECK(strcmp(zb_version(), "2.0.0") == 0);
    for (int status = ZB_OK; status <= ZB_SYSTEM_FAILURE; ++status) {
        CHECK(strcmp(zb_status_name((zb_status)status), names[status]) == 0);
    }
    CHECK(strcmp(zb_status_name((zb_status)99), "unknown") == 0);
}

static void fills_in_the_documented_defaults(void) {
    zb_options options;
    memset(&options, 0xff, sizeof options);
    CHECK(zb_options_init(&options, sizeof options) == ZB_OK);
    CHECK(options.size == sizeof options);
    CHECK(options.capacity == 16 << 20);
    CHECK(options.metadata_size == 4096);
    CHECK(options.wait_for_peer == 0);
    CHECK(options.layout == ZB_LAYOUT_V2);
    CHECK(options.alignment == 64);
    CHECK(options.permissions == 0600);
    CHECK(options.wait_mode == ZB_WAIT_ADAPTIVE);
    CHECK(options.prefault == ZB_PREFAULT_AUTO);
    CHECK(options.copy == ZB_COPY_AUTO);
    CHECK(options.replace == 0 && options.writable == 0 && options.guarded == 0 && options.interruptible == 0);
}

static void refuses_options_of_no_known_size(void) {
    zb_options options;
    zb_reader* reader = NULL;
    CHECK_MISUSE(zb_options_init(NULL, sizeof options), "options is NULL");
    CHECK_MISUSE(zb_options_init(&options, 0), "size is of no known version");
    CHECK_MISUSE(zb_options_init(&options, sizeof options - 1), "size is of no known version");
    CHECK_MISUSE(zb_options_init(&options, sizeof options + 8), "size is of no known version");
    memset(&options, 0, sizeof options);
    CHECK_MISUSE(zb_reader_create(unique_name(), &options, &reader), "zb_options_init");
    CHECK(reader == NULL);
}

static void refuses_flags_that_are_neither_0_nor_1(void) {
    for (int flag = 0; flag < 4; ++flag) {
        zb_options options;
        zb_reader* reader = NULL;
        CHECK(zb_options_init(&options, sizeof options) == ZB_OK);
        uint32_t* const flags[] = {&options.replace, &options.writable, &options.guarded, &options.interruptible};
        *flags[flag] = 2;
        CHECK_MISUSE(zb_reader_create(unique_name(), &options, &reader), "is 2; give 0 or 1");
    }
}

static void takes_forever_as_a_wait_for_the_peer(void) {
    pair both = make_pair(ZB_LAYOUT_V2);
    zb_options options;
    CHECK(zb_options_init(&options, sizeof options) == ZB_OK);
    zb_writer_close(both.writer);
    options.wait_for_peer = ZB_FOREVER;
    CHECK(zb_writer_open(both.name, &options, &both.writer) == ZB_OK);
    options.wait_for_peer = -2;
    zb_writer* second = NULL;
    CHECK_MISUSE(zb_writer_open(both.name, &options, &second), "wait_for_peer");
    close_pair(&both);
}

static void refuses_null_of_a_reader(void) {
    pair both = make_pair(ZB_LAYOUT_V2);
    zb_reader* reader = NULL;
    zb_frame frame = {0};
    zb_properties properties;
    zb_stats stats;
    uint64_t size = 0;
    CHECK_MISUSE(zb_reader_create(NULL, NULL, &reader), "NULL");
    CHECK_MISUSE(zb_reader_create("x", NULL, NULL), "NULL");
    CHECK_MISUSE(zb_reader_open(NULL, NULL, &reader), "NULL");
    CHECK_MISUSE(zb_reader_open("x", NULL, NULL), "NULL");
    CHECK_MISUSE(zb_reader_wait(NULL, 0), "reader is NULL");
    CHECK_MISUSE(zb_reader_acquire(NULL, 0, &frame), "reader is NULL");
    CHECK_MISUSE(zb_reader_acquire(both.reader, 0, NULL), "NULL");
    CHECK_MISUSE(zb_reader_acquire_latest(NULL, 0, &frame), "reader is NULL");
    CHECK_MISUSE(zb_reader_acquire_latest(both.reader, 0, NULL), "NULL");
    CHECK_MISUSE(zb_reader_acquire_many(NULL, 1, 0, &frame, &size), "reader is NULL");
    CHECK_MISUSE(zb_reader_acquire_many(both.reader, 1, 0, NULL, &size), "no room");
    CHECK_MISUSE(zb_reader_acquire_many(both.reader, 0, 0, &frame, &size), "no room");
    CHECK_MISUSE(zb_reader_acquire_many(both.reader, 1, 0, &frame, NULL), "NULL");
    CHECK_MISUSE(zb_reader_release(NULL), "not held");
    CHECK_MISUSE(zb_reader_release(&frame), "not held");
    CHECK_MISUSE(zb_reader_release_many(NULL, 1), "NULL");
    CHECK_MISUSE(zb_reader_release_many(&frame, 1), "not held");
    CHECK(zb_reader_release_many(NULL, 0) == ZB_OK);
    CHECK_MISUSE(zb_reader_metadata(NULL, 0, NULL, 0, &size), "reader is NULL");
    CHECK_MISUSE(zb_reader_metadata(both.reader, 0, NULL, 0, NULL), "NULL");
    CHECK_MISUSE(zb_reader_wait_for_peer(NULL, 0), "reader is NULL");
    CHECK_MISUSE(zb_reader_cancel(NULL), "reader is NULL");
    CHECK_MISUSE(zb_reader_properties(NULL, &properties), "reader is NULL");
    CHECK_MISUSE(zb_reader_properties(both.reader, NULL), "NULL");
    CHECK_MISUSE(zb_reader_stats(NULL, &stats), "reader is NULL");
    CHECK_MISUSE(zb_reader_stats(both.reader, NULL), "NULL");
    zb_reader_close(NULL);
    zb_reader_shutdown(NULL);
    close_pair(&both);
}

static void refuses_null_of_a_writer(void) {
    pair both = make_pair(ZB_LAYOUT_V2);
    zb_writer* writer = NULL;
    zb_claim claim = {0};
    zb_properties properties;
    zb_stats stats;
    uint64_t written = 0;
    const zb_slice missing = {NULL, 1};
    CHECK_MISUSE(zb_writer_create(NULL, NULL, &writer), "NULL");
    CHECK_MISUSE(zb_writer_create("x", NULL, NULL), "NULL");
    CHECK_MISUSE(zb_writer_open(NULL, NULL, &writer), "NULL");
    CHECK_MISUSE(zb_writer_open("x", NULL, NULL), "NULL");
    CHECK_MISUSE(zb_writer_wait(NULL, 1, 0), "writer is NULL");
    CHECK_MISUSE(zb_writer_claim(NULL, 1, 0, &claim), "writer is NULL");
    CHECK_MISUSE(zb_writer_claim(both.writer, 1, 0, NULL), "NULL");
    CHECK_MISUSE(zb_writer_commit(NULL, 0, NULL), "not open");
    CHECK_MISUSE(zb_writer_commit(&claim, 0, NULL), "not open");
    CHECK_MISUSE(zb_writer_abort(NULL), "not open");
    CHECK_MISUSE(zb_writer_abort(&claim), "not open");
    CHECK_MISUSE(zb_writer_write(NULL, "x", 1, 0, NULL), "writer is NULL");
    CHECK_MISUSE(zb_writer_write(both.writer, NULL, 1, 0, NULL), "NULL");
    CHECK_MISUSE(zb_writer_writev(NULL, &missing, 1, 0, NULL), "writer is NULL");
    CHECK_MISUSE(zb_writer_writev(both.writer, NULL, 1, 0, NULL), "NULL");
    CHECK_MISUSE(zb_writer_writev(both.writer, &missing, 1, 0, NULL), "NULL");
    CHECK_MISUSE(zb_writer_write_many(NULL, &missing, 1, 0, &written), "writer is NULL");
    CHECK_MISUSE(zb_writer_write_many(both.writer, NULL, 1, 0, &written), "NULL");
    CHECK_MISUSE(zb_writer_write_many(both.writer, &missing, 1, 0, &written), "NULL");
    CHECK_MISUSE(zb_writer_write_many(both.writer, &missing, 0, 0, NULL), "NULL");
    CHECK_MISUSE(zb_writer_publish_metadata(NULL, "x", 1), "writer is NULL");
    CHECK_MISUSE(zb_writer_publish_metadata(both.writer, NULL, 1), "NULL");
    CHECK_MISUSE(zb_writer_wait_for_peer(NULL, 0), "writer is NULL");
    CHECK_MISUSE(zb_writer_cancel(NULL), "writer is NULL");
    CHECK_MISUSE(zb_writer_properties(NULL, &properties), "writer is NULL");
    CHECK_MISUSE(zb_writer_properties(both.writer, NULL), "NULL");
    CHECK_MISUSE(zb_writer_stats(NULL, &stats), "writer is NULL");
    CHECK_MISUSE(zb_writer_stats(both.writer, NULL), "NULL");
    zb_writer_close(NULL);
    zb_writer_shutdown(NULL);
    CHECK(zb_reader_wait(both.reader, 0) == ZB_TIMEOUT);
    close_pair(&both);
}

static void refuses_null_of_an_observer(void) {
    zb_snapshot snapshot;
    zb_name name;
    uint64_t count = 0;
    CHECK_MISUSE(zb_inspect(NULL, &snapshot), "NULL");
    CHECK_MISUSE(zb_inspect("x", NULL), "NULL");
    CHECK_MISUSE(zb_inspect_metadata(NULL, NULL, 0, &count), "NULL");
    CHECK_MISUSE(zb_inspect_metadata("x", NULL, 0, NULL), "NULL");
    CHECK_MISUSE(zb_list_buffers(NULL, 1, &count), "NULL");
    CHECK_MISUSE(zb_list_buffers(&snapshot, 1, NULL), "NULL");
    CHECK_MISUSE(zb_clean(1, NULL, 1, &count), "NULL");
    CHECK_MISUSE(zb_clean(1, &name, 1, NULL), "NULL");
}

static void refuses_negative_times(void) {
    pair both = make_pair(ZB_LAYOUT_V2);
    zb_frame frame;
    zb_claim claim;
    uint64_t size = 0;
    CHECK_MISUSE(zb_reader_wait(both.reader, -2), "timeout is negative");
    CHECK_MISUSE(zb_reader_acquire(both.reader, INT64_MIN, &frame), "timeout is negative");
    CHECK_MISUSE(zb_reader_acquire_latest(both.reader, -2, &frame), "timeout is negative");
    CHECK_MISUSE(zb_reader_acquire_many(both.reader, 1, -2, &frame, &size), "timeout is negative");
    CHECK_MISUSE(zb_reader_metadata(both.reader, -2, NULL, 0, &size), "timeout is negative");
    CHECK_MISUSE(zb_reader_wait_for_peer(both.reader, -2), "timeout is negative");
    CHECK_MISUSE(zb_writer_wait(both.writer, 1, -2), "timeout is negative");
    CHECK_MISUSE(zb_writer_claim(both.writer, 1, -2, &claim), "timeout is negative");
    CHECK_MISUSE(zb_writer_write(both.writer, "x", 1, -2, NULL), "timeout is negative");
    CHECK_MISUSE(zb_writer_write_many(both.writer, NULL, 0, -2, &size), "timeout is negative");
    CHECK_MISUSE(zb_writer_wait_for_peer(both.writer, -2), "timeout is negative");
    close_pair(&both);
}

static void tells_the_error_number_of_the_system(void) {
    zb_reader* reader = NULL;
    zb_options options;
    CHECK(zb_options_init(&options, sizeof options) == ZB_OK);
    options.capacity = UINT64_C(1) << 46;
    CHECK(zb_reader_create(unique_name(), &options, &reader) == ZB_NO_SPACE);
    CHECK(zb_last_system_error() != 0);
    CHECK(strstr(zb_last_error(), "make the buffer smaller") != NULL);
    CHECK(reader == NULL);
    CHECK(zb_reader_create("a/b", NULL, &reader) == ZB_BAD_NAME);
    CHECK(zb_last_system_error() == 0);
}

static void* fail_elsewhere(void* unused) {
    (void)unused;
    CHECK(strcmp(zb_last_error(), "") == 0);
    CHECK(zb_last_system_error() == 0);
    zb_snapshot snapshot;
    CHECK(zb_inspect("a/b", &snapshot) == ZB_BAD_NAME);
    CHECK(strstr(zb_last_error(), "a/b") != NULL);
    return NULL;
}

static void keeps_the_last_error_of_each_thread(void) {
    pthread_t thread;
    char before[256];
    CHECK_MISUSE(zb_reader_wait(NULL, 0), "reader is NULL");
    snprintf(before, sizeof before, "%s", zb_last_error());
    CHECK(pthread_create(&thread, NULL, fail_elsewhere, NULL) == 0);
    pthread_join(thread, NULL);
    CHECK(strcmp(zb_last_error(), before) == 0);
    CHECK(strcmp(zb_version(), "") != 0);
    CHECK(strcmp(zb_last_error(), before) == 0);
}

void test_arguments(void) {
    names_its_version_and_every_status();
    fills_in_the_documented_defaults();
    refuses_options_of_no_known_size();
    refuses_flags_that_are_neither_0_nor_1();
    takes_forever_as_a_wait_for_the_peer();
    refuses_null_of_a_reader();
    refuses_null_of_a_writer();
    refuses_null_of_an_observer();
    refuses_negative_times();
    tells_the_error_number_of_the_system();
    keeps_the_last_error_of_each_thread();
}
