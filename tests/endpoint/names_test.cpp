// SPDX-License-Identifier: MIT
// Who makes a buffer, who may join it, and when its name goes: all in one process, where locks count per endpoint.
#include <thread>

#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class Names : public EveryLayout {};

INSTANTIATE_TEST_SUITE_P(Layouts, Names, layouts(), layout_name);

TEST_P(Names, SecondReaderIsRefusedAndTheFirstGoesOn) {
    auto reader = Reader::create(name_, options());
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, options()); }),
                says(Status::busy, name_, "reader", "close that one first, or choose another name"));
    auto writer = Writer::open(name_);
    write_frame(writer, 10, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

TEST_P(Names, ReplaceRemovesNoLiveReader) {
    auto reader = Reader::create(name_, options());
    Options replacing = options();
    replacing.replace = true;
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, replacing); }), has(Status::busy));
    auto writer = Writer::open(name_);
    write_frame(writer, 10, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

TEST_P(Names, SecondWriterIsRefusedAndTheFirstGoesOn) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    EXPECT_THAT(failure_of([&] { return Writer::open(name_); }),
                says(Status::busy, name_, "writer", "close that one first"));
    write_frame(writer, 10, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

TEST_P(Names, WriterFindsNoBufferBeforeItIsMade) {
    EXPECT_THAT(failure_of([&] { return Writer::open(name_); }),
                says(Status::not_found, name_, "does not exist", "or wait for it"));
}

TEST_P(Names, WriterWaitsForTheBuffer) {
    std::optional<Writer> writer;
    Options waiting;
    waiting.wait_for_peer = deadline;
    std::thread thread([&] { writer.emplace(Writer::open(name_, waiting)); });
    auto reader = Reader::create(name_, options());
    thread.join();
    write_frame(*writer, 10, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

TEST_P(Names, WriterThatWaitsInVainSaysSo) {
    Options waiting;
    waiting.wait_for_peer = 10ms;
    EXPECT_THAT(failure_of([&] { return Writer::open(name_, waiting); }), has(Status::not_found));
}

TEST_P(Names, LastOneOutRemovesEverything) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    writer.close();
    EXPECT_EQ(inspect(name_).status, Status::ok);
    reader.close();
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), has(Status::not_found));
}

TEST_P(Names, NextBufferOfTheNameStartsAfresh) {
    for (int round = 0; round < 3; ++round) {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        EXPECT_FALSE(reader.stats().resumed);
        EXPECT_EQ(write_frame(writer, 10, 1), 1);
    }
}

TEST_P(Names, BuffersOfDifferentNamesAreIndependent) {
    const std::string other = unique_name();
    auto reader = Reader::create(name_, options());
    auto other_reader = Reader::create(other, options());
    auto writer = Writer::open(name_);
    auto other_writer = Writer::open(other);
    write_frame(writer, 10, 1);
    EXPECT_FALSE(other_reader.acquire(no_wait));
    EXPECT_TRUE(reader.acquire(no_wait));
}

TEST_P(Names, LongestNameWorks) {
    const std::string longest = name_ + std::string(200 - name_.size(), 'x');
    auto reader = Reader::create(longest, options());
    auto writer = Writer::open(longest);
    write_frame(writer, 10, 1);
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_EQ(inspect(longest).name, longest);
}

TEST_P(Names, EveryLegalCharacterWorks) {
    const std::string odd = "A-Z_a.z0-9." + name_;
    auto reader = Reader::create(odd, options());
    EXPECT_EQ(Writer::open(odd).name(), odd);
}

class NamesV1 : public BufferTest {};

TEST_F(NamesV1, BufferIsAlwaysMadeByItsReader) {
    EXPECT_THAT(failure_of([&] { return Writer::create(name_, make_options(Layout::v1)); }),
                says(Status::misuse, name_, "made by its reader", "open it, or use layout v2"));
    auto reader = Reader::create(name_, make_options(Layout::v1));
    EXPECT_THAT(failure_of([&] { return Reader::open(name_); }),
                says(Status::incompatible, name_, "made by its reader", "use create"));
}

TEST_F(NamesV1, WriterIsToldAtOnceThatItsReaderLeft) {
    auto reader = Reader::create(name_, make_options(Layout::v1));
    auto writer = Writer::open(name_);
    reader.close();
    EXPECT_THAT(failure_of([&] { return writer.write(bytes_of("x"), no_wait); }), has(Status::peer_closed));
}

class NamesV2 : public BufferTest {
protected:
    static Options shape() { return make_options(Layout::v2); }
    static Options replacing(Options options) {
        options.replace = true;
        return options;
    }
    std::uint64_t creation_id() const { return inspect(name_).creation_id; }
};

TEST_F(NamesV2, WriterMayComeFirst) {
    auto writer = Writer::create(name_, shape());
    write_frame(writer, 10, 1);
    auto reader = Reader::open(name_);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

TEST_F(NamesV2, BothMayCreateInEitherOrder) {
    {
        auto writer = Writer::create(name_, shape());
        auto reader = Reader::create(name_, shape());
        write_frame(writer, 10, 1);
        EXPECT_TRUE(reader.acquire(no_wait));
    }
    auto reader = Reader::create(name_, shape());
    auto writer = Writer::create(name_, shape());
    write_frame(writer, 10, 1);
    EXPECT_TRUE(reader.acquire(no_wait));
}

TEST_F(NamesV2, BothMayOpenWhatAnotherMade) {
    auto first = Writer::create(name_, shape());
    auto reader = Reader::open(name_);
    first.close();
    auto writer = Writer::open(name_);
    write_frame(writer, 10, 1);
    EXPECT_TRUE(reader.acquire(no_wait));
}

TEST_F(NamesV2, ReaderFindsNoBufferBeforeItIsMade) {
    EXPECT_THAT(failure_of([&] { return Reader::open(name_); }),
                says(Status::not_found, name_, "does not exist", "or wait for it"));
}

TEST_F(NamesV2, ReaderWaitsForTheBuffer) {
    std::optional<Reader> reader;
    Options waiting;
    waiting.wait_for_peer = deadline;
    std::thread thread([&] { reader.emplace(Reader::open(name_, waiting)); });
    auto writer = Writer::create(name_, shape());
    thread.join();
    write_frame(writer, 10, 1);
    EXPECT_TRUE(reader->acquire(no_wait));
}

TEST_F(NamesV2, CapacitiesThatRoundToTheSameAreTheSameShape) {
    auto writer = Writer::create(name_, make_options(Layout::v2, 1));
    auto reader = Reader::create(name_, make_options(Layout::v2, 65'536));
    EXPECT_EQ(reader.capacity(), 65'536);
}

TEST_F(NamesV2, AnotherShapeIsRefusedWhileAWriterIsThereEvenWithReplace) {
    auto writer = Writer::create(name_, shape());
    const std::uint64_t id = creation_id();
    Options other_capacity = shape();
    other_capacity.capacity *= 2;
    Options other_metadata = shape();
    other_metadata.metadata_size = 64;
    Options other_alignment = shape();
    other_alignment.alignment = 4096;
    for (const Options& other : {other_capacity, other_metadata, other_alignment}) {
        const auto refused = says(Status::incompatible, name_, "exists with capacity 65536", "ask for the same");
        EXPECT_THAT(failure_of([&] { return Reader::create(name_, other); }), refused);
        EXPECT_THAT(failure_of([&] { return Reader::create(name_, replacing(other)); }), refused);
    }
    EXPECT_EQ(creation_id(), id);
    EXPECT_TRUE(Reader::create(name_, shape()).wait_for_peer(no_wait));
}

TEST_F(NamesV2, SameShapeAttachesToALiveWriterEvenWithReplace) {
    auto writer = Writer::create(name_, shape());
    write_frame(writer, 10, 1);
    auto reader = Reader::create(name_, replacing(shape()));
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

TEST_F(NamesV2, WriterThatClosesLeavesUnreadFramesToAReaderToCome) {
    {
        auto writer = Writer::create(name_, shape());
        write_frame(writer, 10, 1);
        write_frame(writer, 10, 2);
    }
    auto reader = Reader::open(name_);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 2));
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_closed));
}

TEST_F(NamesV2, WriterThatClosesAloneWithoutUnreadFramesRemovesTheName) {
    {
        auto writer = Writer::create(name_, shape());
        auto reader = Reader::open(name_);
        write_frame(writer, 10, 1);
        EXPECT_TRUE(reader.acquire(no_wait));
        reader.close();
        EXPECT_EQ(inspect(name_).reader.state, PeerState::closed);
    }
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), has(Status::not_found));
}

TEST_F(NamesV2, NextReaderResumesWhereTheLastOneStopped) {
    auto writer = Writer::create(name_, shape());
    for (std::uint64_t number = 1; number <= 3; ++number) {
        write_frame(writer, 10, number);
    }
    {
        auto reader = Reader::open(name_);
        EXPECT_FALSE(reader.stats().resumed);
        EXPECT_TRUE(reader.acquire(no_wait));
    }
    auto reader = Reader::open(name_);
    EXPECT_TRUE(reader.stats().resumed);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 2));
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 3));
}

TEST_F(NamesV2, ReplaceThrowsAwayWhatNobodyHolds) {
    {
        auto writer = Writer::create(name_, shape());
        write_frame(writer, 10, 1);
    }
    const std::uint64_t id = creation_id();
    auto reader = Reader::create(name_, replacing(shape()));
    EXPECT_FALSE(reader.acquire(no_wait));
    EXPECT_FALSE(reader.stats().resumed);
    EXPECT_NE(creation_id(), id);
    EXPECT_EQ(Writer::open(name_).write(bytes_of("x")), 1);
}

TEST_F(NamesV2, AnotherShapeOfWhatNobodyHoldsNeedsReplace) {
    {
        auto writer = Writer::create(name_, shape());
        write_frame(writer, 10, 1);
    }
    Options larger = shape();
    larger.capacity *= 2;
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, larger); }),
                says(Status::incompatible, name_, "asked for capacity 131072", "replace, clean"));
    EXPECT_EQ(Reader::create(name_, replacing(larger)).capacity(), larger.capacity);
}

TEST_F(NamesV2, BufferWithoutANameGoesOnAndLeavesItsSuccessorAlone) {
    auto reader = Reader::create(name_, shape());
    auto writer = Writer::open(name_);
    bury(name_);  // as a cleaner of temporary files may do
    auto successor = Writer::create(name_, shape());
    write_frame(writer, 10, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
    reader.close();
    writer.close();
    EXPECT_EQ(inspect(name_).writer.state, PeerState::attached);
}

TEST_F(NamesV2, PermissionsAreThoseAskedForWhateverTheMask) {
    const mode_t mask = ::umask(0077);
    for (const std::uint32_t permissions : {0600U, 0640U, 0666U}) {
        Options options = shape();
        options.permissions = permissions;
        const auto reader = Reader::create(name_, options);
        EXPECT_EQ(inspect(name_).mode, permissions);
        EXPECT_EQ(Image(name_).status().st_mode & 07777U, permissions);
    }
    ::umask(mask);
}

}  // namespace
}  // namespace zerobuffer::test
