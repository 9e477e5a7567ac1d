// SPDX-License-Identifier: MIT
// The two processes beside a liar: a reader and a writer that come, work until the ring is corrupt or their turn is over,
// leave, and come again to a fresh buffer. What they notice goes into memory that all processes share.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include <zerobuffer/zerobuffer.hpp>

namespace zerobuffer::test {

/// Counters of one victim.
struct Record {
    std::atomic<std::uint64_t> calls;
    std::atomic<std::uint64_t> frames;
    std::atomic<std::uint64_t> wrong_frames;           // out of order or with other bytes
    std::atomic<std::uint64_t> longest;                // nanoseconds of a call beyond its timeout
    std::array<std::atomic<std::uint64_t>, 18> ended;  // by status
};

/// What liar and victims share. One round: the reader makes a buffer, the writer comes, both work, both leave.
struct Stage {
    std::atomic<std::uint64_t> round;    // the liar's: victims may begin it
    std::atomic<std::uint64_t> made;     // the reader's: the buffer of this round is there
    std::atomic<std::uint64_t> entered;  // the writer's: it has tried to attach
    std::atomic<std::uint64_t> over;     // the liar's: victims leave
    std::atomic<std::uint64_t> left_by_reader;
    std::atomic<std::uint64_t> left_by_writer;
    std::atomic<bool> honest;  // no frame may suffer in this round
    std::atomic<bool> finished;
    Record reader;
    Record writer;
};

/// Until stage.finished. Each throws only what no Error says.
void be_reader(Stage& stage, const std::string& name, Layout layout);
void be_writer(Stage& stage, const std::string& name, Layout layout);

}  // namespace zerobuffer::test
