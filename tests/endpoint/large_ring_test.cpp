// SPDX-License-Identifier: MIT
// Rings beyond 4 GiB and positions beyond any use: nothing is cut to 32 bits, nothing overflows. The segments are made by
// hand, sparse, with the ring already far along.
#include <optional>

#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

constexpr std::uint64_t gigabyte = std::uint64_t{1} << 30U;
constexpr std::uint64_t kilobyte = 1024;

class FarAlong : public BufferTest {
protected:
    /// A v2 segment whose ring is empty at `position`, after frame `sequence`. False if the system has no room for it.
    bool make(std::uint64_t capacity, std::uint64_t position, std::uint64_t sequence) {
        try {
            const auto image = Image::make(name_, v2_offset::payload + capacity);
            image.store<std::uint64_t>(v2_offset::payload_size, capacity);
            image.store<std::uint64_t>(v2_offset::payload_offset, v2_offset::payload);
            image.store<std::uint64_t>(v2_offset::metadata_offset, v2_offset::metadata);
            image.store<std::uint32_t>(v2_offset::alignment, 64);
            image.store<std::uint64_t>(v2_offset::magic, 0x3230474e4952425a);
            image.store<std::uint64_t>(v2_offset::creation_id, 1);
            for (const auto offset : {v2_offset::producer_position, v2_offset::consumer_position}) {
                image.store<std::uint64_t>(offset, position);
            }
            for (const auto offset : {v2_offset::producer_sequence, v2_offset::consumer_sequence}) {
                image.store<std::uint64_t>(offset, sequence);
            }
            for (const auto offset : {v2_offset::producer_generation, v2_offset::consumer_generation}) {
                image.store<std::uint64_t>(offset, 2);  // somebody was there, and closed in order
            }
            image.store<std::uint32_t>(v2_offset::version, 2);
            image.store<std::uint32_t>(v2_offset::oieb_size, 8192);
        } catch (const std::system_error&) { return false; }
        Options untouched;
        untouched.prefault = Prefault::never;
        writer_.emplace(Writer::open(name_, untouched));
        reader_.emplace(Reader::open(name_, untouched));
        return true;
    }
    void pass(std::uint64_t size, std::uint64_t sequence) {
        ASSERT_EQ(write_frame(*writer_, size, sequence), sequence);
        const auto frame = reader_->acquire(no_wait);
        ASSERT_TRUE(frame);
        ASSERT_EQ(frame->sequence(), sequence);
        ASSERT_TRUE(holds(*frame, size, sequence));
    }
    void TearDown() override {
        writer_.reset();
        reader_.reset();
        BufferTest::TearDown();
    }

    static constexpr const char* no_room = "/dev/shm refuses a sparse file of 5 GiB";
    std::optional<Writer> writer_;
    std::optional<Reader> reader_;
};

TEST_F(FarAlong, FramesPassTheOffsetOf4GiB) {
    if (!make(5 * gigabyte, 4 * gigabyte - 256 * kilobyte, 77)) { GTEST_SKIP() << no_room; }
    EXPECT_EQ(writer_->capacity(), 5 * gigabyte);
    for (std::uint64_t sequence = 78; sequence < 84; ++sequence) {
        pass(100 * kilobyte, sequence);
    }
    EXPECT_GT(inspect(name_).reader.position, 4 * gigabyte);
}

TEST_F(FarAlong, FramesPassTheEndOfALargeRing) {
    if (!make(5 * gigabyte, 15 * gigabyte - 64 * kilobyte, 77)) { GTEST_SKIP() << no_room; }
    pass(1024 * kilobyte, 78);
    pass(10, 79);
    EXPECT_GT(inspect(name_).reader.position, 15 * gigabyte);
}

TEST_F(FarAlong, OneFrameIsLargerThan4GiB) {
    if (!make(5 * gigabyte, gigabyte, 77)) { GTEST_SKIP() << no_room; }
    constexpr std::uint64_t size = 4 * gigabyte + 12'345;
    auto claim = writer_->claim(size, no_wait);
    ASSERT_TRUE(claim);
    claim->bytes().front() = std::byte{1};
    claim->bytes().back() = std::byte{2};
    EXPECT_EQ(claim->commit(), 78);
    EXPECT_FALSE(writer_->wait(gigabyte, no_wait));
    {
        const auto frame = reader_->acquire(no_wait);
        ASSERT_EQ(frame->size(), size);
        EXPECT_EQ(frame->bytes().front(), std::byte{1});
        EXPECT_EQ(frame->bytes().back(), std::byte{2});
    }
    pass(10, 79);
    EXPECT_EQ(writer_->max_frame(), 5 * gigabyte - 128);
}

// 64 KiB before 2^63, which is a negative number to whoever takes it for signed.
TEST_F(FarAlong, PositionsAndSequencesPassTwoToThe63) {
    constexpr std::uint64_t half = std::uint64_t{1} << 63U;
    ASSERT_TRUE(make(64 * kilobyte, half - 64 * kilobyte, half - 4));
    for (std::uint64_t sequence = half - 3; sequence != half + 100; ++sequence) {
        pass(9000, sequence);
    }
    EXPECT_GT(inspect(name_).writer.position, half);
    EXPECT_EQ(inspect(name_).used, 0);
}

TEST_F(FarAlong, LatestAndFullRingWorkAcrossTwoToThe63) {
    constexpr std::uint64_t half = std::uint64_t{1} << 63U;
    ASSERT_TRUE(make(64 * kilobyte, half - 32 * kilobyte, half - 4));
    std::uint64_t sequence = half - 4;
    while (write_frame(*writer_, 3000, sequence + 1)) {
        ++sequence;
    }
    const auto frame = reader_->acquire_latest(no_wait);
    EXPECT_EQ(frame->sequence(), sequence);
    EXPECT_TRUE(holds(*frame, 3000, sequence));
    EXPECT_TRUE(write_frame(*writer_, 3000, sequence + 1));
}

TEST_F(FarAlong, PositionWithoutRoomToGrowIsRefused) {
    const std::uint64_t last = ~std::uint64_t{0} - 64 * kilobyte + 1;
    EXPECT_THAT(failure_of([&] { return make(64 * kilobyte, last, 1); }),
                says(Status::corrupt, name_, "producer position is " + std::to_string(last), "replace"));
    EXPECT_THAT(failure_of([&] { return Reader::open(name_); }),
                says(Status::corrupt, name_, "consumer position is " + std::to_string(last), "replace"));
    bury(name_);
}

}  // namespace
}  // namespace zerobuffer::test
