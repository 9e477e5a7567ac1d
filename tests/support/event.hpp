// SPDX-License-Identifier: MIT
// Waiting for what must happen, with an end: no test sleeps and hopes.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace zerobuffer::test {

using namespace std::chrono_literals;

/// For what must happen: long enough for any machine, short enough to end a test that fails.
inline constexpr std::chrono::seconds deadline = 60s;
/// For waits that have to end with their time: longer than a wait slice, so that the peer is looked at, too.
inline constexpr std::chrono::milliseconds brief = 60ms;

/// Looks again and again until `happened()`. Throws after the deadline.
template <class Happened>
void await(Happened&& happened, const std::string& what) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!happened()) {
        if (std::chrono::steady_clock::now() > end) { throw std::runtime_error("never happened: " + what); }
        ::sched_yield();
    }
}

/// What /proc says in `stat` of a process, or a thread, from the state letter on, the third field in man 5 proc; empty once
/// it is gone.
std::string stat_of(pid_t thread);

/// The state letter of a thread of any process, as in man 5 proc: 'S' sleeps in the kernel, 'T' is stopped, 'Z' a zombie.
char thread_state(pid_t thread);

pid_t this_thread();

}  // namespace zerobuffer::test
