// SPDX-License-Identifier: MIT
// Rounds: processes that meet at a line again and again, without a fork per round. In memory that forked children share.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace zerobuffer::test {

/// Numbers that start at 0 and that children see. Made before they are forked.
class SharedNumbers {
public:
    static constexpr std::size_t count = 500;

    SharedNumbers();
    SharedNumbers(const SharedNumbers&) = delete;
    SharedNumbers& operator=(const SharedNumbers&) = delete;
    ~SharedNumbers();

    std::atomic<std::uint64_t>& operator[](std::size_t which) const { return numbers_[which]; }

private:
    std::atomic<std::uint64_t>* numbers_;
};

/// Where `parties` processes wait for each other. Nobody spins, so there may be many more of them than processors.
class MeetingPoint {
public:
    explicit MeetingPoint(std::uint32_t parties);
    MeetingPoint(const MeetingPoint&) = delete;
    MeetingPoint& operator=(const MeetingPoint&) = delete;
    ~MeetingPoint();

    /// Returns when all have called it this time. Throws when they do not before the deadline.
    void meet() const;

private:
    struct State {
        std::atomic<std::uint32_t> arrived{0};
        std::atomic<std::uint32_t> round{0};
    };
    std::uint32_t parties_;
    State* state_;
};

}  // namespace zerobuffer::test
