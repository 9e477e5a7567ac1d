// SPDX-License-Identifier: MIT
// Patience: a deadline for other processes that does not blame them for a machine that has no time for them. Beside twenty
// busy programs, a process of low priority may need a minute for its first hundredth of a second.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <vector>

namespace zerobuffer::test {

class Patience {
public:
    /// For these processes; a pid of 0 stands for none.
    explicit Patience(std::vector<pid_t> processes);

    /// Whether they had their minute. It starts anew while one of them is ready to run and hardly did: less than a second.
    [[nodiscard]] bool over();

private:
    struct Process {
        pid_t pid;
        std::chrono::milliseconds used;
    };

    void begin();

    std::vector<Process> processes_;
    std::chrono::steady_clock::time_point end_;
};

}  // namespace zerobuffer::test
