// SPDX-License-Identifier: MIT
// Arrays in frames: a header inside the payload that says what the items are, and the items behind it (docs/format.md).
// A writer plans, claims frame_size() bytes, writes the header and fills the items in place; a reader views. Pure
// functions on bytes, any thread. Everything in a header comes from a peer that may lie: it is checked before it is used.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>

#include <zerobuffer/export.h>
#include <zerobuffer/reader.hpp>

namespace zerobuffer {

inline constexpr std::uint32_t most_dimensions = 32;

/// What an item is. The numbers are the letters of NumPy's type strings, and 'T'.
enum class ItemKind : std::uint32_t {
    boolean = 0x62,     ///< 'b', 1 byte, 0 or 1
    integer = 0x69,     ///< 'i', two's complement, 1, 2, 4 or 8 bytes
    natural = 0x75,     ///< 'u', unsigned, 1, 2, 4 or 8 bytes
    real = 0x66,        ///< 'f', floating point, 2, 4, 8 or 16 bytes
    complex = 0x63,     ///< 'c', two reals, 8, 16 or 32 bytes
    bytes = 0x53,       ///< 'S', bytes of a fixed length, filled up with NUL
    characters = 0x55,  ///< 'U', code points of 4 bytes each, a fixed number, filled up with 0
    record = 0x56,      ///< 'V', a struct, its fields in the description; without a description just bytes
    date = 0x4d,        ///< 'M', 8 bytes, NumPy's datetime64; the description is its unit, as in "[ns]"
    duration = 0x6d,    ///< 'm', 8 bytes, NumPy's timedelta64; the description is its unit
    text = 0x54,        ///< 'T', strings of any length: text_of() reads one
};

/// How the items follow each other: the last index fastest, the first index fastest, or as `strides` says.
enum class ArrayOrder : std::uint32_t { c = 0, fortran = 1, strided = 2 };

/// One array in a frame. Plain data; `description` points into the frame, or to what the writer gave.
struct ArrayInfo {
    ItemKind kind = ItemKind::natural;
    bool big_endian = false;
    ArrayOrder order = ArrayOrder::c;
    std::uint32_t dimensions = 0;
    std::uint64_t item_size = 1;
    /// Where the items start in the payload; a multiple of 64. Set by plan_array.
    std::uint64_t data_offset = 0;
    /// Bytes from there on. Set by plan_array, but for text, where the writer gives it.
    std::uint64_t data_size = 0;
    std::string_view description;
    /// The first `dimensions` of each count. Strides are bytes, and not negative; set by plan_array unless `strided`.
    std::array<std::uint64_t, most_dimensions> shape{};
    std::array<std::uint64_t, most_dimensions> strides{};

    /// Payload bytes of header and items.
    [[nodiscard]] std::uint64_t frame_size() const noexcept { return data_offset + data_size; }
    /// How many items.
    [[nodiscard]] std::uint64_t count() const noexcept {
        std::uint64_t product = 1;
        for (std::uint32_t axis = 0; axis < dimensions; ++axis) {
            product *= shape[axis];
        }
        return product;
    }
};

/// Which kind the C++ type T has: bool, integers, float, double, std::complex of these; std::byte is natural.
template <class T>
constexpr ItemKind item_kind() {
    if constexpr (std::is_same_v<T, bool>) {
        return ItemKind::boolean;
    } else if constexpr (std::is_same_v<T, std::byte>) {
        return ItemKind::natural;
    } else if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>) {
        return ItemKind::complex;
    } else if constexpr (std::is_floating_point_v<T>) {
        return ItemKind::real;
    } else {
        static_assert(std::is_integral_v<T>, "describe other items by filling in an ArrayInfo");
        return std::is_signed_v<T> ? ItemKind::integer : ItemKind::natural;
    }
}

/// Fills in data_offset, data_size and strides. Errors: misuse that names the field which no array has.
ZEROBUFFER_API ArrayInfo plan_array(ArrayInfo array);

/// As plan_array, for items of the C++ type T. Also misuse: more than 32 dimensions.
ZEROBUFFER_API ArrayInfo plan_items(ItemKind kind, std::uint64_t item_size, std::span<const std::uint64_t> shape,
                                    ArrayOrder order);
template <class T>
ArrayInfo plan_items(std::initializer_list<std::uint64_t> shape, ArrayOrder order = ArrayOrder::c) {
    return plan_items(item_kind<T>(), sizeof(T), std::span(shape.begin(), shape.size()), order);
}
template <class T>
ArrayInfo plan_items(std::span<const std::uint64_t> shape, ArrayOrder order = ArrayOrder::c) {
    return plan_items(item_kind<T>(), sizeof(T), shape, order);
}

namespace detail {

/// Throws Error(incompatible) unless the items are such ones, contiguous, in this machine's byte order and aligned.
ZEROBUFFER_API void check_items(const ArrayInfo& array, const void* items, ItemKind kind, std::uint64_t size,
                                std::uint64_t alignment);

}  // namespace detail

/// An array in place: Byte is const std::byte in a frame, std::byte in a claim. Valid as long as these bytes are.
template <class Byte>
class BasicArray {
public:
    BasicArray(std::span<Byte> payload, const ArrayInfo& info) noexcept : payload_(payload), info_(info) {}

    [[nodiscard]] const ArrayInfo& info() const noexcept { return info_; }
    [[nodiscard]] std::span<const std::uint64_t> shape() const noexcept {
        return std::span(info_.shape).first(info_.dimensions);
    }
    /// Bytes from one item to the next along each axis.
    [[nodiscard]] std::span<const std::uint64_t> strides() const noexcept {
        return std::span(info_.strides).first(info_.dimensions);
    }
    /// The items as they lie there.
    [[nodiscard]] std::span<Byte> bytes() const noexcept {
        return payload_.subspan(static_cast<std::size_t>(info_.data_offset), static_cast<std::size_t>(info_.data_size));
    }
    /// The whole payload, header included.
    [[nodiscard]] std::span<Byte> payload() const noexcept { return payload_; }

    /// The items as values, in the order in which they lie there. Error(incompatible): they are of another type or
    /// byte order, strided, or not aligned for T (layout v1 packs frames).
    template <class T>
    [[nodiscard]] auto as() const {
        using Item = std::conditional_t<std::is_const_v<Byte>, const T, T>;
        const std::span<Byte> items = bytes();
        detail::check_items(info_, items.data(), item_kind<T>(), sizeof(T), alignof(T));
        return std::span<Item>(reinterpret_cast<Item*>(items.data()), items.size() / sizeof(T));
    }

private:
    std::span<Byte> payload_;
    ArrayInfo info_;
};

using Array = BasicArray<const std::byte>;
using MutableArray = BasicArray<std::byte>;

/// Writes the header into the payload of a claim, of at least plan_array(array).frame_size() bytes. The items are left
/// alone. Errors: misuse, as plan_array, and for a payload that is too short.
ZEROBUFFER_API MutableArray write_array_header(std::span<std::byte> payload, const ArrayInfo& array);

/// The array in a payload. Error(incompatible) names the field, what was found and what was expected; the endpoint goes on.
ZEROBUFFER_API Array view_array(std::span<const std::byte> payload);
/// The same; the message names the frame, too.
ZEROBUFFER_API Array view_array(const Frame& frame);

/// One string of an array of text, valid as long as the bytes are; it should be UTF-8, which is for the caller to check.
/// Errors: misuse (no text, or no such index), incompatible (its offsets lie).
ZEROBUFFER_API std::string_view text_of(const Array& array, std::uint64_t index);

}  // namespace zerobuffer
