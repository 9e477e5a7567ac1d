// SPDX-License-Identifier: MIT
// WriterProcess, ReaderProcess: an endpoint of the library in a process of its own, told what to do step by step.
// start_*() begins a step that may wait, result() waits for its end; the other calls do both. Frames are those of
// pattern.h with seed 0. Make them before the test starts a thread.
#pragma once

#include <cstdint>
#include <string>

#include <zerobuffer/zerobuffer.hpp>

#include "child.hpp"

namespace zerobuffer::interop {

class WriterProcess {
public:
    explicit WriterProcess(const std::string& name);

    Status open();
    /// Status::timeout when the ring stayed full.
    Status write(std::uint64_t size, std::uint64_t frame, std::uint64_t timeout_ms);
    /// `count` frames of `size` bytes, numbered from `first`.
    void start_writes(std::uint64_t count, std::uint64_t size, std::uint64_t first, std::uint64_t timeout_ms);
    Status publish(std::uint64_t size);
    Status close();
    [[nodiscard]] Status result() const;
    void kill() { child_.kill(); }
    /// Closes, if the process is still there, and ends it.
    void finish();

private:
    Child child_;
};

struct ReadResult {
    Status status;  // Status::timeout when nothing came
    std::uint64_t sequence;
    std::uint64_t size;
    bool intact;  // the bytes of the frame of that sequence
};

class ReaderProcess {
public:
    explicit ReaderProcess(const std::string& name);

    Status create(Layout layout, std::uint64_t capacity, std::uint64_t metadata_size);
    /// Takes a frame and holds it.
    ReadResult read(std::uint64_t timeout_ms);
    /// The oldest frame held.
    Status release();
    Status close();
    void kill() { child_.kill(); }

private:
    Child child_;
};

}  // namespace zerobuffer::interop
