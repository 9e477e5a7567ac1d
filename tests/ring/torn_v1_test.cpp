// SPDX-License-Identifier: MIT
// A v1 writer that dies between two stores of a commit leaves one of few states. Each is built here by hand. The frame in
// flight arrives whole or not at all, and the next writer carries on behind the last frame that exists; the space that the
// dead one had subtracted and not used is lost, as the protocol has no word that could tell.
#include <gtest/gtest.h>

#include <functional>

#include "lap_v1.hpp"

namespace zerobuffer::ring {
namespace {

/// Where in a ring of 256 bytes the writer dies.
struct Shape {
    const char* name;
    std::vector<std::uint64_t> passed;  // sizes of frames that were read and released
    std::vector<std::uint64_t> unread;  // sizes of frames that are committed and not read
    std::uint64_t offset;               // of the frame in flight
    std::uint64_t size;                 // of the frame in flight
    std::uint64_t waste;                // tail given up before it
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

class TornV1 : public testing::TestWithParam<Shape> {
protected:
    static constexpr int stores = 5;

    /// The first `count` stores of the commit.
    void build(int count) {
        ring_.restart();
        for (const std::uint64_t size : shape_.passed) {
            EXPECT_TRUE(ring_.write(size + 10, size));  // the only way to a tail that is too short for a header
            ring_.release(ring_.take());
        }
        for (const std::uint64_t size : shape_.unread) {
            EXPECT_TRUE(ring_.write(size));
        }
        sequence_ = ring_.producer->sequence() + 1;
        for (int i = 0; i < count; ++i) {
            store(i);
        }
    }
    [[nodiscard]] std::uint64_t last(int count) const { return sequence_ - (count >= 4 ? 0 : 1); }
    /// What the next writer takes for the last. Once the announcement at 0 is replaced by a header, over a lap that was
    /// read, nothing tells any more that the frame was not committed: numbers start again.
    [[nodiscard]] std::uint64_t carried_on(int count) const {
        const bool over_what_was_read = shape_.offset == 0 && shape_.unread.empty();
        return over_what_was_read && (count == 2 || count == 3) ? 0 : last(count);
    }
    [[nodiscard]] std::uint64_t first() const { return shape_.passed.size() + 1; }

    /// Without tokens: what a reader finds after the writer's death.
    void expect_frames(std::uint64_t first, std::uint64_t last) {
        Taken frame{};
        while (ring_.consumer->take_without_token(frame) == Take::taken) {
            ASSERT_TRUE(is_intact(frame));
            ASSERT_EQ(frame.extent.sequence, first++);
            ring_.release(frame);
        }
        ASSERT_EQ(ring_.consumer->violation().field, nullptr) << ring_.consumer->violation().field;
        ASSERT_EQ(first, last + 1);
    }

    const Shape shape_ = GetParam();
    RingV1 ring_;
    std::uint64_t sequence_ = 0;

private:
    void store(int step) {
        auto& control = ring_.control;
        const std::uint64_t total = 16 + shape_.size;
        switch (step) {
            case 0:
                if (shape_.offset == 0) {
                    ResumeV1::announce(ring_.payload.data(), control.payload_write_pos, shape_.waste, sequence_);
                }
                break;
            case 1:
                fill(ring_.payload.data() + shape_.offset + 16, shape_.size, sequence_);
                store_header(ring_.payload.data() + shape_.offset, {shape_.size, sequence_});
                break;
            case 2:
                control.payload_free_bytes -= shape_.waste + total;
                break;
            case 3:
                control.payload_write_pos = (shape_.offset + total) % 256;
                break;
            default:
                control.payload_written_count += shape_.waste != 0 ? 2 : 1;
        }
    }
};

TEST_P(TornV1, FrameArrivesWholeOrNotAtAll) {
    for (int count = 0; count <= stores; ++count) {
        SCOPED_TRACE(testing::Message() << "after " << count << " stores");
        build(count);
        ASSERT_NO_FATAL_FAILURE(expect_frames(first(), last(count)));
    }
}

TEST_P(TornV1, NextWriterCarriesOnBehindTheLastFrame) {
    for (int count = 0; count <= stores; ++count) {
        SCOPED_TRACE(testing::Message() << "after " << count << " stores");
        build(count);
        ring_.attach_producer();
        EXPECT_EQ(ring_.producer->sequence(), carried_on(count));
        EXPECT_EQ(ring_.producer->frames(), 0U);
    }
}

TEST_P(TornV1, NothingIsLostOrDoubledAcrossTheWriters) {
    for (int count = 0; count <= stores; ++count) {
        SCOPED_TRACE(testing::Message() << "after " << count << " stores");
        build(count);
        ring_.attach_producer();
        expect_frames(first(), last(count));
        for (std::uint64_t next = carried_on(count) + 1; next < 20; ++next) {
            std::byte* data = nullptr;
            if (ring_.producer->claim(1, data) != Room::there) {
                EXPECT_EQ(count, 3) << "only space that was subtracted and not used may be lost";
                break;
            }
            fill(data, 1, next);
            EXPECT_EQ(ring_.producer->commit(1), next);
            ASSERT_NO_FATAL_FAILURE(expect_frames(next, next));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, TornV1,
                         testing::Values(Shape{"First", {}, {}, 0, 60, 0},  //
                                         Shape{"InTheMiddle", {}, {40, 40}, 112, 60, 0},
                                         Shape{"UpToTheEnd", {84}, {44}, 160, 80, 0},
                                         Shape{"UpToTheReader", {84}, {140}, 0, 84, 0},
                                         Shape{"BehindAMarker", {84}, {84}, 0, 60, 56},
                                         Shape{"BehindAMarkerWithNothingUnread", {84, 84}, {}, 0, 60, 56},
                                         Shape{"BehindAShortTail", {84, 130}, {}, 0, 60, 10}),
                         [](const auto& shape) { return shape.param.name; });

}  // namespace
}  // namespace zerobuffer::ring
