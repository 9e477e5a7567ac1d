// SPDX-License-Identifier: MIT
#include "wire/geometry.hpp"

#include <gtest/gtest.h>

namespace zerobuffer::wire {
namespace {

TEST(RoundUp, KeepsMultiples) {
    EXPECT_EQ(round_up(0, 64), 0U);
    EXPECT_EQ(round_up(64, 64), 64U);
    EXPECT_EQ(round_up(largest_capacity, 65536), largest_capacity);
}

TEST(RoundUp, GoesToTheNextMultiple) {
    EXPECT_EQ(round_up(1, 64), 64U);
    EXPECT_EQ(round_up(63, 64), 64U);
    EXPECT_EQ(round_up(65, 64), 128U);
}

TEST(PowerOfTwo, EverySingleBitIsOne) {
    for (unsigned bit = 0; bit < 64; ++bit) {
        EXPECT_TRUE(is_power_of_two(std::uint64_t{1} << bit)) << bit;
    }
}

TEST(PowerOfTwo, ZeroAndTwoBitsAreNone) {
    EXPECT_FALSE(is_power_of_two(0));
    EXPECT_FALSE(is_power_of_two(3));
    EXPECT_FALSE(is_power_of_two(48));
    EXPECT_FALSE(is_power_of_two((std::uint64_t{1} << 63U) + 1));
}

class Shape : public testing::Test {
protected:
    Geometry one_{Layout::v2, 65536, 4096, 8192, 65536, 131072, 65408, 64};
    Geometry other_ = one_;
};

TEST_F(Shape, EqualSizesAreTheSame) { EXPECT_TRUE(one_.same_shape(other_)); }

TEST_F(Shape, PlaceInTheFileDoesNotCount) {
    other_.payload_offset = 131072;
    other_.file_size = 196608;
    EXPECT_TRUE(one_.same_shape(other_));
}

TEST_F(Shape, LayoutCounts) {
    other_.layout = Layout::v1;
    EXPECT_FALSE(one_.same_shape(other_));
}

TEST_F(Shape, CapacityCounts) {
    other_.capacity = 131072;
    EXPECT_FALSE(one_.same_shape(other_));
}

TEST_F(Shape, MetadataSizeCounts) {
    other_.metadata_size = 4097;
    EXPECT_FALSE(one_.same_shape(other_));
}

TEST_F(Shape, AlignmentCounts) {
    other_.alignment = 128;
    EXPECT_FALSE(one_.same_shape(other_));
}

}  // namespace
}  // namespace zerobuffer::wire
