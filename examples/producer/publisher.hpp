// SPDX-License-Identifier: MIT
// Publishes payloads of the demo: claims a frame, has the payload produced right inside it, adds the preface, commits.
// Keeps the pace and the account that the demo compares with the consumer's. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include <zerobuffer/writer.hpp>

#include "segment_map.hpp"

namespace demo {

/// Writes the payload into the bytes it is given and returns the bytes it really wrote to, or nothing at the end of the
/// input. They are then looked up in the segment, so that a fill that goes through memory of its own counts as a copy.
using Fill = std::function<std::optional<std::span<const std::byte>>(std::span<std::byte>)>;

class Publisher {
public:
    /// Waits up to ten seconds for the consumer's buffer. `rate` in frames per second, 0: as fast as the consumer takes.
    Publisher(const std::string& buffer_name, double rate, const std::string& metadata);

    /// Publishes one frame. False, and nothing published, at the end of the input and once a signal asked to stop.
    bool publish(std::size_t payload_size, std::chrono::nanoseconds media_time, const Fill& fill);

    /// The account of this run as one line of JSON.
    [[nodiscard]] std::string account() const;

private:
    using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC, which the consumer reads too

    void keep_pace();

    zerobuffer::Writer writer_;
    SegmentMap segment_;
    std::chrono::nanoseconds interval_;
    Clock::time_point started_ = Clock::now();
    std::uint64_t frames_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t checksum_ = 0;
    std::uint64_t copied_frames_ = 0;
};

}  // namespace demo
