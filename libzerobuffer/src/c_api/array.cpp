// SPDX-License-Identifier: MIT
// Arrays in payloads: from the struct of C to that of C++ and back.
#include <algorithm>
#include <cstddef>
#include <span>

#include "c_api/boundary.hpp"
#include "wire/array_header.hpp"

static_assert(ZB_ARRAY_DIMENSIONS == zerobuffer::most_dimensions, "one limit");

namespace zerobuffer::c_api {
namespace {

// Payloads of 0 bytes have no address of their own.
bool is_payload(const void* payload, std::uint64_t size) noexcept { return payload != nullptr || size == 0; }

ArrayInfo info_of(const zb_array& array) {
    if (array.big_endian > 1) { throw Error(Status::misuse, "array: big_endian is neither 0 nor 1; give one of them"); }
    if (array.description == nullptr && array.description_size != 0) {
        throw Error(Status::misuse, "array: description is NULL; point it to description_size bytes, or set both to 0");
    }
    ArrayInfo info;
    info.kind = static_cast<ItemKind>(array.kind);
    info.big_endian = array.big_endian == 1;
    info.order = static_cast<ArrayOrder>(array.order);
    info.dimensions = array.dimensions;
    info.item_size = array.item_size;
    info.data_offset = array.data_offset;
    info.data_size = array.data_size;
    if (array.description != nullptr) {
        info.description = {array.description, static_cast<std::size_t>(array.description_size)};
    }
    const std::uint32_t used = std::min(array.dimensions, most_dimensions);
    std::copy_n(array.shape, used, info.shape.begin());
    std::copy_n(array.strides, used, info.strides.begin());
    return info;
}

void fill(zb_array& to, const ArrayInfo& from) noexcept {
    to.description = from.description.data();
    to.description_size = from.description.size();
    to.item_size = from.item_size;
    to.data_offset = from.data_offset;
    to.data_size = from.data_size;
    to.kind = static_cast<std::uint32_t>(from.kind);
    to.big_endian = from.big_endian ? 1 : 0;
    to.order = static_cast<std::uint32_t>(from.order);
    to.dimensions = from.dimensions;
    std::ranges::copy(from.shape, to.shape);
    std::ranges::copy(from.strides, to.strides);
}

}  // namespace
}  // namespace zerobuffer::c_api

using namespace zerobuffer;

zb_status zb_array_plan(zb_array* array, uint64_t* size) {
    if (array == nullptr) { return c_api::misuse("zb_array_plan: array is NULL; pass the struct that describes it"); }
    return c_api::guarded([&] {
        ArrayInfo info = c_api::info_of(*array);
        wire::plan_array_header(info);
        c_api::fill(*array, info);
        if (size != nullptr) { *size = info.frame_size(); }
        return Status::ok;
    });
}

zb_status zb_array_write(void* payload, uint64_t size, zb_array* array) {
    if (array == nullptr || !c_api::is_payload(payload, size)) {
        return c_api::misuse(
            "zb_array_write: payload or array is NULL; pass the bytes of a claim, and what to write there");
    }
    return c_api::guarded([&] {
        ArrayInfo info = c_api::info_of(*array);
        wire::store_array_header({static_cast<std::byte*>(payload), static_cast<std::size_t>(size)}, info);
        c_api::fill(*array, info);
        return Status::ok;
    });
}

zb_status zb_array_view(const void* payload, uint64_t size, zb_array* array) {
    if (array == nullptr || !c_api::is_payload(payload, size)) {
        return c_api::misuse(
            "zb_array_view: payload or array is NULL; pass the bytes of a frame, and the struct to fill");
    }
    return c_api::guarded([&] {
        c_api::fill(*array,
                    wire::load_array_header({static_cast<const std::byte*>(payload), static_cast<std::size_t>(size)}));
        return Status::ok;
    });
}

zb_status zb_array_text(const void* payload, uint64_t size, const zb_array* array, uint64_t index, zb_slice* text) {
    if (array == nullptr || text == nullptr || !c_api::is_payload(payload, size)) {
        return c_api::misuse(
            "zb_array_text: payload, array or text is NULL; pass the bytes of a frame, what zb_array_view "
            "said of them, and the slice to fill");
    }
    return c_api::guarded([&] {
        const std::string_view found = wire::load_text(
            {static_cast<const std::byte*>(payload), static_cast<std::size_t>(size)}, c_api::info_of(*array), index);
        *text = {found.data(), found.size()};
        return Status::ok;
    });
}
