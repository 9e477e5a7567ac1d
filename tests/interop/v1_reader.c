/* SPDX-License-Identifier: MIT */
#include "v1_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t round_up(uint64_t size) { return (size + 63) / 64 * 64; }

static const char* create_file(struct v1_segment* segment) {
    const int file = shm_open(segment->name, O_RDWR | O_CREAT | O_EXCL, 0666);
    if (file < 0) { return errno == EEXIST ? "exists" : "system"; }
    segment->file = file + 1;
    return "ok";
}

/* C++ and C# remove whatever has the name and try once more; Python gives up. */
static const char* make_file(struct v1_reader* reader) {
    struct v1_segment* const segment = &reader->segment;
    if (segment->style == V1_STYLE_PYTHON) {
        v1_remove(segment, 's');
        return create_file(segment);
    }
    const char* const first = create_file(segment);
    if (strcmp(first, "ok") == 0) { return first; }
    v1_remove(segment, 'm');
    v1_remove(segment, 's');
    return create_file(segment);
}

static const char* take_lock(struct v1_reader* reader) { return v1_take_lock(&reader->segment); }

static const char* size_file(struct v1_reader* reader) {
    struct v1_segment* const segment = &reader->segment;
    segment->metadata_size = round_up(segment->metadata_size);
    segment->payload_size = round_up(segment->payload_size);
    const uint64_t size = V1_BLOCK_SIZE + segment->metadata_size + segment->payload_size;
    if (ftruncate(segment->file - 1, (off_t)size) != 0) { return "system"; }
    return v1_map(segment);
}

static const char* write_sizes(struct v1_reader* reader) {
    struct v1_segment* const segment = &reader->segment;
    memset(segment->base, 0, segment->size);
    v1_store(segment, V1_OIEB_SIZE, V1_BLOCK_SIZE | (UINT64_C(1) << 32U));
    v1_store(segment, V1_METADATA_SIZE, segment->metadata_size);
    v1_store(segment, V1_METADATA_FREE, segment->metadata_size);
    v1_store(segment, V1_PAYLOAD_SIZE, segment->payload_size);
    v1_store(segment, V1_PAYLOAD_FREE, segment->payload_size);
    return "ok";
}

static const char* write_pid(struct v1_reader* reader) {
    v1_store(&reader->segment, V1_READER_PID, (uint64_t)getpid());
    reader->expected = 1;
    return "ok";
}

static const char* make_data_semaphore(struct v1_reader* reader) {
    return v1_open_semaphore(&reader->segment, 'w', O_CREAT | O_EXCL);
}

static const char* make_space_semaphore(struct v1_reader* reader) {
    return v1_open_semaphore(&reader->segment, 'r', O_CREAT | O_EXCL);
}

static const struct {
    const char* name;
    const char* (*run)(struct v1_reader*);
} creation[] = {
    {"lock", take_lock},
    {"empty", make_file},
    {"zero", size_file},
    {"sizes", write_sizes},
    {"block", write_pid},
    {"half", make_data_semaphore},
    {"ready", make_space_semaphore},
};

const char* v1_reader_create(struct v1_reader* reader, const char* until) {
    for (; reader->step < sizeof creation / sizeof creation[0]; ++reader->step) {
        const char* const status = creation[reader->step].run(reader);
        if (strcmp(status, "ok") != 0) { return status; }
        v1_point(creation[reader->step].name);
        if (until != NULL && strcmp(until, creation[reader->step].name) == 0) {
            ++reader->step;
            break;
        }
    }
    return "ok";
}

/* What an old reader finds where fewer than 16 bytes are left: it reads on behind the ring, where the rest of the last
 * page of the segment is zero. */
static struct v1_header header_at(const struct v1_segment* segment, uint64_t offset) {
    struct v1_header header = {0, 0};
    const uint64_t left = segment->payload_size - offset;
    memcpy(&header, v1_payload(segment) + offset, left < sizeof header ? left : sizeof header);
    return header;
}

/* The header of the next frame, behind a marker if there is one; `offset` moves along. */
static const char* find_header(struct v1_reader* reader, uint64_t* offset, struct v1_header* header) {
    struct v1_segment* const segment = &reader->segment;
    const uint64_t left = segment->payload_size - *offset;
    *header = header_at(segment, *offset);
    if (left < V1_HEADER_SIZE && (header->size != 0 || segment->style != V1_STYLE_CPP)) { return "short-tail"; }
    if (header->size != 0) { return "ok"; }
    reader->short_tails += left < V1_HEADER_SIZE;
    ++reader->markers;
    v1_add(segment, V1_PAYLOAD_FREE, left);
    v1_point("marker-free");
    v1_store(segment, V1_READ_POSITION, 0);
    v1_point("marker-position");
    v1_add(segment, V1_READ_COUNT, 1);
    v1_point("marker-count");
    *offset = 0;
    *header = header_at(segment, 0);
    return header->size == 0 ? "zero-size" : "ok";
}

/* A dead writer is looked for only when nothing came, a closed one only when something did: so do all three. */
static const char* wait_for_token(struct v1_reader* reader, int timeout_ms) {
    struct v1_segment* const segment = &reader->segment;
    if (!v1_take_token(segment->data, timeout_ms)) {
        const uint64_t writer = v1_load(segment, V1_WRITER_PID);
        return writer != 0 && !v1_alive(writer) ? "writer-dead" : "timeout";
    }
    v1_point("token");
    const int pending = v1_load(segment, V1_WRITTEN_COUNT) > v1_load(segment, V1_READ_COUNT);
    return v1_load(segment, V1_WRITER_PID) == 0 && !pending ? "writer-dead" : "ok";
}

const char* v1_reader_take(struct v1_reader* reader, int timeout_ms) {
    struct v1_segment* const segment = &reader->segment;
    if (reader->held_count == V1_HELD_CAPACITY) { return "too-many-held"; }
    const char* status = wait_for_token(reader, timeout_ms);
    if (strcmp(status, "ok") != 0) { return status; }
    uint64_t offset = v1_load(segment, V1_READ_POSITION);
    struct v1_header header;
    status = find_header(reader, &offset, &header);
    if (strcmp(status, "ok") != 0) { return status; }
    if (segment->style != V1_STYLE_CSHARP && header.sequence != reader->expected) { return "sequence"; }
    if (header.size > segment->payload_size - offset - V1_HEADER_SIZE) { return "too-large"; }
    const uint64_t end = offset + V1_HEADER_SIZE + header.size;
    v1_store(segment, V1_READ_POSITION, end == segment->payload_size ? 0 : end);
    v1_point("position");
    v1_add(segment, V1_READ_COUNT, 1);
    v1_point("count");
    reader->expected = header.sequence + 1;
    reader->held[reader->held_count++] = (struct v1_held){
        V1_BLOCK_SIZE + segment->metadata_size + offset + V1_HEADER_SIZE, header.size, header.sequence};
    return "ok";
}

const char* v1_reader_release(struct v1_reader* reader, uint64_t sequence) {
    size_t index = 0;
    while (index < reader->held_count && sequence != 0 && reader->held[index].sequence != sequence) {
        ++index;
    }
    if (index == reader->held_count) { return "not-held"; }
    v1_add(&reader->segment, V1_PAYLOAD_FREE, V1_HEADER_SIZE + reader->held[index].size);
    v1_point("free");
    sem_post(reader->segment.space);
    v1_point("post");
    --reader->held_count;
    memmove(&reader->held[index], &reader->held[index + 1], (reader->held_count - index) * sizeof reader->held[0]);
    return "ok";
}

/* Python leaves both semaphores behind. */
void v1_reader_close(struct v1_reader* reader) {
    struct v1_segment* const segment = &reader->segment;
    if (segment->base != NULL) { v1_store(segment, V1_READER_PID, 0); }
    v1_unmap(segment);
    if (segment->lock != 0) {
        close(segment->lock - 1);
        v1_remove(segment, 'l');
        v1_remove(segment, 'm');
        if (segment->style != V1_STYLE_PYTHON) { v1_remove(segment, 's'); }
    }
    *reader = (struct v1_reader){.segment.style = segment->style};
}
