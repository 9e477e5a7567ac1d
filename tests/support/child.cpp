// SPDX-License-Identifier: MIT
#include "support/child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <system_error>

#include "support/event.hpp"

namespace zerobuffer::test {
namespace {

constexpr int deadline_ms = static_cast<int>(std::chrono::milliseconds(deadline).count());

int run(const std::function<void(const Line&)>& body, const Line& line) {
    try {
        body(line);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "child %d: %s\n", ::getpid(), error.what());
        return 1;
    }
    return testing::Test::HasFailure() ? 1 : 0;
}

void await_readable(int descriptor) {
    pollfd ready{descriptor, POLLIN, 0};
    int count = 0;
    while ((count = ::poll(&ready, 1, deadline_ms)) < 0 && errno == EINTR) {}
    if (count == 0) { throw std::runtime_error("the other process says nothing"); }
}

}  // namespace

void Line::put(std::uint64_t number) const {
    if (::write(out_, &number, sizeof number) != sizeof number) {
        throw std::system_error(errno, std::generic_category(), "write to the other process");
    }
}

std::uint64_t Line::take() const {
    std::uint64_t number = 0;
    await_readable(in_);
    if (::read(in_, &number, sizeof number) != sizeof number) { throw std::runtime_error("the other process is gone"); }
    return number;
}

void Line::wait_for_end() const {
    std::uint64_t number = 0;
    do {
        await_readable(in_);
    } while (::read(in_, &number, sizeof number) > 0);
}

void Line::close() const {
    ::close(in_);
    ::close(out_);
}

namespace {

[[noreturn]] void leave(int status) {
#ifdef ZEROBUFFER_COVERAGE
    std::exit(status);  // which writes the counters
#else
    ::_exit(status);
#endif
}

}  // namespace

Child::Child(const std::function<void(const Line&)>& body) {
    std::array<int, 2> down{};
    std::array<int, 2> up{};
    if (::pipe2(down.data(), O_CLOEXEC) != 0 || ::pipe2(up.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    std::fflush(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) { throw std::system_error(errno, std::generic_category(), "fork"); }
    if (pid_ == 0) {
        ::close(down[1]);
        ::close(up[0]);
        const int status = run(body, Line(down[0], up[1]));
        std::fflush(nullptr);
        // Without the destructors of the parent's objects, which are not this process's to close.
        leave(status);
    }
    ::close(down[0]);
    ::close(up[1]);
    line_ = Line(up[0], down[1]);
}

Child::~Child() {
    if (pid_ != 0) { kill(); }
    line_.close();
}

void Child::stop() const {
    ::kill(pid_, SIGSTOP);
    await([this] { return thread_state(pid_) == 'T'; }, "the child stops");
}

void Child::resume() const { ::kill(pid_, SIGCONT); }

void Child::kill() {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
    pid_ = 0;
}

void Child::kill_unreaped() const {
    ::kill(pid_, SIGKILL);
    siginfo_t information{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR) {}
}

int Child::wait() {
    int status = 0;
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > end) { ::kill(pid_, SIGKILL); }
        const timespec pause{0, 200'000};
        ::nanosleep(&pause, nullptr);
    }
    pid_ = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace zerobuffer::test
