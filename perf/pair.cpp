// SPDX-License-Identifier: MIT
#include "pair.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zerobuffer::perf {

namespace {

using Deadline = std::chrono::steady_clock::time_point;
using Message = std::array<char, 512>;

/// Readable once the user wants an end; -1, which poll ignores, until take_interrupts().
int interrupts = -1;

[[noreturn]] void throw_system(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

[[noreturn]] void run_child(pid_t parent, int cpu, const std::function<void()>& body, Message& message) noexcept {
    // A benchmark that was killed must not leave two processes spinning.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) { _exit(1); }
    try {
        pin(cpu);
        body();
        _exit(0);
    } catch (const std::exception& error) {
        std::snprintf(message.data(), message.size(), "%s", error.what());
        _exit(1);
    }
}

/// A forked process; killed and reaped at the latest when this goes.
class Child {
public:
    Child(int cpu, const std::function<void()>& body, Message& message) : process_(start(cpu, body, message)) {
        // glibc 2.36 declares pidfd_open without extern "C".
        descriptor_ = static_cast<int>(syscall(SYS_pidfd_open, process_, 0));
        if (descriptor_ < 0) {
            reap_killed();
            throw_system("pidfd_open");
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (running()) { reap_killed(); }
        close(descriptor_);
    }

    [[nodiscard]] bool running() const noexcept { return process_ > 0; }
    /// Readable as soon as the process has ended; -1, which poll ignores, once it was reaped.
    [[nodiscard]] int descriptor() const noexcept { return running() ? descriptor_ : -1; }

    /// After the process ended: nothing, or how it failed.
    std::string reap() {
        int state = 0;
        waitpid(process_, &state, 0);
        process_ = 0;
        if (WIFEXITED(state) && WEXITSTATUS(state) == 0) { return {}; }
        if (WIFSIGNALED(state)) { return std::string("killed: ") + strsignal(WTERMSIG(state)); }
        return "exit code " + std::to_string(WEXITSTATUS(state));
    }

private:
    static pid_t start(int cpu, const std::function<void()>& body, Message& message) {
        const pid_t parent = getpid();
        std::fflush(nullptr);
        const pid_t process = fork();
        if (process < 0) { throw_system("fork"); }
        if (process == 0) { run_child(parent, cpu, body, message); }
        return process;
    }

    void reap_killed() noexcept {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
        process_ = 0;
    }

    pid_t process_;
    int descriptor_ = -1;
};

int milliseconds_left(Deadline deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

void reap_or_throw(Child& child, const char* which, const Message& message) {
    const std::string failure = child.reap();
    if (failure.empty()) { return; }
    throw PairFailure(std::string(which) + " process: " + (message[0] != '\0' ? message.data() : failure.c_str()));
}

}  // namespace

void take_interrupts() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    // The children inherit the blocking: Ctrl-C reaches them too, and they are to end after this process has noticed.
    if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) { throw_system("sigprocmask"); }
    interrupts = signalfd(-1, &signals, SFD_CLOEXEC);
    if (interrupts < 0) { throw_system("signalfd"); }
}

std::vector<int> allowed_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) { throw_system("sched_getaffinity"); }
    std::vector<int> cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) { cpus.push_back(cpu); }
    }
    return cpus;
}

void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) { throw_system("sched_setaffinity"); }
}

void run_pair(const Cpus& cpus, const std::function<void()>& first, const std::function<void()>& second,
              std::chrono::seconds limit) {
    const Shared<std::array<Message, 2>> messages;
    const Deadline deadline = std::chrono::steady_clock::now() + limit;
    Child one(cpus.first, first, (*messages)[0]);
    Child two(cpus.second, second, (*messages)[1]);
    while (one.running() || two.running()) {
        std::array<pollfd, 3> ends{
            {{one.descriptor(), POLLIN, 0}, {two.descriptor(), POLLIN, 0}, {interrupts, POLLIN, 0}}};
        const int ready = poll(ends.data(), ends.size(), milliseconds_left(deadline));
        if (ready < 0 && errno != EINTR) { throw_system("poll"); }
        if (ready == 0) { throw PairFailure("no result after " + std::to_string(limit.count()) + " s"); }
        if (ready < 0) { continue; }
        if (ends[2].revents != 0) { throw Interrupted(); }
        if (ends[0].revents != 0) { reap_or_throw(one, "first", (*messages)[0]); }
        if (ends[1].revents != 0) { reap_or_throw(two, "second", (*messages)[1]); }
    }
}

namespace detail {

void* map_shared(std::size_t size) {
    void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (address == MAP_FAILED) { throw_system("mmap"); }
    return address;
}

void unmap_shared(void* address, std::size_t size) noexcept { munmap(address, size); }

}  // namespace detail

}  // namespace zerobuffer::perf
