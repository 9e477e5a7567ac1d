// SPDX-License-Identifier: MIT
// The header of an array inside the payload of a frame, as docs/format.md states it. Little-endian, plain data, behind it
// shape, strides if there are any, and the description. Pure functions; what is read comes from a peer that may lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <zerobuffer/array.hpp>

namespace zerobuffer::wire {

// Not text, no pixels that a picture begins with, and broken by whatever translates line ends.
inline constexpr std::uint64_t array_magic = 0x0a1a0a0d41425a93;  // 0x93 "ZBA" CR LF 0x1a LF
inline constexpr std::uint32_t array_version = 1;
inline constexpr std::uint64_t array_alignment = 64;  // of the items, from the start of the payload
inline constexpr std::uint64_t longest_description = 65535;
inline constexpr std::uint64_t text_offset_size = 8;

struct ArrayHeader {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t header_size;  // this, shape, strides and description
    std::uint64_t data_offset;
    std::uint64_t data_size;
    std::uint8_t kind;
    std::uint8_t byte_order;  // 0 little-endian, 1 big-endian
    std::uint8_t order;       // 0 C, 1 Fortran, 2 strides follow the shape
    std::uint8_t dimensions;
    std::uint32_t description_size;
    std::uint64_t item_size;
    std::uint8_t reserved[16];
};
static_assert(sizeof(ArrayHeader) == 64);
static_assert(offsetof(ArrayHeader, version) == 0x08);
static_assert(offsetof(ArrayHeader, header_size) == 0x0c);
static_assert(offsetof(ArrayHeader, data_offset) == 0x10);
static_assert(offsetof(ArrayHeader, data_size) == 0x18);
static_assert(offsetof(ArrayHeader, kind) == 0x20);
static_assert(offsetof(ArrayHeader, byte_order) == 0x21);
static_assert(offsetof(ArrayHeader, order) == 0x22);
static_assert(offsetof(ArrayHeader, dimensions) == 0x23);
static_assert(offsetof(ArrayHeader, description_size) == 0x24);
static_assert(offsetof(ArrayHeader, item_size) == 0x28);

// Fills in data_offset, data_size (but for text) and strides. Throws Error(misuse) that names the field.
void plan_array_header(ArrayInfo& array);

// Writes everything in front of the items, padding included. Plans first, so only what a writer chooses is believed.
void store_array_header(std::span<std::byte> payload, ArrayInfo& array);

// Copies the header out of a payload and checks the copy. Throws Error(incompatible) that names field, value found and
// value expected. The description is left where it is.
ArrayInfo load_array_header(std::span<const std::byte> payload);

// One string of an array of text that load_array_header returned for the same payload.
std::string_view load_text(std::span<const std::byte> payload, const ArrayInfo& array, std::uint64_t index);

}  // namespace zerobuffer::wire
