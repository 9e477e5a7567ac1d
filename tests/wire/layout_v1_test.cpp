// SPDX-License-Identifier: MIT
#include "wire/layout_v1.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <string>

#include "golden.hpp"
#include "refused.hpp"

namespace zerobuffer::wire {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

Options options(std::uint64_t capacity, std::uint64_t metadata_size) {
    Options options;
    options.layout = Layout::v1;
    options.capacity = capacity;
    options.metadata_size = metadata_size;
    return options;
}

TEST(PlanV1, BothBlocksAreRoundedUpTo64) {
    const Geometry geometry = LayoutV1::plan("camera", options(1000, 100));
    EXPECT_EQ(geometry.layout, Layout::v1);
    EXPECT_EQ(geometry.capacity, 1024U);
    EXPECT_EQ(geometry.metadata_size, 128U);
    EXPECT_EQ(geometry.metadata_offset, 128U);
    EXPECT_EQ(geometry.payload_offset, 256U);
    EXPECT_EQ(geometry.file_size, 1280U);
    EXPECT_EQ(geometry.max_frame, 1008U);
    EXPECT_EQ(geometry.alignment, 1U);
}

TEST(PlanV1, MultiplesStayAsTheyAre) {
    const Geometry geometry = LayoutV1::plan("camera", options(256, 64));
    EXPECT_EQ(geometry.capacity, 256U);
    EXPECT_EQ(geometry.metadata_size, 64U);
    EXPECT_EQ(geometry.file_size, 448U);
}

TEST(PlanV1, SmallestRingHoldsAFrameOf48) {
    const Geometry geometry = LayoutV1::plan("camera", options(1, 0));
    EXPECT_EQ(geometry.capacity, 64U);
    EXPECT_EQ(geometry.max_frame, 48U);
}

TEST(PlanV1, WithoutMetadataThePayloadFollowsTheControlBlock) {
    EXPECT_EQ(LayoutV1::plan("camera", options(64, 0)).payload_offset, 128U);
}

TEST(PlanV1, CapacityOf0IsMisuse) {
    EXPECT_THAT([] { LayoutV1::plan("camera", options(0, 64)); },
                Refuses(Status::misuse, "buffer \"camera\"", "capacity 0"));
}

TEST(PlanV1, LargestCapacityIs64TiB) {
    EXPECT_EQ(LayoutV1::plan("camera", options(largest_capacity, 0)).capacity, largest_capacity);
    EXPECT_THAT([] { LayoutV1::plan("camera", options(largest_capacity + 1, 0)); },
                Refuses(Status::misuse, "capacity 70368744177665"));
    EXPECT_THAT([] { LayoutV1::plan("camera", options(most, 0)); }, Refuses(Status::misuse, "capacity"));
}

TEST(PlanV1, LargestMetadataIs1TiB) {
    EXPECT_EQ(LayoutV1::plan("camera", options(64, largest_metadata)).metadata_size, largest_metadata);
    EXPECT_THAT([] { LayoutV1::plan("camera", options(64, largest_metadata + 1)); },
                Refuses(Status::misuse, "buffer \"camera\"", "metadata_size 1099511627777"));
    EXPECT_THAT([] { LayoutV1::plan("camera", options(64, most)); }, Refuses(Status::misuse, "metadata_size"));
}

class FormatV1 : public testing::Test {
protected:
    const Geometry geometry_ = LayoutV1::plan("camera", options(256, 64));
    ControlV1 control_{};
};

TEST_F(FormatV1, IsTheGoldenBlockByteForByte) {
    LayoutV1::format(control_, geometry_, 4711);
    EXPECT_EQ(control_.reader_pid, 4711U);
    control_.reader_pid = 0;  // differs from run to run, and is 0 in the image
    EXPECT_EQ(bytes_of(control_), golden("v1-created.bin", sizeof control_));
}

TEST_F(FormatV1, PassesItsOwnCheck) {
    LayoutV1::format(control_, geometry_, 4711);
    const Geometry checked = LayoutV1::check("camera", control_, geometry_.file_size);
    EXPECT_TRUE(checked.same_shape(geometry_));
    EXPECT_EQ(checked.metadata_offset, geometry_.metadata_offset);
    EXPECT_EQ(checked.payload_offset, geometry_.payload_offset);
    EXPECT_EQ(checked.file_size, geometry_.file_size);
    EXPECT_EQ(checked.max_frame, geometry_.max_frame);
}

/// A control block with one thing wrong, and what must be said about it.
struct Damage {
    const char* name;
    std::function<void(ControlV1&)> harm;
    Status status;
    const char* words;
    std::uint64_t file_size = 448;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

class DamagedV1 : public testing::TestWithParam<Damage> {};

TEST_P(DamagedV1, IsRefusedByName) {
    ControlV1 control{};
    LayoutV1::format(control, LayoutV1::plan("camera", options(256, 64)), 4711);
    GetParam().harm(control);
    EXPECT_THAT([&] { LayoutV1::check("camera", control, GetParam().file_size); },
                Refuses(GetParam().status, "buffer \"camera\": ", GetParam().words));
}

template <auto field>
std::function<void(ControlV1&)> set(std::uint64_t value) {
    return [value](ControlV1& control) { control.*field = static_cast<std::decay_t<decltype(control.*field)>>(value); };
}

const auto oieb_size = set<&ControlV1::oieb_size>;
const auto metadata_size = set<&ControlV1::metadata_size>;
const auto payload_size = set<&ControlV1::payload_size>;

void nothing(ControlV1&) {}

INSTANTIATE_TEST_SUITE_P(
    Fields, DamagedV1,
    testing::Values(
        Damage{"EmptyFile", nothing, Status::not_ready, "has not sized it yet", 0},
        Damage{"FileShorterThanTheBlock", nothing, Status::not_ready, "has not sized it yet", 127},
        Damage{"BlockNotFinished", oieb_size(0), Status::not_ready, "has not finished"},
        Damage{"BlockOfV2", oieb_size(8192), Status::incompatible, "control block size is 8192, expected 128"},
        Damage{"BlockOfNobody", oieb_size(129), Status::incompatible, "control block size is 129, expected 128"},
        Damage{"OldMajorVersion", [](ControlV1& control) { control.version[0] = 0; }, Status::incompatible,
               "major version is 0, expected 1"},
        Damage{"NewMajorVersion", [](ControlV1& control) { control.version[0] = 2; }, Status::incompatible,
               "major version is 2, expected 1"},
        Damage{"MetadataBeyondTheFile", metadata_size(321), Status::corrupt, "metadata_size is 321, expected"},
        Damage{"MetadataBeyondTheAddressSpace", metadata_size(most), Status::corrupt,
               "metadata_size is 18446744073709551615, expected"},
        Damage{"MetadataThatLeavesNoPayload", metadata_size(320), Status::corrupt, "payload_size is 256, expected"},
        Damage{"NoPayload", payload_size(0), Status::corrupt, "payload_size is 0, expected"},
        Damage{"PayloadBelowOneHeader", payload_size(15), Status::corrupt, "payload_size is 15, expected at least 16"},
        Damage{"PayloadBeyondTheFile", payload_size(257), Status::corrupt, "payload_size is 257, expected"},
        Damage{"PayloadThatOverflows", payload_size(most - 128), Status::corrupt, "payload_size is 184467440737"},
        Damage{"FileOneByteShort", nothing, Status::corrupt, "payload_size is 256, expected", 447}),
    [](const auto& damage) { return damage.param.name; });

class CheckV1 : public testing::Test {
protected:
    CheckV1() { LayoutV1::format(control_, LayoutV1::plan("camera", options(256, 64)), 4711); }

    ControlV1 control_{};
};

TEST_F(CheckV1, LaterMinorVersionsAreAccepted) {
    control_.version[1] = 9;
    control_.version[2] = 9;
    EXPECT_NO_THROW(LayoutV1::check("camera", control_, 448));
}

TEST_F(CheckV1, LargerFilesAreAccepted) {
    EXPECT_EQ(LayoutV1::check("camera", control_, 4096).file_size, 4096U);
    EXPECT_EQ(LayoutV1::check("camera", control_, 4096).capacity, 256U);
}

TEST_F(CheckV1, ARingOfOneHeaderHoldsNoFrame) {
    control_.payload_size = 16;
    EXPECT_EQ(LayoutV1::check("camera", control_, 448).max_frame, 0U);
}

TEST_F(CheckV1, WhatIsNotFixedAtCreationIsNotLookedAt) {
    control_.payload_free_bytes = most;
    control_.payload_write_pos = most;
    control_.payload_read_pos = most;
    control_.writer_pid = most;
    control_.reserved[3] = most;
    EXPECT_NO_THROW(LayoutV1::check("camera", control_, 448));
}

}  // namespace
}  // namespace zerobuffer::wire
