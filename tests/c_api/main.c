/* SPDX-License-Identifier: MIT */
/* c_api_test GROUP: runs one group of tests. */
#include <stdlib.h>
#include <unistd.h>

#include "c_api_test.h"

int failures = 0;

const char* unique_name(void) {
    static char name[64];
    static int count = 0;
    snprintf(name, sizeof name, "c-api-%d-%d", (int)getpid(), ++count);
    return name;
}

pair make_pair(zb_layout layout) {
    pair both = {.name = "", .reader = NULL, .writer = NULL};
    zb_options options;
    CHECK(zb_options_init(&options, sizeof options) == ZB_OK);
    options.layout = layout;
    options.capacity = 64 << 10;
    snprintf(both.name, sizeof both.name, "%s", unique_name());
    if (zb_reader_create(both.name, &options, &both.reader) != ZB_OK ||
        zb_writer_open(both.name, NULL, &both.writer) != ZB_OK) {
        fprintf(stderr, "%s\n", zb_last_error());
        exit(1);
    }
    return both;
}

void close_pair(pair* both) {
    zb_snapshot snapshot;
    zb_writer_close(both->writer);
    zb_reader_close(both->reader);
    CHECK(zb_inspect(both->name, &snapshot) == ZB_NOT_FOUND);
}

void write_text(zb_writer* writer, const char* text) {
    CHECK(zb_writer_write(writer, text, strlen(text), 0, NULL) == ZB_OK);
}

int frame_is(const zb_frame* frame, const char* text) {
    return frame->size == strlen(text) && memcmp(frame->data, text, frame->size) == 0;
}

int main(int argc, char** argv) {
    const struct {
        const char* name;
        void (*run)(void);
    } groups[] = {
        {"arguments", test_arguments}, {"arrays", test_arrays}, {"lifetime", test_lifetime}, {"stream", test_stream}};
    for (size_t i = 0; argc == 2 && i < sizeof groups / sizeof groups[0]; ++i) {
        if (strcmp(argv[1], groups[i].name) == 0) {
            groups[i].run();
            fprintf(stderr, "%d failures\n", failures);
            return failures == 0 ? 0 : 1;
        }
    }
    fprintf(stderr, "c_api_test arguments|arrays|lifetime|stream\n");
    return 2;
}
