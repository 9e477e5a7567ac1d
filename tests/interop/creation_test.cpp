// SPDX-License-Identifier: MIT
// Names, locks and half-built buffers between the library and the independent v1 peer.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// The pid that a writer stored, read from the file because a half-built buffer has nothing else to look at.
std::uint64_t stored_writer_pid(const std::string& name) {
    std::ifstream file(segment_file(name), std::ios::binary);
    std::uint64_t pid = 0;
    file.seekg(V1_WRITER_PID);
    file.read(reinterpret_cast<char*>(&pid), sizeof pid);
    return file ? pid : 0;
}

struct Stage {
    const char* name;
    Status status;
};

void PrintTo(const Stage& stage, std::ostream* out) { *out << stage.name; }

class HalfBuilt : public InteropTest, public testing::WithParamInterface<Stage> {
protected:
    [[nodiscard]] std::string create_until_stage() const { return create_command(256) + " until=" + GetParam().name; }
};

TEST_P(HalfBuilt, IsNotOpenedAndNotTouched) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_until_stage())));
    EXPECT_EQ(status_of([&] { return Writer::open(name_); }), GetParam().status);
    EXPECT_EQ(stored_writer_pid(name_), 0U);
    ASSERT_TRUE(ok(reader.ask("finish")));
    Writer writer = Writer::open(name_);
    EXPECT_TRUE(write_pattern(writer, 20, 0, 1, no_wait));
    EXPECT_TRUE(ok(reader.ask("receive 1")));
}

TEST_P(HalfBuilt, IsWaitedForUntilItIsComplete) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_until_stage())));
    Options options;
    options.wait_for_peer = deadline;
    auto opening = std::async(std::launch::async, [&] { return Writer::open(name_, options); });
    ASSERT_TRUE(ok(reader.ask("finish")));
    Writer writer = opening.get();
    EXPECT_TRUE(write_pattern(writer, 20, 0, 1, no_wait));
    EXPECT_TRUE(ok(reader.ask("receive 1")));
}

TEST_P(HalfBuilt, ByADeadReaderIsReplaced) {
    Peer dead;
    ASSERT_TRUE(ok(dead.ask(create_until_stage())));
    dead.kill();
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 20")));
    EXPECT_TRUE(reader.acquire(no_wait));
}

TEST_P(HalfBuilt, ByALiveReaderIsLeftAlone) {
    Peer other;
    ASSERT_TRUE(ok(other.ask(create_until_stage())));
    EXPECT_EQ(status_of([&] { return Reader::create(name_, v1_options(256)); }), Status::busy);
    EXPECT_TRUE(ok(other.ask("finish")));
    EXPECT_TRUE(ok(other.ask("state")));
}

INSTANTIATE_TEST_SUITE_P(Stages, HalfBuilt,
                         testing::Values(Stage{"lock", Status::not_found}, Stage{"empty", Status::not_ready},
                                         Stage{"zero", Status::not_ready}, Stage{"sizes", Status::not_ready},
                                         Stage{"block", Status::not_ready}, Stage{"half", Status::not_ready}),
                         [](const auto& stage) { return std::string(stage.param.name); });

using LiveOldReader = StyleTest;

TEST_P(LiveOldReader, KeepsItsBuffer) {
    Peer other(GetParam());
    Peer writer(GetParam());
    ASSERT_TRUE(ok(other.ask(create_command(256))));
    EXPECT_EQ(status_of([&] { return Reader::create(name_, v1_options(256)); }), Status::busy);
    Options replace = v1_options(256);
    replace.replace = true;
    EXPECT_EQ(status_of([&] { return Reader::create(name_, replace); }), Status::busy);
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 20")));
    EXPECT_TRUE(ok(other.ask("receive 1")));
    other.ask("close");
    bury();  // the Python reader leaves its semaphores
}

TEST_P(LiveOldReader, IsRefusedWhileOursLives) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer other(GetParam());
    EXPECT_EQ(other.ask(create_command(256)).status(), "locked");
    Writer writer = Writer::open(name_);
    EXPECT_TRUE(write_pattern(writer, 20, 0, 1, no_wait));
    EXPECT_TRUE(reader.acquire(no_wait));
}

TEST_P(LiveOldReader, DoesNotSweepOursAway) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer other(GetParam());
    EXPECT_EQ(other.ask("scan " + name_).number("removed"), 0U);
    Writer writer = Writer::open(name_);
    EXPECT_TRUE(write_pattern(writer, 20, 0, 1, no_wait));
}

TEST_P(LiveOldReader, TakesOverWhatOursLeavesByDying) {
    Peer old(GetParam());
    {
        Peer ours;  // stands for any process of ours: what counts is that its locks are gone and its pid is dead
        ASSERT_TRUE(ok(ours.ask(create_command(256))));
        ours.kill();
    }
    ASSERT_EQ(old.ask("scan " + name_).status(), "ok");
    EXPECT_TRUE(ok(old.ask(create_command(256))));
    old.ask("close");
    bury();  // C# looks for lock files elsewhere, Python leaves its semaphores
}

INSTANTIATE_TEST_SUITE_P(Styles, LiveOldReader, every_style(), style_name);

using OurReaderFiles = InteropTest;

TEST_F(OurReaderFiles, AreAllThereWhileItLivesAndGoneAfterwards) {
    Reader reader = Reader::create(name_, v1_options(256));
    EXPECT_THAT(files_of(name_),
                UnorderedElementsAre(segment_file(name_), data_semaphore_file(name_), space_semaphore_file(name_),
                                     lock_file(name_), csharp_lock_file(name_)));
    EXPECT_TRUE(is_locked(lock_file(name_)));
    EXPECT_TRUE(is_locked(csharp_lock_file(name_)));
    reader.close();
    EXPECT_THAT(files_of(name_), IsEmpty());
}

TEST_F(OurReaderFiles, OfASecondReaderThatIsRefusedDoNotAppear) {
    Reader reader = Reader::create(name_, v1_options(256));
    const auto before = files_of(name_);
    EXPECT_EQ(status_of([&] { return Reader::create(name_, v1_options(256)); }), Status::busy);
    EXPECT_EQ(files_of(name_), before);
    EXPECT_TRUE(is_locked(lock_file(name_)));
    EXPECT_TRUE(is_locked(csharp_lock_file(name_)));
}

using Leftovers = InteropTest;

TEST_F(Leftovers, OfADeadReaderAndADeadWriterAreReplaced) {
    {
        Peer reader;
        Peer writer;
        ASSERT_TRUE(ok(reader.ask(create_command(256))));
        ASSERT_TRUE(ok(writer.ask("connect " + name_)));
        ASSERT_TRUE(ok(writer.ask("write 20")));
        writer.kill();
        reader.kill();
    }
    Reader reader = Reader::create(name_, v1_options(512));
    V1View view(name_);
    EXPECT_EQ(view.word(V1_WRITER_PID), 0U);
    EXPECT_EQ(view.state(), (V1State{.free = 512}));
}

TEST_F(Leftovers, SemaphoresWithoutASegmentDoNotCarryTheirTokensOver) {
    {
        Peer both;
        ASSERT_TRUE(ok(both.ask(create_command(256))));
        ASSERT_TRUE(ok(both.ask("connect " + name_)));
        ASSERT_TRUE(ok(both.ask("send 3 20 20")));
        both.ask("remove segment");
        both.kill();
    }
    Reader reader = Reader::create(name_, v1_options(256));
    EXPECT_EQ(V1View(name_).state(), (V1State{.free = 256}));
    EXPECT_FALSE(reader.acquire(no_wait));
}

TEST_F(Leftovers, SegmentWithoutSemaphoresIsReplaced) {
    {
        Peer dead;
        ASSERT_TRUE(ok(dead.ask(create_command(256))));
        dead.ask("remove semaphores");
        dead.kill();
    }
    Reader reader = Reader::create(name_, v1_options(256));
    EXPECT_EQ(V1View(name_).state(), (V1State{.free = 256}));
}

TEST_F(Leftovers, SegmentOfADeadReaderIsNotOpened) {
    Peer dead;
    ASSERT_TRUE(ok(dead.ask(create_command(256))));
    dead.kill();
    EXPECT_EQ(status_of([&] { return Writer::open(name_); }), Status::not_ready);
    EXPECT_EQ(stored_writer_pid(name_), 0U);
    bury();
}

TEST_F(Leftovers, AttachedWriterOfADeadReaderIsToldThroughTheOldSegment) {
    Peer dead;
    ASSERT_TRUE(ok(dead.ask(create_command(256))));
    V1View old(name_);
    dead.kill();
    Reader reader = Reader::create(name_, v1_options(256));
    EXPECT_EQ(old.word(V1_READER_PID), 0U);
    EXPECT_EQ(V1View(name_).word(V1_READER_PID), static_cast<std::uint64_t>(::getpid()));
}

TEST_F(Leftovers, LongestNameOfAnOldBufferIsOpened) {
    const std::string longest = name_ + std::string(245 - name_.size(), 'x');
    Peer reader;
    ASSERT_TRUE(ok(reader.ask("create " + longest + " 64 256")));
    {
        Writer writer = Writer::open(longest);
        EXPECT_TRUE(write_pattern(writer, 20, 0, 1, no_wait));
    }
    EXPECT_TRUE(ok(reader.ask("receive 1")));
    EXPECT_TRUE(ok(reader.ask("close")));
    EXPECT_THAT(files_of(longest), IsEmpty());
}

}  // namespace
}  // namespace zerobuffer::interop
