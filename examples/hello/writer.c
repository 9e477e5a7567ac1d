/* SPDX-License-Identifier: MIT */
/* Sends five frames to the reader of a buffer. Each text is written where the reader will find it. */
#include <stdio.h>

#include <zerobuffer/zerobuffer.h>

int main(int argc, char** argv) {
    zb_options options;
    zb_options_init(&options, sizeof options);
    options.wait_for_peer = INT64_C(10000000000); /* ten seconds, for the reader to make the buffer */

    zb_writer* writer = NULL;
    zb_status status = zb_writer_open(argc > 1 ? argv[1] : "hello", &options, &writer);
    for (int number = 1; status == ZB_OK && number <= 5; ++number) {
        zb_claim claim;
        status = zb_writer_claim(writer, 64, ZB_FOREVER, &claim);
        if (status != ZB_OK) { break; }
        const int length = snprintf(claim.data, claim.size, "hello %d", number);
        status = zb_writer_commit(&claim, (uint64_t)length, NULL);
    }
    if (status != ZB_OK) { fprintf(stderr, "%s\n", zb_last_error()); }
    zb_writer_close(writer);
    return status == ZB_OK ? 0 : 1;
}
