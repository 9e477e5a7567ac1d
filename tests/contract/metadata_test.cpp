// SPDX-License-Identifier: MIT
// Metadata: one description of the stream, seen whole or not at all.
#include <optional>
#include <thread>
#include <vector>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class Metadata : public EveryLayout {
protected:
    static std::string text(const std::optional<std::vector<std::byte>>& metadata) {
        return metadata ? text_of(*metadata) : "nothing";
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, Metadata, layouts(), layout_name);

TEST_P(Metadata, IsNothingBeforeItIsPublished) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    EXPECT_FALSE(reader.metadata());
    EXPECT_FALSE(reader.metadata(brief));
    EXPECT_FALSE(inspect(name_).metadata);
}

TEST_P(Metadata, ArrivesAsPublished) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    writer.publish_metadata(bytes_of("640x480 rgb24"));
    EXPECT_EQ(text(reader.metadata()), "640x480 rgb24");
    EXPECT_EQ(text(reader.metadata()), "640x480 rgb24");
    EXPECT_EQ(text(inspect(name_).metadata), "640x480 rgb24");
}

TEST_P(Metadata, MayBeEmpty) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    writer.publish_metadata({});
    EXPECT_EQ(text(reader.metadata()), "");
}

TEST_P(Metadata, FillsItsBlock) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    const auto content = Pattern().bytes(writer.metadata_size() - 8, 1);
    writer.publish_metadata(content);
    EXPECT_EQ(reader.metadata(), content);
}

TEST_P(Metadata, OfOneByteMoreThanItsBlockIsRefused) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    const auto content = Pattern().bytes(writer.metadata_size() - 7, 1);
    EXPECT_THAT(failure_of([&] {
                    writer.publish_metadata(content);
                    return 0;
                }),
                says(Status::too_large, name_, "metadata of 4089 bytes", "larger metadata_size"));
    EXPECT_FALSE(reader.metadata());
    writer.publish_metadata(bytes_of("fits"));
    EXPECT_EQ(text(reader.metadata()), "fits");
}

TEST_P(Metadata, IsRefusedWithoutABlock) {
    Options none = options();
    none.metadata_size = 0;
    auto reader = Reader::create(name_, none);
    auto writer = Writer::open(name_);
    EXPECT_EQ(writer.metadata_size(), 0);
    EXPECT_THAT(failure_of([&] {
                    writer.publish_metadata({});
                    return 0;
                }),
                says(Status::too_large, name_, "made for 0", "larger metadata_size"));
    EXPECT_FALSE(reader.metadata());
}

TEST_P(Metadata, OfTheSameBytesAgainDoesNothing) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    writer.publish_metadata(bytes_of("same"));
    writer.publish_metadata(bytes_of("same"));
    EXPECT_EQ(text(reader.metadata()), "same");
}

TEST_P(Metadata, OfOtherBytesIsRefusedAndTheFirstStays) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    writer.publish_metadata(bytes_of("first"));
    EXPECT_THAT(failure_of([&] {
                    writer.publish_metadata(bytes_of("second"));
                    return 0;
                }),
                says(Status::misuse, name_, "published before and differs", "once"));
    EXPECT_EQ(text(reader.metadata()), "first");
}

TEST_P(Metadata, OfTheSameBytesByTheNextWriterDoesNothing) {
    auto reader = Reader::create(name_, options());
    Writer::open(name_).publish_metadata(bytes_of("same"));
    Writer::open(name_).publish_metadata(bytes_of("same"));
    EXPECT_EQ(text(reader.metadata()), "same");
}

TEST_P(Metadata, StaysWhenItsWriterIsGone) {
    auto reader = Reader::create(name_, options());
    Writer::open(name_).publish_metadata(bytes_of("stays"));
    EXPECT_EQ(text(reader.metadata()), "stays");
}

TEST_P(Metadata, DisturbsNoFrame) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    write_frame(writer, 1000, 1);
    writer.publish_metadata(bytes_of("between"));
    write_frame(writer, 1000, 2);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 1000, 1));
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 1000, 2));
}

// Whoever waits for metadata must not take what tells of frames.
TEST_P(Metadata, WaitForItLosesNoFrame) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    for (std::uint64_t number = 1; number <= 5; ++number) {
        write_frame(writer, 10, number);
    }
    EXPECT_FALSE(reader.metadata(brief));
    for (std::uint64_t number = 1; number <= 5; ++number) {
        const auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame) << "frame " << number;
        EXPECT_TRUE(holds(*frame, 10, number));
    }
}

TEST_P(Metadata, EndsTheWaitForIt) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    std::optional<std::vector<std::byte>> found;
    std::thread waiting([&] { found = reader.metadata(deadline); });
    writer.publish_metadata(bytes_of("late"));
    waiting.join();
    EXPECT_EQ(text(found), "late");
}

class MetadataV2 : public BufferTest {};

TEST_F(MetadataV2, OfTheNextWriterReplacesTheOldOne) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    Writer::open(name_).publish_metadata(bytes_of("old, and longer than the next"));
    Writer::open(name_).publish_metadata(bytes_of("new"));
    EXPECT_EQ(text_of(*reader.metadata()), "new");
}

TEST_F(MetadataV2, IsThereForAReaderThatComesLater) {
    auto writer = Writer::create(name_, make_options(Layout::v2));
    writer.publish_metadata(bytes_of("early"));
    EXPECT_EQ(text_of(*Reader::open(name_).metadata()), "early");
    EXPECT_EQ(text_of(*Reader::open(name_).metadata()), "early");
}

// The reader sees one or the other, never a mixture.
TEST_F(MetadataV2, IsNeverSeenTorn) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    std::thread publisher([&] {
        for (std::uint64_t round = 0; round < 300; ++round) {
            auto writer = Writer::open(name_);
            writer.publish_metadata(std::vector<std::byte>(4000 - round, static_cast<std::byte>(round)));
        }
    });
    std::uint64_t seen = 0;
    for (std::uint64_t last = 0; last != 299;) {
        std::optional<std::vector<std::byte>> metadata;
        try {
            metadata = reader.metadata(deadline);
        } catch (const Error& error) {
            // The writer before has left, and the next one is just at it.
            ASSERT_EQ(error.status(), Status::peer_closed) << error.what();
            continue;
        }
        ASSERT_TRUE(metadata);
        const std::uint64_t round = 4000 - metadata->size();
        const std::vector<std::byte> whole(metadata->size(), static_cast<std::byte>(round));
        ASSERT_EQ(*metadata, whole);
        ASSERT_GE(round, last);
        last = round;
        ++seen;
    }
    EXPECT_GT(seen, 0);
    publisher.join();
}

class MetadataV1 : public BufferTest {};

TEST_F(MetadataV1, OfTheNextWriterIsRefusedIfItDiffers) {
    auto reader = Reader::create(name_, make_options(Layout::v1));
    Writer::open(name_).publish_metadata(bytes_of("first"));
    auto writer = Writer::open(name_);
    EXPECT_THAT(failure_of([&] {
                    writer.publish_metadata(bytes_of("second"));
                    return 0;
                }),
                has(Status::misuse));
    EXPECT_EQ(text_of(*reader.metadata()), "first");
}

}  // namespace
}  // namespace zerobuffer::test
