// SPDX-License-Identifier: MIT
// What a writer plans and stores. The golden bytes are the format: they never change.
#include "wire/array_header.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "refused.hpp"

namespace zerobuffer::wire {
namespace {

ArrayInfo array_of(ItemKind kind, std::uint64_t item_size, std::initializer_list<std::uint64_t> shape) {
    ArrayInfo array;
    array.kind = kind;
    array.item_size = item_size;
    array.dimensions = static_cast<std::uint32_t>(shape.size());
    std::ranges::copy(shape, array.shape.begin());
    return array;
}

ArrayInfo planned(ArrayInfo array) {
    plan_array_header(array);
    return array;
}

ArrayInfo strided(std::initializer_list<std::uint64_t> shape, std::initializer_list<std::uint64_t> strides) {
    ArrayInfo array = array_of(ItemKind::natural, 1, shape);
    array.order = ArrayOrder::strided;
    std::ranges::copy(strides, array.strides.begin());
    return array;
}

std::vector<std::uint64_t> strides_of(const ArrayInfo& array) {
    const ArrayInfo plan = planned(array);
    return {plan.strides.begin(), plan.strides.begin() + plan.dimensions};
}

// The stored header in hexadecimal, in words of 8 bytes; the payload was full of 0xee before.
std::vector<std::string> stored(ArrayInfo array) {
    static constexpr char digits[] = "0123456789abcdef";
    plan_array_header(array);
    std::vector<std::byte> payload(array.frame_size(), std::byte{0xee});
    store_array_header(payload, array);
    std::vector<std::string> words;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        if (i % 8 == 0) { words.emplace_back(); }
        words.back() += digits[std::to_integer<unsigned>(payload[i] >> 4)];
        words.back() += digits[std::to_integer<unsigned>(payload[i] & std::byte{15})];
    }
    return words;
}

const std::string zero = "0000000000000000";
const std::string data = "eeeeeeeeeeeeeeee";

TEST(StoreArray, GoldenPlainArray) {
    EXPECT_EQ(stored(array_of(ItemKind::real, 4, {2, 3})),
              (std::vector<std::string>{"935a42410d0a1a0a", "0100000050000000", "8000000000000000", "1800000000000000",
                                        "6600000200000000", "0400000000000000", zero, zero, "0200000000000000",
                                        "0300000000000000", zero, zero, zero, zero, zero, zero, data, data, data}));
}

TEST(StoreArray, GoldenStridedBigEndianRecordWithDescription) {
    ArrayInfo array = strided({2}, {16});
    array.kind = ItemKind::record;
    array.item_size = 8;
    array.big_endian = true;
    array.description = R"([["x",">f8"]])";
    EXPECT_EQ(stored(array), (std::vector<std::string>{"935a42410d0a1a0a", "010000005d000000", "8000000000000000",
                                                       "1800000000000000", "560102010d000000", "0800000000000000", zero,
                                                       zero, "0200000000000000", "1000000000000000", "5b5b2278222c223e",
                                                       "6638225d5d000000", zero, zero, zero, zero, data, data, data}));
}

TEST(StoreArray, GoldenFortranArrayWithoutDimensionsOrItems) {
    ArrayInfo scalar = array_of(ItemKind::boolean, 1, {});
    scalar.order = ArrayOrder::fortran;
    std::vector<std::string> words = stored(scalar);
    EXPECT_EQ(words.back(), "ee");
    words.pop_back();
    EXPECT_EQ(words,
              (std::vector<std::string>{"935a42410d0a1a0a", "0100000040000000", "4000000000000000", "0100000000000000",
                                        "6200010000000000", "0100000000000000", zero, zero}));
}

TEST(StoreArray, RefusesAPayloadThatIsTooShort) {
    ArrayInfo array = array_of(ItemKind::natural, 1, {100});
    for (const std::size_t size : {0U, 63U, 127U, 227U}) {
        std::vector<std::byte> payload(size);
        EXPECT_THAT([&] { store_array_header(payload, array); },
                    Refuses(Status::misuse, "has " + std::to_string(size) + " bytes", "128 + 100", "claim"));
    }
}

TEST(StoreArray, BelievesNoOffsetOfTheCaller) {
    ArrayInfo array = array_of(ItemKind::natural, 1, {100});
    array.data_offset = 7;
    array.data_size = 1;
    std::vector<std::byte> payload(228);
    store_array_header(payload, array);
    EXPECT_EQ(array.data_offset, 128U);
    EXPECT_EQ(array.data_size, 100U);
}

TEST(PlanArray, ItemsStartOnTheNextMultipleOf64) {
    EXPECT_EQ(planned(array_of(ItemKind::natural, 1, {})).data_offset, 64U);
    EXPECT_EQ(planned(array_of(ItemKind::natural, 1, {1, 1, 1, 1, 1, 1, 1, 1})).data_offset, 128U);
    EXPECT_EQ(planned(array_of(ItemKind::natural, 1, {1, 1, 1, 1, 1, 1, 1, 1, 1})).data_offset, 192U);
}

TEST(PlanArray, StridesFollowTheOrder) {
    ArrayInfo array = array_of(ItemKind::real, 8, {2, 3, 5});
    EXPECT_THAT(strides_of(array), testing::ElementsAre(120, 40, 8));
    array.order = ArrayOrder::fortran;
    EXPECT_THAT(strides_of(array), testing::ElementsAre(8, 16, 48));
}

TEST(PlanArray, GivenStridesStayAndSpanTheItems) {
    const ArrayInfo array = planned(strided({480, 640}, {1024, 1}));
    EXPECT_EQ(array.data_size, 479U * 1024 + 640);
    EXPECT_EQ(array.strides[0], 1024U);
}

TEST(PlanArray, AnAxisOf0MakesAnArrayWithoutBytes) {
    EXPECT_EQ(planned(array_of(ItemKind::real, 8, {3, 0, 5})).data_size, 0U);
    EXPECT_EQ(planned(strided({3, 0}, {1 << 20, 1})).data_size, 0U);
}

TEST(PlanArray, RefusesMoreThan32Dimensions) {
    ArrayInfo array = array_of(ItemKind::natural, 1, {});
    array.dimensions = 33;
    EXPECT_THAT([&] { planned(array); }, Refuses(Status::misuse, "dimensions is 33", "at most 32"));
}

TEST(PlanArray, RefusesShapesOf2To63Bytes) {
    const std::uint64_t half = std::uint64_t{1} << 62;
    EXPECT_EQ(planned(array_of(ItemKind::natural, 1, {half})).data_size, half);
    EXPECT_THAT([&] { planned(array_of(ItemKind::natural, 2, {half})); }, Refuses(Status::misuse, "shape[0]", "2**63"));
    EXPECT_THAT([&] { planned(array_of(ItemKind::natural, 1, {0, 4, half})); }, Refuses(Status::misuse, "shape[2]"));
}

TEST(PlanArray, RefusesStridesThatOverflow) {
    EXPECT_THAT([&] { planned(strided({3}, {std::uint64_t{1} << 62})); }, Refuses(Status::misuse, "strides[0]"));
    EXPECT_THAT([&] { planned(strided({1}, {std::uint64_t{1} << 63})); }, Refuses(Status::misuse, "strides[0]"));
}

TEST(PlanArray, RefusesItemsThatShareBytes) {
    EXPECT_THAT([&] { planned(strided({1000}, {0})); }, Refuses(Status::misuse, "strides", "apart"));
}

TEST(PlanArray, EveryKindHasItsSizes) {
    const std::vector<std::pair<ItemKind, std::vector<std::uint64_t>>> sizes{
        {ItemKind::boolean, {1}},
        {ItemKind::integer, {1, 2, 4, 8}},
        {ItemKind::natural, {1, 2, 4, 8}},
        {ItemKind::real, {2, 4, 8, 16}},
        {ItemKind::complex, {8, 16, 32}},
        {ItemKind::characters, {4, 8, 12, 16, 20, 24, 28, 32}},
        {ItemKind::date, {8}},
        {ItemKind::duration, {8}}};
    for (const auto& [kind, allowed] : sizes) {
        for (std::uint64_t size = 0; size <= 33; ++size) {
            const ArrayInfo array = array_of(kind, size, {2});
            if (std::ranges::find(allowed, size) != allowed.end()) {
                EXPECT_EQ(planned(array).data_size, 2 * size);
            } else {
                EXPECT_THAT([&] { planned(array); }, Refuses(Status::misuse, "item_size is " + std::to_string(size)));
            }
        }
    }
}

TEST(PlanArray, RefusesAKindThatIsNone) {
    for (const std::uint32_t kind : {0U, 1U, 0x4fU, 0x78U, 0x162U}) {
        EXPECT_THAT([&] { planned(array_of(static_cast<ItemKind>(kind), 8, {})); },
                    Refuses(Status::misuse, "kind is " + std::to_string(kind)));
    }
}

TEST(PlanArray, RefusesADescriptionWhereNoneBelongs) {
    ArrayInfo array = array_of(ItemKind::real, 8, {});
    array.description = "x";
    EXPECT_THAT([&] { planned(array); }, Refuses(Status::misuse, "description_size is 1", "0 for"));
    const std::string long_text(65536, 'x');
    array.kind = ItemKind::record;
    array.description = long_text;
    EXPECT_THAT([&] { planned(array); }, Refuses(Status::misuse, "description_size is 65536"));
}

TEST(PlanArray, TextNeedsRoomForItsOffsets) {
    ArrayInfo array = array_of(ItemKind::text, 8, {3});
    array.data_size = 31;
    EXPECT_THAT([&] { planned(array); }, Refuses(Status::misuse, "data_size is 31"));
    array.data_size = 32;
    EXPECT_EQ(planned(array).frame_size(), 128U + 32);
    EXPECT_THAT([&] { planned(array_of(ItemKind::text, 8, {3, 3})); }, Refuses(Status::misuse, "dimensions is 2"));
}

}  // namespace
}  // namespace zerobuffer::wire
