// SPDX-License-Identifier: MIT
#include "support/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "support/event.hpp"

namespace zerobuffer::test {
namespace {

constexpr int deadline_ms = static_cast<int>(std::chrono::milliseconds(deadline).count());

[[noreturn]] void become(const std::vector<std::string>& command, int in, int out) {
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : command) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    std::perror(arguments[0]);
    ::_exit(127);
}

}  // namespace

Program::Program(std::vector<std::string> command) {
    std::array<int, 2> down{};
    std::array<int, 2> up{};
    if (::pipe2(down.data(), O_CLOEXEC) != 0 || ::pipe2(up.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    std::fflush(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) { throw std::system_error(errno, std::generic_category(), "fork"); }
    if (pid_ == 0) { become(command, down[0], up[1]); }
    ::close(down[0]);
    ::close(up[1]);
    in_ = up[0];
    out_ = down[1];
}

Program::~Program() {
    if (pid_ != 0) { kill(); }
    ::close(in_);
    ::close(out_);
}

void Program::tell(const std::string& line) { write_all(line + "\n"); }

void Program::write_all(const std::string& text) const {
    if (::write(out_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        throw std::system_error(errno, std::generic_category(), "write to the other program");
    }
}

std::string Program::answer() {
    for (;;) {
        const auto end = unread_.find('\n');
        if (end != std::string::npos) {
            const std::string line = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return line;
        }
        pollfd ready{in_, POLLIN, 0};
        int count = 0;
        while ((count = ::poll(&ready, 1, deadline_ms)) < 0 && errno == EINTR) {}
        std::array<char, 512> part{};
        const ssize_t length = count == 0 ? 0 : ::read(in_, part.data(), part.size());
        if (length <= 0) { throw std::runtime_error(count == 0 ? "the program says nothing" : "the program is gone"); }
        unread_.append(part.data(), static_cast<std::size_t>(length));
    }
}

std::string Program::ask(const std::string& line) {
    tell(line);
    return answer();
}

void Program::kill() {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
    pid_ = 0;
}

}  // namespace zerobuffer::test
