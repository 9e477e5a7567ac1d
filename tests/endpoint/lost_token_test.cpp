// SPDX-License-Identifier: MIT
// Layout v1: a writer that was killed between a commit and its token, and one that came before the reader saw it.
#include <fcntl.h>
#include <semaphore.h>

#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

class LostToken : public BufferTest {
protected:
    /// Writes a frame, without its token, and stays.
    [[nodiscard]] auto writer_that_loses_its_token(std::uint64_t size, std::uint64_t number) const {
        return [=, this](const Line& line) {
            line.take();
            auto writer = Writer::open(name_);
            write_frame(writer, size, number);
            sem_t* const tokens = ::sem_open(("/sem-w-" + name_).c_str(), 0);
            line.put(tokens != SEM_FAILED && ::sem_trywait(tokens) == 0 ? 1 : 0);
            line.wait_for_end();
        };
    }
    [[nodiscard]] auto writer_of(std::uint64_t size, std::uint64_t number) const {
        return [=, this](const Line& line) {
            line.take();
            auto writer = Writer::open(name_);
            line.put(1);
            write_frame(writer, size, number, deadline);
            line.wait_for_end();
        };
    }
    static void let(const Child& child) {
        child.line().put(1);
        ASSERT_EQ(child.line().take(), 1);
    }
};

TEST_F(LostToken, FrameComesAlthoughTheNextWriterIsThereAndIdle) {
    Child first(writer_that_loses_its_token(100, 1));
    Child second([this](const Line& line) {
        line.take();
        auto writer = Writer::open(name_);
        line.put(1);
        line.wait_for_end();
    });
    auto reader = Reader::create(name_, make_options(Layout::v1));
    let(first);
    first.kill();
    let(second);
    const auto frame = reader.acquire(10s);
    ASSERT_TRUE(frame);
    EXPECT_TRUE(holds(*frame, 100, 1));
}

// Each would wait for the other one.
TEST_F(LostToken, FrameComesAlthoughTheNextWriterWaitsForItsRoom) {
    constexpr std::uint64_t most_of_the_ring = 40'000;
    Child first(writer_that_loses_its_token(most_of_the_ring, 1));
    Child second(writer_of(20'000, 2));
    auto reader = Reader::create(name_, make_options(Layout::v1));
    let(first);
    first.kill();
    let(second);
    {
        const auto frame = reader.acquire(10s);
        ASSERT_TRUE(frame);
        EXPECT_TRUE(holds(*frame, most_of_the_ring, 1));
    }
    const auto frame = reader.acquire(10s);
    ASSERT_TRUE(frame);
    EXPECT_TRUE(holds(*frame, 20'000, 2));
    EXPECT_FALSE(reader.acquire(brief));
}

// Each in its turn before the reader looks.
TEST_F(LostToken, SeveralInARowAllCome) {
    auto reader = Reader::create(name_, make_options(Layout::v1));
    for (std::uint64_t number = 1; number <= 4; ++number) {
        Child writer(writer_that_loses_its_token(100, number));
        let(writer);
    }
    Child last(writer_of(100, 5));
    let(last);
    for (std::uint64_t number = 1; number <= 5; ++number) {
        const auto frame = reader.acquire(10s);
        ASSERT_TRUE(frame) << number;
        EXPECT_TRUE(holds(*frame, 100, number));
    }
    EXPECT_FALSE(reader.acquire(brief));
}

}  // namespace
}  // namespace zerobuffer::test
