// SPDX-License-Identifier: MIT
#include "wire/layout.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace zerobuffer::wire {
namespace {

TEST(Recognise, KnowsBothControlBlocks) {
    EXPECT_EQ(recognise(128), Layout::v1);
    EXPECT_EQ(recognise(8192), Layout::v2);
}

TEST(Recognise, KnowsNothingElse) {
    EXPECT_EQ(recognise(0), std::nullopt);
    EXPECT_EQ(recognise(127), std::nullopt);
    EXPECT_EQ(recognise(129), std::nullopt);
    EXPECT_EQ(recognise(8191), std::nullopt);
    EXPECT_EQ(recognise(8193), std::nullopt);
    EXPECT_EQ(recognise(0x80000080), std::nullopt);
    EXPECT_EQ(recognise(0xffffffff), std::nullopt);
}

// Both layouts lie side by side in one folder: each must refuse the other by its first word.
TEST(Recognise, AgreesWithTheStructs) {
    EXPECT_EQ(recognise(sizeof(LayoutV1::Control)), LayoutV1::id);
    EXPECT_EQ(recognise(sizeof(LayoutV2::Control)), LayoutV2::id);
}

TEST(WithLayout, PicksTheTypeOfTheNumber) {
    const auto id_of = [](auto layout) { return decltype(layout)::id; };
    EXPECT_EQ(with_layout(Layout::v1, id_of), Layout::v1);
    EXPECT_EQ(with_layout(Layout::v2, id_of), Layout::v2);
}

TEST(WithLayout, HandsTheResultThroughAsItIs) {
    int value = 0;
    auto& same = with_layout(Layout::v1, [&](auto) -> int& { return value; });
    EXPECT_EQ(&same, &value);
}

}  // namespace
}  // namespace zerobuffer::wire
