// SPDX-License-Identifier: MIT
// Old peers that die between two of their stores, at every point, and how the other side and its successor go on.
#include <signal.h>

#include <algorithm>

#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

struct KillPoint {
    const char* name;
    bool wraps;      // the frame in which the writer dies starts at the begin again
    bool published;  // write_position has moved: the frame is there, whatever the counters say
};

void PrintTo(const KillPoint& point, std::ostream* out) { *out << point.name; }

std::string point_name(const testing::TestParamInfo<KillPoint>& info) {
    std::string name = info.param.name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name + (info.param.wraps ? "_in_a_wrap" : "");
}

class OldWriterDies : public InteropTest, public testing::WithParamInterface<KillPoint> {
protected:
    /// The first frame ends where the second, of 60 bytes, has to wrap or has not.
    void write_first(Peer& writer) {
        EXPECT_TRUE(ok(writer.ask("connect " + name_)));
        EXPECT_TRUE(ok(writer.ask(GetParam().wraps ? "write 202" : "write 100")));
    }

    /// A reader of ours that has met the writer and released its first frame; then the writer dies in the second.
    Reader lose_writer() {
        Reader reader = Reader::create(name_, v1_options(256));
        Peer writer;
        write_first(writer);
        EXPECT_TRUE(reader.wait_for_peer(deadline));
        reader.acquire(no_wait)->release();
        die_in_second(writer);
        return reader;
    }

    static void die_in_second(Peer& writer) {
        EXPECT_TRUE(ok(writer.ask(std::string("kill-at ") + GetParam().name)));
        writer.send("write 60");
        EXPECT_EQ(writer.wait(), SIGKILL);
    }

    /// What the dead writer had published after its first frame, and then its death.
    static void expect_end(Reader& reader) {
        if (GetParam().published) {
            auto frame = reader.acquire(deadline);
            ASSERT_TRUE(frame);
            EXPECT_EQ(frame->sequence(), 2U);
            EXPECT_TRUE(matches(frame->bytes(), 0, 2));
        }
        EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_died);
    }
};

TEST_P(OldWriterDies, OurReaderDeliversWhatWasPublishedAndThenSaysSo) {
    Reader reader = lose_writer();
    expect_end(reader);
}

TEST_P(OldWriterDies, OurReaderGoesOnWithTheNextWriter) {
    Reader reader = lose_writer();
    ASSERT_NO_FATAL_FAILURE(expect_end(reader));
    Peer next;
    ASSERT_TRUE(ok(next.ask("connect " + name_)));
    for (std::uint64_t number = 1; number <= 20; ++number) {
        ASSERT_TRUE(ok(next.ask("write 40"))) << number;
        auto frame = reader.acquire(deadline);
        ASSERT_TRUE(frame) << number;
        EXPECT_TRUE(matches(frame->bytes(), 0, number));
    }
}

// The lap has one frame. From the published marker on, a header at 0 may be that one, or the one of the frame in flight.
bool loses_the_sequence(const KillPoint& point) {
    const std::string name = point.name;
    return point.wraps && (name == "marker-count" || name == "header" || name == "data");
}

TEST_P(OldWriterDies, OurWriterGoesOnForAnOldReader) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    Peer dead;
    write_first(dead);
    ASSERT_TRUE(ok(reader.ask("receive 1")));
    die_in_second(dead);
    Writer writer = Writer::open(name_);
    if (loses_the_sequence(GetParam())) {
        ASSERT_TRUE(write_pattern(writer, 40, 0, 1, deadline));
        ASSERT_EQ(writer.stats().sequence, 1) << "as every old writer starts";
        return;
    }
    const std::uint64_t first = GetParam().published ? 3 : 2;
    for (std::uint64_t number = first; number <= 20; ++number) {
        ASSERT_TRUE(write_pattern(writer, 40, 0, number, deadline)) << number;
        ASSERT_EQ(writer.stats().sequence, number);
        ASSERT_EQ(reader.ask("receive 1").status(), "ok") << number;
    }
}

INSTANTIATE_TEST_SUITE_P(Points, OldWriterDies,
                         testing::Values(KillPoint{"marker", true, false}, KillPoint{"marker-free", true, false},
                                         KillPoint{"marker-position", true, false},
                                         KillPoint{"marker-count", true, false}, KillPoint{"header", true, false},
                                         KillPoint{"data", true, false}, KillPoint{"position", true, true},
                                         KillPoint{"free", true, true}, KillPoint{"count", true, true},
                                         KillPoint{"post", true, true}, KillPoint{"header", false, false},
                                         KillPoint{"data", false, false}, KillPoint{"position", false, true},
                                         KillPoint{"free", false, true}, KillPoint{"count", false, true},
                                         KillPoint{"post", false, true}),
                         point_name);

class DeadWriter : public InteropTest {
protected:
    /// Writes two frames of that size, the second without taking its space.
    void leave_uncharged(std::uint64_t size) const {
        const std::string write = "write " + std::to_string(size);
        Peer dead;
        ASSERT_TRUE(ok(dead.ask("connect " + name_)));
        ASSERT_TRUE(ok(dead.ask(write)));
        ASSERT_TRUE(ok(dead.ask("kill-at position")));
        dead.send(write);
        ASSERT_EQ(dead.wait(), SIGKILL);
    }
};

TEST_F(DeadWriter, FrameItDidNotChargeForIsNotOverwritten) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    leave_uncharged(84);
    Writer writer = Writer::open(name_);
    EXPECT_FALSE(write_pattern(writer, 84, 0, 3, no_wait));  // 200 of 256 bytes hold unread frames
    EXPECT_EQ(reader.ask("receive 1").status(), "ok");
}

TEST_F(DeadWriter, FrameItDidNotChargeForThatFilledTheRingIsNotOverwritten) {
    Reader reader = Reader::create(name_, v1_options(256));
    leave_uncharged(112);
    Writer writer = Writer::open(name_);
    EXPECT_FALSE(write_pattern(writer, 16, 0, 3, no_wait));
    for (const std::uint64_t number : {1U, 2U}) {
        const auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame) << number;
        EXPECT_TRUE(matches(frame->bytes(), 0, number));
    }
    EXPECT_TRUE(write_pattern(writer, 16, 0, 3, no_wait));
}

class OldReaderDies : public InteropTest, public testing::WithParamInterface<const char*> {};

TEST_P(OldReaderDies, OurWriterSaysSoAndServesTheNext) {
    Peer dead;
    ASSERT_TRUE(ok(dead.ask(create_command(256))));
    Writer writer = Writer::open(name_);
    ASSERT_TRUE(write_pattern(writer, 202, 0, 1, no_wait));
    ASSERT_TRUE(ok(dead.ask("receive 1")));
    ASSERT_TRUE(write_pattern(writer, 60, 0, 2, no_wait));  // behind a marker
    ASSERT_TRUE(ok(dead.ask(std::string("kill-at ") + GetParam())));
    dead.send("receive 1");
    ASSERT_EQ(dead.wait(), SIGKILL);
    const Status status = status_of([&] {
        while (writer.claim(60, deadline).value().commit() != 0) {}
    });
    EXPECT_EQ(status, Status::peer_died);
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    Writer next = Writer::open(name_);
    ASSERT_TRUE(write_pattern(next, 60, 0, 1, no_wait));
    EXPECT_TRUE(ok(reader.ask("receive 1")));
}

INSTANTIATE_TEST_SUITE_P(Points, OldReaderDies,
                         testing::Values("token", "marker-free", "marker-position", "marker-count", "position", "count",
                                         "free", "post"),
                         [](const auto& point) {
                             std::string name = point.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace zerobuffer::interop
