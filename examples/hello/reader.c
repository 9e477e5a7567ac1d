/* SPDX-License-Identifier: MIT */
/* Makes a buffer and prints the frames that a writer sends, in place, until it closes. */
#include <stdio.h>

#include <zerobuffer/zerobuffer.h>

int main(int argc, char** argv) {
    zb_reader* reader = NULL;
    zb_status status = zb_reader_create(argc > 1 ? argv[1] : "hello", NULL, &reader);
    while (status == ZB_OK) {
        zb_frame frame;
        status = zb_reader_acquire(reader, ZB_FOREVER, &frame);
        if (status != ZB_OK) { break; }
        printf("%llu: %.*s\n", (unsigned long long)frame.sequence, (int)frame.size, (const char*)frame.data);
        status = zb_reader_release(&frame);
    }
    if (status != ZB_PEER_CLOSED) { fprintf(stderr, "%s\n", zb_last_error()); }
    zb_reader_close(reader);
    return status == ZB_PEER_CLOSED ? 0 : 1;
}
