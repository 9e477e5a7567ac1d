// SPDX-License-Identifier: MIT
// Expectations about calls that must throw Error: its status, and what its message must name.
#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <string>

#include <zerobuffer/status.hpp>

namespace zerobuffer {

inline void PrintTo(Status status, std::ostream* out) { *out << status_name(status); }

/// Matches a call that throws Error of that status with a message that holds each of the words.
template <class Word, class... Words>
auto Refuses(Status status, const Word& word, const Words&... words) {
    const auto message = [](const Error& error) { return std::string(error.what()); };
    return testing::Throws<Error>(testing::AllOf(
        testing::Property("status", &Error::status, status),
        testing::ResultOf("message", message, testing::AllOf(testing::HasSubstr(word), testing::HasSubstr(words)...))));
}

}  // namespace zerobuffer
