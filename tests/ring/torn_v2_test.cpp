// SPDX-License-Identifier: MIT
// A process that dies between two stores of commit or release leaves one of few states. Each is built here by hand, and
// whoever comes next must carry on from it: what was committed arrives once and in order, nothing else arrives.
// That commit and release store in this very order is for store_order_test.
#include <gtest/gtest.h>

#include <functional>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

/// One commit, as its stores.
class HandCommit {
public:
    static constexpr int stores = 5;

    HandCommit(RingV2& ring, std::uint64_t size)
        : ring_(ring),
          size_(size),
          start_(ring.control.producer.position),
          end_(start_ + wire::LayoutV2::frame_size(size, ring.geometry.alignment)),
          sequence_(ring.control.producer.sequence + 1) {}

    /// Makes the first `count` stores.
    void store(int count) const {
        const std::function<void()> steps[stores] = {
            [&] {
                const std::uint64_t unit = wire::LayoutV2::header_unit(ring_.geometry.alignment);
                fill(ring_.payload.data() + start_ % ring_.geometry.capacity + unit, size_, sequence_);
                ring_.header(start_).payload_size = size_;
            },
            [&] { ring_.header(end_).sequence = 0; },
            [&] { ring_.header(start_).sequence = sequence_; },
            [&] { ring_.control.producer.sequence = sequence_; },
            [&] { ring_.control.producer.position = end_; },
        };
        for (int i = 0; i < count; ++i) {
            steps[i]();
        }
    }
    /// Whether the frame is there after so many.
    static bool exists(int count) { return count >= 3; }

    [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
    [[nodiscard]] std::uint64_t start() const { return start_; }
    [[nodiscard]] std::uint64_t end() const { return end_; }

private:
    RingV2& ring_;
    std::uint64_t size_;
    std::uint64_t start_;
    std::uint64_t end_;
    std::uint64_t sequence_;
};

/// Where in the ring the writer dies. All in a page of alignment 64.
struct Shape {
    const char* name;
    std::uint64_t offset;               // of the first frame
    std::vector<std::uint64_t> before;  // sizes of frames that are unread
    std::uint64_t size;                 // of the frame in flight
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

std::vector<Shape> shapes() {
    const std::uint64_t page = page_size();
    return {
        {"InTheMiddle", 1024, {100, 100}, 300},
        {"IntoAnEmptyRing", 1024, {}, 300},
        {"Empty", 1024, {100}, 0},
        {"AcrossTheEnd", page - 256, {64}, 300},
        {"UpToTheEnd", page - 512, {64}, 256 + 64},
        {"HeaderAtTheEnd", page - 192, {64}, 300},
        {"Largest", 1024, {}, page - 128},
        {"IntoTheLastRoom", 1024, {1000}, page - 128 - 64 - 1024},
    };
}

/// In use for seven laps, after frame 100; its bytes are those of earlier frames.
RingV2 used_ring(std::uint64_t offset) { return RingV2(64, 7 * page_size() + offset, 100); }

/// A ring whose writer died after so many stores of a commit.
struct Torn {
    Torn(const Shape& shape, int stores_made) : stores(stores_made), ring(used_ring(shape.offset)) {
        std::ranges::fill(ring.payload.bytes(), std::byte{0xee});
        ring.restart(7 * page_size() + shape.offset, 100);
        for (const std::uint64_t size : shape.before) {
            EXPECT_TRUE(ring.write(size));
        }
        commit.emplace(ring, shape.size);
        commit->store(stores);
    }

    [[nodiscard]] bool exists() const { return HandCommit::exists(stores); }
    [[nodiscard]] std::uint64_t last() const { return commit->sequence() - (exists() ? 0 : 1); }

    int stores;
    RingV2 ring;
    std::optional<HandCommit> commit;
};

/// The reader gets the frames [first, last] and nothing else, and releases them.
void expect_frames(RingV2& ring, std::uint64_t first, std::uint64_t last) {
    const auto frames = ring.take_all();
    ASSERT_EQ(frames.size(), last + 1 - first);
    for (const Taken& frame : frames) {
        ASSERT_EQ(frame.extent.sequence, first++);
        ring.release(frame);
    }
}

class TornCommit : public testing::TestWithParam<Shape> {
protected:
    template <class Check>
    static void after_each_store(Check&& check) {
        for (int stores = 0; stores <= HandCommit::stores; ++stores) {
            SCOPED_TRACE(testing::Message() << "after " << stores << " stores");
            Torn torn(GetParam(), stores);
            check(torn, torn.ring);
        }
    }
};

TEST_P(TornCommit, ReaderThatWasThereSeesTheFrameWholeOrNotAtAll) {
    after_each_store([](Torn& torn, RingV2& ring) { expect_frames(ring, 101, torn.last()); });
}

TEST_P(TornCommit, ReaderThatComesLaterSeesTheFrameWholeOrNotAtAll) {
    after_each_store([](Torn& torn, RingV2& ring) {
        ring.attach_consumer();
        expect_frames(ring, 101, torn.last());
    });
}

TEST_P(TornCommit, NextWriterRepairsTheMirrorAndNothingElse) {
    after_each_store([](Torn& torn, RingV2& ring) {
        const auto bytes = copy_of(ring.payload.bytes());
        wire::ControlV2 expected = ring.control;
        expected.producer.sequence = torn.last();
        expected.producer.position = torn.exists() ? torn.commit->end() : torn.commit->start();
        ring.attach_producer();
        EXPECT_TRUE(equal(ring.payload.bytes(), bytes));
        EXPECT_EQ(std::memcmp(&ring.control, &expected, sizeof expected), 0);
        EXPECT_EQ(ring.producer->sequence(), torn.last());
        EXPECT_EQ(ring.producer->frames(), 0U);
        EXPECT_EQ(ring.producer->bytes(), 0U);
    });
}

TEST_P(TornCommit, NothingIsLostOrDoubledAcrossTheWriters) {
    after_each_store([](Torn& torn, RingV2& ring) {
        ring.attach_producer();
        expect_frames(ring, 101, torn.last());
        for (std::uint64_t next = torn.last() + 1; next < 120; ++next) {
            ASSERT_EQ(ring.write(200), next);
            expect_frames(ring, next, next);
        }
    });
}

TEST_P(TornCommit, NothingIsLostOrDoubledAcrossBoth) {
    after_each_store([](Torn& torn, RingV2& ring) {
        ring.attach_consumer();
        ring.attach_producer();
        ring.attach_consumer();
        expect_frames(ring, 101, torn.last());
        ASSERT_EQ(ring.write(200), torn.last() + 1);
        expect_frames(ring, torn.last() + 1, torn.last() + 1);
    });
}

// The reader may have taken and released the frame before the mirror told of it.
TEST_P(TornCommit, ReaderThatIsAheadOfTheMirrorIsNoViolation) {
    after_each_store([](Torn& torn, RingV2& ring) {
        expect_frames(ring, 101, torn.last());
        ring.attach_consumer();
        ring.attach_producer();
        EXPECT_EQ(ring.producer->used(), 0U);
        EXPECT_EQ(ring.consumer->sequence(), torn.last());
        ASSERT_EQ(ring.write(page_size() - 128), torn.last() + 1);
        expect_frames(ring, torn.last() + 1, torn.last() + 1);
    });
}

TEST_P(TornCommit, ASecondWriterMayDieAnywhere) {
    after_each_store([](Torn& torn, RingV2& ring) {
        ring.attach_producer();
        expect_frames(ring, 101, torn.last());
        const auto bytes = copy_of(ring.payload.bytes());
        const wire::ControlV2 control = ring.control;
        for (int second = 0; second <= HandCommit::stores; ++second) {
            std::ranges::copy(bytes, ring.payload.data());
            ring.control = control;
            ring.attach_consumer();
            const HandCommit commit(ring, 500);
            commit.store(second);
            ring.attach_producer();
            const std::uint64_t next = commit.sequence() + (HandCommit::exists(second) ? 1 : 0);
            ASSERT_EQ(ring.write(10), next) << second;
            ASSERT_NO_FATAL_FAILURE(expect_frames(ring, commit.sequence(), next)) << second;
        }
    });
}

INSTANTIATE_TEST_SUITE_P(Shapes, TornCommit, testing::ValuesIn(shapes()),
                         [](const auto& shape) { return shape.param.name; });

/// Frames 101 to 104; the reader holds the first three and dies after so many stores of a release that frees all three.
class TornRelease : public testing::TestWithParam<int> {
protected:
    TornRelease() {
        for (int i = 0; i < 4; ++i) {
            ring_.write(100);
        }
        const auto frames = ring_.take_all();
        const Taken& third = frames[2];
        if (GetParam() > 0) { ring_.control.consumer.sequence = third.extent.sequence; }
        if (GetParam() > 1) { ring_.control.consumer.position = third.extent.end; }
        ring_.attach_consumer();
    }
    [[nodiscard]] std::uint64_t first_left() const { return GetParam() == 2 ? 104 : 101; }

    RingV2 ring_ = used_ring(page_size() - 320);
};

TEST_P(TornRelease, NextReaderGetsAgainWhatWasNotReleased) {
    EXPECT_EQ(ring_.consumer->sequence(), first_left() - 1);
    const auto frames = ring_.take_all();
    ASSERT_EQ(frames.size(), 105 - first_left());
    EXPECT_EQ(frames.front().extent.sequence, first_left());
    EXPECT_EQ(frames.back().extent.sequence, 104U);
}

TEST_P(TornRelease, NextReaderDrainsTheRingAndGoesOn) {
    for (const Taken& frame : ring_.take_all()) {
        ring_.release(frame);
    }
    EXPECT_EQ(ring_.control.consumer.sequence, 104U);
    EXPECT_EQ(ring_.control.consumer.position, ring_.control.producer.position);
    ring_.attach_consumer();  // to an empty ring: now the line tells what comes next
    ring_.write(50);
    EXPECT_EQ(ring_.take().extent.sequence, 105U);
}

TEST_P(TornRelease, WriterMayAttachMeanwhile) {
    ring_.attach_producer();
    EXPECT_EQ(ring_.producer->used(), (105 - first_left()) * 192);
    EXPECT_EQ(ring_.write(50), 105U);
}

INSTANTIATE_TEST_SUITE_P(Stores, TornRelease, testing::Range(0, 3));

}  // namespace
}  // namespace zerobuffer::ring
