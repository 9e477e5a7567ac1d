// SPDX-License-Identifier: MIT
// Access to words that another process changes at the same time. The segment holds plain data; every shared word is
// read and written through these functions, once per decision, and the callers name the partner of each edge.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>

namespace zerobuffer::wire {

// The words live in memory that may be mapped read-only; atomic_ref of const comes with C++26 only.
template <class Word>
std::atomic_ref<Word> shared(const Word& word) noexcept {
    static_assert(std::atomic_ref<Word>::is_always_lock_free, "a lock could die with its holder");
    return std::atomic_ref<Word>(const_cast<Word&>(word));
}

template <class Word>
Word load_acquire(const Word& word) noexcept {
    return shared(word).load(std::memory_order_acquire);
}

template <class Word>
Word load_relaxed(const Word& word) noexcept {
    return shared(word).load(std::memory_order_relaxed);
}

template <class Word>
void store_release(Word& word, Word value) noexcept {
    shared(word).store(value, std::memory_order_release);
}

template <class Word>
void store_relaxed(Word& word, Word value) noexcept {
    shared(word).store(value, std::memory_order_relaxed);
}

// For counters that one side writes and observers read: not a read-modify-write across processes.
inline void count_up(std::uint64_t& counter) noexcept { store_relaxed(counter, load_relaxed(counter) + 1); }

}  // namespace zerobuffer::wire
