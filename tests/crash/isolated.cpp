// SPDX-License-Identifier: MIT
#include "crash/isolated.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <system_error>

#include "support/event.hpp"

namespace zerobuffer::crash {
namespace {

constexpr std::size_t page_size = 4096;

// By its end, not by a look now and then: this is done thousands of times.
bool await_end(pid_t pid) {
    const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (descriptor < 0) { return true; }  // waitpid() waits for it, then
    pollfd ready{descriptor, POLLIN, 0};
    constexpr int most = static_cast<int>(std::chrono::milliseconds(test::deadline).count());
    int count = 0;
    while ((count = ::poll(&ready, 1, most)) < 0 && errno == EINTR) {}
    ::close(descriptor);
    return count != 0;
}

int run(const std::function<void()>& work, const SharedPage& text) {
    try {
        work();
        return 0;
    } catch (const std::exception& error) {
        std::strncpy(&text.as<char>(), error.what(), page_size - 1);
        return 1;
    }
}

}  // namespace

SharedPage::SharedPage()
    : start_(::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (start_ == MAP_FAILED) { throw std::system_error(errno, std::generic_category(), "mmap"); }
}

SharedPage::~SharedPage() { ::munmap(start_, page_size); }

void SharedPage::clear() const { std::memset(start_, 0, page_size); }

std::string run_isolated(const std::function<void()>& work, bool may_be_killed) {
    const SharedPage text;
    std::fflush(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) { throw std::system_error(errno, std::generic_category(), "fork"); }
    if (pid == 0) { ::_exit(run(work, text)); }
    const bool in_time = await_end(pid);
    if (!in_time) { ::kill(pid, SIGKILL); }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    if (!in_time) { return "hung"; }
    if (WIFSIGNALED(status) && !(may_be_killed && WTERMSIG(status) == SIGKILL)) {
        return "ended by signal " + std::to_string(WTERMSIG(status));
    }
    return {&text.as<char>()};
}

}  // namespace zerobuffer::crash
