// SPDX-License-Identifier: MIT
// Peer: a running v1_peer process, told what to do line by line. Reply: one of its answers.
// Every answer has a deadline, so a peer that hangs fails its test. One thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace zerobuffer::interop {

class Reply {
public:
    explicit Reply(std::string line) : line_(std::move(line)) {}

    [[nodiscard]] std::string status() const { return text("status"); }
    /// Throws when the answer has no such field.
    [[nodiscard]] std::uint64_t number(std::string_view key) const;
    [[nodiscard]] const std::string& line() const { return line_; }

private:
    [[nodiscard]] std::string text(std::string_view key) const;

    std::string line_;
};

class Peer {
public:
    /// Whose habits: "cpp", "cs" or "py".
    explicit Peer(const std::string& style = "cpp");
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    /// Ends the peer as it ends by itself: in order, writer first.
    ~Peer();

    /// Sends a command and waits for its answer.
    Reply ask(const std::string& command);
    void send(const std::string& command);
    Reply answer();

    /// SIGKILL, and waits until the kernel has buried it.
    void kill();
    /// SIGKILL, and waits until it is dead, but leaves the zombie.
    void kill_unburied();
    /// Waits for a peer that dies at its kill point. Returns the signal, 0 if it ended in order.
    int wait();

    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_ = 0;
    int commands_ = -1;
    int answers_ = -1;
    std::string unread_;
};

}  // namespace zerobuffer::interop
