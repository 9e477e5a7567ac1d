// SPDX-License-Identifier: MIT
#include "child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace zerobuffer::platform {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

int run(const std::function<void(const Line&)>& body, const Line& line) {
    try {
        body(line);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
        return 1;
    }
    std::fflush(nullptr);
    return testing::Test::HasFailure() ? 1 : 0;
}

/// It follows the name in parentheses.
char state_in(const std::string& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t end = text.rfind(") ");
    return end == std::string::npos ? '?' : text[end + 2];
}

}  // namespace

bool await(const std::function<bool()>& happened) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline_ms);
    while (!happened()) {
        if (std::chrono::steady_clock::now() > end) { return false; }
        ::sched_yield();
    }
    return true;
}

char state_of_process(pid_t pid) { return state_in("/proc/" + std::to_string(pid) + "/stat"); }
char state_of_thread(pid_t thread) { return state_in("/proc/self/task/" + std::to_string(thread) + "/stat"); }

void Line::say(char what) const {
    if (::write(out_, &what, 1) != 1) { fail("write to the other process"); }
}

char Line::hear() const {
    pollfd ready{in_, POLLIN, 0};
    int count = 0;
    while ((count = ::poll(&ready, 1, deadline_ms)) < 0 && errno == EINTR) {}
    if (count == 0) { throw std::runtime_error("the other process says nothing"); }
    char what = 0;
    if (::read(in_, &what, 1) != 1) { throw std::runtime_error("the other process is gone"); }
    return what;
}

void Line::say_number(std::uint64_t number) const {
    for (int byte = 0; byte < 8; ++byte) {
        say(static_cast<char>(number >> (8 * byte)));
    }
}

std::uint64_t Line::hear_number() const {
    std::uint64_t number = 0;
    for (int byte = 0; byte < 8; ++byte) {
        number |= std::uint64_t{static_cast<unsigned char>(hear())} << (8 * byte);
    }
    return number;
}

bool Line::has_word() const {
    pollfd ready{in_, POLLIN, 0};
    return ::poll(&ready, 1, 0) == 1;
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
    if (::pipe2(down.data(), O_CLOEXEC) != 0 || ::pipe2(up.data(), O_CLOEXEC) != 0) { fail("pipe2"); }
    std::fflush(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) { fail("fork"); }
    if (pid_ == 0) {
        ::close(down[1]);
        ::close(up[0]);
        // Without the destructors of the parent's objects, which are not this process's to end.
        leave(run(body, Line(down[0], up[1])));
    }
    ::close(down[0]);
    ::close(up[1]);
    line_ = Line(up[0], down[1]);
}

Child::~Child() {
    if (pid_ != 0) {
        kill();
        wait();
    }
    line_.close();
}

void Child::await_sleep() const {
    if (!await([this] { return state_of_process(pid_) == 'S'; })) {
        throw std::runtime_error("the child does not sleep");
    }
}

void Child::await_end() const {
    siginfo_t information{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR) {}
}

void Child::kill() const {
    ::kill(pid_, SIGKILL);
    await_end();
}

int Child::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    pid_ = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int outcome_of(const std::function<void()>& body) {
    Child child([&](const Line&) {
        // Sanitizers turn these into reports of their own.
        for (const int number : {SIGSEGV, SIGBUS}) {
            ::signal(number, SIG_DFL);
        }
        body();
    });
    return child.wait();
}

}  // namespace zerobuffer::platform
