// SPDX-License-Identifier: MIT
#include "wire/array_header.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <string>

#include <zerobuffer/status.hpp>

namespace zerobuffer::wire {
namespace {

// What signed 64-bit sizes of other languages can say.
constexpr std::uint64_t most_bytes = std::numeric_limits<std::int64_t>::max();

// Who is told off decides the status and the remedy: the program that plans, or the peer that wrote.
struct Refuser {
    Status status;
    std::string_view remedy;

    [[noreturn]] void operator()(std::string_view field, std::string_view found, std::string_view expected) const {
        throw Error(status, "array header: " + std::string(field) + " is " + std::string(found) + ", expected " +
                                std::string(expected) + "; " + std::string(remedy));
    }
    [[noreturn]] void operator()(std::string_view field, std::uint64_t found, std::string_view expected) const {
        (*this)(field, std::to_string(found), expected);
    }
};

constexpr Refuser planned{Status::misuse, "describe the array as it is"};
constexpr Refuser received{Status::incompatible,
                           "the sender is at fault: let it write the header with this library, or look at plain bytes"};

bool one_of(std::uint64_t value, std::initializer_list<std::uint64_t> allowed) noexcept {
    return std::ranges::find(allowed, value) != allowed.end();
}

// The text of the rule that an item size breaks, empty when it keeps it.
std::string_view broken_size_rule(ItemKind kind, std::uint64_t size) noexcept {
    switch (kind) {
        case ItemKind::boolean:
            return size == 1 ? "" : "1 for booleans";
        case ItemKind::integer:
        case ItemKind::natural:
            return one_of(size, {1, 2, 4, 8}) ? "" : "1, 2, 4 or 8 for integers";
        case ItemKind::real:
            return one_of(size, {2, 4, 8, 16}) ? "" : "2, 4, 8 or 16 for reals";
        case ItemKind::complex:
            return one_of(size, {8, 16, 32}) ? "" : "8, 16 or 32 for complex numbers";
        case ItemKind::characters:
            return size != 0 && size % 4 == 0 ? "" : "a multiple of 4 for characters";
        case ItemKind::date:
        case ItemKind::duration:
        case ItemKind::text:
            return size == 8 ? "" : "8 for dates, durations and text";
        case ItemKind::bytes:
        case ItemKind::record:
            return size != 0 ? "" : "at least 1";
    }
    return "the size of a known kind";
}

bool is_kind(std::uint32_t kind) noexcept {
    static constexpr std::string_view letters = "biufcSUVMmT";
    return kind < 0x80 && letters.find(static_cast<char>(kind)) != std::string_view::npos;
}

bool has_description(ItemKind kind) noexcept {
    return kind == ItemKind::record || kind == ItemKind::date || kind == ItemKind::duration;
}

void check_item(const ArrayInfo& array, const Refuser& refuse) {
    const auto kind = static_cast<std::uint32_t>(array.kind);
    if (!is_kind(kind)) { refuse("kind", kind, "the number of one of the letters biufcSUVMmT"); }
    const std::string_view rule = broken_size_rule(array.kind, array.item_size);
    if (!rule.empty()) { refuse("item_size", array.item_size, rule); }
    if (array.description.size() > longest_description) {
        refuse("description_size", array.description.size(), "at most 65535");
    }
    if (!array.description.empty() && !has_description(array.kind)) {
        refuse("description_size", array.description.size(), "0 for items of this kind");
    }
    if (array.kind == ItemKind::text && (array.dimensions != 1 || array.order != ArrayOrder::c)) {
        refuse("dimensions", array.dimensions, "1, and order 0, for text");
    }
}

// Bytes of all items side by side. Axes of 0 leave the others checked: whoever multiplies them must not overflow either.
std::uint64_t item_bytes(const ArrayInfo& array, const Refuser& refuse) {
    std::uint64_t product = array.item_size;
    if (product > most_bytes) { refuse("item_size", product, "less than 2**63"); }
    bool empty = false;
    for (std::uint32_t axis = 0; axis < array.dimensions; ++axis) {
        const std::uint64_t length = array.shape[axis];
        if (length == 0) {
            empty = true;
        } else if (product > most_bytes / length) {
            refuse("shape[" + std::to_string(axis) + "]", length, "a shape of less than 2**63 bytes");
        } else {
            product *= length;
        }
    }
    return empty ? 0 : product;
}

// Bytes from the first item to the end of the last one.
std::uint64_t strided_bytes(const ArrayInfo& array, std::uint64_t items, const Refuser& refuse) {
    std::uint64_t extent = items == 0 ? 0 : array.item_size;
    for (std::uint32_t axis = 0; axis < array.dimensions; ++axis) {
        const std::uint64_t stride = array.strides[axis];
        if (stride > most_bytes) { refuse("strides[" + std::to_string(axis) + "]", stride, "less than 2**63"); }
        if (items == 0 || array.shape[axis] == 1 || stride == 0) { continue; }
        const std::uint64_t steps = array.shape[axis] - 1;
        if (steps > (most_bytes - extent) / stride) {
            refuse("strides[" + std::to_string(axis) + "]", stride, "strides that span less than 2**63 bytes");
        }
        extent += steps * stride;
    }
    return extent;
}

// Strides of items side by side. Sums that overflow belong to arrays without items, where nobody follows them.
void set_strides(ArrayInfo& array) noexcept {
    std::uint64_t stride = array.item_size;
    for (std::uint32_t step = 0; step < array.dimensions; ++step) {
        const std::uint32_t axis = array.order == ArrayOrder::c ? array.dimensions - 1 - step : step;
        array.strides[axis] = stride;
        if (array.shape[axis] != 0) { stride *= array.shape[axis]; }
    }
}

// Header, shape, strides and description; small, because both limits are.
std::uint64_t header_bytes(const ArrayInfo& array) noexcept {
    const std::uint64_t words = array.order == ArrayOrder::strided ? 2 * array.dimensions : array.dimensions;
    return sizeof(ArrayHeader) + 8 * words + array.description.size();
}

// The least data_size of text with that many strings: one offset more than strings.
void check_text_size(const ArrayInfo& array, const Refuser& refuse) {
    if (array.data_size / text_offset_size <= array.shape[0]) {
        refuse("data_size", array.data_size, "one offset more than strings, 8 bytes each");
    }
}

std::uint64_t load_word(const std::byte* from) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
}

ArrayHeader load_fixed(std::span<const std::byte> payload) {
    ArrayHeader header{};
    if (payload.size() >= sizeof header.magic) { std::memcpy(&header.magic, payload.data(), sizeof header.magic); }
    if (header.magic != array_magic) {
        throw Error(Status::incompatible,
                    "array header: the frame has none, its first 8 bytes are not 93 5a 42 41 0d 0a 1a 0a; let the "
                    "sender write one (write_array, zb_array_write), or look at plain bytes (dtype and shape)");
    }
    if (payload.size() < sizeof header) { received("frame size", payload.size(), "at least 64"); }
    std::memcpy(&header, payload.data(), sizeof header);
    std::atomic_signal_fence(std::memory_order_acquire);  // the checks are on this copy: it is not made twice
    return header;
}

void check_fixed(const ArrayHeader& header, std::uint64_t payload) {
    if (header.version != array_version) {
        throw Error(Status::incompatible, "array header: version is " + std::to_string(header.version) +
                                              ", expected 1; use the version of ZeroBuffer that wrote it");
    }
    if (header.dimensions > most_dimensions) { received("dimensions", header.dimensions, "at most 32"); }
    if (header.order > 2) { received("order", header.order, "0 (C), 1 (Fortran) or 2 (strided)"); }
    if (header.byte_order > 1) { received("byte_order", header.byte_order, "0 (little-endian) or 1 (big-endian)"); }
    if (header.description_size > longest_description) {
        received("description_size", header.description_size, "at most 65535");
    }
    if (header.data_offset % array_alignment != 0) { received("data_offset", header.data_offset, "a multiple of 64"); }
    if (header.data_offset > payload) {
        received("data_offset", header.data_offset, "at most the " + std::to_string(payload) + " bytes of the frame");
    }
    if (header.data_size > payload - header.data_offset) {
        received("data_size", header.data_size,
                 "at most the " + std::to_string(payload - header.data_offset) + " bytes behind data_offset");
    }
    if (header.header_size > header.data_offset) {
        received("header_size", header.header_size, "at most data_offset, " + std::to_string(header.data_offset));
    }
}

// The data are as long as the shape says, or hold all that the strides reach.
void check_data(const ArrayInfo& array) {
    const std::uint64_t items = item_bytes(array, received);
    if (array.kind == ItemKind::text) {
        check_text_size(array, received);
    } else if (array.order == ArrayOrder::strided) {
        const std::uint64_t extent = strided_bytes(array, items, received);
        if (extent > array.data_size) {
            received("strides", "over " + std::to_string(extent) + " bytes",
                     "at most data_size, " + std::to_string(array.data_size));
        }
        // Items that share bytes would make a small frame a huge array.
        if (items > array.data_size) {
            received("shape", "of " + std::to_string(items) + " bytes",
                     "at most data_size, " + std::to_string(array.data_size));
        }
    } else if (items != array.data_size) {
        received("data_size", array.data_size, std::to_string(items) + ", as shape and item_size say");
    }
}

}  // namespace

void plan_array_header(ArrayInfo& array) {
    if (array.dimensions > most_dimensions) { planned("dimensions", array.dimensions, "at most 32"); }
    if (static_cast<std::uint32_t>(array.order) > 2) {
        planned("order", static_cast<std::uint32_t>(array.order), "0 (C), 1 (Fortran) or 2 (strided)");
    }
    check_item(array, planned);
    const std::uint64_t items = item_bytes(array, planned);
    if (array.kind == ItemKind::text) {
        check_text_size(array, planned);
        if (array.data_size > most_bytes) { planned("data_size", array.data_size, "less than 2**63"); }
    } else if (array.order == ArrayOrder::strided) {
        const std::uint64_t extent = strided_bytes(array, items, planned);
        if (items > extent) { planned("strides", extent, "strides that keep the items apart"); }
        array.data_size = extent;
    } else {
        array.data_size = items;
    }
    if (array.order != ArrayOrder::strided) { set_strides(array); }
    array.data_offset = (header_bytes(array) + array_alignment - 1) & ~(array_alignment - 1);
}

void store_array_header(std::span<std::byte> payload, ArrayInfo& array) {
    plan_array_header(array);
    if (payload.size() < array.data_offset || payload.size() - array.data_offset < array.data_size) {
        throw Error(Status::misuse, "array header: the payload has " + std::to_string(payload.size()) +
                                        " bytes, the array needs " + std::to_string(array.data_offset) + " + " +
                                        std::to_string(array.data_size) + "; claim that many");
    }
    ArrayHeader header{};
    header.magic = array_magic;
    header.version = array_version;
    header.header_size = static_cast<std::uint32_t>(header_bytes(array));
    header.data_offset = array.data_offset;
    header.data_size = array.data_size;
    header.kind = static_cast<std::uint8_t>(array.kind);
    header.byte_order = array.big_endian ? 1 : 0;
    header.order = static_cast<std::uint8_t>(array.order);
    header.dimensions = static_cast<std::uint8_t>(array.dimensions);
    header.description_size = static_cast<std::uint32_t>(array.description.size());
    header.item_size = array.item_size;

    std::byte* to = payload.data();
    const auto append = [&to](const void* from, std::size_t size) {
        if (size != 0) { std::memcpy(to, from, size); }
        to += size;
    };
    append(&header, sizeof header);
    append(array.shape.data(), 8 * std::size_t{array.dimensions});
    if (array.order == ArrayOrder::strided) { append(array.strides.data(), 8 * std::size_t{array.dimensions}); }
    append(array.description.data(), array.description.size());
    // What an earlier frame left there is nobody's business.
    std::memset(to, 0, static_cast<std::size_t>(payload.data() + array.data_offset - to));
}

ArrayInfo load_array_header(std::span<const std::byte> payload) {
    const ArrayHeader header = load_fixed(payload);
    check_fixed(header, payload.size());
    ArrayInfo array;
    array.kind = static_cast<ItemKind>(header.kind);
    array.big_endian = header.byte_order == 1;
    array.order = static_cast<ArrayOrder>(header.order);
    array.dimensions = header.dimensions;
    array.item_size = header.item_size;
    array.data_offset = header.data_offset;
    array.data_size = header.data_size;
    // The size alone counts so far; the place is inside the frame once the header is.
    array.description = {reinterpret_cast<const char*>(payload.data()), header.description_size};
    if (header.header_size < header_bytes(array)) {
        received("header_size", header.header_size, "at least " + std::to_string(header_bytes(array)));
    }
    const bool strided = array.order == ArrayOrder::strided;
    const std::size_t words = 8 * std::size_t{array.dimensions};
    const std::byte* shape = payload.data() + sizeof header;
    std::memcpy(array.shape.data(), shape, words);
    if (strided) { std::memcpy(array.strides.data(), shape + words, words); }
    std::atomic_signal_fence(std::memory_order_acquire);  // as above
    const std::byte* description = shape + (strided ? 2 * words : words);
    array.description = {reinterpret_cast<const char*>(description), header.description_size};

    check_item(array, received);
    check_data(array);
    if (!strided) { set_strides(array); }
    return array;
}

std::string_view load_text(std::span<const std::byte> payload, const ArrayInfo& array, std::uint64_t index) {
    if (array.kind != ItemKind::text || index >= array.shape[0]) {
        throw Error(Status::misuse, "array of text: there is no string " + std::to_string(index) +
                                        "; give an index below shape[0] of an array whose kind is text");
    }
    if (array.data_offset > payload.size() || array.data_size > payload.size() - array.data_offset ||
        array.data_size / text_offset_size <= array.shape[0]) {
        throw Error(Status::misuse, "array of text: it says that its strings are " + std::to_string(array.data_size) +
                                        " bytes from " + std::to_string(array.data_offset) + ", and the frame has " +
                                        std::to_string(payload.size()) +
                                        "; give the bytes of the very frame that the array was read from");
    }
    const std::byte* offsets = payload.data() + array.data_offset;
    const std::uint64_t begin = load_word(offsets + text_offset_size * index);
    const std::uint64_t end = load_word(offsets + text_offset_size * (index + 1));
    std::atomic_signal_fence(std::memory_order_acquire);  // as above
    const std::uint64_t table = text_offset_size * (array.shape[0] + 1);
    const std::uint64_t characters = array.data_size - table;
    if (end > characters) {
        received("offset " + std::to_string(index + 1), end, "at most " + std::to_string(characters));
    }
    if (begin > end) { received("offset " + std::to_string(index), begin, "at most the next, " + std::to_string(end)); }
    return {reinterpret_cast<const char*>(offsets + table + begin), static_cast<std::size_t>(end - begin)};
}

}  // namespace zerobuffer::wire
