// SPDX-License-Identifier: MIT
#include "ends.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pair.hpp"

namespace zerobuffer::perf {

namespace {

constexpr char well = '+';
constexpr char failed = '-';

[[noreturn]] void throw_system(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void write_all(int descriptor, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t written = write(descriptor, &text[done], text.size() - done);
        if (written < 0) { return; }
        done += static_cast<std::size_t>(written);
    }
}

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t got = 0; (got = read(descriptor, part.data(), part.size())) > 0;) {
        text.append(part.data(), static_cast<std::size_t>(got));
    }
    return text;
}

[[noreturn]] void run_child(const EndpointSetup& setup, pid_t parent, int report,
                            const std::function<std::string()>& there) noexcept {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) { _exit(1); }
    try {
        if (setup.peer_cpu) { pin(*setup.peer_cpu); }
        write_all(report, std::string(1, well).append(there()));
        _exit(0);
    } catch (const std::exception& error) {
        write_all(report, std::string(1, failed).append(error.what()));
        _exit(1);
    }
}

/// Killed and reaped at the latest when this goes.
struct Reaper {
    pid_t process;
    ~Reaper() {
        if (process <= 0) { return; }
        kill(process, SIGKILL);
        waitpid(process, nullptr, 0);
    }
};

}  // namespace

std::string run_forked(const EndpointSetup& setup, const std::function<std::string()>& here,
                       const std::function<std::string()>& there) {
    std::array<int, 2> report{};
    if (pipe2(report.data(), O_CLOEXEC) != 0) { throw_system("pipe2"); }
    const pid_t parent = getpid();
    std::fflush(nullptr);
    Reaper child{fork()};
    if (child.process < 0) { throw_system("fork"); }
    if (child.process == 0) {
        close(report[0]);
        run_child(setup, parent, report[1], there);
    }
    close(report[1]);
    if (setup.cpu) { pin(*setup.cpu); }
    std::string own;
    std::exception_ptr failure;
    try {
        own = here();
    } catch (...) {
        failure = std::current_exception();
        // What the child says about it comes first, if it is gone already; it may also be waiting for ever.
        if (waitpid(child.process, nullptr, WNOHANG) == 0) { std::rethrow_exception(failure); }
        child.process = 0;
    }
    const std::string other = read_all(report[0]);
    close(report[0]);
    if (other.empty()) { throw std::runtime_error("the other end died without a word"); }
    if (other.front() == failed) { throw std::runtime_error("the other end: " + other.substr(1)); }
    if (failure) { std::rethrow_exception(failure); }
    return "{" + own + "},{" + other.substr(1) + "}";
}

}  // namespace zerobuffer::perf
