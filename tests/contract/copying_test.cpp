// SPDX-License-Identifier: MIT
// Whatever way write() copies, and whether or not the reader keeps up: every byte arrives.
#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

constexpr std::uint64_t mebi = 1U << 20U;

class Copying : public BufferTest, public testing::WithParamInterface<std::tuple<Layout, Copy, std::uint64_t>> {
protected:
    void SetUp() override {
        const auto [layout, copy, capacity] = GetParam();
        Options options = make_options(layout, capacity);
        options.alignment = 16;  // payloads that start on no cache line
        options.copy = copy;
        reader_.emplace(Reader::create(name_, options));
        writer_.emplace(Writer::open(name_, options));
    }

    void TearDown() override {
        writer_.reset();
        reader_.reset();
        BufferTest::TearDown();
    }

    void write(std::uint64_t size) {
        const auto source = pattern_.bytes(size + 1, size);
        ASSERT_TRUE(writer_->write(Bytes(source).subspan(1), no_wait));  // and a source that starts on none
    }

    void expect(std::uint64_t size) {
        const auto source = pattern_.bytes(size + 1, size);
        const auto frame = reader_->acquire(no_wait);
        ASSERT_TRUE(frame);
        ASSERT_TRUE(std::equal(source.begin() + 1, source.end(), frame->bytes().begin(), frame->bytes().end())) << size;
    }

    static constexpr std::array<std::uint64_t, 8> sizes = {1, 15, 127, 128, 16383, 16384, 16385, 100003};

private:
    const Pattern pattern_;
    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
};

// The larger ring streams while the reader keeps up.
INSTANTIATE_TEST_SUITE_P(Policies, Copying,
                         testing::Combine(testing::Values(Layout::v1, Layout::v2),
                                          testing::Values(Copy::automatic, Copy::cached, Copy::streaming),
                                          testing::Values(mebi, 64 * mebi)));

TEST_P(Copying, BringsEveryByteToAReaderThatKeepsUp) {
    for (const std::uint64_t size : sizes) {
        ASSERT_NO_FATAL_FAILURE(write(size));
        ASSERT_NO_FATAL_FAILURE(expect(size));
    }
}

TEST_P(Copying, BringsEveryByteToAReaderThatIsBehind) {
    for (const std::uint64_t size : sizes) {
        ASSERT_NO_FATAL_FAILURE(write(size));
    }
    for (const std::uint64_t size : sizes) {
        ASSERT_NO_FATAL_FAILURE(expect(size));
    }
}

}  // namespace
}  // namespace zerobuffer::test
