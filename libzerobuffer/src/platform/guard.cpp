// SPDX-License-Identifier: MIT
#include "platform/guard.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <zerobuffer/status.hpp>

#include "platform/fork_registry.hpp"

namespace zerobuffer::platform {
namespace {

struct Range {
    std::atomic<std::uintptr_t> begin{0};  // 0: free; stored last, with release
    std::atomic<std::uint64_t> size{0};
    std::atomic<std::atomic<std::uint8_t>*> word{nullptr};
    std::atomic<std::uint8_t> value{0};
};

std::array<Range, 256> ranges;  // changed under ForksHeld; the handler only reads atomics
struct sigaction previous;
long page_size = 4096;

// Async-signal-safe: atomics and one mmap, which is a plain system call here.
bool repair(std::uintptr_t address) noexcept {
    for (Range& range : ranges) {
        const std::uintptr_t begin = range.begin.load(std::memory_order_acquire);
        if (begin == 0 || address < begin || address - begin >= range.size.load(std::memory_order_relaxed)) {
            continue;
        }
        const std::uintptr_t page = address & ~static_cast<std::uintptr_t>(page_size - 1);
        // NOLINTNEXTLINE(performance-no-int-to-ptr): a page address is a number first
        void* const zeros = ::mmap(reinterpret_cast<void*>(page), static_cast<std::size_t>(page_size),
                                   PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        // Only over a word of 0: what it says already (closed, forked, corrupt) counts for more.
        std::uint8_t expected = 0;
        range.word.load(std::memory_order_relaxed)
            ->compare_exchange_strong(expected, range.value.load(std::memory_order_relaxed), std::memory_order_relaxed);
        return zeros != MAP_FAILED;
    }
    return false;
}

void on_sigbus(int number, siginfo_t* information, void* context) {
    const int interrupted_errno = errno;
    if (information->si_code == BUS_ADRERR && repair(reinterpret_cast<std::uintptr_t>(information->si_addr))) {
        errno = interrupted_errno;
        return;
    }
    if ((previous.sa_flags & SA_SIGINFO) != 0) {
        previous.sa_sigaction(number, information, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
    } else if (information->si_code > 0 || previous.sa_handler == SIG_DFL) {
        // Back to the default: the access is repeated and ends the process, with its own address in the core dump. A
        // signal that a process sent (man 2 sigaction: si_code is not above 0) has no access to repeat.
        ::sigaction(SIGBUS, &previous, nullptr);
        if (information->si_code <= 0) { ::raise(number); }
    }
}

void install() {
    page_size = ::sysconf(_SC_PAGESIZE);
    struct sigaction action {};
    action.sa_sigaction = on_sigbus;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &previous);
}

}  // namespace

TruncationGuard::TruncationGuard(const std::byte* begin, std::uint64_t size, std::atomic<std::uint8_t>& word,
                                 std::uint8_t value) {
    const ForksHeld alone;  // also from a fork, which would leave a lock to the child
    static const bool installed = (install(), true);
    static_cast<void>(installed);
    for (slot_ = 0; slot_ < ranges.size(); ++slot_) {
        Range& range = ranges[slot_];
        if (range.begin.load(std::memory_order_relaxed) != 0) { continue; }
        range.size.store(size, std::memory_order_relaxed);
        range.word.store(&word, std::memory_order_relaxed);
        range.value.store(value, std::memory_order_relaxed);
        range.begin.store(reinterpret_cast<std::uintptr_t>(begin), std::memory_order_release);
        return;
    }
    throw Error(Status::misuse,
                "guarded: this process has 256 guarded ranges already; close some, or open without guarded");
}

TruncationGuard::~TruncationGuard() {
    const ForksHeld alone;  // also from a fork, which would leave a lock to the child
    ranges[slot_].begin.store(0, std::memory_order_release);
}

}  // namespace zerobuffer::platform
