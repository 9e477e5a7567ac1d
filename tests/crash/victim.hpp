// SPDX-License-Identifier: MIT
// Victim: a child process that goes one instruction at a time and dies where it stands. It stops by itself wherever its
// body calls hold(). x86-64 only: other processors need not make progress when they are stepped through an atomic loop.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

namespace zerobuffer::crash {

/// In a victim: gives control to its tracer.
void hold();

class Victim {
public:
    /// Stands before its body.
    explicit Victim(const std::function<void()>& body);
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;
    /// Kills it if it is still there.
    ~Victim();

    /// Lets it run to its next hold().
    void run();
    /// Lets it make that many system calls. False: it came to a hold() before.
    bool run_calls(std::uint64_t count);
    /// One instruction, and what the kernel does for it. False: it came to a hold().
    bool step();
    /// Whether the instruction of the last step() was a system call.
    [[nodiscard]] bool was_call() const { return was_call_; }
    /// The next instruction, as file+offset for addr2line.
    [[nodiscard]] std::string where() const;
    /// SIGKILL, and waits until nothing of it is left.
    void kill();

private:
    int wait() const;
    [[nodiscard]] bool is_at_call() const;
    [[nodiscard]] long instruction() const;

    pid_t pid_ = 0;
    bool was_call_ = false;
};

}  // namespace zerobuffer::crash
