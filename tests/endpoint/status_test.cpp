// SPDX-License-Identifier: MIT
// Every status has a way to come about, and its message names the object, the cause and the remedy.
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

class Statuses : public BufferTest {
protected:
    static Options v1() { return make_options(Layout::v1); }
    static Options v2() { return make_options(Layout::v2); }
};

TEST_F(Statuses, HaveNames) {
    EXPECT_STREQ(status_name(Status::ok), "ok");
    EXPECT_STREQ(status_name(Status::timeout), "timeout");
    EXPECT_STREQ(status_name(Status::interrupted), "interrupted");
    EXPECT_STREQ(status_name(Status::closed), "closed");
    EXPECT_STREQ(status_name(Status::cancelled), "cancelled");
    EXPECT_STREQ(status_name(Status::peer_closed), "peer_closed");
    EXPECT_STREQ(status_name(Status::peer_died), "peer_died");
    EXPECT_STREQ(status_name(Status::busy), "busy");
    EXPECT_STREQ(status_name(Status::not_found), "not_found");
    EXPECT_STREQ(status_name(Status::not_ready), "not_ready");
    EXPECT_STREQ(status_name(Status::incompatible), "incompatible");
    EXPECT_STREQ(status_name(Status::corrupt), "corrupt");
    EXPECT_STREQ(status_name(Status::too_large), "too_large");
    EXPECT_STREQ(status_name(Status::no_space), "no_space");
    EXPECT_STREQ(status_name(Status::permission_denied), "permission_denied");
    EXPECT_STREQ(status_name(Status::bad_name), "bad_name");
    EXPECT_STREQ(status_name(Status::misuse), "misuse");
    EXPECT_STREQ(status_name(Status::system_failure), "system_failure");
    EXPECT_STREQ(status_name(static_cast<Status>(99)), "unknown");
}

TEST_F(Statuses, Interrupted) {
    Options interruptible = v2();
    interruptible.interruptible = true;
    auto reader = Reader::create(name_, interruptible);
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }),
                says(Status::interrupted, name_, "interrupted", "call again"));
}

TEST_F(Statuses, Closed) {
    auto reader = Reader::create(name_, v2());
    reader.close();
    EXPECT_THAT(failure_of([&] { return reader.acquire(); }),
                says(Status::closed, name_, "is closed", "open a new one"));
}

TEST_F(Statuses, Cancelled) {
    auto reader = Reader::create(name_, v2());
    reader.cancel();
    EXPECT_THAT(failure_of([&] { return reader.acquire(); }),
                says(Status::cancelled, name_, "was cancelled", "call again to go on"));
}

TEST_F(Statuses, PeerClosed) {
    auto reader = Reader::create(name_, v2());
    Writer::open(name_).write(bytes_of("x"));
    ASSERT_TRUE(reader.acquire());
    EXPECT_THAT(failure_of([&] { return reader.acquire(); }),
                says(Status::peer_closed, "reader of buffer \"" + name_, "the writer closed in order",
                     "wait for the next one"));
}

TEST_F(Statuses, PeerDied) {
    Child child([this](const Line& line) {
        line.take();
        auto writer = Writer::open(name_);
        writer.write(bytes_of("x"));
        line.put(1);
        line.wait_for_end();
    });
    auto reader = Reader::create(name_, v2());
    child.line().put(1);
    child.line().take();
    child.kill();
    ASSERT_TRUE(reader.acquire());
    EXPECT_THAT(failure_of([&] { return reader.acquire(); }),
                says(Status::peer_died, "reader of buffer \"" + name_, "the process of the writer died",
                     "wait for the next one"));
}

TEST_F(Statuses, Busy) {
    auto reader = Reader::create(name_, v2());
    EXPECT_THAT(failure_of([&] { return Reader::open(name_); }),
                says(Status::busy, name_, "another live process holds its reader side", "close that one first"));
}

TEST_F(Statuses, NotFound) {
    EXPECT_THAT(failure_of([&] { return inspect(name_); }),
                says(Status::not_found, name_, "does not exist", "start the side that creates it"));
}

TEST_F(Statuses, NotReady) {
    Image::make(name_, 0);
    EXPECT_THAT(failure_of([&] { return Writer::open(name_); }),
                says(Status::not_ready, name_, "creator has not sized it yet", "try again"));
    bury(name_);
}

TEST_F(Statuses, Incompatible) {
    auto writer = Writer::create(name_, v2());
    Options larger = v2();
    larger.capacity *= 2;
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, larger); }),
                says(Status::incompatible, name_, "exists with capacity 65536", "ask for the same"));
}

TEST_F(Statuses, Corrupt) {
    auto reader = Reader::create(name_, v2());
    Image(name_).store<std::uint64_t>(v2_offset::magic, 5);
    EXPECT_THAT(failure_of([&] { return inspect(name_); }),
                says(Status::corrupt, name_, "magic is 5, expected \"ZBRING02\"", "create it with replace"));
}

TEST_F(Statuses, TooLarge) {
    auto writer = Writer::create(name_, v2());
    EXPECT_THAT(failure_of([&] { return writer.claim(65'536); }),
                says(Status::too_large, name_, "a frame of 65536 bytes, but the largest possible has 65408",
                     "create the buffer with a larger capacity"));
}

TEST_F(Statuses, NoSpace) {
    Child child([this](const Line&) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{4096, RLIM_INFINITY};
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
        EXPECT_THAT(failure_of([&] { return Reader::create(name_, v2()); }),
                    says(Status::no_space, name_, "reserve 131072 bytes of shared memory", "give /dev/shm more room"));
    });
    EXPECT_EQ(child.wait(), 0);
}

TEST_F(Statuses, PermissionDenied) {
    if (::geteuid() != 0) { GTEST_SKIP() << "only root can become another user"; }
    auto reader = Reader::create(name_, v2());
    Child child([this](const Line&) {
        ASSERT_EQ(::setuid(65534), 0);
        const Failure failure = failure_of([&] { return Writer::open(name_); });
        EXPECT_THAT(failure,
                    says(Status::permission_denied, name_, "open: Permission denied", "run as the buffer's owner"));
        EXPECT_EQ(failure.system_error, EACCES);
    });
    EXPECT_EQ(child.wait(), 0);
}

TEST_F(Statuses, BadName) {
    EXPECT_THAT(failure_of([&] { return Reader::create("a/b", v2()); }),
                says(Status::bad_name, "\"a/b\"", "a character that is not allowed", "use 1 to 200 of A-Z"));
}

TEST_F(Statuses, Misuse) {
    auto writer = Writer::create(name_, v2());
    const auto claim = writer.claim(1);
    EXPECT_THAT(failure_of([&] { return writer.claim(1); }),
                says(Status::misuse, name_, "a claim is open", "commit or abort it first"));
}

TEST_F(Statuses, SystemFailure) {
    Child child([this](const Line&) {
        // Descriptors to spare before and after: a sanitizer needs some whenever it sees a type for the first time.
        EXPECT_THAT(failure_of([&] { return Reader::open(name_); }), has(Status::not_found));
        rlimit limit{};
        ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
        const rlim_t enough = std::exchange(limit.rlim_cur, 3);
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        const Failure failure = failure_of([&] { return Reader::create(name_, v2()); });
        limit.rlim_cur = enough;
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        EXPECT_THAT(failure, says(Status::system_failure, name_, "Too many open files", ""));
        EXPECT_EQ(failure.system_error, EMFILE);
    });
    EXPECT_EQ(child.wait(), 0);
}

}  // namespace
}  // namespace zerobuffer::test
