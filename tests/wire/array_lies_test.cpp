// SPDX-License-Identifier: MIT
// What a reader believes of an array header: each field once with a lie, and every byte with every value.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "refused.hpp"
#include "wire/array_header.hpp"

namespace zerobuffer::wire {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

ArrayInfo example(ArrayOrder order = ArrayOrder::c) {
    ArrayInfo array;
    array.kind = ItemKind::real;
    array.item_size = 4;
    array.order = order;
    array.dimensions = 2;
    array.shape = {4, 6};
    array.strides = {32, 4};
    return array;
}

ArrayInfo text() {
    ArrayInfo array;
    array.kind = ItemKind::text;
    array.item_size = 8;
    array.dimensions = 1;
    array.shape = {2};
    array.data_size = 24 + 5;
    return array;
}

// On the heap, so that AddressSanitizer sees a step beyond the payload.
std::vector<std::byte> payload_of(ArrayInfo array) {
    plan_array_header(array);
    std::vector<std::byte> payload(array.frame_size());
    store_array_header(payload, array);
    return payload;
}

template <class Value>
void put(std::vector<std::byte>& payload, std::size_t offset, Value value) {
    std::memcpy(payload.data() + offset, &value, sizeof value);
}

template <class Value>
auto lie(ArrayInfo array, std::size_t offset, Value value) {
    return [honest = payload_of(array), offset, value] {
        std::vector<std::byte> payload = honest;
        put(payload, offset, value);
        load_array_header(payload);
    };
}

TEST(LoadArray, GivesBackWhatWasStored) {
    for (const ArrayOrder order : {ArrayOrder::c, ArrayOrder::fortran, ArrayOrder::strided}) {
        ArrayInfo stored = example(order);
        plan_array_header(stored);
        const std::vector<std::byte> payload = payload_of(example(order));
        const ArrayInfo loaded = load_array_header(payload);
        EXPECT_EQ(loaded.kind, ItemKind::real);
        EXPECT_EQ(loaded.order, order);
        EXPECT_EQ(loaded.shape, stored.shape);
        EXPECT_TRUE(std::ranges::equal(std::span(loaded.strides).first(2), std::span(stored.strides).first(2)));
        EXPECT_EQ(loaded.frame_size(), payload.size());
    }
}

TEST(LoadArray, FramesMayBeLongerThanTheArray) {
    std::vector<std::byte> payload = payload_of(example());
    payload.resize(payload.size() + 100);
    EXPECT_EQ(load_array_header(payload).data_size, 96U);
}

TEST(LoadArray, PlainBytesHaveNoHeader) {
    for (const std::size_t size : {0U, 1U, 7U, 8U, 64U, 4096U}) {
        const std::vector<std::byte> payload(size, std::byte{0x80});
        EXPECT_THAT([&] { load_array_header(payload); },
                    Refuses(Status::incompatible, "the frame has none", "write_array", "plain bytes"));
    }
}

TEST(LoadArray, EveryTruncationIsRefused) {
    const std::vector<std::byte> payload = payload_of(example(ArrayOrder::strided));
    for (std::size_t size = 0; size < payload.size(); ++size) {
        // A copy of that size: nothing behind it may be read.
        const auto cut = std::make_unique<std::byte[]>(size);
        std::copy_n(payload.begin(), size, cut.get());
        EXPECT_THAT(
            [&] {
                load_array_header({cut.get(), size});
            },
            Refuses(Status::incompatible, "array header"))
            << size;
    }
}

TEST(LoadArray, NamesTheFieldThatLies) {
    EXPECT_THAT(lie(example(), 0x08, 2U), Refuses(Status::incompatible, "version is 2", "expected 1"));
    EXPECT_THAT(lie(example(), 0x0c, 79U), Refuses(Status::incompatible, "header_size is 79", "at least 80"));
    EXPECT_THAT(lie(example(), 0x0c, 129U),
                Refuses(Status::incompatible, "header_size is 129", "at most data_offset, 128"));
    EXPECT_THAT(lie(example(), 0x10, std::uint64_t{96}), Refuses(Status::incompatible, "data_offset is 96", "of 64"));
    EXPECT_THAT(lie(example(), 0x10, most - 63), Refuses(Status::incompatible, "data_offset", "at most the 224 bytes"));
    EXPECT_THAT(lie(example(), 0x18, std::uint64_t{95}), Refuses(Status::incompatible, "data_size is 95", "96"));
    EXPECT_THAT(lie(example(), 0x18, std::uint64_t{97}), Refuses(Status::incompatible, "data_size is 97", "96"));
    EXPECT_THAT(lie(example(), 0x18, most), Refuses(Status::incompatible, "data_size", "at most the 96 bytes"));
    EXPECT_THAT(lie(example(), 0x20, std::uint8_t{'O'}), Refuses(Status::incompatible, "kind is 79", "biufcSUVMmT"));
    EXPECT_THAT(lie(example(), 0x21, std::uint8_t{2}), Refuses(Status::incompatible, "byte_order is 2"));
    EXPECT_THAT(lie(example(), 0x22, std::uint8_t{3}), Refuses(Status::incompatible, "order is 3"));
    EXPECT_THAT(lie(example(), 0x23, std::uint8_t{33}), Refuses(Status::incompatible, "dimensions is 33"));
    EXPECT_THAT(lie(example(), 0x24, 65536U), Refuses(Status::incompatible, "description_size is 65536"));
    EXPECT_THAT(lie(example(), 0x24, 1U), Refuses(Status::incompatible, "header_size is 80", "at least 81"));
    EXPECT_THAT(lie(example(), 0x28, std::uint64_t{0}), Refuses(Status::incompatible, "item_size is 0"));
    EXPECT_THAT(lie(example(), 0x28, most), Refuses(Status::incompatible, "item_size"));
    EXPECT_THAT(lie(example(), 0x40, most), Refuses(Status::incompatible, "shape[0]", "2**63"));
    EXPECT_THAT(lie(example(), 0x48, std::uint64_t{7}), Refuses(Status::incompatible, "data_size is 96", "112"));
}

TEST(LoadArray, AnArrayOfNothingHasNoHugeItems) {
    ArrayInfo array = example();
    array.kind = ItemKind::bytes;
    array.item_size = 8;
    array.shape[0] = 0;
    EXPECT_THAT(lie(array, 0x28, most), Refuses(Status::incompatible, "item_size", "2**63"));
    EXPECT_THAT(lie(array, 0x28, std::uint64_t{1} << 63), Refuses(Status::incompatible, "item_size", "2**63"));
}

TEST(LoadArray, StridesStayInsideTheData) {
    const ArrayInfo array = example(ArrayOrder::strided);
    EXPECT_THAT(lie(array, 0x50, std::uint64_t{33}), Refuses(Status::incompatible, "strides is over 123 bytes", "120"));
    EXPECT_THAT(lie(array, 0x50, most), Refuses(Status::incompatible, "strides[0]", "2**63"));
    EXPECT_THAT(lie(array, 0x50, std::uint64_t{1} << 62), Refuses(Status::incompatible, "strides[0]", "span"));
}

TEST(LoadArray, ASmallFrameIsNoHugeArray) {
    ArrayInfo array = example(ArrayOrder::strided);
    std::vector<std::byte> payload = payload_of(array);
    put(payload, 0x40, std::uint64_t{1} << 40);
    put(payload, 0x50, std::uint64_t{0});
    EXPECT_THAT([&] { load_array_header(payload); }, Refuses(Status::incompatible, "shape", "at most data_size, 120"));
}

TEST(LoadArray, ReservedBytesAreIgnored) {
    std::vector<std::byte> payload = payload_of(example());
    put(payload, 0x30, most);
    put(payload, 0x38, most);
    EXPECT_EQ(load_array_header(payload).data_size, 96U);
}

// Refused, or an array whose items, description and strings lie inside the payload.
void expect_inside(std::span<const std::byte> payload) {
    try {
        const ArrayInfo array = load_array_header(payload);
        ASSERT_LE(array.data_offset, payload.size());
        ASSERT_LE(array.data_size, payload.size() - array.data_offset);
        const auto description = reinterpret_cast<const std::byte*>(array.description.data());
        ASSERT_GE(description, payload.data() + sizeof(ArrayHeader));
        ASSERT_LE(description + array.description.size(), payload.data() + array.data_offset);
        if (array.kind == ItemKind::text) {
            for (std::uint64_t index = 0; index < array.shape[0]; ++index) {
                const std::string_view string = load_text(payload, array, index);
                ASSERT_LE(reinterpret_cast<const std::byte*>(string.data()) + string.size(),
                          payload.data() + payload.size());
            }
            return;
        }
        std::uint64_t end = array.count() == 0 ? 0 : array.item_size;
        for (std::uint32_t axis = 0; axis < array.dimensions && array.count() != 0; ++axis) {
            end += (array.shape[axis] - 1) * array.strides[axis];
        }
        ASSERT_LE(end, array.data_size);
    } catch (const Error& error) { ASSERT_EQ(error.status(), Status::incompatible); }
}

TEST(LoadArray, NoByteLeadsOutside) {
    for (const ArrayInfo& array : {example(), example(ArrayOrder::strided), text()}) {
        const std::vector<std::byte> payload = payload_of(array);
        for (std::size_t offset = 0; offset < payload.size(); ++offset) {
            for (unsigned value = 0; value < 256; ++value) {
                std::vector<std::byte> changed = payload;
                changed[offset] = static_cast<std::byte>(value);
                ASSERT_NO_FATAL_FAILURE(expect_inside(changed)) << offset << ' ' << value;
            }
        }
    }
}

TEST(LoadArray, NoMixtureOfLiesLeadsOutside) {
    static constexpr std::uint64_t extremes[] = {0,
                                                 1,
                                                 2,
                                                 4,
                                                 8,
                                                 63,
                                                 64,
                                                 128,
                                                 1U << 16U,
                                                 1ULL << 31U,
                                                 1ULL << 32U,
                                                 1ULL << 62U,
                                                 (1ULL << 63U) - 1,
                                                 1ULL << 63U,
                                                 most - 64,
                                                 most - 1,
                                                 most};
    static constexpr std::size_t fields[] = {0x0c, 0x10, 0x18, 0x20, 0x21, 0x22, 0x23,
                                             0x24, 0x28, 0x40, 0x48, 0x50, 0x58, 0x80};
    static constexpr std::string_view kinds = "biufcSUVMmT";
    std::mt19937 chance(1);  // the same lies in every run
    const auto any = [&chance](std::size_t below) { return static_cast<std::size_t>(chance() % below); };
    for (int round = 0; round < 200'000; ++round) {
        std::vector<std::byte> payload =
            payload_of(round % 3 == 0 ? text() : example(static_cast<ArrayOrder>(round % 3)));
        for (std::size_t lies = 1 + any(4); lies != 0; --lies) {
            const std::size_t offset = fields[any(std::size(fields))];
            const std::uint64_t value = extremes[any(std::size(extremes))];
            if (offset == 0x20) {
                put(payload, offset, kinds[any(kinds.size())]);
            } else if (offset < 0x24 && offset > 0x20) {
                put(payload, offset, static_cast<std::uint8_t>(value));
            } else if (offset == 0x0c || offset == 0x24) {
                put(payload, offset, static_cast<std::uint32_t>(value));
            } else {
                put(payload, offset, value);
            }
        }
        ASSERT_NO_FATAL_FAILURE(expect_inside(payload)) << round;
    }
}

class LoadText : public testing::Test {
protected:
    LoadText() {
        put(payload_, 128, std::uint64_t{0});
        put(payload_, 136, std::uint64_t{3});
        put(payload_, 144, std::uint64_t{5});
        std::memcpy(payload_.data() + 152, "sunup", 5);
    }
    std::string_view at(std::uint64_t index) { return load_text(payload_, load_array_header(payload_), index); }

    std::vector<std::byte> payload_ = payload_of(text());
};

TEST_F(LoadText, FindsEachString) {
    EXPECT_EQ(at(0), "sun");
    EXPECT_EQ(at(1), "up");
}

TEST_F(LoadText, RefusesAnIndexThatIsNone) {
    EXPECT_THAT([&] { at(2); }, Refuses(Status::misuse, "no string 2"));
    EXPECT_THAT([&] { at(most); }, Refuses(Status::misuse, "no string"));
}

TEST_F(LoadText, RefusesOffsetsThatLie) {
    put(payload_, 144, std::uint64_t{6});
    EXPECT_EQ(at(0), "sun");
    EXPECT_THAT([&] { at(1); }, Refuses(Status::incompatible, "offset 2 is 6", "at most 5"));
    put(payload_, 144, most);
    EXPECT_THAT([&] { at(1); }, Refuses(Status::incompatible, "offset 2"));
    put(payload_, 144, std::uint64_t{2});
    EXPECT_THAT([&] { at(1); }, Refuses(Status::incompatible, "offset 1 is 3", "at most the next, 2"));
}

TEST_F(LoadText, RefusesMoreStringsThanOffsets) {
    put(payload_, 0x40, std::uint64_t{3});
    EXPECT_THAT([&] { at(0); }, Refuses(Status::incompatible, "data_size is 29"));
    put(payload_, 0x40, most);
    EXPECT_THAT([&] { at(0); }, Refuses(Status::incompatible, "shape[0]"));
}

}  // namespace
}  // namespace zerobuffer::wire
