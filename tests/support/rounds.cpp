// SPDX-License-Identifier: MIT
#include "support/rounds.hpp"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <new>
#include <stdexcept>
#include <system_error>

#include "support/event.hpp"

namespace zerobuffer::test {
namespace {

constexpr std::size_t page = 4096;

void* shared_page() {
    void* const memory = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) { throw std::system_error(errno, std::generic_category(), "mmap"); }
    return memory;
}

}  // namespace

SharedNumbers::SharedNumbers() : numbers_(static_cast<std::atomic<std::uint64_t>*>(shared_page())) {
    static_assert(count * sizeof *numbers_ <= page);
}
SharedNumbers::~SharedNumbers() { ::munmap(numbers_, page); }

MeetingPoint::MeetingPoint(std::uint32_t parties) : parties_(parties), state_(new (shared_page()) State) {}
MeetingPoint::~MeetingPoint() { ::munmap(state_, page); }

void MeetingPoint::meet() const {
    const std::uint32_t round = state_->round.load();
    if (state_->arrived.fetch_add(1) + 1 == parties_) {
        state_->arrived = 0;
        state_->round.fetch_add(1);
        ::syscall(SYS_futex, &state_->round, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
        return;
    }
    const timespec patience{std::chrono::seconds(deadline).count(), 0};
    while (state_->round.load() == round) {
        const long result = ::syscall(SYS_futex, &state_->round, FUTEX_WAIT, round, &patience, nullptr, 0);
        if (result != 0 && errno == ETIMEDOUT) { throw std::runtime_error("the other processes do not come"); }
    }
}

}  // namespace zerobuffer::test
