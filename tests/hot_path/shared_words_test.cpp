// SPDX-License-Identifier: MIT
// Which words of a real segment the library loads in a call, as compiled and linked for users: each of them once. A word
// that is looked at twice could have two values, and a check of the first says nothing about the second.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "../ring/access_trace.hpp"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

/// A part of the segment in this process's memory; an endpoint has one or two, and v2 has the ring twice.
struct Part {
    std::span<std::byte> bytes;
    std::uint64_t offset;  // in the file
};

std::vector<Part> parts_of(const std::string& name) {
    struct stat file {};
    EXPECT_EQ(::stat(("/dev/shm/" + name).c_str(), &file), 0);
    std::vector<Part> parts;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        std::uint64_t offset = 0;
        std::uint64_t inode = 0;
        // By its number: what the maker has mapped came into being without a name.
        if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %*s %" SCNx64 " %*s %" SCNu64, &begin, &end, &offset,
                        &inode) == 4 &&
            inode == file.st_ino && line.find("/dev/shm/") != std::string::npos) {
            // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel says it as a number
            parts.push_back({{reinterpret_cast<std::byte*>(begin), end - begin}, offset});
        }
    }
    return parts;
}

class SharedWords : public EveryLayout {
protected:
    SharedWords() {
        reader_.emplace(Reader::create(name_, options()));
        writer_.emplace(Writer::open(name_));
        writer_->publish_metadata(bytes_of("described"));
        // Past the first of everything.
        for (int i = 0; i < 3; ++i) {
            write();
            static_cast<void>(reader_->acquire(no_wait));
        }
        parts_ = parts_of(name_);
    }
    void TearDown() override {
        writer_.reset();
        reader_.reset();
        EveryLayout::TearDown();
    }
    void write() { writer_->write(std::span(bytes_).first(100), no_wait); }

    /// Offsets in the file of all that `call` loads, in order.
    template <class Call>
    std::vector<std::uint64_t> loads_of(Call&& call) {
        std::vector<std::span<std::byte>> pages;
        for (const Part& part : parts_) {
            pages.push_back(part.bytes);
        }
        ring::AccessTrace trace(pages);
        std::vector<std::uint64_t> offsets;
        for (const ring::Access& access : trace.record(call)) {
            if (!access.store) { offsets.push_back(offset_of(access.address)); }
        }
        return offsets;
    }
    template <class Call>
    void expect_no_word_twice(Call&& call) {
        auto offsets = loads_of(call);
        EXPECT_FALSE(offsets.empty()) << "nothing was seen";
        std::ranges::sort(offsets);
        EXPECT_TRUE(std::ranges::adjacent_find(offsets) == offsets.end()) << testing::PrintToString(offsets);
    }
    /// Several decisions, each about a frame of its own. In v1 all of them look at the same words of the control block.
    template <class Call>
    void expect_once_for_each(std::ptrdiff_t decisions, Call&& call) {
        const auto offsets = loads_of(call);
        EXPECT_FALSE(offsets.empty()) << "nothing was seen";
        for (const std::uint64_t offset : offsets) {
            EXPECT_LE(std::ranges::count(offsets, offset), is_v1() && offset < 0x80 ? decisions : 1) << offset;
        }
    }

    const std::vector<std::byte> bytes_ = std::vector<std::byte>(4000, std::byte{1});
    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
    std::vector<Part> parts_;

private:
    std::uint64_t offset_of(const std::byte* address) const {
        for (const Part& part : parts_) {
            if (address >= part.bytes.data() && address < part.bytes.data() + part.bytes.size()) {
                return part.offset + static_cast<std::uint64_t>(address - part.bytes.data());
            }
        }
        return ~std::uint64_t{0};
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, SharedWords, layouts(), layout_name);

TEST_P(SharedWords, AreSeenToBeLoadedTwice) {
    const auto& word = *reinterpret_cast<const volatile std::uint64_t*>(parts_.front().bytes.data() + 0x30);
    const std::uint64_t offset = parts_.front().offset + 0x30;
    EXPECT_EQ(loads_of([&] { static_cast<void>(word + word); }), (std::vector<std::uint64_t>{offset, offset}));
}

TEST_P(SharedWords, AreLoadedOnceToAcquire) {
    write();
    std::optional<Frame> frame;
    expect_no_word_twice([&] { frame = reader_->acquire(no_wait); });
    EXPECT_TRUE(frame);
}

TEST_P(SharedWords, AreLoadedOnceForEachFrameToAcquireTheLatest) {
    write();
    write();
    std::optional<Frame> frame;
    // In between, one look at how far the writer is.
    expect_once_for_each(3, [&] { frame = reader_->acquire_latest(no_wait); });
    EXPECT_TRUE(frame);
}

TEST_P(SharedWords, AreLoadedOnceForEachFrameToAcquireABatch) {
    write();
    write();
    std::array<Frame, 2> frames;
    std::size_t count = 0;
    expect_once_for_each(2, [&] { count = reader_->acquire_many(frames, no_wait); });
    EXPECT_EQ(count, 2);
}

TEST_P(SharedWords, AreLoadedOnceToReleaseABatch) {
    write();
    write();
    std::array<Frame, 2> frames;
    ASSERT_EQ(reader_->acquire_many(frames, no_wait), 2);
    // The peer's doorbell; in v1 that is no part of the segment.
    EXPECT_EQ(loads_of([&] { reader_->release_many(frames); }).size(), is_v1() ? 0U : 1U);
}

TEST_P(SharedWords, AreLoadedOnceToFindNothing) {
    // v1 takes no look at the ring without a token.
    const auto offsets = loads_of([&] { EXPECT_FALSE(reader_->acquire(no_wait)); });
    EXPECT_EQ(offsets.size(), is_v1() ? 0U : 1U) << testing::PrintToString(offsets);
}

TEST_P(SharedWords, AreLoadedOnceToWrite) {
    expect_no_word_twice([&] { write(); });
}

TEST_P(SharedWords, AreLoadedOnceToClaimAndToCommit) {
    std::optional<Claim> claim;
    const auto of_claim = loads_of([&] { claim = writer_->claim(100, no_wait); });
    EXPECT_LE(of_claim.size(), 1U) << testing::PrintToString(of_claim);
    const auto of_commit = loads_of([&] { claim->commit(); });
    EXPECT_LE(of_commit.size(), 1U) << testing::PrintToString(of_commit);
}

TEST_P(SharedWords, AreLoadedOnceToFindARingFull) {
    while (writer_->write(bytes_, no_wait)) {}
    expect_no_word_twice([&] { EXPECT_FALSE(writer_->write(bytes_, no_wait)); });
}

}  // namespace
}  // namespace zerobuffer::test
