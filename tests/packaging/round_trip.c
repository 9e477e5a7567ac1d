/* SPDX-License-Identifier: MIT */
/* A user of the C interface: one frame through a buffer of its own. Exit code 0 means that it arrived. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <zerobuffer/zerobuffer.h>

static int fail(const char* step) {
    fprintf(stderr, "%s: %s\n", step, zb_last_error());
    return 1;
}

static int exchange(zb_reader* reader, zb_writer* writer) {
    static const char message[] = "frame";
    zb_frame frame;
    if (zb_writer_write(writer, message, sizeof message, 0, NULL) != ZB_OK) { return fail("write"); }
    if (zb_reader_acquire(reader, 0, &frame) != ZB_OK) { return fail("acquire"); }
    if (frame.size != sizeof message || memcmp(frame.data, message, sizeof message) != 0) { return fail("compare"); }
    return zb_reader_release(&frame) == ZB_OK ? 0 : fail("release");
}

int main(void) {
    char name[64];
    zb_reader* reader = NULL;
    zb_writer* writer = NULL;
    int result = 0;
    snprintf(name, sizeof name, "packaging-c-%ld", (long)getpid());
    if (zb_abi_version() != ZB_ABI_VERSION) { return fail("abi"); }
    if (zb_reader_create(name, NULL, &reader) != ZB_OK) { return fail("create"); }
    result = zb_writer_open(name, NULL, &writer) == ZB_OK ? exchange(reader, writer) : fail("open");
    zb_writer_close(writer);
    zb_reader_close(reader);
    return result;
}
