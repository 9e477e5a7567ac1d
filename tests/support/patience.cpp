// SPDX-License-Identifier: MIT
#include "support/patience.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>

#include "support/event.hpp"

namespace zerobuffer::test {
namespace {

// In user and kernel mode, all threads; 0 once it is gone.
std::chrono::milliseconds processor_time(pid_t process) {
    std::istringstream fields(stat_of(process));
    // man 5 proc: the state is the third field, utime and stime are 14 and 15.
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        fields >> skipped;
    }
    long user = 0;
    long system = 0;
    fields >> user >> system;
    return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

// Ready to run, or held up in the kernel: on a machine that was far too busy, one stood a minute in synchronize_rcu.
bool would_run(pid_t process) {
    std::error_code gone;
    const std::filesystem::directory_iterator threads("/proc/" + std::to_string(process) + "/task", gone);
    return std::any_of(begin(threads), end(threads), [](const std::filesystem::directory_entry& thread) {
        const char state = thread_state(std::stoi(thread.path().filename()));
        return state == 'R' || state == 'D';
    });
}

}  // namespace

Patience::Patience(std::vector<pid_t> processes) {
    for (const pid_t pid : processes) {
        processes_.push_back({pid, {}});
    }
    begin();
}

bool Patience::over() {
    if (std::chrono::steady_clock::now() < end_) { return false; }
    const bool starved = std::any_of(processes_.begin(), processes_.end(), [](const Process& process) {
        return process.pid != 0 && would_run(process.pid) && processor_time(process.pid) - process.used < 1s;
    });
    if (starved) { begin(); }
    return !starved;
}

void Patience::begin() {
    for (Process& process : processes_) {
        process.used = processor_time(process.pid);
    }
    end_ = std::chrono::steady_clock::now() + deadline;
}

}  // namespace zerobuffer::test
