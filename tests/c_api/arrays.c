/* SPDX-License-Identifier: MIT */
/* Arrays in payloads: planned, written and viewed by C, and what is refused. */
#include "c_api_test.h"

static zb_array array_of(zb_item_kind kind, uint64_t item_size, uint64_t rows, uint64_t columns) {
    zb_array array;
    memset(&array, 0, sizeof array);
    array.kind = kind;
    array.item_size = item_size;
    array.dimensions = 2;
    array.shape[0] = rows;
    array.shape[1] = columns;
    return array;
}

static void carries_an_array_through_a_ring(void) {
    pair both = make_pair(ZB_LAYOUT_V2);
    zb_array array = array_of(ZB_ITEM_KIND_REAL, 4, 2, 3);
    uint64_t size = 0;
    CHECK(zb_array_plan(&array, &size) == ZB_OK);
    CHECK(size == 128 + 24 && array.data_offset == 128 && array.data_size == 24);
    CHECK(array.strides[0] == 12 && array.strides[1] == 4);

    zb_claim claim;
    CHECK(zb_writer_claim(both.writer, size, 0, &claim) == ZB_OK);
    CHECK(zb_array_write(claim.data, claim.size, &array) == ZB_OK);
    float* items = (float*)((char*)claim.data + array.data_offset);
    for (int i = 0; i < 6; ++i) {
        items[i] = (float)i / 2;
    }
    CHECK(zb_writer_commit(&claim, size, NULL) == ZB_OK);

    zb_frame frame;
    zb_array seen;
    CHECK(zb_reader_acquire(both.reader, 0, &frame) == ZB_OK);
    CHECK(zb_array_view(frame.data, frame.size, &seen) == ZB_OK);
    CHECK(seen.kind == ZB_ITEM_KIND_REAL && seen.item_size == 4 && seen.order == ZB_ARRAY_ORDER_C);
    CHECK(seen.dimensions == 2 && seen.shape[0] == 2 && seen.shape[1] == 3 && seen.strides[0] == 12);
    const float* arrived = (const float*)((const char*)frame.data + seen.data_offset);
    for (int i = 0; i < 6; ++i) {
        CHECK(arrived[i] == (float)i / 2);
    }
    CHECK(zb_reader_release(&frame) == ZB_OK);
    close_pair(&both);
}

static void keeps_strides_and_description(void) {
    static const char fields[] = "[[\"x\",\"<f8\"]]";
    unsigned char payload[512] = {0};
    zb_array array = array_of(ZB_ITEM_KIND_RECORD, 8, 2, 2);
    zb_array seen;
    array.order = ZB_ARRAY_ORDER_STRIDED;
    array.strides[0] = 32;
    array.strides[1] = 8;
    array.description = fields;
    array.description_size = strlen(fields);
    CHECK(zb_array_write(payload, sizeof payload, &array) == ZB_OK);
    CHECK(zb_array_view(payload, sizeof payload, &seen) == ZB_OK);
    CHECK(seen.order == ZB_ARRAY_ORDER_STRIDED && seen.strides[0] == 32 && seen.data_size == 48);
    CHECK(seen.description_size == strlen(fields) && memcmp(seen.description, fields, strlen(fields)) == 0);
}

static void reads_text_one_by_one(void) {
    unsigned char payload[256] = {0};
    zb_array array;
    zb_array seen;
    zb_slice text;
    memset(&array, 0, sizeof array);
    array.kind = ZB_ITEM_KIND_TEXT;
    array.item_size = 8;
    array.dimensions = 1;
    array.shape[0] = 2;
    array.data_size = 24 + 5;
    CHECK(zb_array_write(payload, sizeof payload, &array) == ZB_OK);
    const uint64_t offsets[3] = {0, 3, 5};
    memcpy(payload + array.data_offset, offsets, sizeof offsets);
    memcpy(payload + array.data_offset + 24, "sunup", 5);
    CHECK(zb_array_view(payload, sizeof payload, &seen) == ZB_OK);
    CHECK(zb_array_text(payload, sizeof payload, &seen, 1, &text) == ZB_OK);
    CHECK(text.size == 2 && memcmp(text.data, "up", 2) == 0);
    CHECK_MISUSE(zb_array_text(payload, sizeof payload, &seen, 2, &text), "no string 2");
    CHECK_MISUSE(zb_array_text(payload, 64, &seen, 1, &text), "the very frame");
    payload[array.data_offset + 16] = 6;
    CHECK(zb_array_text(payload, sizeof payload, &seen, 1, &text) == ZB_INCOMPATIBLE);
    CHECK(strstr(zb_last_error(), "offset 2 is 6") != NULL);
}

static void refuses_what_is_no_array(void) {
    unsigned char payload[512] = {0};
    zb_array array = array_of(ZB_ITEM_KIND_REAL, 4, 2, 3);
    zb_array seen;
    CHECK(zb_array_view(payload, sizeof payload, &seen) == ZB_INCOMPATIBLE);
    CHECK(strstr(zb_last_error(), "the frame has none") != NULL);
    CHECK(zb_array_view(NULL, 0, &seen) == ZB_INCOMPATIBLE);
    CHECK(zb_array_write(payload, sizeof payload, &array) == ZB_OK);
    for (uint64_t size = 0; size < array.data_offset + array.data_size; ++size) {
        CHECK(zb_array_view(payload, size, &seen) == ZB_INCOMPATIBLE);
    }
    CHECK_MISUSE(zb_array_write(payload, 128, &array), "has 128 bytes");
}

static void refuses_arguments_that_break_a_rule(void) {
    unsigned char payload[512] = {0};
    zb_array array = array_of(ZB_ITEM_KIND_REAL, 4, 2, 3);
    zb_slice text;
    CHECK_MISUSE(zb_array_plan(NULL, NULL), "array is NULL");
    CHECK_MISUSE(zb_array_write(NULL, 512, &array), "payload or array is NULL");
    CHECK_MISUSE(zb_array_write(payload, sizeof payload, NULL), "payload or array is NULL");
    CHECK_MISUSE(zb_array_view(payload, sizeof payload, NULL), "payload or array is NULL");
    CHECK_MISUSE(zb_array_view(NULL, 1, &array), "payload or array is NULL");
    CHECK_MISUSE(zb_array_text(payload, sizeof payload, &array, 0, NULL), "is NULL");
    CHECK_MISUSE(zb_array_text(payload, sizeof payload, NULL, 0, &text), "is NULL");
    CHECK_MISUSE(zb_array_text(payload, sizeof payload, &array, 0, &text), "kind is text");
    array.big_endian = 2;
    CHECK_MISUSE(zb_array_plan(&array, NULL), "big_endian");
    array.big_endian = 0;
    array.description_size = 1;
    CHECK_MISUSE(zb_array_plan(&array, NULL), "description is NULL");
    array.description_size = 0;
    array.dimensions = 33;
    CHECK_MISUSE(zb_array_plan(&array, NULL), "dimensions is 33");
    array.dimensions = UINT32_MAX;
    CHECK_MISUSE(zb_array_plan(&array, NULL), "dimensions is 4294967295");
    array.dimensions = 2;
    array.order = 3;
    CHECK_MISUSE(zb_array_plan(&array, NULL), "order is 3");
    array.order = ZB_ARRAY_ORDER_C;
    array.kind = 0x4f;
    CHECK_MISUSE(zb_array_plan(&array, NULL), "kind is 79");
    array.kind = 0x166;
    CHECK_MISUSE(zb_array_plan(&array, NULL), "kind is 358");
    array.kind = ZB_ITEM_KIND_REAL;
    CHECK(zb_array_plan(&array, NULL) == ZB_OK);
}

void test_arrays(void) {
    carries_an_array_through_a_ring();
    keeps_strides_and_description();
    reads_text_one_by_one();
    refuses_what_is_no_array();
    refuses_arguments_that_break_a_rule();
}
