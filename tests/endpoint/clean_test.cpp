// SPDX-License-Identifier: MIT
// Cleaning removes what nobody holds, says so, and touches nothing else.
#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

class Clean : public EveryLayout {
protected:
    /// Everything that the buffer of a killed process leaves.
    void leave(std::optional<Writer>* outlives = nullptr) const {
        Child child([this](const Line& line) {
            auto reader = Reader::create(name_, options());
            line.put(1);
            line.wait_for_end();
        });
        child.line().take();
        if (outlives != nullptr) { outlives->emplace(Writer::open(name_)); }
        child.kill();
    }
    [[nodiscard]] Status look() const {
        return failure_of([&] { return inspect(name_); }).status;
    }
    auto has_it() const { return testing::Contains(name_); }
};

INSTANTIATE_TEST_SUITE_P(Layouts, Clean, layouts(), layout_name);

TEST_P(Clean, RemovesWhatAKilledProcessLeft) {
    leave();
    EXPECT_THAT(clean(), has_it());
    EXPECT_EQ(look(), Status::not_found);
}

TEST_P(Clean, DryRunSaysTheSameAndRemovesNothing) {
    leave();
    EXPECT_THAT(clean(true), has_it());
    EXPECT_EQ(look(), Status::ok);
    EXPECT_THAT(clean(true), has_it());
    EXPECT_THAT(clean(), has_it());
    EXPECT_THAT(clean(true), testing::Not(has_it()));
}

TEST_P(Clean, LeavesALiveReaderAlone) {
    auto reader = Reader::create(name_, options());
    EXPECT_THAT(clean(true), testing::Not(has_it()));
    EXPECT_THAT(clean(), testing::Not(has_it()));
    auto writer = Writer::open(name_);
    write_frame(writer, 10, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

TEST_P(Clean, LeavesALiveWriterAlone) {
    std::optional<Writer> writer;
    leave(&writer);
    EXPECT_THAT(clean(true), testing::Not(has_it()));
    EXPECT_THAT(clean(), testing::Not(has_it()));
    EXPECT_EQ(look(), Status::ok);
    writer.reset();
    EXPECT_EQ(failure_of([&] { return Reader::create(name_, options()); }).status, Status::ok);
    bury(name_);
}

TEST_P(Clean, LeavesAHeldFrameAlone) {
    auto reader = Reader::create(name_, options());
    {
        auto writer = Writer::open(name_);
        write_frame(writer, 10, 1);
    }
    const auto frame = reader.acquire(no_wait);
    reader.close();
    EXPECT_THAT(clean(), testing::Not(has_it()));
    EXPECT_TRUE(holds(*frame, 10, 1));
}

class CleanV2 : public BufferTest {};

TEST_F(CleanV2, RemovesUnreadFramesThatNobodyHolds) {
    {
        auto writer = Writer::create(name_, make_options(Layout::v2));
        write_frame(writer, 10, 1);
    }
    EXPECT_THAT(clean(), testing::Contains(name_));
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), has(Status::not_found));
}

TEST_F(CleanV2, RemovesACorruptBufferThatNobodyHolds) {
    {
        auto writer = Writer::create(name_, make_options(Layout::v2));
        write_frame(writer, 10, 1);
    }
    Image(name_).store<std::uint64_t>(v2_offset::payload_size, 1);
    EXPECT_THAT(clean(), testing::Contains(name_));
}

TEST_F(CleanV2, RemovesWhatADyingCreatorHid) {
    const std::string hidden = ".zerobuffer-" + name_;
    Image::make(hidden, 100'000);
    EXPECT_THAT(clean(true), testing::Contains(hidden));
    EXPECT_THAT(clean(), testing::Contains(hidden));
    EXPECT_THAT(clean(), testing::Not(testing::Contains(hidden)));
}

TEST_F(CleanV2, LeavesForeignFilesAlone) {
    Image::make(name_, 100'000).store<std::uint64_t>(0, 0x464c457f);
    EXPECT_THAT(clean(), testing::Not(testing::Contains(name_)));
    EXPECT_EQ(Image(name_).size(), 100'000);
    bury(name_);
}

}  // namespace
}  // namespace zerobuffer::test
