// SPDX-License-Identifier: MIT
#include "ring/producer_v1.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "lap_v1.hpp"

namespace zerobuffer::ring {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

class ProducerV1Test : public LapV1 {
protected:
    void expect_refused(const char* field, std::uint64_t found) {
        const wire::ControlV1 control = ring_.control;
        ASSERT_FALSE(attach_producer());
        EXPECT_STREQ(ring_.producer->violation().field, field);
        EXPECT_EQ(ring_.producer->violation().found, found);
        EXPECT_EQ(ring_.producer->violation().expected, capacity);
        EXPECT_EQ(std::memcmp(&ring_.control, &control, sizeof control), 0);
    }
};

// ---- attach ----------------------------------------------------------------------------------------------------------

TEST_F(ProducerV1Test, NumbersFromOneInAFreshRing) {
    EXPECT_EQ(ring_.write(10), 1U);
    EXPECT_EQ(ring_.write(10), 2U);
}

TEST_F(ProducerV1Test, NumbersFromOneWhateverAFreshRingHolds) {
    put_frame(0, 50, 77);
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 0U);
}

TEST_F(ProducerV1Test, RefusesAWritePositionOutsideTheRing) {
    put_words(257, 100, 1);
    expect_refused("payload_write_pos", 257);
    put_words(most, 100, 1);
    expect_refused("payload_write_pos", most);
}

TEST_F(ProducerV1Test, RefusesMoreFreeBytesThanTheRingHas) {
    put_words(100, 257, 1);
    expect_refused("payload_free_bytes", 257);
    put_words(100, most, 1);
    expect_refused("payload_free_bytes", most);
}

TEST_F(ProducerV1Test, RefusesAReadPositionOutsideTheRing) {
    ring_.control.payload_read_pos = 257;
    expect_refused("payload_read_pos", 257);
}

TEST_F(ProducerV1Test, TakesAWritePositionAtTheEndForTheStart) {
    put_frame(0, 240, 1);
    put_words(256, 256, 1);
    ASSERT_TRUE(attach_producer());
    ASSERT_EQ(ring_.producer->claim(10, data_), Room::there);
    EXPECT_EQ(data_, ring_.payload.data() + 16);
}

TEST_F(ProducerV1Test, CarriesTheSequenceOnInTheMiddleOfALap) {
    put_frame(0, 20, 7);
    put_frame(36, 30, 8);
    put_frame(82, 40, 9);  // beyond the write position: not committed
    put_words(82, 200, 2);
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 8U);
    EXPECT_EQ(ring_.producer->frames(), 0U);
    EXPECT_EQ(ring_.write(5), 9U);
}

TEST_F(ProducerV1Test, CarriesTheSequenceOnAfterAnExactFit) {
    put_frame(0, 100, 7);
    put_frame(116, 124, 8);
    for (const std::uint64_t end : {0U, 256U}) {
        put_words(end, 256, 8);
        ASSERT_TRUE(attach_producer());
        EXPECT_EQ(ring_.producer->sequence(), 8U) << end;
    }
}

TEST_F(ProducerV1Test, CarriesTheSequenceOnBehindAMarkerThatAnOldWriterPublishedAlone) {
    put_frame(0, 44, 7);
    put_frame(60, 40, 8);
    put_marker(116);
    put_words(0, 256, 9);
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 8U);
}

TEST_F(ProducerV1Test, CarriesTheSequenceOnInFrontOfATailTooShortForAHeader) {
    put_frame(0, 100, 7);
    put_frame(116, 110, 8);  // 14 bytes are left
    put_words(242, 256, 8);
    ring_.control.payload_read_pos = 242;
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 8U);
    EXPECT_EQ(ring_.write(5), 9U);
}

// A lap of one frame: it may be the last one, or one of the same size that was to replace it at the next wrap.
TEST_F(ProducerV1Test, StartsAgainWhereNothingTellsWhetherTheOnlyFrameOfTheLapWasCommitted) {
    put_frame(0, 100, 7);
    put_marker(116);
    for (const std::uint64_t written : {0U, 116U}) {
        put_words(written, 256, 9);
        ring_.control.payload_read_pos = written;
        ASSERT_TRUE(attach_producer());
        EXPECT_EQ(ring_.producer->sequence(), 0U) << written;
    }
    put_frame(0, 226, 7);  // no room for a marker behind it
    put_words(242, 256, 9);
    ring_.control.payload_read_pos = 242;
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 0U);
}

TEST_F(ProducerV1Test, CarriesTheSequenceOnWhileTheOnlyFrameOfTheLapIsUnread) {
    pass(200);
    ring_.write(184);  // behind a marker, where it is likely that there is one behind the frame, too
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 2U);
}

/// Everything was read, and the next writer died after a claim that wraps over the lap.
class WrapThatNeverCame : public ProducerV1Test {
protected:
    /// What the next writer takes for the last sequence after this one died, its payload filled up to `filled` bytes.
    std::uint64_t last_after_claim(std::uint64_t size, std::uint64_t filled) {
        EXPECT_EQ(ring_.producer->claim(size, data_), Room::there);
        EXPECT_EQ(data_, ring_.payload.data() + 16) << "it wraps";
        fill(data_, filled, 1);
        EXPECT_TRUE(attach_producer());
        return ring_.producer->sequence();
    }
};

TEST_F(WrapThatNeverCame, LeavesTheSequenceOfALapOfTwoFrames) {
    for (std::uint64_t size = 41; size <= 184; ++size) {
        for (const std::uint64_t filled : {std::uint64_t{0}, size / 2, size}) {
            ring_.restart();
            pass(100);
            pass(100);
            ASSERT_EQ(last_after_claim(size, filled), 2U) << size << ' ' << filled;
        }
    }
}

TEST_F(WrapThatNeverCame, LeavesTheSequenceOfALapOfOneFrame) {
    for (std::uint64_t size = 41; size <= 184; ++size) {
        ring_.restart();
        pass(200);
        pass(200);
        ASSERT_EQ(last_after_claim(size, size), 2U) << size;
    }
}

TEST_F(WrapThatNeverCame, LeavesTheSequenceWhenItsAnnouncementIsTorn) {
    pass(100);
    pass(100);
    put_marker(200);
    put_header(0, 84, 3);  // the size is the one of the first frame
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 2U);
}

TEST_F(WrapThatNeverCame, IsForgottenWithTheNextFrame) {
    pass(100);
    pass(100);
    ASSERT_EQ(ring_.producer->claim(150, data_), Room::there);
    ASSERT_TRUE(ring_.write(20));  // into the tail that the claim would have given up
    ring_.release(ring_.take());
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 0U) << "the lap is lost, so numbers start again";
}

TEST_F(ProducerV1Test, CarriesTheSequenceOnOverItsOwnLaps) {
    for (std::uint64_t sequence = 1; sequence < 300; ++sequence) {
        ASSERT_EQ(ring_.write(sequence * 7 % 100 + 1), sequence);
        ring_.release(ring_.take());
        ring_.attach_producer();
        ASSERT_EQ(ring_.producer->sequence(), sequence);
    }
}

TEST_F(ProducerV1Test, StopsWalkingAtAHeaderThatLeadsOutOfTheRing) {
    for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{49}, most - 51, most - 15, most}) {
        put_frame(0, 20, 7);
        put_header(36, size, 99);
        put_words(100, 256, 2);
        ASSERT_TRUE(attach_producer());
        EXPECT_EQ(ring_.producer->sequence(), 7U) << size;
    }
}

// A frame exists from its write position on: the count of a writer that died behind that store is late.
TEST_F(ProducerV1Test, CarriesTheSequenceOnWhenTheFirstFrameWasNotCounted) {
    put_frame(0, 20, 1);
    put_words(36, 220, 0);
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 1U);
}

// Bytes that are free are anybody's: frames that were read may be overwritten by one that never was committed.
TEST_F(ProducerV1Test, CarriesTheSequenceOnFromUnreadFramesWhenTheStartOfTheLapIsOverwritten) {
    pass(60);
    pass(60);
    ring_.write(60);  // 3, unread, at 120
    ASSERT_EQ(ring_.producer->claim(90, data_), Room::there);
    ASSERT_EQ(data_, ring_.payload.data() + 16) << "it wraps";
    std::fill_n(data_, 90, std::byte{1});  // over the header of frame 2, and the writer dies
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.producer->sequence(), 3U);
}

// ---- claim and commit ------------------------------------------------------------------------------------------------

TEST_F(ProducerV1Test, WrapsEarlyRatherThanLeaveATailTooShortForAMarker) {
    for (std::uint64_t left = 1; left < 16; ++left) {
        ring_.restart();
        pass(200);
        ASSERT_TRUE(ring_.write(56 - 16 - left)) << left;
        EXPECT_EQ(ring_.take().data, ring_.payload.data() + 16) << left;
    }
}

TEST_F(ProducerV1Test, ZeroesATailTooShortForAMarkerThatItCannotAvoid) {
    std::ranges::fill(ring_.payload.bytes(), std::byte{0xee});
    ASSERT_TRUE(ring_.write(256 - 16 - 15));
    EXPECT_TRUE(std::all_of(ring_.payload.data() + 241, ring_.payload.data() + 256,
                            [](std::byte byte) { return byte == std::byte{0}; }));
}

TEST_F(ProducerV1Test, PublishesMarkerAndFrameTogether) {
    pass(200);
    std::ranges::fill(ring_.payload.bytes(), std::byte{0xee});
    const wire::ControlV1 before = ring_.control;
    ASSERT_EQ(ring_.producer->claim(100, data_), Room::there);
    EXPECT_EQ(std::memcmp(&ring_.control, &before, sizeof before), 0);
    ring_.producer->commit(100);
    EXPECT_EQ(load_header(ring_.payload.data() + 200).size, 0U);
    EXPECT_EQ(load_header(ring_.payload.data() + 200).sequence, 0U);
    EXPECT_EQ(ring_.control.payload_written_count, before.payload_written_count + 2);
    EXPECT_EQ(ring_.control.payload_free_bytes, before.payload_free_bytes - 56 - 116);
    EXPECT_EQ(ring_.control.payload_write_pos, 116U);
}

TEST_F(ProducerV1Test, AnAbortedClaimThatWouldHaveWrappedDoesNotWrap) {
    pass(200);
    ASSERT_EQ(ring_.producer->claim(100, data_), Room::there);
    ASSERT_EQ(ring_.producer->claim(20, data_), Room::there);
    EXPECT_EQ(data_, ring_.payload.data() + 216);
}

// Frame at p, marker in the tail: both must fit even into an empty ring, or no reader could ever make room.
TEST_F(ProducerV1Test, SaysAtOnceThatAFrameCanNeverBePlacedHere) {
    pass(100);
    EXPECT_EQ(ring_.producer->claim(156 - 16, data_), Room::there) << "fills the tail";
    EXPECT_EQ(ring_.producer->claim(156 - 16 + 1, data_), Room::too_large) << "neither before the end nor at the start";
    EXPECT_EQ(ring_.producer->claim(100 - 16, data_), Room::there) << "at the start at the latest";
}

// Half the ring, less the header and half of the 15 bytes that may have to be kept in front of the end.
TEST_F(ProducerV1Test, UpTo24BytesBelowHalfTheRingCanBePlacedAnywhere) {
    for (std::uint64_t total = 17; total <= 256; ++total) {
        ring_.restart();
        pass(total);
        for (std::uint64_t size = 1; size <= 128 - 24; ++size) {
            ASSERT_EQ(ring_.producer->claim(size, data_), Room::there) << size << " behind " << total;
        }
    }
}

TEST_F(ProducerV1Test, OneByteMoreCannotBePlacedEverywhere) {
    pass(113);
    EXPECT_EQ(ring_.producer->claim(128 - 24, data_), Room::there);
    pass(256 - 113);
    pass(120);
    EXPECT_EQ(ring_.producer->claim(128 - 23, data_), Room::too_large);
}

TEST_F(ProducerV1Test, FindsFreeBytesThatTheRingDoesNotHave) {
    ring_.write(200);
    ring_.control.payload_free_bytes = 257;
    EXPECT_TRUE(ring_.producer->has_room(100)) << "something to look at";
    EXPECT_EQ(ring_.producer->claim(100, data_), Room::corrupt);
    EXPECT_STREQ(ring_.producer->violation().field, "payload_free_bytes");
    EXPECT_EQ(ring_.producer->violation().found, 257U);
}

TEST_F(ProducerV1Test, FindsFreeBytesThatItsOwnCommitDrewBelowZero) {
    std::byte* data = nullptr;
    ASSERT_EQ(ring_.producer->claim(100, data), Room::there);
    ring_.control.payload_free_bytes = 10;
    ring_.producer->commit(100);
    ASSERT_EQ(ring_.producer->claim(10, data), Room::corrupt);
    EXPECT_STREQ(ring_.producer->violation().field, "payload_free_bytes");
}

TEST_F(ProducerV1Test, TellsWhatItWrote) {
    pass(200);
    ring_.write(100);  // behind a marker
    EXPECT_EQ(ring_.producer->frames(), 2U);
    EXPECT_EQ(ring_.producer->bytes(), 200U + 56U + 116U);
    EXPECT_EQ(ring_.producer->used(), 56U + 116U);
    EXPECT_EQ(ring_.producer->free_bytes(), 256U - 56U - 116U);
}

TEST_F(ProducerV1Test, FreeBytesThatLieMakeTheRingLookEmptyAndNotHuge) {
    ring_.control.payload_free_bytes = 257;
    EXPECT_EQ(ring_.producer->used(), 0U);
    EXPECT_EQ(ring_.consumer->used(), 0U);
}

}  // namespace
}  // namespace zerobuffer::ring
