// SPDX-License-Identifier: MIT
// Each case runs in a child: the handler is of the whole process and stays.
#include "platform/guard.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "child.hpp"
#include "refused.hpp"

namespace zerobuffer::platform {
namespace {

constexpr std::uint8_t marked = 7;
constexpr int killed_by_sigbus = 128 + SIGBUS;

std::size_t page() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

/// Four pages of a file, filled with 1, that somebody may truncate.
class Mapped {
public:
    explicit Mapped(int protection = PROT_READ | PROT_WRITE) : file_(::memfd_create("guarded", MFD_CLOEXEC)) {
        EXPECT_EQ(::ftruncate(file_, static_cast<off_t>(size())), 0);
        const std::vector<char> ones(size(), 1);
        EXPECT_EQ(::pwrite(file_, ones.data(), size(), 0), static_cast<ssize_t>(size()));
        void* const start = ::mmap(nullptr, size(), protection, MAP_SHARED, file_, 0);
        EXPECT_NE(start, MAP_FAILED);
        data_ = static_cast<std::byte*>(start);
    }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;
    ~Mapped() {
        ::munmap(data_, size());
        ::close(file_);
    }

    static std::size_t size() { return 4 * page(); }
    [[nodiscard]] std::byte* data() const { return data_; }
    void truncate(std::size_t pages) const { EXPECT_EQ(::ftruncate(file_, static_cast<off_t>(pages * page())), 0); }
    int read(std::size_t at) const { return static_cast<int>(*static_cast<const volatile std::byte*>(data_ + at)); }
    void write(std::size_t at, int value) const {
        *static_cast<volatile std::byte*>(data_ + at) = static_cast<std::byte>(value);
    }

private:
    int file_;
    std::byte* data_ = nullptr;
};

TEST(TruncationGuard, WithoutItTheProcessEnds) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped;
                  mapped.truncate(0);
                  mapped.read(0);
              }),
              killed_by_sigbus);
}

TEST(TruncationGuard, AccessBeyondTheNewEndReadsZeroAndMarks) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped;
                  std::atomic<std::uint8_t> word{0};
                  const TruncationGuard guard(mapped.data(), Mapped::size(), word, marked);
                  mapped.truncate(1);
                  EXPECT_EQ(word.load(), 0);
                  EXPECT_EQ(mapped.read(2 * page() + 5), 0);
                  EXPECT_EQ(word.load(), marked);
              }),
              0);
}

TEST(TruncationGuard, BytesBeforeTheNewEndStay) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped;
                  std::atomic<std::uint8_t> word{0};
                  const TruncationGuard guard(mapped.data(), Mapped::size(), word, marked);
                  mapped.truncate(1);
                  EXPECT_EQ(mapped.read(page()), 0);
                  EXPECT_EQ(mapped.read(page() - 1), 1);
              }),
              0);
}

TEST(TruncationGuard, StoresBeyondTheNewEndGoOnInPrivateMemory) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped;
                  std::atomic<std::uint8_t> word{0};
                  const TruncationGuard guard(mapped.data(), Mapped::size(), word, marked);
                  mapped.truncate(0);
                  for (std::size_t at = 0; at < Mapped::size(); at += 100) {
                      mapped.write(at, 9);
                  }
                  EXPECT_EQ(mapped.read(0), 9);
                  EXPECT_EQ(word.load(), marked);
              }),
              0);
}

TEST(TruncationGuard, ReadOnlyMappingsSurviveToo) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped(PROT_READ);
                  std::atomic<std::uint8_t> word{0};
                  const TruncationGuard guard(mapped.data(), Mapped::size(), word, marked);
                  mapped.truncate(0);
                  EXPECT_EQ(mapped.read(Mapped::size() - 1), 0);
                  EXPECT_EQ(word.load(), marked);
              }),
              0);
}

TEST(TruncationGuard, MarksTheWordOfTheRangeThatFaulted) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped one;
                  const Mapped two;
                  std::atomic<std::uint8_t> first{0};
                  std::atomic<std::uint8_t> second{0};
                  const TruncationGuard guard_one(one.data(), Mapped::size(), first, marked);
                  const TruncationGuard guard_two(two.data(), Mapped::size(), second, marked + 1);
                  two.truncate(0);
                  EXPECT_EQ(two.read(0), 0);
                  EXPECT_EQ(first.load(), 0);
                  EXPECT_EQ(second.load(), marked + 1);
              }),
              0);
}

TEST(TruncationGuard, AFaultOutsideItsRangeStillKills) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped;
                  std::atomic<std::uint8_t> word{0};
                  const TruncationGuard guard(mapped.data(), page(), word, marked);
                  mapped.truncate(0);
                  EXPECT_EQ(mapped.read(page() - 1), 0);
                  mapped.read(page());
              }),
              killed_by_sigbus);
}

TEST(TruncationGuard, AFaultBeforeItsRangeStillKills) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped;
                  std::atomic<std::uint8_t> word{0};
                  const TruncationGuard guard(mapped.data() + page(), page(), word, marked);
                  mapped.truncate(0);
                  mapped.read(page() - 1);
              }),
              killed_by_sigbus);
}

TEST(TruncationGuard, AFaultAfterItsEndStillKills) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped;
                  std::atomic<std::uint8_t> word{0};
                  { const TruncationGuard guard(mapped.data(), Mapped::size(), word, marked); }
                  mapped.truncate(0);
                  mapped.read(0);
              }),
              killed_by_sigbus);
}

TEST(TruncationGuard, ASignalSentByAProcessStillKills) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped;
                  std::atomic<std::uint8_t> word{0};
                  const TruncationGuard guard(mapped.data(), Mapped::size(), word, marked);
                  ::raise(SIGBUS);
              }),
              killed_by_sigbus);
}

TEST(TruncationGuard, ASignalThatTheProgramIgnoresStaysIgnoredAndTheGuardStays) {
    EXPECT_EQ(outcome_of([] {
                  ::signal(SIGBUS, SIG_IGN);
                  const Mapped mapped;
                  std::atomic<std::uint8_t> word{0};
                  const TruncationGuard guard(mapped.data(), Mapped::size(), word, marked);
                  ::raise(SIGBUS);
                  mapped.truncate(0);
                  EXPECT_EQ(mapped.read(0), 0);
                  EXPECT_EQ(word, marked);
              }),
              0);
}

void leave_with_41(int) { ::_exit(41); }
void leave_with_42(int, siginfo_t*, void*) { ::_exit(42); }

void fault_elsewhere() {
    const Mapped guarded;
    const Mapped other;
    std::atomic<std::uint8_t> word{0};
    const TruncationGuard guard(guarded.data(), Mapped::size(), word, marked);
    other.truncate(0);
    other.read(0);
}

TEST(TruncationGuard, HandsForeignFaultsToAnOlderHandler) {
    EXPECT_EQ(outcome_of([] {
                  ::signal(SIGBUS, leave_with_41);
                  fault_elsewhere();
              }),
              41);
}

TEST(TruncationGuard, HandsForeignFaultsToAnOlderHandlerThatWantsInformation) {
    EXPECT_EQ(outcome_of([] {
                  struct sigaction action {};
                  action.sa_sigaction = leave_with_42;
                  action.sa_flags = SA_SIGINFO;
                  EXPECT_EQ(::sigaction(SIGBUS, &action, nullptr), 0);
                  fault_elsewhere();
              }),
              42);
}

TEST(TruncationGuard, HasRoomFor256RangesAndRefusesOneMore) {
    EXPECT_EQ(outcome_of([] {
                  const Mapped mapped;
                  std::atomic<std::uint8_t> word{0};
                  std::vector<std::unique_ptr<TruncationGuard>> guards;
                  const auto add = [&] {
                      guards.push_back(std::make_unique<TruncationGuard>(mapped.data(), page(), word, marked));
                  };
                  for (int i = 0; i < 256; ++i) {
                      add();
                  }
                  EXPECT_THAT(add, Refuses(Status::misuse, "256 guarded ranges", "close some"));
                  guards.erase(guards.begin() + 100);
                  EXPECT_NO_THROW(add());
                  EXPECT_THAT(add, Refuses(Status::misuse, "256"));
                  mapped.truncate(0);
                  EXPECT_EQ(mapped.read(0), 0);
              }),
              0);
}

}  // namespace
}  // namespace zerobuffer::platform
