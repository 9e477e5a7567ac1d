// SPDX-License-Identifier: MIT
// How to make or attach to a buffer. Defaults suit a video stream inside one container; plain data, any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace zerobuffer {

/// v1 speaks to ZeroBuffer 1.x processes; v2 is faster, survives crashes, and is the default.
enum class Layout : std::uint32_t { v1 = 1, v2 = 2 };

/// adaptive: predict, spin briefly, sleep. spin: never sleep. block: never spin. On one CPU nobody spins.
enum class WaitMode : std::uint32_t { adaptive = 0, spin = 1, block = 2 };

/// Touch every page when attaching: for rings of at most 64 MiB / always / never.
enum class Prefault : std::uint32_t { automatic = 0, always = 1, never = 2 };

/// How write() copies: by ring size / through the cache / around it with streaming stores.
enum class Copy : std::uint32_t { automatic = 0, cached = 1, streaming = 2 };

struct Options {
    /// Bytes of the ring; v2 rounds up to 64 KiB, v1 to 64 bytes. Create only.
    std::uint64_t capacity = 16U << 20U;
    /// Bytes reserved for metadata, 8 of them for its length; 0 for none. v1 rounds up to 64. Create only.
    std::uint64_t metadata_size = 4096;
    /// Open only: how long to wait for the buffer to appear.
    std::chrono::nanoseconds wait_for_peer{0};
    /// What to create; open recognises the layout by itself.
    Layout layout = Layout::v2;
    /// v2: frame payloads start on it; power of two, 16 to 4096. v1 packs frames at any byte. Create only.
    std::uint32_t alignment = 64;
    /// File mode bits of a new buffer, whatever the umask.
    std::uint32_t permissions = 0600;
    WaitMode wait_mode = WaitMode::adaptive;
    Prefault prefault = Prefault::automatic;
    /// Writers only.
    Copy copy = Copy::automatic;
    /// Create only: throw away a buffer of that name that nobody holds, instead of taking it over.
    bool replace = false;
    /// Readers only: map frames writable, to edit them in place.
    bool writable = false;
    /// Survive a peer that truncates the segment: Error(corrupt) instead of SIGBUS.
    bool guarded = false;
    /// Waits end with Error(interrupted) on EINTR and at least every 50 ms; for language bindings.
    bool interruptible = false;
};

}  // namespace zerobuffer
