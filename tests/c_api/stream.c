/* SPDX-License-Identifier: MIT */
/* Frames, claims, metadata, counters and looks from outside, for both layouts where it applies. */
#include <stdlib.h>

#include "c_api_test.h"

static void passes_a_frame(zb_layout layout) {
    pair both = make_pair(layout);
    zb_frame frame;
    uint64_t sequence = 0;
    CHECK(zb_writer_write(both.writer, "hello", 5, 0, &sequence) == ZB_OK);
    CHECK(sequence == 1);
    CHECK(zb_reader_wait(both.reader, 0) == ZB_OK);
    CHECK(zb_reader_acquire(both.reader, ZB_FOREVER, &frame) == ZB_OK);
    CHECK(frame_is(&frame, "hello"));
    CHECK(frame.sequence == 1);
    CHECK(frame.reader == both.reader);
    CHECK(zb_reader_release(&frame) == ZB_OK);
    CHECK(frame.reader == NULL);
    CHECK(zb_reader_acquire(both.reader, 0, &frame) == ZB_TIMEOUT);
    CHECK(zb_reader_wait(both.reader, 1000) == ZB_TIMEOUT);
    close_pair(&both);
}

static void fills_a_claim_in_place(zb_layout layout) {
    pair both = make_pair(layout);
    zb_claim claim;
    zb_frame frame;
    uint64_t sequence = 0;
    CHECK(zb_writer_wait(both.writer, 100, 0) == ZB_OK);
    CHECK(zb_writer_claim(both.writer, 100, 0, &claim) == ZB_OK);
    CHECK(claim.size == 100 && claim.writer == both.writer);
    CHECK_MISUSE(zb_writer_commit(&claim, 101, NULL), "only 100 were claimed");
    memcpy(claim.data, "hello", 5);
    CHECK(zb_writer_commit(&claim, 5, &sequence) == ZB_OK);
    CHECK(sequence == 1 && claim.writer == NULL);
    CHECK_MISUSE(zb_writer_commit(&claim, 5, NULL), "not open");
    CHECK(zb_writer_claim(both.writer, 100, 0, &claim) == ZB_OK);
    CHECK(zb_writer_abort(&claim) == ZB_OK);
    CHECK_MISUSE(zb_writer_abort(&claim), "not open");
    CHECK(zb_reader_acquire(both.reader, 0, &frame) == ZB_OK);
    CHECK(frame_is(&frame, "hello"));
    CHECK(zb_reader_release(&frame) == ZB_OK);
    CHECK(zb_reader_acquire(both.reader, 0, &frame) == ZB_TIMEOUT);
    close_pair(&both);
}

static void refuses_a_stale_copy_of_a_claim(void) {
    pair both = make_pair(ZB_LAYOUT_V2);
    zb_claim claim;
    CHECK(zb_writer_claim(both.writer, 10, 0, &claim) == ZB_OK);
    zb_claim copy = claim;
    CHECK(zb_writer_commit(&claim, 10, NULL) == ZB_OK);
    CHECK_MISUSE(zb_writer_commit(&copy, 10, NULL), "before");
    CHECK_MISUSE(zb_writer_abort(&copy), "not open");
    zb_claim next;
    CHECK(zb_writer_claim(both.writer, 10, 0, &next) == ZB_OK);
    CHECK_MISUSE(zb_writer_abort(&copy), "not open");
    CHECK(zb_writer_abort(&next) == ZB_OK);
    CHECK(zb_reader_wait(both.reader, 0) == ZB_OK);
    close_pair(&both);
}

static void refuses_a_stale_copy_of_a_frame(zb_layout layout) {
    pair both = make_pair(layout);
    zb_frame frames[2];
    uint64_t count = 0;
    write_text(both.writer, "a");
    write_text(both.writer, "b");
    CHECK(zb_reader_acquire_many(both.reader, 2, 0, frames, &count) == ZB_OK);
    zb_frame copies[2] = {frames[0], frames[1]};
    CHECK(zb_reader_release(&frames[1]) == ZB_OK);
    CHECK_MISUSE(zb_reader_release(&copies[1]), "not held");
    CHECK(zb_reader_release(&frames[0]) == ZB_OK);
    CHECK_MISUSE(zb_reader_release(&copies[0]), "not held");
    zb_stats stats;
    CHECK(zb_reader_stats(both.reader, &stats) == ZB_OK);
    CHECK(stats.held == 0 && stats.used == 0);
    close_pair(&both);
}

static void gathers_and_batches(zb_layout layout) {
    pair both = make_pair(layout);
    const zb_slice parts[] = {{"one ", 4}, {NULL, 0}, {"two", 3}};
    const zb_slice batch[] = {{"a", 1}, {"b", 1}, {"c", 1}};
    zb_frame frames[8];
    uint64_t count = 0;
    uint64_t sequence = 0;
    CHECK(zb_writer_writev(both.writer, parts, 3, 0, &sequence) == ZB_OK);
    CHECK(zb_writer_write_many(both.writer, batch, 3, 0, &count) == ZB_OK);
    CHECK(sequence == 1 && count == 3);
    CHECK(zb_reader_acquire_many(both.reader, 8, 0, frames, &count) == ZB_OK);
    CHECK(count == 4);
    CHECK(frame_is(&frames[0], "one two") && frame_is(&frames[1], "a") && frame_is(&frames[3], "c"));
    CHECK(zb_reader_release_many(frames, 4) == ZB_OK);
    CHECK_MISUSE(zb_reader_release_many(frames, 4), "not held");
    CHECK(zb_reader_acquire_many(both.reader, 8, 0, frames, &count) == ZB_TIMEOUT);
    CHECK(count == 0);
    close_pair(&both);
}

static void releases_frames_of_one_reader_at_a_time(void) {
    pair first = make_pair(ZB_LAYOUT_V2);
    pair second = make_pair(ZB_LAYOUT_V2);
    zb_frame frames[2];
    write_text(first.writer, "a");
    write_text(second.writer, "b");
    CHECK(zb_reader_acquire(first.reader, 0, &frames[0]) == ZB_OK);
    CHECK(zb_reader_acquire(second.reader, 0, &frames[1]) == ZB_OK);
    CHECK_MISUSE(zb_reader_release_many(frames, 2), "of another reader");
    CHECK(frame_is(&frames[0], "a") && frame_is(&frames[1], "b"));
    CHECK(zb_reader_release(&frames[0]) == ZB_OK);
    CHECK(zb_reader_release(&frames[1]) == ZB_OK);
    close_pair(&first);
    close_pair(&second);
}

static void takes_the_latest(zb_layout layout) {
    pair both = make_pair(layout);
    zb_frame frame;
    zb_stats stats;
    write_text(both.writer, "old");
    write_text(both.writer, "new");
    CHECK(zb_reader_acquire_latest(both.reader, 0, &frame) == ZB_OK);
    CHECK(frame_is(&frame, "new") && frame.sequence == 2);
    CHECK(zb_reader_stats(both.reader, &stats) == ZB_OK);
    CHECK(stats.skipped == 1 && stats.frames == 2 && stats.held == 1 && stats.sequence == 2);
    CHECK(stats.peer == ZB_PEER_STATE_ATTACHED);
    CHECK(zb_reader_release(&frame) == ZB_OK);
    CHECK(zb_reader_acquire_latest(both.reader, 0, &frame) == ZB_TIMEOUT);
    close_pair(&both);
}

static void counts_what_was_written_of_a_batch(zb_layout layout) {
    pair both = make_pair(layout);
    char* const content = calloc(1, 20000);
    zb_slice batch[8];
    uint64_t written = 99;
    for (int i = 0; i < 8; ++i) {
        batch[i] = (zb_slice){content, 20000};
    }
    CHECK(zb_writer_write_many(both.writer, batch, 8, 1000, &written) == ZB_TIMEOUT);
    CHECK(written == 3);
    CHECK(zb_writer_write(both.writer, content, 20000, 1000, NULL) == ZB_TIMEOUT);
    zb_claim claim;
    CHECK(zb_writer_claim(both.writer, 20000, 0, &claim) == ZB_TIMEOUT);
    CHECK(zb_writer_wait(both.writer, 20000, 0) == ZB_TIMEOUT);
    CHECK(zb_writer_claim(both.writer, 1 << 20, 0, &claim) == ZB_TOO_LARGE);
    zb_frame frame;
    CHECK(zb_reader_acquire_latest(both.reader, 0, &frame) == ZB_OK);
    CHECK(zb_reader_release(&frame) == ZB_OK);
    free(content);
    close_pair(&both);
}

static void edits_in_place_when_asked_for(void) {
    zb_options options;
    zb_reader* reader = NULL;
    zb_writer* writer = NULL;
    zb_frame frame;
    const char* const name = unique_name();
    CHECK(zb_options_init(&options, sizeof options) == ZB_OK);
    options.capacity = 64 << 10;
    options.writable = 1;
    CHECK(zb_reader_create(name, &options, &reader) == ZB_OK);
    CHECK(zb_writer_open(name, NULL, &writer) == ZB_OK);
    write_text(writer, "hello");
    CHECK(zb_reader_acquire(reader, 0, &frame) == ZB_OK);
    memcpy((char*)(uintptr_t)frame.data, "J", 1);
    CHECK(frame_is(&frame, "Jello"));
    CHECK(zb_reader_release(&frame) == ZB_OK);
    zb_writer_close(writer);
    zb_reader_close(reader);
}

static void describes_the_stream(zb_layout layout) {
    pair both = make_pair(layout);
    char text[16] = "";
    uint64_t size = 0;
    CHECK(zb_reader_metadata(both.reader, 1000, text, sizeof text, &size) == ZB_TIMEOUT);
    CHECK(zb_inspect_metadata(both.name, text, sizeof text, &size) == ZB_TIMEOUT);
    CHECK(zb_writer_publish_metadata(both.writer, "rgb24", 5) == ZB_OK);
    CHECK(zb_writer_publish_metadata(both.writer, "rgb24", 5) == ZB_OK);
    CHECK_MISUSE(zb_writer_publish_metadata(both.writer, "gray", 4), "published before");
    CHECK(zb_reader_metadata(both.reader, 0, text, 4, &size) == ZB_TOO_LARGE);
    CHECK(size == 5 && text[0] == '\0');
    CHECK(zb_reader_metadata(both.reader, 0, text, sizeof text, &size) == ZB_OK);
    CHECK(size == 5 && memcmp(text, "rgb24", 5) == 0);
    CHECK(zb_inspect_metadata(both.name, NULL, 0, &size) == ZB_TOO_LARGE);
    CHECK(zb_inspect_metadata(both.name, text, sizeof text, &size) == ZB_OK);
    CHECK(size == 5);
    close_pair(&both);
}

static void describes_the_stream_by_nothing(void) {
    pair both = make_pair(ZB_LAYOUT_V2);
    uint64_t size = 99;
    CHECK(zb_writer_publish_metadata(both.writer, NULL, 0) == ZB_OK);
    CHECK(zb_reader_metadata(both.reader, 0, NULL, 0, &size) == ZB_OK);
    CHECK(size == 0);
    close_pair(&both);
}

static void tells_properties_and_counters(zb_layout layout) {
    pair both = make_pair(layout);
    zb_properties of_reader;
    zb_properties of_writer;
    zb_stats stats;
    CHECK(zb_reader_properties(both.reader, &of_reader) == ZB_OK);
    CHECK(zb_writer_properties(both.writer, &of_writer) == ZB_OK);
    CHECK(memcmp(&of_reader, &of_writer, sizeof of_reader) == 0);
    CHECK(of_reader.capacity == 64 << 10 && of_reader.layout == (uint32_t)layout);
    CHECK(of_reader.max_frame < of_reader.capacity && of_reader.metadata_size == 4096);
    CHECK(of_reader.alignment == (layout == ZB_LAYOUT_V1 ? 1 : 64));
    write_text(both.writer, "x");
    CHECK(zb_writer_stats(both.writer, &stats) == ZB_OK);
    CHECK(stats.frames == 1 && stats.sequence == 1 && stats.bytes == stats.used && stats.resumed == 0);
    CHECK(zb_reader_wait_for_peer(both.reader, 0) == ZB_OK);
    CHECK(zb_writer_wait_for_peer(both.writer, 0) == ZB_OK);
    zb_frame frame;
    CHECK(zb_reader_acquire(both.reader, 0, &frame) == ZB_OK);
    CHECK(zb_reader_release(&frame) == ZB_OK);
    close_pair(&both);
}

static void looks_from_outside(zb_layout layout) {
    pair both = make_pair(layout);
    zb_snapshot snapshot;
    uint64_t count = 0;
    write_text(both.writer, "x");
    CHECK(zb_inspect(both.name, &snapshot) == ZB_OK);
    CHECK(strcmp(snapshot.name, both.name) == 0);
    CHECK(snapshot.status == ZB_OK && snapshot.layout == (uint32_t)layout && snapshot.capacity == 64 << 10);
    CHECK(snapshot.unread == 1 && snapshot.used != 0 && snapshot.metadata_published == 0);
    CHECK(snapshot.reader.state == ZB_PEER_STATE_ATTACHED && snapshot.writer.state == ZB_PEER_STATE_ATTACHED);
    CHECK(zb_list_buffers(NULL, 0, &count) == ZB_OK);
    CHECK(count >= 1);
    zb_snapshot* const all = calloc(count + 16, sizeof *all);
    uint64_t found = 0;
    CHECK(zb_list_buffers(all, count + 16, &count) == ZB_OK);
    for (uint64_t i = 0; i < count; ++i) {
        found += strcmp(all[i].name, both.name) == 0;
    }
    CHECK(found == 1);
    CHECK(zb_list_buffers(all, 1, &count) == ZB_OK);
    free(all);
    zb_frame frame;
    CHECK(zb_reader_acquire(both.reader, 0, &frame) == ZB_OK);
    CHECK(zb_reader_release(&frame) == ZB_OK);
    close_pair(&both);
}

/* A dry run only: a real one would sweep the buffers of other tests. */
static void says_what_could_be_cleaned(void) {
    char name[64];
    zb_writer* writer = NULL;
    zb_reader* reader = NULL;
    uint64_t count = 0;
    snprintf(name, sizeof name, "%s", unique_name());
    CHECK(zb_writer_create(name, NULL, &writer) == ZB_OK);
    write_text(writer, "unread");
    zb_writer_close(writer);
    CHECK(zb_clean(1, NULL, 0, &count) == ZB_OK);
    CHECK(count >= 1);
    zb_name* const names = calloc(count + 16, sizeof *names);
    CHECK(zb_clean(1, names, count + 16, &count) == ZB_OK);
    uint64_t found = 0;
    for (uint64_t i = 0; i < count; ++i) {
        found += strcmp(names[i].text, name) == 0;
    }
    CHECK(found == 1);
    free(names);
    CHECK(zb_reader_open(name, NULL, &reader) == ZB_OK);
    zb_frame frame;
    CHECK(zb_reader_acquire(reader, 0, &frame) == ZB_OK);
    CHECK(frame_is(&frame, "unread"));
    CHECK(zb_reader_release(&frame) == ZB_OK);
    zb_reader_close(reader);
}

void test_stream(void) {
    for (zb_layout layout = ZB_LAYOUT_V1; layout <= ZB_LAYOUT_V2; ++layout) {
        passes_a_frame(layout);
        fills_a_claim_in_place(layout);
        refuses_a_stale_copy_of_a_frame(layout);
        gathers_and_batches(layout);
        takes_the_latest(layout);
        counts_what_was_written_of_a_batch(layout);
        describes_the_stream(layout);
        tells_properties_and_counters(layout);
        looks_from_outside(layout);
    }
    refuses_a_stale_copy_of_a_claim();
    releases_frames_of_one_reader_at_a_time();
    edits_in_place_when_asked_for();
    describes_the_stream_by_nothing();
    says_what_could_be_cleaned();
}
