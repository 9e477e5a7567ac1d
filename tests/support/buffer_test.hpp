// SPDX-License-Identifier: MIT
// BufferTest: a name of its own, private folders where permitted, and a check that the test left nothing behind.
// EveryLayout: the same, once per layout.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include <zerobuffer/zerobuffer.hpp>

#include "support/event.hpp"
#include "support/footprint.hpp"
#include "support/frames.hpp"
#include "support/private_folders.hpp"

namespace zerobuffer {

inline void PrintTo(Status status, std::ostream* out) { *out << status_name(status); }
inline void PrintTo(Layout layout, std::ostream* out) { *out << (layout == Layout::v1 ? "v1" : "v2"); }
inline void PrintTo(PeerState state, std::ostream* out) { *out << static_cast<unsigned>(state); }

namespace test {

/// How a call failed.
struct Failure {
    Status status = Status::ok;
    std::string message;
    int system_error = 0;
};

inline void PrintTo(const Failure& failure, std::ostream* out) {
    *out << status_name(failure.status) << ": " << failure.message;
}

template <class Call>
Failure failure_of(Call&& call) {
    try {
        static_cast<void>(call());
        return {};
    } catch (const Error& error) { return {error.status(), error.what(), error.system_error()}; }
}

/// EXPECT_THAT(failure_of(call), says(Status::busy, object, cause, remedy)): the parts in this order, a ';' before the remedy.
inline auto says(Status status, const std::string& object, const std::string& cause, const std::string& remedy) {
    using testing::AllOf;
    using testing::Field;
    const auto in_order = [=](const std::string& message) {
        const auto first = message.find(object);
        const auto second = message.find(cause, first == std::string::npos ? first : first + object.size());
        const auto semicolon = message.find(';', second);
        return second != std::string::npos && semicolon != std::string::npos &&
               message.find(remedy, semicolon) != std::string::npos;
    };
    return AllOf(Field("status", &Failure::status, status),
                 Field("message", &Failure::message,
                       testing::ResultOf("object '" + object + "', cause '" + cause + "', remedy '" + remedy + "'",
                                         in_order, testing::IsTrue())));
}

inline auto has(Status status) { return testing::Field("status", &Failure::status, status); }

inline Options make_options(Layout layout, std::uint64_t capacity = 64U << 10U) {
    Options options;
    options.layout = layout;
    options.capacity = capacity;
    return options;
}

inline Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class BufferTest : public testing::Test {
protected:
    BufferTest() {
        enter_private_folders();
        before_ = footprint();
    }

    void TearDown() override { EXPECT_EQ(footprint(), before_) << "the test left something behind"; }

    const std::string name_ = unique_name();

private:
    Footprint before_;
};

class EveryLayout : public BufferTest, public testing::WithParamInterface<Layout> {
protected:
    [[nodiscard]] static Options options(std::uint64_t capacity = 64U << 10U) {
        return make_options(GetParam(), capacity);
    }
    [[nodiscard]] static bool is_v1() { return GetParam() == Layout::v1; }
};

inline auto layouts() { return testing::Values(Layout::v1, Layout::v2); }

inline std::string layout_name(const testing::TestParamInfo<Layout>& info) {
    return info.param == Layout::v1 ? "v1" : "v2";
}

}  // namespace test
}  // namespace zerobuffer
