// SPDX-License-Identifier: MIT
// Ledger: the frames of a buffer as they must be: number, which is the sequence, and size; the bytes follow from both. It
// moves frames through endpoints and demands that each is the right one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <zerobuffer/zerobuffer.hpp>

#include "support/frames.hpp"

namespace zerobuffer::crash {

/// For what must happen at once, or at the end of a wait slice.
inline constexpr std::chrono::seconds patience{20};

class Ledger {
public:
    /// The sequence of the last frame.
    [[nodiscard]] std::uint64_t last() const { return sizes_.size(); }
    [[nodiscard]] std::uint64_t size(std::uint64_t sequence) const { return sizes_.at(sequence - 1); }
    void add(std::uint64_t size) { sizes_.push_back(size); }
    /// Frames behind that one never came to be.
    void end_at(std::uint64_t sequence) { sizes_.resize(sequence); }

    void fill(std::span<std::byte> bytes, std::uint64_t sequence) const { test::Pattern().fill(bytes, sequence); }
    [[nodiscard]] std::vector<std::byte> content(std::uint64_t sequence) const {
        return test::Pattern().bytes(size(sequence), sequence);
    }

    /// Writes one more frame if there is room.
    bool write(Writer& writer, std::uint64_t size, Timeout timeout = no_wait);
    /// The frame must be this one.
    void check(const Frame& frame, std::uint64_t sequence) const;
    /// Takes everything from that frame on, until nothing more is there. Returns the sequence of the last one.
    std::uint64_t drain(Reader& reader, std::uint64_t next) const;
    /// The same, until the reader hears that the writer is gone, and how.
    std::uint64_t drain_to_loss(Reader& reader, std::uint64_t next, Status& loss) const;

private:
    std::vector<std::uint64_t> sizes_;
};

/// Where a ring stands before the operation.
struct Setup {
    Layout layout = Layout::v2;
    std::uint64_t capacity = 64U << 10U;
    /// Of the first frame behind a lap of other frames, so that old headers and payloads lie everywhere.
    std::uint64_t offset = 0;
    /// Sizes of the frames that are there and not read.
    std::vector<std::uint64_t> unread = {};

    [[nodiscard]] Options options() const;
    [[nodiscard]] std::uint64_t header() const { return layout == Layout::v1 ? 16 : 64; }
    /// Frames of the lap.
    [[nodiscard]] std::vector<std::uint64_t> lap() const;
};

/// A v2 ring of 64 KiB.
inline Setup at(std::uint64_t offset, std::vector<std::uint64_t> unread = {}) {
    Setup setup;
    setup.offset = offset;
    setup.unread = std::move(unread);
    return setup;
}

/// A v1 ring of 512 bytes.
inline Setup at_v1(std::uint64_t offset, std::vector<std::uint64_t> unread = {}) {
    Setup setup = at(offset, std::move(unread));
    setup.layout = Layout::v1;
    setup.capacity = 512;
    return setup;
}

/// The whole ring can be used: fills and drains it, also with its largest frame, across its end. `lost`: bytes of a v1 ring
/// that a kill may have cost.
void flow(const std::string& buffer, Writer& writer, Reader& reader, Ledger& ledger, std::uint64_t lost = 0);

/// A new reader and a new writer have the whole ring to themselves. Nothing of what was there arrives.
std::optional<std::uint64_t> begin_afresh(const std::string& buffer, const Setup& setup);

/// What an observer sees.
void expect_sides(const std::string& buffer, PeerState writer, PeerState reader);

}  // namespace zerobuffer::crash
