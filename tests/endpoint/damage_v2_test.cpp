// SPDX-License-Identifier: MIT
// v2 segments that are too short, half built, of another version, or damaged in any field: refused with the field and its
// value, and left exactly as they were.
#include <vector>

#include "endpoint/damage.hpp"

namespace zerobuffer::test {
namespace {

/// A v2 buffer of 64 KiB with two frames of 100 bytes that nobody has read, and nobody attached.
class DamagedV2 : public BufferTest, public testing::WithParamInterface<Damage> {
protected:
    DamagedV2() {
        auto writer = Writer::create(name_, make_options(Layout::v2));
        write_frame(writer, 100, 1);
        write_frame(writer, 100, 2);
    }
    void TearDown() override {
        bury(name_);
        BufferTest::TearDown();
    }
};

constexpr std::uint64_t second_frame = v2_offset::payload + 192;
constexpr std::uint64_t next_header = v2_offset::payload + 384;

// What everybody sees who opens the segment.
const std::vector<Damage> damages_of_the_shape = {
    {"Empty", resize(0), Status::not_ready, "not sized it yet"},
    {"ShorterThanAnyControlBlock", resize(100), Status::not_ready, "not sized it yet"},
    {"ShorterThanItsControlBlock", resize(4096), Status::corrupt, "file size is 4096"},
    {"ShorterThanItsPayload", resize(v2_offset::payload + 100), Status::corrupt, "payload"},
    {"HalfBuilt", store<std::uint64_t>(v2_offset::oieb_size, 0), Status::not_ready, "creator has not finished"},
    {"OfUnknownSize", store<std::uint32_t>(v2_offset::oieb_size, 256), Status::incompatible,
     "control block size is 256"},
    {"OfAnotherVersion", store<std::uint32_t>(v2_offset::version, 3), Status::incompatible, "version is 3"},
    {"WithoutMagic", store<std::uint64_t>(v2_offset::magic, 0), Status::corrupt, "magic is 0"},
    {"WithUnknownFlags", store<std::uint32_t>(v2_offset::flags, 1), Status::incompatible, "flags is 1"},
    {"WithoutCapacity", store<std::uint64_t>(v2_offset::payload_size, 0), Status::corrupt, "payload_size is 0"},
    {"WithOddCapacity", store<std::uint64_t>(v2_offset::payload_size, 4096), Status::corrupt, "payload_size is 4096"},
    {"LargerThanItsFile", store<std::uint64_t>(v2_offset::payload_size, 1 << 20), Status::corrupt, "payload"},
    {"WithHugeCapacity", store<std::uint64_t>(v2_offset::payload_size, huge), Status::corrupt, "payload_size is"},
    {"WithOddPayloadOffset", store<std::uint64_t>(v2_offset::payload_offset, 8192), Status::corrupt,
     "payload_offset is 8192"},
    {"WithPayloadBehindTheFile", store<std::uint64_t>(v2_offset::payload_offset, huge), Status::corrupt,
     "payload_offset is"},
    {"WithPayloadOnTheControlBlock", store<std::uint64_t>(v2_offset::payload_offset, 0), Status::corrupt, "_offset is"},
    {"WithMetadataOnTheControlBlock", store<std::uint64_t>(v2_offset::metadata_offset, 0x80), Status::corrupt,
     "metadata_offset is 128"},
    {"WithOddMetadataOffset", store<std::uint64_t>(v2_offset::metadata_offset, 8193), Status::corrupt,
     "metadata_offset is 8193"},
    {"WithMetadataBehindThePayload", store<std::uint64_t>(v2_offset::metadata_offset, huge), Status::corrupt,
     "metadata_offset is"},
    {"WithHugeMetadata", store<std::uint64_t>(v2_offset::metadata_size, huge), Status::corrupt, "metadata"},
    {"WithoutAlignment", store<std::uint32_t>(v2_offset::alignment, 0), Status::corrupt, "alignment is 0"},
    {"WithOddAlignment", store<std::uint32_t>(v2_offset::alignment, 24), Status::corrupt, "alignment is 24"},
    {"WithLargeAlignment", store<std::uint32_t>(v2_offset::alignment, 8192), Status::corrupt, "alignment is 8192"}};

class DamagedShapeV2 : public DamagedV2 {};

INSTANTIATE_TEST_SUITE_P(Table, DamagedShapeV2, testing::ValuesIn(damages_of_the_shape), label_of);

TEST_P(DamagedShapeV2, IsRefusedByEverybodyAndLeftAsItIs) {
    const Image image(name_);
    GetParam().apply(image);
    const auto before = image.bytes();
    const auto refused = says(GetParam().status, name_, GetParam().cause, "");
    EXPECT_THAT(failure_of([&] { return Reader::open(name_); }), refused);
    EXPECT_THAT(failure_of([&] { return Writer::open(name_); }), refused);
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), refused);
    EXPECT_NE(failure_of([&] { return Reader::create(name_, make_options(Layout::v2)); }).status, Status::ok);
    EXPECT_NE(failure_of([&] { return Writer::create(name_, make_options(Layout::v2)); }).status, Status::ok);
    EXPECT_TRUE(image.bytes() == before);
}

// What the messages recommend.
TEST_P(DamagedShapeV2, IsReplacedWhenAskedFor) {
    GetParam().apply(Image(name_));
    Options replacing = make_options(Layout::v2);
    replacing.replace = true;
    auto reader = Reader::create(name_, replacing);
    auto writer = Writer::open(name_);
    EXPECT_EQ(write_frame(writer, 10, 1), 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

// What only the side sees that takes the ring over.
const std::vector<Damage> damages_for_a_writer = {
    {"ProducerPositionNotAligned", store<std::uint64_t>(v2_offset::producer_position, 385), Status::corrupt,
     "producer position is 385"},
    {"ProducerPositionTooFar", store<std::uint64_t>(v2_offset::producer_position, ~std::uint64_t{63}), Status::corrupt,
     "producer position is"},
    {"ConsumerAhead", store<std::uint64_t>(v2_offset::consumer_position, 1024), Status::corrupt,
     "consumer position is 1024"},
    {"ConsumerTooFarBehind",
     [](const Image& image) {
         image.store<std::uint64_t>(v2_offset::producer_position, 65'536 + 384);
         image.store<std::uint64_t>(v2_offset::consumer_position, 0);
     },
     Status::corrupt, "consumer position is 0"},
    {"FrameOfAnotherSequence", store<std::uint64_t>(next_header + 8, 77), Status::corrupt, "frame sequence is 77"},
    {"FrameTooLarge",
     [](const Image& image) {
         image.store<std::uint64_t>(next_header, huge);
         image.store<std::uint64_t>(next_header + 8, 3);
     },
     Status::corrupt, "frame size is"},
    {"TwoFramesBehindTheMirror",
     [](const Image& image) {
         image.store<std::uint64_t>(v2_offset::producer_position, 0);
         image.store<std::uint64_t>(v2_offset::producer_sequence, 0);
     },
     Status::corrupt, "header after the last frame"}};

class DamagedForAWriter : public DamagedV2 {};

INSTANTIATE_TEST_SUITE_P(Table, DamagedForAWriter, testing::ValuesIn(damages_for_a_writer), label_of);

TEST_P(DamagedForAWriter, IsRefusedByTheWriterAndLeftAsItIs) {
    const Image image(name_);
    GetParam().apply(image);
    const auto before = image.bytes();
    EXPECT_THAT(failure_of([&] { return Writer::open(name_); }),
                says(GetParam().status, name_, GetParam().cause, "create the buffer with replace"));
    EXPECT_TRUE(image.bytes() == before) << "no store before the ring is checked";
}

const std::vector<Damage> damages_for_a_reader = {
    {"ConsumerPositionNotAligned", store<std::uint64_t>(v2_offset::consumer_position, 1), Status::corrupt,
     "consumer position is 1"},
    {"ConsumerPositionTooFar", store<std::uint64_t>(v2_offset::consumer_position, ~std::uint64_t{63}), Status::corrupt,
     "consumer position is"},
    {"ProducerTooFarAhead", store<std::uint64_t>(v2_offset::producer_position, 1 << 20), Status::corrupt,
     "producer position is 1048576"},
    {"FrameOfAFutureSequence", store<std::uint64_t>(v2_offset::payload + 8, 3), Status::corrupt,
     "frame sequence is 3"}};

class DamagedForAReader : public DamagedV2 {};

INSTANTIATE_TEST_SUITE_P(Table, DamagedForAReader, testing::ValuesIn(damages_for_a_reader), label_of);

TEST_P(DamagedForAReader, IsRefusedByTheReaderAndLeftAsItIs) {
    const Image image(name_);
    GetParam().apply(image);
    const auto before = image.bytes();
    EXPECT_THAT(failure_of([&] { return Reader::open(name_); }),
                says(GetParam().status, name_, GetParam().cause, "create the buffer with replace"));
    EXPECT_TRUE(image.bytes() == before) << "no store before the ring is checked";
}

// What a reader meets on its way.
const std::vector<Damage> damages_of_the_second_frame = {
    {"SequenceSkips", store<std::uint64_t>(second_frame + 8, 3), Status::corrupt, "frame sequence is 3"},
    {"SequenceRepeats", store<std::uint64_t>(second_frame + 8, 1), Status::corrupt, "frame sequence is 1"},
    {"LargerThanTheRing", store<std::uint64_t>(second_frame, 65'536), Status::corrupt, "frame size is 65536"},
    {"LargerThanWhatIsLeft", store<std::uint64_t>(second_frame, 65'400), Status::corrupt, "frame size is 65400"},
    {"AlmostTwoToThe64", store<std::uint64_t>(second_frame, ~std::uint64_t{15}), Status::corrupt, "frame size is"}};

class DamagedFrameV2 : public DamagedV2 {};

INSTANTIATE_TEST_SUITE_P(Table, DamagedFrameV2, testing::ValuesIn(damages_of_the_second_frame), label_of);

TEST_P(DamagedFrameV2, PoisonsTheReaderAfterTheGoodOnes) {
    auto reader = Reader::open(name_);
    GetParam().apply(Image(name_));
    const auto held = reader.acquire(no_wait);
    ASSERT_TRUE(holds(*held, 100, 1));
    const auto refused = says(GetParam().status, name_, GetParam().cause, "create the buffer with replace");
    EXPECT_THAT(failure_of([&] { return reader.acquire(no_wait); }), refused);
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), refused);
    EXPECT_THAT(failure_of([&] { return reader.wait(no_wait); }), refused);
    EXPECT_TRUE(holds(*held, 100, 1)) << "what was handed out stays";
}

TEST_P(DamagedFrameV2, EndsABatchAndIsSaidNext) {
    auto reader = Reader::open(name_);
    GetParam().apply(Image(name_));
    std::array<Frame, 5> frames;
    EXPECT_EQ(reader.acquire_many(frames, no_wait), 1);
    EXPECT_THAT(failure_of([&] { return reader.acquire_many(frames, no_wait); }), has(GetParam().status));
}

class HostilePeerV2 : public BufferTest {};

TEST_F(HostilePeerV2, ConsumerThatGoesBackPoisonsTheWriter) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    auto writer = Writer::open(name_);
    for (std::uint64_t number = 1; number <= 5; ++number) {
        write_frame(writer, 10'000, number);
        static_cast<void>(reader.acquire(no_wait));
    }
    while (write_frame(writer, 10'000, 1)) {}
    Image(name_).store<std::uint64_t>(v2_offset::consumer_position, 0);
    EXPECT_THAT(failure_of([&] { return writer.claim(10'000, no_wait); }),
                says(Status::corrupt, name_, "consumer position is 0", "create the buffer with replace"));
}

TEST_F(HostilePeerV2, ConsumerAheadOfTheProducerPoisonsTheWriter) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    auto writer = Writer::open(name_);
    while (write_frame(writer, 10'000, 1)) {}
    Image(name_).store<std::uint64_t>(v2_offset::consumer_position, 1 << 20);
    EXPECT_THAT(failure_of([&] { return writer.claim(10'000, deadline); }), has(Status::corrupt));
    static_cast<void>(reader.acquire_latest(no_wait));
}

TEST_F(HostilePeerV2, ShapeThatChangesUnderAttachedPeersChangesNothing) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    auto writer = Writer::open(name_);
    const Image image(name_);
    image.store<std::uint64_t>(v2_offset::payload_size, huge);
    image.store<std::uint64_t>(v2_offset::payload_offset, huge);
    image.store<std::uint32_t>(v2_offset::alignment, 4096);
    for (std::uint64_t number = 1; number <= 200; ++number) {
        write_frame(writer, 3000, number);
        ASSERT_TRUE(holds(*reader.acquire(no_wait), 3000, number));
    }
}

TEST_F(HostilePeerV2, MetadataThatLiesIsCorrupt) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    auto writer = Writer::open(name_);
    writer.publish_metadata(bytes_of("described"));
    const Image image(name_);
    image.store<std::uint64_t>(v2_offset::metadata, huge);
    EXPECT_THAT(failure_of([&] { return inspect(name_); }),
                says(Status::corrupt, name_, "metadata length is", "create it with replace"));
    EXPECT_THAT(failure_of([&] { return reader.metadata(); }),
                says(Status::corrupt, name_, "metadata length is", "create the buffer with replace"));
}

// Whoever believed it would take a gibibyte of its own, and another one of shared memory to read the holes.
TEST_F(HostilePeerV2, MetadataThatIsAHoleIsCorrupt) {
    constexpr std::uint64_t hole = 1U << 30U;
    auto writer = Writer::create(name_, make_options(Layout::v2));
    const Image image(name_);
    image.resize(hole + 65'536);
    image.store<std::uint64_t>(v2_offset::payload_offset, hole);
    image.store<std::uint64_t>(v2_offset::metadata_size, hole - v2_offset::metadata);
    image.store<std::uint64_t>(v2_offset::metadata_written_bytes, hole - v2_offset::metadata);
    image.store<std::uint64_t>(v2_offset::metadata, hole - v2_offset::metadata - 8);
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), has(Status::corrupt));
    auto reader = Reader::open(name_);
    EXPECT_THAT(failure_of([&] { return reader.metadata(); }), has(Status::corrupt));
    EXPECT_LT(image.status().st_blocks * 512, 16 << 20);
}

TEST_F(HostilePeerV2, MetadataThatIsBeingWrittenForEverReadsAsNone) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    auto writer = Writer::open(name_);
    writer.publish_metadata(bytes_of("described"));
    Image(name_).store<std::uint64_t>(v2_offset::metadata_version, 3);
    EXPECT_FALSE(reader.metadata());
    EXPECT_FALSE(reader.metadata(brief));
    writer.close();
    EXPECT_THAT(failure_of([&] { return reader.metadata(brief); }), has(Status::peer_closed));
    auto next = Writer::open(name_);
    next.publish_metadata(bytes_of("again"));
    EXPECT_EQ(text_of(*reader.metadata()), "again");
}

}  // namespace
}  // namespace zerobuffer::test
