// SPDX-License-Identifier: MIT
// What every command prints with: data on stdout, messages on stderr, and nothing that could steer a terminal. Names and
// metadata come from other processes, so they pass through printable() on their way to a person.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <zerobuffer/snapshot.hpp>

namespace zerobuffer::tools {

/// Writes data to stdout. Throws std::system_error when it cannot: half an answer must not count as one.
void print(std::string_view data);
/// Writes "zerobuffer: MESSAGE" to stderr.
void report(std::string_view message);

/// The text with every byte outside printable ASCII, and the backslash, as \xNN.
std::string printable(std::string_view text);
/// Such as "16 MiB", "1.5 KiB", "900 B".
std::string human_size(std::uint64_t bytes);
/// Two digits for each byte.
std::string hex(std::span<const std::byte> bytes);

std::string_view layout_name(Layout layout);
std::string_view state_name(PeerState state);

}  // namespace zerobuffer::tools
