// SPDX-License-Identifier: MIT
// Child: a forked process of the test. Both sides talk in single characters, with a deadline, so that each knows where the
// other is. Fork before the test starts a thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>

namespace zerobuffer::platform {

/// Of everything that must happen: long enough for any machine, short enough to end a test that fails.
inline constexpr int deadline_ms = 60'000;

/// Calls `happened` again and again until it is true. False when the deadline passes first.
bool await(const std::function<bool()>& happened);

/// The state letter of a process or of a thread of this process: R runs, S sleeps, Z zombie; '?' if there is none.
char state_of_process(pid_t pid);
char state_of_thread(pid_t thread);

class Line {
public:
    Line(int in, int out) : in_(in), out_(out) {}
    void say(char what = '.') const;
    /// Throws when nothing comes before the deadline, or the other side is gone.
    [[nodiscard]] char hear() const;
    void say_number(std::uint64_t number) const;
    [[nodiscard]] std::uint64_t hear_number() const;
    /// Whether hear() would find something.
    [[nodiscard]] bool has_word() const;
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
    /// Waits until its main thread sleeps in a system call.
    void await_sleep() const;
    /// Waits until it is dead, and leaves it a zombie.
    void await_end() const;
    /// Ends it by SIGKILL and leaves it a zombie.
    void kill() const;
    /// 0 when the body came to its end without a failed expectation, 1 otherwise, 128 + signal when one ended it.
    int wait();

private:
    pid_t pid_ = 0;
    Line line_{-1, -1};
};

/// What wait() tells of a child that does only this, with the default action for signals that end a process.
int outcome_of(const std::function<void()>& body);

}  // namespace zerobuffer::platform
