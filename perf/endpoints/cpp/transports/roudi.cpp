// SPDX-License-Identifier: MIT
#include "roudi.hpp"

#include <array>
#include <csignal>
#include <ctime>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "descriptor.hpp"
#include "transport.hpp"

namespace zerobuffer::perf {

namespace {

constexpr std::string_view ready = "RouDi is ready for clients";

/// Of the daemon, where its supervisor and the endpoint both see it.
pid_t& daemon_process() {
    static pid_t* const shared = [] {
        void* memory = mmap(nullptr, sizeof(pid_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) { throw_errno("mmap"); }
        return static_cast<pid_t*>(memory);
    }();
    return *shared;
}

struct Ends {
    Descriptor reader;
    Descriptor writer;
};

Ends make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) { throw_errno("pipe"); }
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Runs the daemon until `life` is at its end. A session of its own: whoever kills the endpoint's group leaves this process
/// to end the daemon, which then removes its shared memory.
[[noreturn]] void supervise(const std::string& config, int life, int words) {
    setsid();
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    const pid_t daemon = fork();
    if (daemon == 0) {
        dup2(words, STDOUT_FILENO);
        // Not monitored: see PEERS.md.
        execlp("iox-roudi", "iox-roudi", "-l", "error", "-m", "off", "-c", config.c_str(), nullptr);
        _exit(127);
    }
    daemon_process() = daemon;
    close(words);
    char nobody_writes = 0;
    while (read(life, &nobody_writes, 1) < 0) {}
    kill(daemon, SIGTERM);
    waitpid(daemon, nullptr, 0);
    _exit(0);
}

/// The end of its output without that line means that it gave up.
bool becomes_ready(const Descriptor& words) {
    std::string text;
    std::array<char, 256> part{};
    for (ssize_t got = 0; (got = read(words.get(), part.data(), part.size())) > 0;) {
        text.append(part.data(), static_cast<std::size_t>(got));
        if (text.find(ready) != std::string::npos) { return true; }
    }
    return false;
}

}  // namespace

void start_roudi(std::uint64_t size, std::uint64_t count) {
    const std::string text =
        "[general]\nversion = 1\n[[segment]]\n[[segment.mempool]]\nsize = " + std::to_string(size) +
        "\ncount = " + std::to_string(count) + "\n";
    // Without CLOEXEC: the daemon opens it by this name.
    static const Descriptor config(memfd_create("roudi.toml", 0));
    if (write(config.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) { throw_errno("memfd"); }
    const auto deadline = std::chrono::steady_clock::now() + patience;
    do {
        Ends life = make_pipe();
        Ends words = make_pipe();
        daemon_process() = 0;
        const pid_t supervisor = fork();
        if (supervisor < 0) { throw_errno("fork"); }
        if (supervisor == 0) {
            life.writer.reset();
            supervise("/proc/self/fd/" + std::to_string(config.get()), life.reader.get(), words.writer.get());
        }
        words.writer.reset();
        if (becomes_ready(words.reader)) {
            // Static: the library says goodbye to the daemon when static objects go.
            static const Descriptor kept = std::move(life.writer);
            return;
        }
        life.writer.reset();
        waitpid(supervisor, nullptr, 0);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    } while (std::chrono::steady_clock::now() < deadline);
    throw std::runtime_error("iox-roudi does not start; is another one running on this machine?");
}

std::int64_t roudi_cpu_ns() {
    clockid_t clock = 0;
    timespec used{};
    if (daemon_process() == 0 || clock_getcpuclockid(daemon_process(), &clock) != 0 ||
        clock_gettime(clock, &used) != 0) {
        return 0;
    }
    return used.tv_sec * 1'000'000'000 + used.tv_nsec;
}

}  // namespace zerobuffer::perf
