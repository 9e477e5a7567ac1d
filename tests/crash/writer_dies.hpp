// SPDX-License-Identifier: MIT
// WriterDies: a writer is killed in the middle of an operation. What it had committed arrives, once, in order and whole; a
// frame in flight arrives whole or not at all; then the reader hears of the death; the next writer carries on.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crash/ledger.hpp"
#include "crash/scenario.hpp"

namespace zerobuffer::crash {

/// The victim at work.
struct Writing {
    Writer& writer;
    const Ledger& ledger;
    Progress& progress;
    std::uint64_t next;  // sequence of the next frame
    std::optional<Claim> claim = std::nullopt;
    std::vector<std::vector<std::byte>> content = {};

    void claim_next() { claim = writer.claim(ledger.size(next), no_wait); }
    void fill() const { ledger.fill(claim->bytes(), next); }
    /// The last 16 bytes, from `content`.
    void fill_end() const { std::ranges::copy(std::span(content.front()).last(16), claim->bytes().last(16).begin()); }
    /// Marks what takes effect; `effect` is a commit of so many frames.
    void commits(std::uint64_t frames, const std::function<void()>& effect);
};

struct WriterCase {
    WriterCase(const char* its_name, Setup its_setup, std::vector<std::uint64_t> its_flight,
               std::function<void(Writing&)> operation, std::uint64_t least)
        : name(its_name),
          setup(std::move(its_setup)),
          flight(std::move(its_flight)),
          operate(std::move(operation)),
          least_images(least) {}

    WriterCase& preparing(std::function<void(Writing&)> before) {
        prepare = std::move(before);
        return *this;
    }
    WriterCase& holding(std::uint64_t frames) {
        held = frames;
        return *this;
    }
    WriterCase& disturbed(std::function<void(const std::string&)> by) {
        disturb = std::move(by);
        return *this;
    }
    WriterCase& losing(std::uint64_t bytes) {
        lost = bytes;
        return *this;
    }
    WriterCase& restarting() {
        may_restart = true;
        return *this;
    }

    const char* name;
    Setup setup;
    /// Sizes of the frames that the operation commits.
    std::vector<std::uint64_t> flight;
    std::function<void(Writing&)> operate;
    /// What the stores of the protocol make at least.
    std::uint64_t least_images;
    /// In the victim, but not stepped through.
    std::function<void(Writing&)> prepare;
    /// Frames that are not read, and that the survivor holds while the victim dies.
    std::uint64_t held = 0;
    /// In the survivor, right before the operation.
    std::function<void(const std::string& buffer)> disturb;
    /// Bytes of a v1 ring that a kill may cost: the frame in flight and a tail.
    std::uint64_t lost = 0;
    /// A v1 ring may not tell which frame was the last once it was read: docs/format.md, "Writer".
    bool may_restart = false;
};

MakeScenario writer_dies(const WriterCase& shape);

}  // namespace zerobuffer::crash
