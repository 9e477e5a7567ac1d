// SPDX-License-Identifier: MIT
// Both ends of an inherited transport, and the loops over a transport that copies: a socket pair, for real.
#include "ends.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <system_error>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loops.hpp"

namespace zerobuffer::perf {
namespace {

class SocketPair {
public:
    static constexpr bool inherited = true;

    explicit SocketPair(const EndpointSetup&) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()) != 0) { fail("socketpair"); }
    }
    SocketPair(const SocketPair&) = delete;
    SocketPair& operator=(const SocketPair&) = delete;
    ~SocketPair() { close(end_); }

    void connect(Role role) {
        const bool first = role == Role::ping || role == Role::sink;
        end_ = ends_[first ? 0 : 1];
        // Or nobody would notice when the other process dies.
        close(ends_[first ? 1 : 0]);
    }
    void send(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(end_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0) { fail("send"); }
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        }
    }
    void receive(std::span<std::byte> bytes) {
        const ssize_t got = recv(end_, bytes.data(), bytes.size(), MSG_WAITALL);
        if (got != static_cast<ssize_t>(bytes.size())) { fail("recv"); }
    }

private:
    [[noreturn]] static void fail(const char* what) {
        throw std::system_error(errno != 0 ? errno : EPIPE, std::generic_category(), what);
    }

    std::array<int, 2> ends_{-1, -1};
    int end_ = -1;
};

EndpointSetup setup_of(Role role, Handling touch) {
    EndpointSetup setup;
    setup.role = role;
    setup.size = 4096;
    setup.touch = touch;
    setup.effort = {5, 50};
    return setup;
}

/// Runs both ends; returns what they print.
std::string run(const EndpointSetup& setup, Role here, Role there) {
    SocketPair transport(setup);
    const auto samples = std::make_unique<Samples>();
    const auto end = [&](Role role) {
        transport.connect(role);
        return fields_of(play(transport, setup, role, *samples));
    };
    return run_forked(
        setup, [&] { return end(here); }, [&] { return end(there); });
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string failure_of(const std::function<std::string()>& here, const std::function<std::string()>& there) {
    try {
        run_forked({}, here, there);
    } catch (const std::exception& error) { return error.what(); }
    return "";
}

class EndsByTouch : public testing::TestWithParam<Handling> {};

TEST_P(EndsByTouch, RoundTripsReportBothSides) {
    const std::string sides = run(setup_of(Role::pair_rtt, GetParam()), Role::ping, Role::echo);
    EXPECT_TRUE(has(sides, R"({"role":"ping","frames":50)")) << sides;
    EXPECT_TRUE(has(sides, R"(},{"role":"echo","frames":50)")) << sides;
    EXPECT_TRUE(has(sides, R"("histogram":{"unit":"ns")")) << sides;
}

TEST_P(EndsByTouch, StreamsReportBothSides) {
    const std::string sides = run(setup_of(Role::pair_stream, GetParam()), Role::sink, Role::source);
    EXPECT_TRUE(has(sides, R"({"role":"sink","frames":50)")) << sides;
    EXPECT_TRUE(has(sides, R"(},{"role":"source","frames":50)")) << sides;
}

TEST_P(EndsByTouch, PacedFramesHaveBothHistograms) {
    EndpointSetup setup = setup_of(Role::pair_stream, GetParam());
    setup.rate = 5'000;
    const std::string sides = run(setup, Role::sink, Role::source);
    EXPECT_TRUE(has(sides, R"("histogram":{)") && has(sides, R"("corrected":{)")) << sides;
}

INSTANTIATE_TEST_SUITE_P(, EndsByTouch,
                         testing::Values(Handling::none, Handling::header, Handling::every, Handling::copy));

TEST(Ends, ReturnWhatBothSay) {
    EXPECT_EQ(run_forked(
                  {}, [] { return std::string("a"); }, [] { return std::string("b"); }),
              "{a},{b}");
}

TEST(Ends, TellWhyTheOtherEndFailed) {
    const std::string failure =
        failure_of([] { return std::string("a"); }, []() -> std::string { throw std::runtime_error("no room"); });
    EXPECT_EQ(failure, "the other end: no room");
}

TEST(Ends, NoticeThatTheOtherEndWasKilled) {
    const std::string failure = failure_of([] { return std::string("a"); },
                                           []() -> std::string {
                                               raise(SIGKILL);
                                               return {};
                                           });
    EXPECT_EQ(failure, "the other end died without a word");
}

TEST(Ends, DoNotWaitForTheOtherEndWhenThisOneFails) {
    const std::string failure = failure_of([]() -> std::string { throw std::runtime_error("here"); },
                                           []() -> std::string {
                                               pause();
                                               return {};
                                           });
    EXPECT_EQ(failure, "here");
}

}  // namespace
}  // namespace zerobuffer::perf
