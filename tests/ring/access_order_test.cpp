// SPDX-License-Identifier: MIT
// The order of stores is the protocol, and a word that is loaded twice may have two values. Seen in the compiled code: what
// a processor may reorder beyond that is for the memory model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "access_trace.hpp"
#include "memory.hpp"
#include "ring/consumer_v1.hpp"
#include "ring/consumer_v2.hpp"
#include "ring/producer_v1.hpp"
#include "ring/producer_v2.hpp"

namespace zerobuffer::ring {
namespace {

using Names = std::vector<std::string>;
using testing::ElementsAre;
using testing::IsEmpty;

/// A control block and a ring of one page, both watched. Words have names; a frame starts at `frame_`, the next at `next_`.
template <class Control>
class Watched : public testing::Test {
protected:
    template <class Call>
    void trace(Call&& call) {
        loads_.clear();
        stores_.clear();
        for (const Access& access : trace_.record(call)) {
            (access.store ? stores_ : loads_).push_back(name_of(access.address));
        }
    }
    void name(const void* word, const std::string& name) {
        words_.push_back({static_cast<const std::byte*>(word), name});
    }

    [[nodiscard]] Control& control() const { return *reinterpret_cast<Control*>(control_.data()); }
    [[nodiscard]] std::byte* payload() const { return payload_.data(); }

    /// Of all names, each once and sorted: for accesses whose order is free.
    static Names sorted(Names names) {
        std::ranges::sort(names);
        return names;
    }
    static bool no_word_twice(Names names) {
        std::ranges::sort(names);
        return std::ranges::adjacent_find(names) == names.end();
    }

    Names loads_;
    Names stores_;

private:
    struct Word {
        const std::byte* address;
        std::string name;
    };
    std::string name_of(const std::byte* address) const {
        for (const Word& word : words_) {
            if (word.address == address) { return word.name; }
        }
        return address >= payload() && address < payload() + 2 * page_size()
                   ? "payload+" + std::to_string((address - payload()) % static_cast<std::ptrdiff_t>(page_size()))
                   : "control+" + std::to_string(address - control_.data());
    }

    GuardedBytes control_{round_to_pages(sizeof(Control)), Edge::front};
    MirroredBytes payload_{page_size()};
    AccessTrace trace_{{control_.bytes(), {payload_.data(), 2 * page_size()}}};
    std::vector<Word> words_;
};

class WatchedV2 : public Watched<wire::ControlV2> {
protected:
    WatchedV2() {
        geometry_.capacity = page_size();
        geometry_.alignment = 64;
        geometry_.max_frame = wire::LayoutV2::largest_frame(page_size(), 64);
        start_at(1024);
        name(&control().producer.position, "producer.position");
        name(&control().producer.sequence, "producer.sequence");
        name(&control().consumer.position, "consumer.position");
        name(&control().consumer.sequence, "consumer.sequence");
    }
    /// Both sides attached to an empty ring at this offset, after frame 7.
    void start_at(std::uint64_t offset) {
        control().producer.position = control().consumer.position = offset;
        control().producer.sequence = control().consumer.sequence = 7;
        header(offset) = {};
        producer_ = std::make_unique<ProducerV2>(control(), payload(), geometry_);
        consumer_ = std::make_unique<ConsumerV2>(control(), payload(), geometry_);
        ASSERT_TRUE(producer_->attach());
        ASSERT_TRUE(consumer_->attach());
    }
    void name_headers(std::uint64_t frame, std::uint64_t next) {
        name(&header(frame).payload_size, "frame.size");
        name(&header(frame).sequence, "frame.sequence");
        name(&header(next).sequence, "next.sequence");
    }
    wire::FrameHeader& header(std::uint64_t offset) const {
        return *reinterpret_cast<wire::FrameHeader*>(payload() + offset);
    }
    void write(std::uint64_t size) {
        ASSERT_EQ(producer_->claim(size, data_), Room::there);
        producer_->commit(size);
    }
    void expect_order_of_commit() {
        ASSERT_EQ(stores_.size(), 5U);
        EXPECT_EQ(sorted({stores_[0], stores_[1]}), (Names{"frame.size", "next.sequence"}));
        EXPECT_THAT(Names(stores_.begin() + 2, stores_.end()),
                    ElementsAre("frame.sequence", "producer.sequence", "producer.position"));
    }

    wire::Geometry geometry_;
    std::unique_ptr<ProducerV2> producer_;
    std::unique_ptr<ConsumerV2> consumer_;
    std::byte* data_ = nullptr;
    Taken frame_{};
};

TEST_F(WatchedV2, CommitStoresTheSequenceAfterTheRestOfTheFrameAndBeforeTheMirror) {
    name_headers(1024, 1024 + 192);
    ASSERT_EQ(producer_->claim(100, data_), Room::there);
    trace([&] { producer_->commit(100); });
    expect_order_of_commit();
    EXPECT_THAT(loads_, IsEmpty());
}

TEST_F(WatchedV2, CommitDoesSoAcrossTheEnd) {
    start_at(page_size() - 64);
    name_headers(page_size() - 64, 64);
    ASSERT_EQ(producer_->claim(1, data_), Room::there);
    trace([&] { producer_->commit(1); });
    expect_order_of_commit();
}

TEST_F(WatchedV2, CommitDoesSoForAnEmptyFrame) {
    name_headers(1024, 1024 + 64);
    ASSERT_EQ(producer_->claim(0, data_), Room::there);
    trace([&] { producer_->commit(0); });
    expect_order_of_commit();
}

TEST_F(WatchedV2, RepairStoresTheSequenceBeforeThePosition) {
    header(1024) = {100, 8};
    header(1024 + 192) = {};
    ProducerV2 next(control(), payload(), geometry_);
    trace([&] { ASSERT_TRUE(next.attach()); });
    EXPECT_THAT(stores_, ElementsAre("producer.sequence", "producer.position"));
}

TEST_F(WatchedV2, ReleaseStoresTheSequenceBeforeThePosition) {
    write(100);
    ASSERT_EQ(consumer_->take(frame_), Take::taken);
    trace([&] { consumer_->release(frame_.extent); });
    EXPECT_THAT(stores_, ElementsAre("consumer.sequence", "consumer.position"));
    EXPECT_THAT(loads_, IsEmpty());
}

TEST_F(WatchedV2, TakeLoadsTheSequenceFirstEachWordOnceAndStoresNothing) {
    name_headers(1024, 1024 + 192);
    write(100);
    trace([&] { ASSERT_EQ(consumer_->take(frame_), Take::taken); });
    EXPECT_THAT(loads_, ElementsAre("frame.sequence", "frame.size"));
    EXPECT_THAT(stores_, IsEmpty());
}

TEST_F(WatchedV2, TakeThatFindsNothingLooksAtOneWord) {
    name_headers(1024, 1024 + 192);
    trace([&] { ASSERT_EQ(consumer_->take(frame_), Take::none); });
    EXPECT_THAT(loads_, ElementsAre("frame.sequence"));
}

TEST_F(WatchedV2, ReadyLooksAtOneWord) {
    name_headers(1024, 1024 + 192);
    trace([&] { ASSERT_FALSE(consumer_->ready()); });
    EXPECT_THAT(loads_, ElementsAre("frame.sequence"));
}

TEST_F(WatchedV2, ClaimLooksAtTheReaderOnlyWhenTheRingSeemsFull) {
    trace([&] { ASSERT_EQ(producer_->claim(100, data_), Room::there); });
    EXPECT_THAT(loads_, IsEmpty());
    while (producer_->claim(0, data_) == Room::there) {
        producer_->commit(0);
    }
    trace([&] { ASSERT_EQ(producer_->claim(100, data_), Room::full); });
    EXPECT_THAT(loads_, ElementsAre("consumer.position"));
    EXPECT_THAT(stores_, IsEmpty());
}

TEST_F(WatchedV2, FetchingTheNextHeaderAheadIsNoAccess) {
    trace([&] {
        producer_->prepare_next();
        consumer_->prefetch_payload();
    });
    EXPECT_THAT(loads_, IsEmpty());
    EXPECT_THAT(stores_, IsEmpty());
}

TEST_F(WatchedV2, AttachLoadsNoWordTwice) {
    header(1024) = {100, 8};
    header(1024 + 192) = {};
    ProducerV2 producer(control(), payload(), geometry_);
    trace([&] { ASSERT_TRUE(producer.attach()); });
    EXPECT_TRUE(no_word_twice(loads_)) << testing::PrintToString(loads_);
    ConsumerV2 consumer(control(), payload(), geometry_);
    trace([&] { ASSERT_TRUE(consumer.attach()); });
    EXPECT_TRUE(no_word_twice(loads_)) << testing::PrintToString(loads_);
    EXPECT_THAT(stores_, IsEmpty());
}

class WatchedBlockV2 : public Watched<wire::ControlV2> {
protected:
    const wire::Geometry geometry_ = wire::LayoutV2::plan("camera", {});
};

TEST_F(WatchedBlockV2, FormatStoresTheSizeLast) {
    name(&control().oieb_size, "oieb_size");
    trace([&] { wire::LayoutV2::format(control(), geometry_, 1); });
    ASSERT_FALSE(stores_.empty());
    EXPECT_EQ(stores_.back(), "oieb_size");
    EXPECT_TRUE(no_word_twice(stores_)) << testing::PrintToString(stores_);
}

TEST_F(WatchedBlockV2, CheckLoadsTheSizeFirstAndNoFieldTwice) {
    wire::LayoutV2::format(control(), geometry_, 1);
    name(&control().oieb_size, "oieb_size");
    trace([&] { wire::LayoutV2::check("camera", control(), geometry_.file_size); });
    ASSERT_FALSE(loads_.empty());
    EXPECT_EQ(loads_.front(), "oieb_size");
    EXPECT_TRUE(no_word_twice(loads_)) << testing::PrintToString(loads_);
    EXPECT_THAT(stores_, IsEmpty());
}

class WatchedV1 : public Watched<wire::ControlV1> {
protected:
    WatchedV1() {
        wire::LayoutV1::format(control(), geometry_, 1);
        name(&control().payload_free_bytes, "free_bytes");
        name(&control().payload_write_pos, "write_pos");
        name(&control().payload_read_pos, "read_pos");
        name(&control().payload_written_count, "written_count");
        name(&control().payload_read_count, "read_count");
        producer_.attach();
    }
    void write(std::uint64_t size) {
        ASSERT_EQ(producer_.claim(size, data_), Room::there);
        producer_.commit(size);
    }
    void pass(std::uint64_t size) {
        write(size);
        ASSERT_EQ(consumer_.take(frame_), Take::taken);
        consumer_.release(frame_.extent);
    }
    /// Stores to the ring, which come before those to the control block.
    Names take_ring_stores() {
        const auto end = std::ranges::find_if(stores_, [](const auto& name) { return !name.starts_with("payload"); });
        Names found(stores_.begin(), end);
        stores_.erase(stores_.begin(), end);
        return found;
    }

    static wire::Geometry ring_of_256() {
        wire::Geometry geometry;
        geometry.capacity = 256;
        geometry.file_size = 128 + 256;
        geometry.max_frame = 240;
        return geometry;
    }

    const wire::Geometry geometry_ = ring_of_256();
    ProducerV1 producer_{control(), payload(), geometry_};
    ConsumerV1 consumer_{control(), payload(), geometry_};
    std::byte* data_ = nullptr;
    Taken frame_{};
};

TEST_F(WatchedV1, CommitTakesTheSpaceBeforeItMovesThePositionAndCountsLast) {
    write(84);
    ASSERT_EQ(producer_.claim(100, data_), Room::there);
    trace([&] { producer_.commit(100); });
    EXPECT_THAT(take_ring_stores(), testing::Contains("payload+100"));
    EXPECT_THAT(stores_, ElementsAre("free_bytes", "write_pos", "written_count"));
}

TEST_F(WatchedV1, CommitZeroesAShortTailBeforeEither) {
    ASSERT_EQ(producer_.claim(230, data_), Room::there);
    trace([&] { producer_.commit(230); });
    EXPECT_THAT(take_ring_stores(), testing::Contains("payload+246"));
    EXPECT_THAT(stores_, ElementsAre("free_bytes", "write_pos", "written_count"));
}

TEST_F(WatchedV1, TakeLoadsNoWordOfTheFrameTwice) {
    write(100);
    trace([&] { ASSERT_EQ(consumer_.take(frame_), Take::taken); });
    EXPECT_EQ(std::ranges::count(loads_, "write_pos"), 1);
    EXPECT_LE(std::ranges::count(loads_, "payload+0"), 1);
    EXPECT_LE(std::ranges::count(loads_, "payload+8"), 1);
    EXPECT_EQ(sorted(stores_), (Names{"read_count", "read_pos"}));
}

TEST_F(WatchedV1, ReleaseAddsToTheFreeBytesAndTouchesNothingElse) {
    write(100);
    ASSERT_EQ(consumer_.take(frame_), Take::taken);
    trace([&] { consumer_.release(frame_.extent); });
    EXPECT_THAT(stores_, ElementsAre("free_bytes"));
    EXPECT_THAT(loads_, IsEmpty());
}

TEST_F(WatchedV1, ClaimStoresNothing) {
    pass(84);
    trace([&] { ASSERT_EQ(producer_.claim(100, data_), Room::there); });
    EXPECT_THAT(stores_, IsEmpty());
}

TEST_F(WatchedV1, ClaimOfAFrameAtTheStartAnnouncesIt) {
    pass(184);
    trace([&] { ASSERT_EQ(producer_.claim(100, data_), Room::there); });
    const Names ring = take_ring_stores();
    EXPECT_THAT(stores_, IsEmpty()) << "no shared word";
    ASSERT_THAT(ring, testing::Contains("payload+200"));
    EXPECT_LT(std::ranges::find(ring, "payload+200"), std::ranges::find(ring, "payload+8"));
    EXPECT_LT(std::ranges::find(ring, "payload+8"), std::ranges::find(ring, "payload+0"));
}

class WatchedBlockV1 : public Watched<wire::ControlV1> {};

TEST_F(WatchedBlockV1, FormatStoresTheSizeLast) {
    name(&control().oieb_size, "oieb_size");
    trace([&] { wire::LayoutV1::format(control(), wire::LayoutV1::plan("camera", {}), 1); });
    ASSERT_FALSE(stores_.empty());
    EXPECT_EQ(stores_.back(), "oieb_size");
}

TEST_F(WatchedBlockV1, CheckLoadsTheSizeFirstAndNoFieldTwice) {
    const auto geometry = wire::LayoutV1::plan("camera", {});
    wire::LayoutV1::format(control(), geometry, 1);
    name(&control().oieb_size, "oieb_size");
    trace([&] { wire::LayoutV1::check("camera", control(), geometry.file_size); });
    ASSERT_FALSE(loads_.empty());
    EXPECT_EQ(loads_.front(), "oieb_size");
    EXPECT_TRUE(no_word_twice(loads_)) << testing::PrintToString(loads_);
}

}  // namespace
}  // namespace zerobuffer::ring
