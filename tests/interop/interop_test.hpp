// SPDX-License-Identifier: MIT
// What the tests of this folder share: a name of their own, frames from a pattern, and a check that nothing stays behind.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <zerobuffer/zerobuffer.hpp>

#include "pattern.h"
#include "peer.hpp"
#include "v1_view.hpp"

namespace zerobuffer {

inline void PrintTo(Status status, std::ostream* out) { *out << status_name(status); }
inline void PrintTo(Layout layout, std::ostream* out) { *out << (layout == Layout::v1 ? "v1" : "v2"); }

namespace interop {

using namespace std::chrono_literals;

/// For what must happen: long enough for any machine, short enough to end a test that fails.
inline constexpr std::chrono::seconds deadline = 20s;
/// For what must not happen: a wait that has to end with its time.
inline constexpr std::chrono::milliseconds brief = 20ms;

/// What the call came to: the status of its Error, or ok.
template <class Call>
Status status_of(Call&& call) {
    try {
        static_cast<void>(call());
        return Status::ok;
    } catch (const Error& error) { return error.status(); }
}

inline Options make_options(Layout layout, std::uint64_t capacity, std::uint64_t metadata_size = 64) {
    Options options;
    options.layout = layout;
    options.capacity = capacity;
    options.metadata_size = metadata_size;
    return options;
}

inline Options v1_options(std::uint64_t capacity, std::uint64_t metadata_size = 64) {
    return make_options(Layout::v1, capacity, metadata_size);
}

inline std::vector<std::byte> pattern(std::uint64_t size, std::uint64_t seed, std::uint64_t frame) {
    std::vector<std::byte> bytes(size);
    pattern_fill(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), seed, frame);
    return bytes;
}

inline bool matches(std::span<const std::byte> bytes, std::uint64_t seed, std::uint64_t frame) {
    return pattern_matches(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), seed, frame) == 1;
}

inline std::uint64_t checksum(std::span<const std::byte> bytes) {
    return pattern_checksum(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

/// Claims, fills and commits one frame of the pattern. False when the ring stayed full.
inline bool write_pattern(Writer& writer, std::uint64_t size, std::uint64_t seed, std::uint64_t frame,
                          Timeout timeout = deadline) {
    auto claim = writer.claim(size, timeout);
    if (!claim) { return false; }
    pattern_fill(reinterpret_cast<unsigned char*>(claim->bytes().data()), size, seed, frame);
    claim->commit();
    return true;
}

inline bool ok(const Reply& reply) { return reply.status() == "ok"; }

class InteropTest : public testing::Test {
protected:
    InteropTest() = default;
    InteropTest(const InteropTest&) = delete;
    InteropTest& operator=(const InteropTest&) = delete;
    /// In the destructor, when the peers that a derived fixture has are gone.
    ~InteropTest() override {
        const std::vector<std::string> left = files_of(name_);
        remove_files_of(name_);
        EXPECT_THAT(left, testing::IsEmpty());
    }

    /// For tests that end with nobody alive who would remove the files.
    void bury() const { remove_files_of(name_); }

    [[nodiscard]] std::string create_command(std::uint64_t capacity, std::uint64_t metadata_size = 64) const {
        return "create " + name_ + " " + std::to_string(metadata_size) + " " + std::to_string(capacity);
    }

    const std::string name_ = unique_name();
};

/// Runs once per layout.
class LayoutTest : public InteropTest, public testing::WithParamInterface<Layout> {
protected:
    [[nodiscard]] Options options(std::uint64_t capacity, std::uint64_t metadata_size = 64) const {
        return make_options(GetParam(), capacity, metadata_size);
    }
};

inline auto every_layout() { return testing::Values(Layout::v1, Layout::v2); }

inline std::string layout_name(const testing::TestParamInfo<Layout>& info) {
    return info.param == Layout::v1 ? "v1" : "v2";
}

/// Runs once per old implementation to imitate.
class StyleTest : public InteropTest, public testing::WithParamInterface<const char*> {};

inline auto every_style() { return testing::Values("cpp", "cs", "py"); }

inline std::string style_name(const testing::TestParamInfo<const char*>& info) { return info.param; }

}  // namespace interop
}  // namespace zerobuffer
