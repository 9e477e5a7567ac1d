// SPDX-License-Identifier: MIT
// How write() brings bytes into the ring. Which way is faster depends on the ring, not on the frame: a small ring stays in
// the cache and the reader finds it there; a large one does not, and streaming stores save reading the lines first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace zerobuffer::ring {

// Measured on a Xeon with 2 MiB of cache per core (docs/performance.md), with a reader that reads every byte: memcpy wins up to
// 32 MiB, and streaming from 256 MiB. Between them it depends on the reader. One that keeps up gets frames of 1 MiB and more
// 13 to 20 % sooner by streaming; one that is behind takes 8 to 20 % longer for them, as they have left the cache.
inline constexpr std::uint64_t streaming_ring_when_awaited = 64U << 20U;
inline constexpr std::uint64_t streaming_ring = 256U << 20U;
inline constexpr std::uint64_t streaming_frame = 16U << 10U;

#if defined(__x86_64__)
[[gnu::noinline]] inline void copy_streaming(std::byte* to, const std::byte* from, std::uint64_t size) noexcept {
    const std::uint64_t head = (0 - reinterpret_cast<std::uintptr_t>(to)) & 15U;
    if (size < 128) {
        std::memcpy(to, from, size);
        return;
    }
    std::memcpy(to, from, head);
    std::uint64_t at = head;
    for (; size - at >= 64; at += 64) {
        const auto* source = reinterpret_cast<const __m128i*>(from + at);
        auto* target = reinterpret_cast<__m128i*>(to + at);
        const __m128i a = _mm_loadu_si128(source);
        const __m128i b = _mm_loadu_si128(source + 1);
        const __m128i c = _mm_loadu_si128(source + 2);
        const __m128i d = _mm_loadu_si128(source + 3);
        _mm_stream_si128(target, a);
        _mm_stream_si128(target + 1, b);
        _mm_stream_si128(target + 2, c);
        _mm_stream_si128(target + 3, d);
    }
    std::memcpy(to + at, from + at, size - at);
    _mm_sfence();  // streaming stores are weakly ordered: they must be visible before the commit is
}
#else
inline void copy_streaming(std::byte* to, const std::byte* from, std::uint64_t size) noexcept {
    std::memcpy(to, from, size);
}
#endif

inline void copy_in(std::byte* to, const std::byte* from, std::uint64_t size, bool streaming) noexcept {
    if (streaming && size >= streaming_frame) {
        copy_streaming(to, from, size);
    } else if (size != 0) {
        std::memcpy(to, from, size);
    }
}

}  // namespace zerobuffer::ring
