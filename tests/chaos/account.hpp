// SPDX-License-Identifier: MIT
// Account: what each side was told and what it knows to be done, kept where no kill reaches it. Plain 64-bit words, so that
// a worker in any language can map it; account.py has the same words at the same places.
//
// A frame has a number: the epoch in the upper 24 bits, and below a count from 1. A new epoch begins with a new buffer: in
// layout v1 with each reader, in v2 when both sides have closed.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <new>
#include <system_error>

namespace zerobuffer::test {

using Word = std::atomic<std::uint64_t>;
static_assert(Word::is_always_lock_free && sizeof(Word) == 8);

/// One side. An incarnation is one life of its process; they count from 1.
struct SideAccount {
    // What the supervisor says.
    Word incarnation;  // the one that was started last
    Word leave;        // the one that shall close in order
    Word hold;         // the one that shall do nothing until it is another one
    Word harmed;       // the one that was killed last
    Word killed_at;    // nanoseconds of the monotonic clock, just before
    Word pace;         // the longest pause after a frame, in nanoseconds
    Word wait_mode;    // as zerobuffer::WaitMode
    Word random;       // a number of its own for each incarnation
    // What the workers say. Each word follows the act that it tells of; `doing` comes before it.
    Word attached;      // the incarnation that attached last
    Word attached_at;   // nanoseconds of the monotonic clock
    Word first_number;  // what the writer of that incarnation writes first
    Word done;          // the last number surely committed, or released
    Word doing;         // the last one that may be
    Word taken;         // reader: the last number taken
    Word base;          // writer, v1: number of a frame less its sequence
    Word skipped;       // writer, v1: numbers given up because the ring could not tell whether they were committed
    Word reports;       // losses of the other side that were reported
    Word detected;  // nanoseconds from a kill to its report, by a side that waited already; 0: none since it was read
    Word first_frame;  // nanoseconds from the last attaching to the first new frame; 0: none since it was read
    Word faults;
    Word unused[4];
};
static_assert(sizeof(SideAccount) == 24 * 8);

struct Account {
    Word layout;    // 1 or 2
    Word capacity;  // of the ring
    Word largest;   // bytes of the pattern in a frame
    Word seed;      // of the pattern
    Word epoch;     // of what the sides write and read now
    Word ready;     // v1: the last epoch whose buffer is complete
    Word drain;     // the reader that leaves reads to the end first
    Word stops;     // how often a process was stopped, or held
    SideAccount writer;
    SideAccount reader;
};
static_assert(offsetof(Account, writer) == 8 * 8 && sizeof(Account) == 56 * 8);

inline constexpr unsigned epoch_shift = 40;
constexpr std::uint64_t epoch_of(std::uint64_t number) noexcept { return number >> epoch_shift; }
constexpr std::uint64_t begin_of(std::uint64_t epoch) noexcept { return epoch << epoch_shift; }
/// Whether the newest writer, or reader, is attached to the buffer of this epoch. A v1 writer may be attached to that of a
/// reader that is gone.
inline bool is_attached(const Account& account, const SideAccount& side) noexcept {
    const bool here = &side == &account.reader || epoch_of(side.first_number) == account.epoch;
    return side.attached == side.incarnation && here;
}

/// `number`, or the beginning of the epoch if it is of an earlier one.
constexpr std::uint64_t within(std::uint64_t epoch, std::uint64_t number) noexcept {
    return epoch_of(number) == epoch ? number : begin_of(epoch);
}

inline std::uint64_t nanoseconds() {
    return static_cast<std::uint64_t>(
        std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

/// An account in memory without a name. Other programs open it as /proc/PID/fd/DESCRIPTOR.
class SharedAccount {
public:
    SharedAccount() : descriptor_(::memfd_create("chaos-account", MFD_CLOEXEC)) {
        if (descriptor_ < 0 || ::ftruncate(descriptor_, sizeof(Account)) != 0) { fail("memfd_create"); }
        void* const memory = ::mmap(nullptr, sizeof(Account), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
        if (memory == MAP_FAILED) { fail("mmap"); }
        account_ = new (memory) Account{};
    }
    SharedAccount(const SharedAccount&) = delete;
    SharedAccount& operator=(const SharedAccount&) = delete;
    ~SharedAccount() {
        ::munmap(account_, sizeof(Account));
        ::close(descriptor_);
    }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    Account& operator*() const noexcept { return *account_; }
    Account* operator->() const noexcept { return account_; }

private:
    [[noreturn]] static void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

    int descriptor_;
    Account* account_ = nullptr;
};

}  // namespace zerobuffer::test
