// SPDX-License-Identifier: MIT
#include "wire/layout_v2.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <limits>
#include <string>
#include <thread>

#include "golden.hpp"
#include "refused.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::wire {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t unit = 65536;

Options options(std::uint64_t capacity, std::uint64_t metadata_size, std::uint32_t alignment = 64) {
    Options options;
    options.capacity = capacity;
    options.metadata_size = metadata_size;
    options.alignment = alignment;
    return options;
}

TEST(PlanV2, RingAndPayloadStartInUnitsOf64KiB) {
    const Geometry geometry = LayoutV2::plan("camera", options(100'000, 100));
    EXPECT_EQ(geometry.layout, Layout::v2);
    EXPECT_EQ(geometry.capacity, 2 * unit);
    EXPECT_EQ(geometry.metadata_size, 100U);
    EXPECT_EQ(geometry.metadata_offset, 8192U);
    EXPECT_EQ(geometry.payload_offset, unit);
    EXPECT_EQ(geometry.file_size, 3 * unit);
    EXPECT_EQ(geometry.alignment, 64U);
    EXPECT_EQ(geometry.max_frame, 2 * unit - 128);
}

TEST(PlanV2, MultiplesStayAsTheyAre) {
    EXPECT_EQ(LayoutV2::plan("camera", options(unit, 0)).capacity, unit);
    EXPECT_EQ(LayoutV2::plan("camera", options(3 * unit, 0)).capacity, 3 * unit);
}

TEST(PlanV2, OneByteMakesTheSmallestRing) { EXPECT_EQ(LayoutV2::plan("camera", options(1, 0)).capacity, unit); }

TEST(PlanV2, MetadataMovesThePayloadOnlyWhenItNeedsTo) {
    EXPECT_EQ(LayoutV2::plan("camera", options(1, 0)).payload_offset, unit);
    EXPECT_EQ(LayoutV2::plan("camera", options(1, unit - 8192)).payload_offset, unit);
    EXPECT_EQ(LayoutV2::plan("camera", options(1, unit - 8192 + 1)).payload_offset, 2 * unit);
}

TEST(PlanV2, EveryPowerOfTwoFrom16To4096IsAnAlignment) {
    for (std::uint32_t alignment = 16; alignment <= 4096; alignment *= 2) {
        EXPECT_EQ(LayoutV2::plan("camera", options(unit, 0, alignment)).alignment, alignment);
    }
}

TEST(PlanV2, OtherAlignmentsAreMisuse) {
    for (const std::uint32_t alignment : {0U, 1U, 8U, 15U, 17U, 24U, 65U, 8192U, 0x80000000U}) {
        EXPECT_THAT([&] { LayoutV2::plan("camera", options(unit, 0, alignment)); },
                    Refuses(Status::misuse, "buffer \"camera\"", "alignment " + std::to_string(alignment)));
    }
}

TEST(PlanV2, CapacityOf0IsMisuse) {
    EXPECT_THAT([] { LayoutV2::plan("camera", options(0, 0)); },
                Refuses(Status::misuse, "buffer \"camera\"", "capacity 0"));
}

TEST(PlanV2, LargestCapacityIs64TiB) {
    EXPECT_EQ(LayoutV2::plan("camera", options(largest_capacity, 0)).capacity, largest_capacity);
    EXPECT_THAT([] { LayoutV2::plan("camera", options(largest_capacity + 1, 0)); },
                Refuses(Status::misuse, "capacity 70368744177665"));
    EXPECT_THAT([] { LayoutV2::plan("camera", options(most, 0)); }, Refuses(Status::misuse, "capacity"));
}

TEST(PlanV2, LargestMetadataIs1TiB) {
    EXPECT_EQ(LayoutV2::plan("camera", options(1, largest_metadata)).metadata_size, largest_metadata);
    EXPECT_THAT([] { LayoutV2::plan("camera", options(1, largest_metadata + 1)); },
                Refuses(Status::misuse, "metadata_size 1099511627777"));
    EXPECT_THAT([] { LayoutV2::plan("camera", options(1, most)); }, Refuses(Status::misuse, "metadata_size"));
}

TEST(FrameV2, HeaderUnitIsTheAlignmentButAtLeastAHeader) {
    EXPECT_EQ(LayoutV2::header_unit(16), 16U);
    EXPECT_EQ(LayoutV2::header_unit(64), 64U);
    EXPECT_EQ(LayoutV2::header_unit(4096), 4096U);
    EXPECT_EQ(LayoutV2::header_unit(8), 16U);
}

TEST(FrameV2, RingBytesAreHeaderUnitAndPayloadRoundedUp) {
    EXPECT_EQ(LayoutV2::frame_size(0, 64), 64U);
    EXPECT_EQ(LayoutV2::frame_size(1, 64), 128U);
    EXPECT_EQ(LayoutV2::frame_size(64, 64), 128U);
    EXPECT_EQ(LayoutV2::frame_size(65, 64), 192U);
    EXPECT_EQ(LayoutV2::frame_size(0, 16), 16U);
    EXPECT_EQ(LayoutV2::frame_size(17, 16), 48U);
    EXPECT_EQ(LayoutV2::frame_size(3'110'416, 4096), 3'117'056U);
}

TEST(FrameV2, LargestFrameLeavesRoomForItsHeaderAndTheNext) {
    EXPECT_EQ(LayoutV2::largest_frame(unit, 16), unit - 32);
    EXPECT_EQ(LayoutV2::largest_frame(unit, 64), unit - 128);
    EXPECT_EQ(LayoutV2::largest_frame(unit, 4096), unit - 8192);
}

class FormatV2 : public testing::Test {
protected:
    FormatV2() { LayoutV2::format(control_, geometry_, 0x1122334455667788); }

    const Geometry geometry_ = LayoutV2::plan("camera", options(unit, 4096));
    ControlV2 control_{};
};

TEST_F(FormatV2, IsTheGoldenBlockByteForByte) {
    EXPECT_EQ(control_.creation_id, 0x1122334455667788U);
    control_.creation_id = 0;  // differs from run to run, and is 0 in the image
    EXPECT_EQ(bytes_of(control_), golden("v2-created.bin", sizeof control_));
}

TEST_F(FormatV2, SaysItsNameToWhoeverDumpsIt) {
    EXPECT_EQ(std::memcmp(reinterpret_cast<const char*>(&control_) + 0x40, "ZBRING02", 8), 0);
}

TEST_F(FormatV2, PassesItsOwnCheck) {
    const Geometry checked = LayoutV2::check("camera", control_, geometry_.file_size);
    EXPECT_TRUE(checked.same_shape(geometry_));
    EXPECT_EQ(checked.metadata_offset, geometry_.metadata_offset);
    EXPECT_EQ(checked.payload_offset, geometry_.payload_offset);
    EXPECT_EQ(checked.file_size, geometry_.file_size);
    EXPECT_EQ(checked.max_frame, geometry_.max_frame);
}

/// A control block of a segment of 128 KiB with one thing wrong, and what must be said about it.
struct Damage {
    const char* name;
    std::function<void(ControlV2&)> harm;
    Status status;
    const char* words;
    std::uint64_t file_size = 2 * unit;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

class DamagedV2 : public testing::TestWithParam<Damage> {};

TEST_P(DamagedV2, IsRefusedByName) {
    ControlV2 control{};
    LayoutV2::format(control, LayoutV2::plan("camera", options(unit, 4096)), 1);
    GetParam().harm(control);
    EXPECT_THAT([&] { LayoutV2::check("camera", control, GetParam().file_size); },
                Refuses(GetParam().status, "buffer \"camera\": ", GetParam().words));
}

template <auto field>
std::function<void(ControlV2&)> set(std::uint64_t value) {
    return [value](ControlV2& control) { control.*field = static_cast<std::decay_t<decltype(control.*field)>>(value); };
}

const auto oieb_size = set<&ControlV2::oieb_size>;
const auto version = set<&ControlV2::version>;
const auto magic = set<&ControlV2::magic>;
const auto flags = set<&ControlV2::flags>;
const auto alignment = set<&ControlV2::alignment>;
const auto payload_size = set<&ControlV2::payload_size>;
const auto payload_offset = set<&ControlV2::payload_offset>;
const auto metadata_size = set<&ControlV2::metadata_size>;
const auto metadata_offset = set<&ControlV2::metadata_offset>;

void nothing(ControlV2&) {}

std::string name_of(const testing::TestParamInfo<Damage>& damage) { return damage.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Identity, DamagedV2,
    testing::Values(
        Damage{"EmptyFile", nothing, Status::corrupt, "file size is 0, expected at least 8192", 0},
        Damage{"FileShorterThanTheBlock", nothing, Status::corrupt, "file size is 8191, expected", 8191},
        Damage{"BlockNotFinished", oieb_size(0), Status::not_ready, "has not finished"},
        Damage{"BlockOfV1", oieb_size(128), Status::incompatible, "control block size is 128, expected 8192"},
        Damage{"BlockOfNobody", oieb_size(8193), Status::incompatible, "control block size is 8193, expected 8192"},
        Damage{"OldVersion", version(1), Status::incompatible, "version is 1, expected 2.0.0.0"},
        Damage{"NewVersion", version(3), Status::incompatible, "version is 3, expected 2.0.0.0"},
        Damage{"NewMinorVersion", version(0x102), Status::incompatible, "version is 258, expected 2.0.0.0"},
        Damage{"NewPatch", version(0x10002), Status::incompatible, "version is 65538, expected 2.0.0.0"},
        Damage{"NewLastByte", version(0x1000002), Status::incompatible, "version is 16777218, expected 2.0.0.0"},
        Damage{"NoMagic", magic(0), Status::corrupt, "magic is 0, expected \"ZBRING02\""},
        Damage{"OtherMagic", magic(magic_v2 ^ (std::uint64_t{1} << 63U)), Status::corrupt, "magic is "},
        Damage{"LowestUnknownFlag", flags(1), Status::incompatible, "flags is 1, expected 0"},
        Damage{"HighestUnknownFlag", flags(0x80000000), Status::incompatible, "flags is 2147483648, expected 0"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Payload, DamagedV2,
    testing::Values(
        Damage{"NoAlignment", alignment(0), Status::corrupt, "alignment is 0, expected"},
        Damage{"AlignmentBelowAHeader", alignment(8), Status::corrupt, "alignment is 8, expected"},
        Damage{"AlignmentOfTwoBits", alignment(48), Status::corrupt, "alignment is 48, expected"},
        Damage{"AlignmentBeyondAPage", alignment(8192), Status::corrupt, "alignment is 8192, expected"},
        Damage{"NoPayload", payload_size(0), Status::corrupt, "payload_size is 0, expected"},
        Damage{"PayloadOfHalfAUnit", payload_size(unit / 2), Status::corrupt, "payload_size is 32768, expected"},
        Damage{"PayloadOfAUnitAndAByte", payload_size(unit + 1), Status::corrupt, "payload_size is 65537, expected"},
        Damage{"PayloadBeyondTheFile", payload_size(2 * unit), Status::corrupt, "payload_size is 131072, expected"},
        Damage{"PayloadBeyondEverything", payload_size(largest_capacity + unit), Status::corrupt,
               "payload_size is 70368744243200, expected"},
        Damage{"PayloadThatOverflows", payload_size(most - unit + 1), Status::corrupt, "payload_size is 184467440737"},
        Damage{"PayloadOverTheControlBlock", payload_offset(0), Status::corrupt, "payload_offset is 0, expected"},
        Damage{"PayloadOffsetInsideAUnit", payload_offset(8192), Status::corrupt, "payload_offset is 8192, expected"},
        Damage{"PayloadBehindTheFile", payload_offset(3 * unit), Status::corrupt, "payload_offset is 196608, expected"},
        Damage{"PayloadOffsetThatOverflows", payload_offset(most - unit + 1), Status::corrupt,
               "payload_offset is 18446744073709486080, expected"},
        Damage{"FileOneByteShort", nothing, Status::corrupt, "payload", 2 * unit - 1}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Metadata, DamagedV2,
    testing::Values(
        Damage{"MetadataOverTheControlBlock", metadata_offset(8184), Status::corrupt, "metadata_offset is 8184, expec"},
        Damage{"MetadataAtTheStart", metadata_offset(0), Status::corrupt, "metadata_offset is 0, expected"},
        Damage{"MetadataThatIsNotAligned", metadata_offset(8196), Status::corrupt, "metadata_offset is 8196, expected"},
        Damage{"MetadataInThePayload", metadata_offset(unit + 8), Status::corrupt, "metadata_offset is 65544, expecte"},
        Damage{"MetadataOffsetThatOverflows", metadata_offset(most - 7), Status::corrupt,
               "metadata_offset is 18446744073709551608, expected"},
        Damage{"MetadataIntoThePayload", metadata_size(unit - 8192 + 1), Status::corrupt,
               "metadata_size is 57345, expected"},
        Damage{"MetadataThatOverflows", metadata_size(most), Status::corrupt,
               "metadata_size is 18446744073709551615, expected"}),
    name_of);

class CheckV2 : public testing::Test {
protected:
    CheckV2() { LayoutV2::format(control_, LayoutV2::plan("camera", options(unit, 4096)), 1); }

    ControlV2 control_{};
};

TEST_F(CheckV2, LargerFilesAreAccepted) { EXPECT_EQ(LayoutV2::check("camera", control_, 2 * unit + 1).capacity, unit); }

TEST_F(CheckV2, MetadataMayFillTheRoomBeforeThePayload) {
    control_.metadata_size = unit - 8192;
    EXPECT_EQ(LayoutV2::check("camera", control_, 2 * unit).metadata_size, unit - 8192);
}

TEST_F(CheckV2, PlacesComeFromTheBlockAndNotFromOurOwnPlan) {
    control_.metadata_offset = 8192 + 4096;
    control_.payload_offset = 2 * unit;
    const Geometry geometry = LayoutV2::check("camera", control_, 3 * unit);
    EXPECT_EQ(geometry.metadata_offset, 8192U + 4096U);
    EXPECT_EQ(geometry.payload_offset, 2 * unit);
}

TEST_F(CheckV2, WhatIsNotFixedAtCreationIsNotLookedAt) {
    control_.metadata_free_bytes = most;
    control_.metadata_written_bytes = most;
    control_.writer_pid = most;
    control_.metadata_version = most;
    control_.producer.position = most;
    control_.consumer.generation = most;
    control_.reader_doorbell.bell = 7;
    EXPECT_NO_THROW(LayoutV2::check("camera", control_, 2 * unit));
}

// Another process may write while we check. Whatever a field is, it is loaded once: what was checked is what is used.
// ThreadSanitizer also reports a load here that the compiler would be free to repeat.
TEST_F(CheckV2, FieldsThatChangeMeanwhileAreUsedAsTheyWereChecked) {
    std::atomic<bool> done{false};
    std::thread peer([&] {
        for (std::uint64_t round = 0; !done.load(std::memory_order_relaxed); ++round) {
            store_relaxed(control_.payload_size, round % 2 == 0 ? unit : most);
            store_relaxed(control_.metadata_size, round % 2 == 0 ? std::uint64_t{4096} : most);
            store_relaxed(control_.alignment, round % 2 == 0 ? 64U : 3U);
        }
    });
    for (int round = 0; round < 20'000; ++round) {
        try {
            const Geometry geometry = LayoutV2::check("camera", control_, 2 * unit);
            ASSERT_EQ(geometry.capacity, unit);
            ASSERT_EQ(geometry.metadata_size, 4096U);
            ASSERT_EQ(geometry.alignment, 64U);
        } catch (const Error& error) { ASSERT_EQ(error.status(), Status::corrupt); }
    }
    done.store(true, std::memory_order_relaxed);
    peer.join();
}

}  // namespace
}  // namespace zerobuffer::wire
