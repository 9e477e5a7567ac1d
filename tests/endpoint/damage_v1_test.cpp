// SPDX-License-Identifier: MIT
// v1 segments that are too short, half built, of another version, or damaged in any field: refused with the field and its
// value, and left exactly as they were.
#include <vector>

#include "endpoint/damage.hpp"

namespace zerobuffer::test {
namespace {

/// A v1 buffer whose reader is there.
class DamagedV1 : public BufferTest, public testing::WithParamInterface<Damage> {
protected:
    static Options v1() { return make_options(Layout::v1); }
};

const std::vector<Damage> damages_of_v1 = {
    {"Empty", resize(0), Status::not_ready, "not sized it yet"},
    {"ShorterThanAnyControlBlock", resize(100), Status::not_ready, "not sized it yet"},
    {"ShorterThanItsPayload", resize(5000), Status::corrupt, "payload_size is 65536"},
    {"HalfBuilt", store<std::uint64_t>(v1_offset::oieb_size, 0), Status::not_ready, "creator has not finished"},
    {"OfAnotherVersion", store<std::uint8_t>(v1_offset::version, 2), Status::incompatible, "version is 2"},
    {"WithoutCapacity", store<std::uint64_t>(v1_offset::payload_size, 0), Status::corrupt, "payload_size is 0"},
    {"WithHugeCapacity", store<std::uint64_t>(v1_offset::payload_size, huge), Status::corrupt, "payload_size is"},
    {"WithHugeMetadata", store<std::uint64_t>(v1_offset::metadata_size, ~std::uint64_t{0}), Status::corrupt,
     "metadata_size is"}};

class DamagedShapeV1 : public DamagedV1 {};

INSTANTIATE_TEST_SUITE_P(Table, DamagedShapeV1, testing::ValuesIn(damages_of_v1), label_of);

TEST_P(DamagedShapeV1, IsRefusedByWhoOpensAndLeftAsItIs) {
    auto reader = Reader::create(name_, v1());
    const Image image(name_);
    const auto good = image.bytes();
    GetParam().apply(image);
    const auto before = image.bytes();
    const auto refused = says(GetParam().status, name_, GetParam().cause, "");
    EXPECT_THAT(failure_of([&] { return Writer::open(name_); }), refused);
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), refused);
    EXPECT_TRUE(image.bytes() == before);
    // For the reader, which is about to close it.
    image.resize(good.size());
}

TEST_F(DamagedV1, MissingSemaphoresAreNotReady) {
    auto reader = Reader::create(name_, v1());
    ASSERT_EQ(::unlink(("/dev/shm/sem.sem-w-" + name_).c_str()), 0);
    EXPECT_THAT(failure_of([&] { return Writer::open(name_); }),
                says(Status::not_ready, name_, "semaphores", "try again"));
    EXPECT_EQ(Image(name_).load(v1_offset::writer_pid), 0) << "nothing was stored";
}

const std::vector<Damage> damages_for_a_v1_writer = {
    {"WritePositionBehindTheRing", store<std::uint64_t>(v1_offset::write_position, 1 << 20), Status::corrupt,
     "payload_write_pos is 1048576"},
    {"MoreFreeThanTheRingHas", store<std::uint64_t>(v1_offset::free_bytes, 1 << 20), Status::corrupt,
     "payload_free_bytes is 1048576"}};

class DamagedForAV1Writer : public DamagedV1 {};

INSTANTIATE_TEST_SUITE_P(Table, DamagedForAV1Writer, testing::ValuesIn(damages_for_a_v1_writer), label_of);

TEST_P(DamagedForAV1Writer, IsRefused) {
    auto reader = Reader::create(name_, v1());
    GetParam().apply(Image(name_));
    EXPECT_THAT(failure_of([&] { return Writer::open(name_); }),
                says(GetParam().status, name_, GetParam().cause, "create the buffer with replace"));
}

constexpr std::uint64_t second_v1_frame = v1_offset::metadata + 4096 + 116;

const std::vector<Damage> damages_of_a_v1_frame = {
    {"SequenceSkips", store<std::uint64_t>(second_v1_frame + 8, 3), Status::corrupt, "frame sequence is 3"},
    {"LargerThanTheRing", store<std::uint64_t>(second_v1_frame, 1 << 20), Status::corrupt, "frame size is 1048576"},
    {"LargerThanWhatWasWritten", store<std::uint64_t>(second_v1_frame, 200), Status::corrupt, "frame size is 200"},
    {"AlmostTwoToThe64", store<std::uint64_t>(second_v1_frame, ~std::uint64_t{15}), Status::corrupt, "frame size is"}};

class DamagedFrameV1 : public DamagedV1 {};

INSTANTIATE_TEST_SUITE_P(Table, DamagedFrameV1, testing::ValuesIn(damages_of_a_v1_frame), label_of);

TEST_P(DamagedFrameV1, PoisonsTheReaderAfterTheGoodOnes) {
    auto reader = Reader::create(name_, v1());
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    write_frame(writer, 100, 2);
    const auto held = reader.acquire(no_wait);
    ASSERT_TRUE(holds(*held, 100, 1));
    GetParam().apply(Image(name_));
    const auto refused = says(GetParam().status, name_, GetParam().cause, "create the buffer with replace");
    EXPECT_THAT(failure_of([&] { return reader.acquire(no_wait); }), refused);
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), refused);
    EXPECT_TRUE(holds(*held, 100, 1)) << "what was handed out stays";
}

TEST_P(DamagedFrameV1, EndsABatchAndIsSaidNext) {
    auto reader = Reader::create(name_, v1());
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    write_frame(writer, 100, 2);
    GetParam().apply(Image(name_));
    std::array<Frame, 5> frames;
    EXPECT_EQ(reader.acquire_many(frames, no_wait), 1);
    EXPECT_THAT(failure_of([&] { return reader.acquire_many(frames, no_wait); }), has(GetParam().status));
}

TEST_F(DamagedV1, ReadPositionAtTheEndIsTheStart) {
    auto reader = Reader::create(name_, v1());
    const Image image(name_);
    image.store(v1_offset::read_position, image.load(v1_offset::payload_size));
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 1));
}

// In containers every process has the number 1.
TEST_F(DamagedV1, OwnProcessNumberIsThatOfADeadWriter) {
    auto reader = Reader::create(name_, v1());
    Image(name_).store<std::uint64_t>(v1_offset::writer_pid, static_cast<std::uint64_t>(::getpid()));
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 1));
}

TEST_F(DamagedV1, WritePositionBehindTheRingPoisonsTheReader) {
    auto reader = Reader::create(name_, v1());
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    Image(name_).store<std::uint64_t>(v1_offset::write_position, 1 << 20);
    EXPECT_THAT(failure_of([&] { return reader.acquire(no_wait); }),
                says(Status::corrupt, name_, "payload_write_pos is 1048576", "create the buffer with replace"));
}

}  // namespace
}  // namespace zerobuffer::test
