/* SPDX-License-Identifier: MIT */
/*
 * v1_peer: a process that behaves on the wire like an implementation of ZeroBuffer 1.x.
 * Every argument is a command; without arguments commands come from standard input, one per line, and its end quits.
 * Each command answers with one line of JSON. Words of a command: name, operands, then options as key=value.
 *
 *   style cpp|cs|py                             whose habits to imitate (default cpp); before create and connect
 *   create NAME METADATA PAYLOAD [until=STEP]   as reader; steps: lock empty zero sizes block half ready
 *   finish                                      the rest of a creation that stopped at a step
 *   connect NAME [until=pid] [tries=1]          as writer; tries again while the buffer is not complete
 *   write SIZE [seed=0]                         one frame with the bytes of `seed` and the frame's number in this stream
 *   send COUNT SMALLEST LARGEST [seed=0]        many, sizes at random
 *   read [timeout=5000]                         one frame, held until it is released
 *   receive COUNT [seed=0] [hold=0] [timeout=5000]   many, each compared with the seed; the last `hold` stay held
 *   release [SEQUENCE]                          the oldest frame or that one
 *   metadata SIZE [seed=0] | read-metadata      publish | look
 *   set sequence|from|early|tail|end|timeout VALUE   writer: next sequence; number of the next frame in the stream
 *                                               (both sides); percent of early wraps; stale|zero|avoid; size|zero; ms
 *   state | image PATH                          all words and semaphore values | bytes of the segment without the pids
 *   kill-at POINT                               die by SIGKILL there, see v1_point
 *   remove segment|semaphores|lock              take names away, keep using them
 *   scan PREFIX                                 remove what the dead left, as an old reader does before it creates
 *   disconnect | close                          end as writer | as reader, in order
 */
#include "pattern.h"
#include "v1_wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 12, LINE = 1024 };

struct command {
    size_t count;
    char* words[WORDS];
};

static struct v1_reader reader;
static struct v1_writer writer = {.timeout_ms = 5000, .random = 1};
static uint64_t next_written = 1;
static uint64_t next_read = 1;

static const char* operand(const struct command* command, size_t index) {
    return index < command->count && strchr(command->words[index], '=') == NULL ? command->words[index] : "";
}

static const char* option(const struct command* command, const char* key) {
    const size_t length = strlen(key);
    for (size_t index = 1; index < command->count; ++index) {
        const char* const word = command->words[index];
        if (strncmp(word, key, length) == 0 && word[length] == '=') { return word + length + 1; }
    }
    return NULL;
}

static uint64_t number(const char* text, uint64_t fallback) {
    return text == NULL || *text == '\0' ? fallback : strtoull(text, NULL, 10);
}

static void answer(const char* status) { printf("{\"status\":\"%s\"}\n", status); }

/* Whichever side this process has; as both, they map the same bytes. */
static const struct v1_segment* any_segment(void) {
    return reader.segment.base != NULL ? &reader.segment : &writer.segment;
}

static void run_style(const struct command* command) {
    const char* const name = operand(command, 1);
    const enum v1_style style = strcmp(name, "cs") == 0   ? V1_STYLE_CSHARP
                                : strcmp(name, "py") == 0 ? V1_STYLE_PYTHON
                                                          : V1_STYLE_CPP;
    reader.segment.style = style;
    writer.segment.style = style;
    writer.reset = style == V1_STYLE_CSHARP;
    answer("ok");
}

static void run_create(const struct command* command) {
    snprintf(reader.segment.name, sizeof reader.segment.name, "%s", operand(command, 1));
    reader.segment.metadata_size = number(operand(command, 2), 1024);
    reader.segment.payload_size = number(operand(command, 3), 1 << 20);
    answer(v1_reader_create(&reader, option(command, "until")));
}

static void run_finish(const struct command* command) {
    (void)command;
    answer(v1_reader_create(&reader, NULL));
}

/* What a writer meets while a reader creates the buffer; anything else is not cured by another try. */
static int incomplete(const char* status) {
    static const char* const stages[] = {"not-found", "too-small", "block-size", "no-reader"};
    for (size_t index = 0; index < sizeof stages / sizeof stages[0]; ++index) {
        if (strcmp(status, stages[index]) == 0) { return 1; }
    }
    return 0;
}

static void run_connect(const struct command* command) {
    snprintf(writer.segment.name, sizeof writer.segment.name, "%s", operand(command, 1));
    const int pid_only = option(command, "until") != NULL;
    const char* status = "";
    for (uint64_t left = number(option(command, "tries"), 1); left != 0; --left) {
        status = v1_writer_connect(&writer, pid_only);
        if (!incomplete(status)) { break; }
    }
    answer(status);
}

static const char* write_one(uint64_t size, uint64_t seed) {
    uint64_t offset = 0;
    const char* const status = v1_writer_place(&writer, size, &offset);
    if (strcmp(status, "ok") != 0) { return status; }
    pattern_fill(writer.segment.base + offset, size, seed, next_written++);
    v1_writer_commit(&writer, size);
    return status;
}

static void run_write(const struct command* command) {
    const char* const status = write_one(number(operand(command, 1), 1), number(option(command, "seed"), 0));
    printf("{\"status\":\"%s\",\"sequence\":%" PRIu64 "}\n", status, writer.next - 1);
}

static void run_send(const struct command* command) {
    const uint64_t count = number(operand(command, 1), 1);
    const uint64_t smallest = number(operand(command, 2), 1);
    const uint64_t largest = number(operand(command, 3), smallest);
    const uint64_t seed = number(option(command, "seed"), 0);
    const char* status = "ok";
    uint64_t frames = 0;
    while (frames < count && strcmp(status, "ok") == 0) {
        status = write_one(pattern_size(seed, next_written, smallest, largest), seed);
        frames += strcmp(status, "ok") == 0;
    }
    printf("{\"status\":\"%s\",\"frames\":%" PRIu64 ",\"sequence\":%" PRIu64 ",\"markers\":%" PRIu64
           ",\"short_tails\":%" PRIu64 "}\n",
           status, frames, writer.next - 1, writer.markers, writer.short_tails);
}

static void run_read(const struct command* command) {
    const char* const status = v1_reader_take(&reader, (int)number(option(command, "timeout"), 5000));
    if (strcmp(status, "ok") != 0) {
        answer(status);
        return;
    }
    const struct v1_held* const frame = &reader.held[reader.held_count - 1];
    ++next_read;
    printf("{\"status\":\"ok\",\"sequence\":%" PRIu64 ",\"size\":%" PRIu64 ",\"checksum\":%" PRIu64 "}\n",
           frame->sequence, frame->size, pattern_checksum(reader.segment.base + frame->offset, frame->size));
}

static const char* receive_one(uint64_t seed, int timeout_ms, size_t hold) {
    const char* const status = v1_reader_take(&reader, timeout_ms);
    if (strcmp(status, "ok") != 0) { return status; }
    const struct v1_held* const frame = &reader.held[reader.held_count - 1];
    if (!pattern_matches(reader.segment.base + frame->offset, frame->size, seed, next_read++)) { return "other-bytes"; }
    return reader.held_count > hold ? v1_reader_release(&reader, 0) : status;
}

static void run_receive(const struct command* command) {
    const uint64_t count = number(operand(command, 1), 1);
    const uint64_t seed = number(option(command, "seed"), 0);
    const int timeout_ms = (int)number(option(command, "timeout"), 5000);
    const size_t hold = number(option(command, "hold"), 0);
    const char* status = "ok";
    uint64_t frames = 0;
    while (frames < count && strcmp(status, "ok") == 0) {
        status = receive_one(seed, timeout_ms, hold);
        frames += strcmp(status, "ok") == 0;
    }
    printf("{\"status\":\"%s\",\"frames\":%" PRIu64 ",\"sequence\":%" PRIu64 ",\"markers\":%" PRIu64
           ",\"short_tails\":%" PRIu64 "}\n",
           status, frames, reader.expected - 1, reader.markers, reader.short_tails);
}

static void run_release(const struct command* command) {
    answer(v1_reader_release(&reader, number(operand(command, 1), 0)));
}

static void run_metadata(const struct command* command) {
    unsigned char bytes[LINE];
    const uint64_t size = number(operand(command, 1), 0);
    if (size > sizeof bytes) {
        answer("metadata-too-large");
        return;
    }
    pattern_fill(bytes, size, number(option(command, "seed"), 0), 0);
    answer(v1_writer_metadata(&writer, bytes, size));
}

static void run_read_metadata(const struct command* command) {
    (void)command;
    const struct v1_segment* const segment = any_segment();
    const uint64_t written = v1_load(segment, V1_METADATA_WRITTEN);
    uint64_t size = 0;
    if (written == 0) {
        answer("none");
        return;
    }
    memcpy(&size, segment->base + V1_BLOCK_SIZE, sizeof size);
    if (written != size + sizeof size || written > segment->metadata_size) {
        answer("corrupt");
        return;
    }
    printf("{\"status\":\"ok\",\"size\":%" PRIu64 ",\"checksum\":%" PRIu64 "}\n", size,
           pattern_checksum(segment->base + V1_BLOCK_SIZE + sizeof size, size));
}

static void run_set(const struct command* command) {
    const char* const name = operand(command, 1);
    const char* const value = operand(command, 2);
    const char* status = "ok";
    if (strcmp(name, "sequence") == 0) {
        writer.next = number(value, 1);
    } else if (strcmp(name, "from") == 0) {
        next_written = next_read = number(value, 1);
    } else if (strcmp(name, "early") == 0) {
        writer.early = (unsigned)number(value, 0);
    } else if (strcmp(name, "tail") == 0) {
        writer.tail = strcmp(value, "zero") == 0    ? V1_TAIL_ZERO
                      : strcmp(value, "avoid") == 0 ? V1_TAIL_AVOID
                                                    : V1_TAIL_STALE;
    } else if (strcmp(name, "end") == 0) {
        writer.reset = strcmp(value, "zero") == 0;
    } else if (strcmp(name, "timeout") == 0) {
        writer.timeout_ms = (int)number(value, 0);
    } else {
        status = "unknown-setting";
    }
    answer(status);
}

static int tokens(sem_t* semaphore) {
    int value = -1;
    if (semaphore != NULL) { sem_getvalue(semaphore, &value); }
    return value;
}

static void run_state(const struct command* command) {
    static const struct {
        const char* name;
        enum v1_word word;
    } words[] = {
        {"metadata_size", V1_METADATA_SIZE},
        {"metadata_free", V1_METADATA_FREE},
        {"metadata_written", V1_METADATA_WRITTEN},
        {"payload_size", V1_PAYLOAD_SIZE},
        {"free", V1_PAYLOAD_FREE},
        {"write_position", V1_WRITE_POSITION},
        {"read_position", V1_READ_POSITION},
        {"written", V1_WRITTEN_COUNT},
        {"read", V1_READ_COUNT},
        {"writer_pid", V1_WRITER_PID},
        {"reader_pid", V1_READER_PID},
    };
    (void)command;
    const struct v1_segment* const segment = any_segment();
    printf("{\"status\":\"ok\"");
    for (size_t index = 0; index < sizeof words / sizeof words[0]; ++index) {
        printf(",\"%s\":%" PRIu64, words[index].name, v1_load(segment, words[index].word));
    }
    printf(",\"data_tokens\":%d,\"space_tokens\":%d}\n", tokens(segment->data), tokens(segment->space));
}

static void run_image(const struct command* command) {
    const struct v1_segment* const segment = any_segment();
    FILE* const file = fopen(operand(command, 1), "wb");
    unsigned char* const bytes = malloc(segment->size);
    const char* status = "system";
    if (file != NULL && bytes != NULL) {
        memcpy(bytes, segment->base, segment->size);
        memset(bytes + V1_WRITER_PID, 0, 2 * sizeof(uint64_t)); /* they differ from run to run */
        status = fwrite(bytes, 1, segment->size, file) == segment->size ? "ok" : "system";
    }
    if (file != NULL) { fclose(file); }
    free(bytes);
    answer(status);
}

static void run_kill_at(const struct command* command) {
    v1_arm(operand(command, 1));
    answer("ok");
}

static void run_remove(const struct command* command) {
    const char* const what = operand(command, 1);
    v1_remove(&reader.segment, strcmp(what, "segment") == 0 ? 'm' : strcmp(what, "semaphores") == 0 ? 's' : 'l');
    answer("ok");
}

static void run_scan(const struct command* command) {
    printf("{\"status\":\"ok\",\"removed\":%u}\n", v1_scan(reader.segment.style, operand(command, 1)));
}

static void run_disconnect(const struct command* command) {
    (void)command;
    v1_writer_close(&writer);
    answer("ok");
}

static void run_close(const struct command* command) {
    (void)command;
    v1_reader_close(&reader);
    answer("ok");
}

static void run(char* line) {
    static const struct {
        const char* name;
        void (*run)(const struct command*);
    } commands[] = {
        {"style", run_style},
        {"create", run_create},
        {"finish", run_finish},
        {"connect", run_connect},
        {"write", run_write},
        {"send", run_send},
        {"read", run_read},
        {"receive", run_receive},
        {"release", run_release},
        {"metadata", run_metadata},
        {"read-metadata", run_read_metadata},
        {"set", run_set},
        {"state", run_state},
        {"image", run_image},
        {"kill-at", run_kill_at},
        {"remove", run_remove},
        {"scan", run_scan},
        {"disconnect", run_disconnect},
        {"close", run_close},
    };
    struct command command = {0};
    for (char* word = strtok(line, " \n"); word != NULL && command.count < WORDS; word = strtok(NULL, " \n")) {
        command.words[command.count++] = word;
    }
    for (size_t index = 0; command.count != 0 && index < sizeof commands / sizeof commands[0]; ++index) {
        if (strcmp(commands[index].name, command.words[0]) == 0) {
            commands[index].run(&command);
            return;
        }
    }
    answer("unknown-command");
}

int main(int count, char** arguments) {
    char line[LINE];
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int index = 1; index < count; ++index) {
        run(arguments[index]);
    }
    while (count == 1 && fgets(line, sizeof line, stdin) != NULL) {
        run(line);
    }
    v1_writer_close(&writer);
    v1_reader_close(&reader);
    return 0;
}
