// SPDX-License-Identifier: MIT
// The public functions on arrays: the rules are in wire/array_header.
#include <zerobuffer/array.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

#include "wire/array_header.hpp"

namespace zerobuffer {

ArrayInfo plan_array(ArrayInfo array) {
    wire::plan_array_header(array);
    return array;
}

ArrayInfo plan_items(ItemKind kind, std::uint64_t item_size, std::span<const std::uint64_t> shape, ArrayOrder order) {
    ArrayInfo array;
    array.kind = kind;
    array.item_size = item_size;
    array.order = order;
    // One too many is for the plan to refuse.
    array.dimensions = static_cast<std::uint32_t>(std::min<std::size_t>(shape.size(), most_dimensions + 1));
    std::copy_n(shape.begin(), std::min<std::size_t>(shape.size(), most_dimensions), array.shape.begin());
    wire::plan_array_header(array);
    return array;
}

MutableArray write_array_header(std::span<std::byte> payload, const ArrayInfo& array) {
    ArrayInfo written = array;
    wire::store_array_header(payload, written);
    return {payload, written};
}

Array view_array(std::span<const std::byte> payload) { return {payload, wire::load_array_header(payload)}; }

Array view_array(const Frame& frame) try { return view_array(frame.bytes()); } catch (const Error& error) {
    throw Error(error.status(), "frame " + std::to_string(frame.sequence()) + ": " + error.what());
}

std::string_view text_of(const Array& array, std::uint64_t index) {
    return wire::load_text(array.payload(), array.info(), index);
}

namespace detail {

void check_items(const ArrayInfo& array, const void* items, ItemKind kind, std::uint64_t size,
                 std::uint64_t alignment) {
    if (array.kind != kind || array.item_size != size) {
        throw Error(Status::incompatible, std::string("array: its items are '") + static_cast<char>(array.kind) +
                                              "' of " + std::to_string(array.item_size) + " bytes, asked for '" +
                                              static_cast<char>(kind) + "' of " + std::to_string(size) +
                                              "; look at info() and ask for these");
    }
    if (array.big_endian && size != 1) {
        throw Error(Status::incompatible, "array: its items are big-endian; swap the bytes of each in bytes()");
    }
    if (array.order == ArrayOrder::strided) {
        throw Error(Status::incompatible, "array: its items have gaps; follow strides() in bytes()");
    }
    // The address alone counts, not what is there.
    if (reinterpret_cast<std::uintptr_t>(items) % alignment != 0) {
        throw Error(Status::incompatible, "array: its items do not start on a multiple of " +
                                              std::to_string(alignment) +
                                              ", as layout v1 packs frames; copy bytes() out, or use layout v2");
    }
}

}  // namespace detail
}  // namespace zerobuffer
