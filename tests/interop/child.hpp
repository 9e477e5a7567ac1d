// SPDX-License-Identifier: MIT
// Child: a forked process of the test with endpoints of its own, for what two threads would not show.
// Both sides talk in numbers over a Line, with a deadline. Fork before the test starts a thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>

namespace zerobuffer::interop {

class Line {
public:
    Line(int in, int out) : in_(in), out_(out) {}
    void put(std::uint64_t number) const;
    /// Throws when nothing comes before the deadline or the other side is gone.
    [[nodiscard]] std::uint64_t take() const;
    void close() const;

private:
    int in_;
    int out_;
};

class Child {
public:
    explicit Child(const std::function<void(const Line&)>& body);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    /// Kills what is still there.
    ~Child();

    [[nodiscard]] const Line& line() const { return line_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    void kill();
    /// 0 when the body came to its end without a failed expectation, 1 otherwise, 128 + signal when it was killed.
    int wait();

private:
    pid_t pid_ = 0;
    Line line_{-1, -1};
};

}  // namespace zerobuffer::interop
