// SPDX-License-Identifier: MIT
#include "child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>

namespace zerobuffer::interop {

namespace {

constexpr int line_deadline_ms = 60'000;

int run(const std::function<void(const Line&)>& body, const Line& line) {
    try {
        body(line);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
        return 1;
    }
    return testing::Test::HasFailure() ? 1 : 0;
}

}  // namespace

void Line::put(std::uint64_t number) const {
    if (::write(out_, &number, sizeof number) != sizeof number) {
        throw std::system_error(errno, std::generic_category(), "write to the other process");
    }
}

std::uint64_t Line::take() const {
    pollfd ready{in_, POLLIN, 0};
    std::uint64_t number = 0;
    int count = 0;
    while ((count = ::poll(&ready, 1, line_deadline_ms)) < 0 && errno == EINTR) {}
    if (count == 0) { throw std::runtime_error("the other process says nothing"); }
    if (::read(in_, &number, sizeof number) != sizeof number) { throw std::runtime_error("the other process is gone"); }
    return number;
}

void Line::close() const {
    ::close(in_);
    ::close(out_);
}

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
        // Without the destructors of the parent's objects, which are not this process's to close.
        ::_exit(run(body, Line(down[0], up[1])));
    }
    ::close(down[0]);
    ::close(up[1]);
    line_ = Line(up[0], down[1]);
}

Child::~Child() {
    if (pid_ != 0) { kill(); }
    line_.close();
}

void Child::kill() {
    ::kill(pid_, SIGKILL);
    wait();
}

int Child::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    pid_ = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace zerobuffer::interop
