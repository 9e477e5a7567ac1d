// SPDX-License-Identifier: MIT
// Looking from outside: what it shows, and that it changes nothing.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

class Inspect : public EveryLayout {};

INSTANTIATE_TEST_SUITE_P(Layouts, Inspect, layouts(), layout_name);

TEST_P(Inspect, ShowsTheShape) {
    auto reader = Reader::create(name_, options());
    const Snapshot snapshot = inspect(name_);
    EXPECT_EQ(snapshot.name, name_);
    EXPECT_EQ(snapshot.status, Status::ok);
    EXPECT_EQ(snapshot.problem, "");
    EXPECT_EQ(snapshot.layout, GetParam());
    EXPECT_EQ(snapshot.capacity, reader.capacity());
    EXPECT_EQ(snapshot.max_frame, reader.max_frame());
    EXPECT_EQ(snapshot.metadata_size, reader.metadata_size());
    EXPECT_EQ(snapshot.alignment, reader.alignment());
    EXPECT_EQ(snapshot.file_size, Image(name_).size());
    EXPECT_EQ(snapshot.mode, 0600);
    EXPECT_EQ(snapshot.uid, ::geteuid());
    EXPECT_EQ(snapshot.creation_id == 0, is_v1());
}

TEST_P(Inspect, ShowsWhatIsInTheRing) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    EXPECT_EQ(inspect(name_).used, 0);
    EXPECT_EQ(inspect(name_).unread, 0);
    write_frame(writer, 100, 1);
    write_frame(writer, 100, 2);
    EXPECT_EQ(inspect(name_).used, writer.stats().used);
    EXPECT_EQ(inspect(name_).unread, 2);
    static_cast<void>(reader.acquire(no_wait));
    EXPECT_EQ(inspect(name_).used, writer.stats().bytes / 2);
    EXPECT_EQ(inspect(name_).unread, 1);
}

TEST_P(Inspect, ShowsWhoIsThere) {
    auto reader = Reader::create(name_, options());
    EXPECT_EQ(inspect(name_).reader.state, PeerState::attached);
    EXPECT_EQ(inspect(name_).reader.pid, static_cast<std::uint32_t>(::getpid()));
    EXPECT_EQ(inspect(name_).writer.state, PeerState::never);
    auto writer = Writer::open(name_);
    EXPECT_EQ(inspect(name_).writer.state, PeerState::attached);
    EXPECT_EQ(inspect(name_).writer.pid, static_cast<std::uint32_t>(::getpid()));
    write_frame(writer, 100, 1);
    writer.close();
    EXPECT_EQ(inspect(name_).writer.state, PeerState::closed);
}

TEST_P(Inspect, ShowsWhoDied) {
    Child child([this](const Line& line) {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        line.put(1);
        line.wait_for_end();
    });
    child.line().take();
    EXPECT_EQ(inspect(name_).writer.state, PeerState::attached);
    child.kill();
    EXPECT_EQ(inspect(name_).writer.state, PeerState::died);
    EXPECT_EQ(inspect(name_).reader.state, PeerState::died);
    bury(name_);
}

TEST_P(Inspect, ChangesNoByteOfTheSegment) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    writer.publish_metadata(bytes_of("described"));
    write_frame(writer, 100, 1);
    const auto held = reader.acquire(no_wait);
    write_frame(writer, 100, 2);
    const auto before = Image(name_).bytes();
    for (int look = 0; look < 10; ++look) {
        static_cast<void>(inspect(name_));
        static_cast<void>(list_buffers());
        static_cast<void>(clean(true));
    }
    EXPECT_TRUE(Image(name_).bytes() == before);
}

TEST_P(Inspect, WorksOnAFileThatMayOnlyBeRead) {
    if (::geteuid() != 0) { GTEST_SKIP() << "only root can become another user"; }
    Options readable = options();
    readable.permissions = 0644;
    auto reader = Reader::create(name_, readable);
    auto writer = Writer::open(name_);
    writer.publish_metadata(bytes_of("described"));
    write_frame(writer, 100, 1);
    Child child([this](const Line&) {
        ASSERT_EQ(::setuid(65534), 0);
        const Snapshot snapshot = inspect(name_);
        EXPECT_EQ(snapshot.unread, 1);
        EXPECT_EQ(text_of(*snapshot.metadata), "described");
        EXPECT_EQ(snapshot.reader.state, PeerState::attached);
        EXPECT_EQ(snapshot.writer.state, PeerState::attached);
        EXPECT_THAT(failure_of([&] { return Writer::open(name_); }), has(Status::permission_denied));
    });
    EXPECT_EQ(child.wait(), 0);
}

TEST_P(Inspect, NeverHindersThoseWhoAttach) {
    Child observer([this](const Line& line) {
        line.put(1);
        for (;;) {
            static_cast<void>(failure_of([&] { return inspect(name_); }));
        }
    });
    observer.line().take();
    for (int round = 0; round < 200; ++round) {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        write_frame(writer, 100, 1);
        ASSERT_TRUE(holds(*reader.acquire(no_wait), 100, 1));
    }
}

TEST_P(Inspect, OfAMovingRingStaysWithinItsBounds) {
    Child pair([this](const Line& line) {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        line.put(1);
        for (std::uint64_t number = 1;; ++number) {
            write_frame(writer, 1000, number);
            if (number % 7 == 0) { static_cast<void>(reader.acquire_latest(no_wait)); }
        }
    });
    pair.line().take();
    for (int look = 0; look < 2000; ++look) {
        const Snapshot snapshot = inspect(name_);
        ASSERT_LE(snapshot.used, snapshot.capacity);
        ASSERT_LE(snapshot.unread, snapshot.capacity / 1000 + 1);
    }
    pair.kill();
    bury(name_);
}

class List : public BufferTest {
protected:
    [[nodiscard]] static std::optional<Snapshot> find(const std::string& name) {
        const auto all = list_buffers();
        const auto found = std::find_if(all.begin(), all.end(), [&](const Snapshot& one) { return one.name == name; });
        return found == all.end() ? std::nullopt : std::optional(*found);
    }
};

TEST_F(List, HasBuffersOfBothLayoutsByName) {
    const std::string other = unique_name();
    auto first = Reader::create(name_, make_options(Layout::v1));
    auto second = Reader::create(other, make_options(Layout::v2));
    EXPECT_EQ(find(name_)->layout, Layout::v1);
    EXPECT_EQ(find(other)->layout, Layout::v2);
    const auto all = list_buffers();
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end(),
                               [](const Snapshot& one, const Snapshot& next) { return one.name < next.name; }));
}

TEST_F(List, ShowsWhatInspectShows) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    EXPECT_EQ(find(name_)->unread, 1);
    EXPECT_EQ(find(name_)->file_size, inspect(name_).file_size);
    EXPECT_EQ(find(name_)->creation_id, inspect(name_).creation_id);
}

TEST_F(List, ShowsABrokenBufferAmongGoodOnesAndWhatIsWrong) {
    const std::string broken = unique_name();
    auto good = Reader::create(name_, make_options(Layout::v2));
    {
        auto writer = Writer::create(broken, make_options(Layout::v2));
        writer.write(bytes_of("unread"));
    }
    Image(broken).store<std::uint64_t>(v2_offset::magic, 1);
    EXPECT_EQ(find(name_)->status, Status::ok);
    const auto found = find(broken);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->status, Status::corrupt);
    EXPECT_THAT(found->problem, testing::AllOf(testing::HasSubstr(broken), testing::HasSubstr("magic")));
    EXPECT_EQ(found->file_size, Image(broken).size());
    bury(broken);
}

TEST_F(List, LeavesForeignFilesOut) {
    const std::string foreign = unique_name();
    Image::make(foreign, 100'000).store<std::uint64_t>(0, 0x464c457f);
    EXPECT_FALSE(find(foreign));
    bury(foreign);
}

TEST_F(List, LeavesOutWhatIsStillInTheMaking) {
    const std::string hidden = ".zerobuffer-" + unique_name();
    Image::make(hidden, 100'000);
    EXPECT_FALSE(find(hidden));
    bury(hidden);
}

TEST_F(List, SurvivesWhatIsNoRegularFile) {
    const std::string fifo = unique_name();
    const std::string link = unique_name();
    const std::string folder = unique_name();
    ASSERT_EQ(::mkfifo(Image::path_of(fifo).c_str(), 0600), 0);
    ASSERT_EQ(::symlink("/etc/passwd", Image::path_of(link).c_str()), 0);
    ASSERT_EQ(::mkdir(Image::path_of(folder).c_str(), 0700), 0);
    for (const std::string& name : {fifo, link, folder}) {
        EXPECT_FALSE(find(name));
        EXPECT_THAT(failure_of([&] { return inspect(name); }), has(Status::incompatible));
        EXPECT_THAT(failure_of([&] { return Writer::open(name); }), has(Status::incompatible));
        EXPECT_THAT(failure_of([&] { return Reader::create(name, make_options(Layout::v2)); }),
                    has(Status::incompatible));
        EXPECT_THAT(clean(true), testing::Not(testing::Contains(name)));
    }
    bury(fifo);
    bury(link);
    ::rmdir(Image::path_of(folder).c_str());
}

}  // namespace
}  // namespace zerobuffer::test
