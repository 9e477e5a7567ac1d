// SPDX-License-Identifier: MIT
// ReaderDies: a reader is killed in the middle of an operation. What it had released is gone, everything else comes again,
// in order and whole; the writer hears of the death when the ring is full; the next reader carries on.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "crash/ledger.hpp"
#include "crash/scenario.hpp"

namespace zerobuffer::crash {

/// The victim at work.
struct Reading {
    Reader& reader;
    Progress& progress;
    std::vector<Frame> frames = {};

    void acquire() { frames.push_back(*reader.acquire(no_wait)); }
    /// Marks what takes effect: `count` more frames are released, and all before them are, too.
    void releases(std::uint64_t count, const std::function<void()>& effect);
};

struct ReaderCase {
    ReaderCase(const char* its_name, Setup its_setup, std::uint64_t holds, std::function<void(Reading&)> operation,
               std::uint64_t least)
        : name(its_name),
          setup(std::move(its_setup)),
          held(holds),
          operate(std::move(operation)),
          least_images(least) {}

    ReaderCase& disturbed(std::function<void(const std::string&)> by) {
        disturb = std::move(by);
        return *this;
    }

    const char* name;
    Setup setup;
    /// Frames that it holds before the operation.
    std::uint64_t held;
    std::function<void(Reading&)> operate;
    /// What the stores of the protocol make at least.
    std::uint64_t least_images;
    /// In the survivor, right before the operation.
    std::function<void(const std::string& buffer)> disturb;
};

MakeScenario reader_dies(const ReaderCase& shape);

}  // namespace zerobuffer::crash
