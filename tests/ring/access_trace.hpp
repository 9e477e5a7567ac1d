// SPDX-License-Identifier: MIT
// Every load and store that a call makes to watched pages, in the order of the compiled program: each access faults, is
// noted, runs as a single step, and the pages are closed again. x86-64 only. One trace at a time, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace zerobuffer::ring {

struct Access {
    const std::byte* address;
    bool store;
};

class AccessTrace {
public:
    /// Whole pages.
    explicit AccessTrace(std::vector<std::span<std::byte>> watched);
    AccessTrace(const AccessTrace&) = delete;
    AccessTrace& operator=(const AccessTrace&) = delete;
    ~AccessTrace();

    template <class Call>
    std::vector<Access> record(Call&& call) {
        start();
        call();
        return stop();
    }

private:
    void start();
    std::vector<Access> stop();
};

}  // namespace zerobuffer::ring
