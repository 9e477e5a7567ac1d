// SPDX-License-Identifier: MIT
#include "hot_path/counting_malloc.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

// What glibc calls its own functions, for programs that replace them. operator new ends here, too.
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* memory, std::size_t size);            // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT(bugprone-reserved-identifier)
}

namespace {

std::atomic<std::uint64_t> count{0};

void count_one() noexcept { count.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
    count_one();
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size) {
    count_one();
    return __libc_calloc(number, size);
}

void* realloc(void* memory, std::size_t size) {
    count_one();
    return __libc_realloc(memory, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
    count_one();
    return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
    *memory = memalign(alignment, size);
    return *memory == nullptr ? ENOMEM : 0;
}

}  // extern "C"

std::uint64_t zerobuffer::test::allocations() noexcept { return count.load(std::memory_order_relaxed); }
