// SPDX-License-Identifier: MIT
// Child: a forked process of the test with endpoints of its own. Both sides talk in numbers over a Line, with a deadline.
// Fork before the test starts a thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>

namespace zerobuffer::test {

class Line {
public:
    Line(int in, int out) : in_(in), out_(out) {}
    void put(std::uint64_t number) const;
    /// Throws when nothing comes before the deadline or the other side is gone.
    std::uint64_t take() const;
    /// Until the other side is gone.
    void wait_for_end() const;
    void close() const;

private:
    int in_;
    int out_;
};

class Child {
public:
    /// Exceptions of the body, and failed expectations in it, become the exit status 1.
    explicit Child(const std::function<void(const Line&)>& body);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    /// Kills what is still there.
    ~Child();

    [[nodiscard]] const Line& line() const { return line_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    void stop() const;
    void resume() const;
    /// Kills it and reaps it.
    void kill();
    /// Kills it and leaves the zombie.
    void kill_unreaped() const;
    /// 0 when the body came to its end, 1 when it failed, 128 + signal when it was killed. Kills it after the deadline.
    int wait();

private:
    pid_t pid_ = 0;
    Line line_{-1, -1};
};

}  // namespace zerobuffer::test
