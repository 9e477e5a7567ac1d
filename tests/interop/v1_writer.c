/* SPDX-License-Identifier: MIT */
#include "pattern.h"
#include "v1_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char* open_semaphores(struct v1_segment* segment) {
    const char* const status = v1_open_semaphore(segment, 'w', 0);
    return strcmp(status, "ok") == 0 ? v1_open_semaphore(segment, 'r', 0) : status;
}

/* C# asks for the version but not for a reader, Python for a reader but not whether it lives, C++ for everything. */
static const char* check_block(const struct v1_segment* segment) {
    const uint64_t first = v1_load(segment, V1_OIEB_SIZE);
    const uint64_t reader = v1_load(segment, V1_READER_PID);
    if ((uint32_t)first != V1_BLOCK_SIZE) { return "block-size"; }
    if (segment->style != V1_STYLE_PYTHON && ((first >> 32U) & 0xffU) != 1) { return "version"; }
    if (segment->style != V1_STYLE_CSHARP && reader == 0) { return "no-reader"; }
    if (segment->style == V1_STYLE_CPP && !v1_alive(reader)) { return "no-reader"; }
    return v1_alive(v1_load(segment, V1_WRITER_PID)) ? "writer-connected" : "ok";
}

static const char* attach(struct v1_writer* writer, int pid_only) {
    struct v1_segment* const segment = &writer->segment;
    const int semaphores_first = segment->style == V1_STYLE_CSHARP;
    const char* status = v1_map(segment);
    if (strcmp(status, "ok") == 0 && semaphores_first) { status = open_semaphores(segment); }
    if (strcmp(status, "ok") == 0) { status = check_block(segment); }
    if (strcmp(status, "ok") != 0) { return status; }
    segment->metadata_size = v1_load(segment, V1_METADATA_SIZE);
    segment->payload_size = v1_load(segment, V1_PAYLOAD_SIZE);
    v1_store(segment, V1_WRITER_PID, (uint64_t)getpid());
    v1_point("pid");
    return semaphores_first || pid_only ? "ok" : open_semaphores(segment);
}

/* A failure leaves the pid where it is: the first implementations do. */
const char* v1_writer_connect(struct v1_writer* writer, int pid_only) {
    struct v1_segment* const segment = &writer->segment;
    const int file = shm_open(segment->name, O_RDWR, 0);
    if (file < 0) { return errno == ENOENT ? "not-found" : "system"; }
    segment->file = file + 1;
    writer->next = 1;
    const char* const status = attach(writer, pid_only);
    if (strcmp(status, "ok") != 0) { v1_unmap(segment); }
    return status;
}

static uint64_t tail_of(const struct v1_writer* writer) {
    return writer->segment.payload_size - v1_load(&writer->segment, V1_WRITE_POSITION);
}

/* Whether this frame goes to the begin: because it must, to avoid a short tail, or on a whim while there is room for it. */
static int wraps(struct v1_writer* writer, uint64_t tail, uint64_t total) {
    const struct v1_segment* const segment = &writer->segment;
    if (tail < total) { return 1; }
    const uint64_t rest = tail - total;
    if (writer->tail == V1_TAIL_AVOID && rest != 0 && rest < V1_HEADER_SIZE) {
        return tail != segment->payload_size && tail + total <= segment->payload_size;
    }
    writer->random = pattern_mix(writer->random);
    const int whim = writer->random % 100 < writer->early;
    return whim && tail >= V1_HEADER_SIZE && v1_load(segment, V1_PAYLOAD_FREE) >= tail + total;
}

/* Slices, and a look at the space after each, as the C++ writer waits. */
static const char* wait_for_space(struct v1_writer* writer, uint64_t needed) {
    struct v1_segment* const segment = &writer->segment;
    for (int left = writer->timeout_ms; v1_load(segment, V1_PAYLOAD_FREE) < needed;) {
        if (!v1_alive(v1_load(segment, V1_READER_PID))) { return "reader-dead"; }
        if (left <= 0) { return "full"; }
        const int slice = left < 100 ? left : 100;
        if (!v1_take_token(segment->space, slice)) { left -= slice; }
    }
    return "ok";
}

/* Published at once, without a post; a tail of 1..15 bytes has no marker, and only Python counts it. */
static void wrap(struct v1_writer* writer, uint64_t tail) {
    struct v1_segment* const segment = &writer->segment;
    unsigned char* const place = v1_payload(segment) + (segment->payload_size - tail);
    const int has_marker = tail >= V1_HEADER_SIZE;
    if (has_marker) { memset(place, 0, V1_HEADER_SIZE); }
    if (tail != 0 && !has_marker && writer->tail != V1_TAIL_STALE) { memset(place, 0, tail); }
    v1_point("marker");
    v1_add(segment, V1_PAYLOAD_FREE, 0 - tail);
    v1_point("marker-free");
    v1_store(segment, V1_WRITE_POSITION, 0);
    v1_point("marker-position");
    const int counted = has_marker || (tail != 0 && segment->style == V1_STYLE_PYTHON);
    if (counted) { v1_add(segment, V1_WRITTEN_COUNT, 1); }
    v1_point("marker-count");
    writer->markers += (unsigned)has_marker;
    writer->short_tails += tail != 0 && !has_marker;
}

const char* v1_writer_place(struct v1_writer* writer, uint64_t size, uint64_t* offset) {
    struct v1_segment* const segment = &writer->segment;
    const uint64_t total = V1_HEADER_SIZE + size;
    if (size == 0 && segment->style != V1_STYLE_CSHARP) { return "zero-size"; }
    if (v1_load(segment, V1_READER_PID) == 0) { return "reader-dead"; }
    const uint64_t tail = tail_of(writer);
    const int wrapping = wraps(writer, tail, total);
    const char* const status = wait_for_space(writer, wrapping ? tail + total : total);
    if (strcmp(status, "ok") != 0) { return status; }
    if (wrapping) { wrap(writer, tail); }
    const struct v1_header header = {size, writer->next};
    const uint64_t position = v1_load(segment, V1_WRITE_POSITION);
    memcpy(v1_payload(segment) + position, &header, sizeof header);
    v1_point("header");
    *offset = V1_BLOCK_SIZE + segment->metadata_size + position + V1_HEADER_SIZE;
    return "ok";
}

void v1_writer_commit(struct v1_writer* writer, uint64_t size) {
    struct v1_segment* const segment = &writer->segment;
    const uint64_t total = V1_HEADER_SIZE + size;
    const uint64_t end = v1_load(segment, V1_WRITE_POSITION) + total;
    const int count_first = segment->style == V1_STYLE_CSHARP;
    v1_point("data");
    v1_store(segment, V1_WRITE_POSITION, writer->reset && end == segment->payload_size ? 0 : end);
    v1_point("position");
    if (count_first) { v1_add(segment, V1_WRITTEN_COUNT, 1); }
    v1_add(segment, V1_PAYLOAD_FREE, 0 - total);
    v1_point("free");
    if (!count_first) { v1_add(segment, V1_WRITTEN_COUNT, 1); }
    v1_point("count");
    sem_post(segment->data);
    v1_point("post");
    ++writer->next;
}

const char* v1_writer_metadata(struct v1_writer* writer, const unsigned char* bytes, uint64_t size) {
    struct v1_segment* const segment = &writer->segment;
    if (v1_load(segment, V1_METADATA_WRITTEN) != 0) { return "metadata-written"; }
    if (segment->metadata_size < 8 || size > segment->metadata_size - 8) { return "metadata-too-large"; }
    memcpy(segment->base + V1_BLOCK_SIZE, &size, sizeof size);
    memcpy(segment->base + V1_BLOCK_SIZE + sizeof size, bytes, size);
    v1_point("metadata");
    v1_store(segment, V1_METADATA_FREE, segment->metadata_size - 8 - size);
    v1_store(segment, V1_METADATA_WRITTEN, 8 + size);
    return "ok";
}

/* The C++ destructor clears the word whoever it belongs to by now. */
void v1_writer_close(struct v1_writer* writer) {
    struct v1_segment* const segment = &writer->segment;
    if (segment->base != NULL) { v1_store(segment, V1_WRITER_PID, 0); }
    v1_unmap(segment);
}
