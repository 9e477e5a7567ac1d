// SPDX-License-Identifier: MIT
// Nothing is taken from the heap once a stream runs.
#include <array>
#include <memory>

#include "hot_path/counting_malloc.hpp"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

constexpr int frames = 100'000;

class Allocations : public EveryLayout {
protected:
    Allocations() : reader_(Reader::create(name_, options())), writer_(Writer::open(name_)) {}
    void TearDown() override {
        writer_.close();
        reader_.close();
        EveryLayout::TearDown();
    }
    /// Allocations of `frames` frames, sixteen at a time, after some rounds that may allocate.
    template <class Round>
    std::uint64_t of_a_stream(Round round) {
        for (int warm_up = 0; warm_up < 100; ++warm_up) {
            round();
        }
        const std::uint64_t before = allocations();
        for (int done = 0; done < frames; done += batch) {
            round();
        }
        const std::uint64_t taken = allocations() - before;
        EXPECT_EQ(reader_.stats().sequence, writer_.stats().sequence);
        EXPECT_GE(reader_.stats().frames, frames);
        return taken;
    }
    void write_batch() {
        for (int i = 0; i < batch; ++i) {
            writer_.write(content_, no_wait);
        }
    }

    static constexpr int batch = 16;
    const std::vector<std::byte> content_ = Pattern().bytes(200, 1);
    Reader reader_;
    Writer writer_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Allocations, layouts(), layout_name);

// The proof that the tests below count.
TEST(CountingMalloc, CountsEveryKind) {
    const std::uint64_t before = allocations();
    const auto by_new = std::make_unique<std::uint64_t>(1);
    const std::unique_ptr<void, decltype(&std::free)> by_malloc(std::malloc(10), &std::free);
    const std::unique_ptr<void, decltype(&std::free)> by_calloc(std::calloc(1, 10), &std::free);
    EXPECT_EQ(allocations() - before, 3) << *by_new;
}

TEST_P(Allocations, AreNoneToWriteAndAcquire) {
    EXPECT_EQ(of_a_stream([&] {
                  for (int i = 0; i < batch; ++i) {
                      writer_.write(content_, no_wait);
                      reader_.acquire(no_wait)->release();
                  }
              }),
              0);
}

TEST_P(Allocations, AreNoneToClaimAndCommit) {
    EXPECT_EQ(of_a_stream([&] {
                  for (int i = 0; i < batch; ++i) {
                      auto claim = writer_.claim(200, no_wait);
                      claim->bytes()[0] = std::byte{1};
                      claim->commit(100);
                      reader_.acquire(no_wait)->release();
                  }
              }),
              0);
}

TEST_P(Allocations, AreNoneToGatherAndBatch) {
    const std::array parts = {Bytes(content_), bytes_of("x")};
    const std::vector<Bytes> many(batch - 1, content_);
    std::array<Frame, batch> held;
    EXPECT_EQ(of_a_stream([&] {
                  writer_.write_parts(parts, no_wait);
                  writer_.write_many(many, no_wait);
                  reader_.release_many(std::span(held).first(reader_.acquire_many(held, no_wait)));
              }),
              0);
}

TEST_P(Allocations, AreNoneToReleaseOutOfOrder) {
    std::array<Frame, batch> held;
    EXPECT_EQ(of_a_stream([&] {
                  write_batch();
                  static_cast<void>(reader_.acquire_many(held, no_wait));
                  for (std::size_t i = 1; i < held.size(); i += 2) {
                      held.at(i).release();
                  }
                  for (std::size_t i = held.size(); i > 0; i -= 2) {
                      held.at(i - 2).release();
                  }
              }),
              0);
}

TEST_P(Allocations, AreNoneToTakeTheLatest) {
    EXPECT_EQ(of_a_stream([&] {
                  write_batch();
                  reader_.acquire_latest(no_wait)->release();
              }),
              0);
}

TEST_P(Allocations, AreNoneToFindNothing) {
    EXPECT_EQ(of_a_stream([&] {
                  while (writer_.write(content_, no_wait)) {}
                  while (reader_.acquire(no_wait)) {}
                  static_cast<void>(reader_.wait(no_wait));
              }),
              0);
}

}  // namespace
}  // namespace zerobuffer::test
