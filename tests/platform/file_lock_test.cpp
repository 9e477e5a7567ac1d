// SPDX-License-Identifier: MIT
#include "platform/file_lock.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>

#include "child.hpp"
#include "refused.hpp"
#include "shared_names.hpp"

namespace zerobuffer::platform {
namespace {

constexpr std::int64_t far = std::int64_t{1} << 62U;
constexpr ByteRange reader{far, 1};
constexpr ByteRange writer{far + 1, 1};
constexpr ByteRange both{far, 2};

class ByteLock : public WithName {
protected:
    void TearDown() override {
        file_.remove_name();
        WithName::TearDown();
    }

    SharedFile file_ = make(64);
    FileDescriptor mine_ = open_again();
    FileDescriptor other_ = open_again();
};

TEST_F(ByteLock, IsFreeAtFirst) {
    EXPECT_FALSE(is_locked(mine_.number(), both));
    EXPECT_TRUE(try_lock(mine_.number(), reader));
}

TEST_F(ByteLock, HoldsAgainstAnotherDescriptionOfTheSameProcess) {
    ASSERT_TRUE(try_lock(mine_.number(), reader));
    EXPECT_FALSE(try_lock(other_.number(), reader));
    EXPECT_TRUE(is_locked(other_.number(), reader));
}

TEST_F(ByteLock, IsNobodyElsesForItsHolder) {
    ASSERT_TRUE(try_lock(mine_.number(), reader));
    EXPECT_FALSE(is_locked(mine_.number(), reader));
    EXPECT_TRUE(try_lock(mine_.number(), reader)) << "taking it again changes nothing";
}

TEST_F(ByteLock, LeavesItsNeighbourFree) {
    ASSERT_TRUE(try_lock(mine_.number(), reader));
    EXPECT_FALSE(is_locked(other_.number(), writer));
    EXPECT_TRUE(try_lock(other_.number(), writer));
}

TEST_F(ByteLock, OfTwoBytesIsAllOrNothing) {
    ASSERT_TRUE(try_lock(mine_.number(), writer));
    EXPECT_FALSE(try_lock(other_.number(), both));
    const FileDescriptor third = open_again();
    EXPECT_FALSE(is_locked(third.number(), reader)) << "the free one of the two was not kept";
    EXPECT_TRUE(is_locked(third.number(), both));
}

TEST_F(ByteLock, GoesWhenItIsUnlocked) {
    ASSERT_TRUE(try_lock(mine_.number(), both));
    unlock(mine_.number(), reader);
    EXPECT_FALSE(is_locked(other_.number(), reader));
    EXPECT_TRUE(is_locked(other_.number(), writer));
}

TEST_F(ByteLock, GoesWhenItsDescriptionIsClosed) {
    ASSERT_TRUE(try_lock(mine_.number(), reader));
    mine_.reset();
    EXPECT_FALSE(is_locked(other_.number(), reader));
}

// Record locks of the older kind go when any descriptor of the file is closed.
TEST_F(ByteLock, StaysWhenAnotherDescriptionIsClosed) {
    ASSERT_TRUE(try_lock(mine_.number(), reader));
    open_again().reset();
    EXPECT_TRUE(is_locked(other_.number(), reader));
}

TEST_F(ByteLock, StaysWhenTheNameGoes) {
    ASSERT_TRUE(try_lock(mine_.number(), reader));
    file_.remove_name();
    EXPECT_TRUE(is_locked(other_.number(), reader));
}

TEST_F(ByteLock, OfADescriptorThatCannotWriteIsAnError) {
    const auto opened = SharedFile::open(name_, Access::read_only);
    EXPECT_THAT([&] { try_lock(opened->descriptor(), reader); },
                Refuses(Status::system_failure, "shared-memory file: lock"));
}

TEST_F(ByteLock, CanBeLookedAtWithoutWriting) {
    const auto opened = SharedFile::open(name_, Access::read_only);
    EXPECT_FALSE(is_locked(opened->descriptor(), reader));
    ASSERT_TRUE(try_lock(mine_.number(), reader));
    EXPECT_TRUE(is_locked(opened->descriptor(), reader));
}

TEST_F(ByteLock, ThatCannotBeLookedAtCountsAsHeld) { EXPECT_TRUE(is_locked(-1, reader)); }

// ---- across processes ------------------------------------------------------------------------------------------------

class LockOfAProcess : public ByteLock {
protected:
    /// A child that holds the reader's byte until it is told to end.
    [[nodiscard]] std::unique_ptr<Child> holder() const {
        auto child = std::make_unique<Child>([this](const Line& line) {
            const FileDescriptor descriptor = open_again();
            EXPECT_TRUE(try_lock(descriptor.number(), reader));
            line.say();
            static_cast<void>(line.hear());
        });
        static_cast<void>(child->line().hear());
        return child;
    }
};

TEST_F(LockOfAProcess, HoldsAgainstOthers) {
    const auto child = holder();
    EXPECT_TRUE(is_locked(mine_.number(), reader));
    EXPECT_FALSE(try_lock(mine_.number(), reader));
    EXPECT_FALSE(try_lock(mine_.number(), both));
    EXPECT_TRUE(try_lock(mine_.number(), writer));
}

TEST_F(LockOfAProcess, GoesWithItsProcess) {
    const auto child = holder();
    child->line().say();
    EXPECT_EQ(child->wait(), 0);
    EXPECT_FALSE(is_locked(mine_.number(), reader));
}

TEST_F(LockOfAProcess, GoesWhenItsProcessIsKilledAlthoughNobodyAskedForItsEnd) {
    const auto child = holder();
    child->kill();
    ASSERT_EQ(::kill(child->pid(), 0), 0) << "a zombie";
    EXPECT_TRUE(try_lock(mine_.number(), reader));
}

TEST_F(LockOfAProcess, StaysWhileItsProcessIsStopped) {
    const auto child = holder();
    ::kill(child->pid(), SIGSTOP);
    siginfo_t information{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child->pid()), &information, WSTOPPED | WNOWAIT), 0);
    EXPECT_TRUE(is_locked(mine_.number(), reader));
}

TEST_F(LockOfAProcess, GoesWhenItsProcessExecutesAnother) {
    Child child([this](const Line& line) {
        const FileDescriptor descriptor = open_again();
        EXPECT_TRUE(try_lock(descriptor.number(), reader));
        line.say();
        ::execl("/bin/sleep", "sleep", "600", nullptr);
        ::_exit(2);
    });
    static_cast<void>(child.line().hear());
    EXPECT_TRUE(await([&] { return !is_locked(mine_.number(), reader); }));
    EXPECT_EQ(::kill(child.pid(), 0), 0) << "it lives on";
}

// Why the descriptors of locks are never mapped, and closed in forked children.
TEST_F(LockOfAProcess, StaysWhileAForkedChildKeepsTheDescriptor) {
    ASSERT_TRUE(try_lock(mine_.number(), reader));
    Child child([](const Line& line) { static_cast<void>(line.hear()); });
    mine_.reset();
    EXPECT_TRUE(is_locked(other_.number(), reader));
    child.line().say();
    EXPECT_EQ(child.wait(), 0);
    EXPECT_FALSE(is_locked(other_.number(), reader));
}

TEST_F(LockOfAProcess, StaysWhileAMappingOfItsDescriptorLives) {
    ASSERT_TRUE(try_lock(mine_.number(), reader));
    void* const mapped = ::mmap(nullptr, 64, PROT_READ, MAP_SHARED, mine_.number(), 0);
    ASSERT_NE(mapped, MAP_FAILED);
    mine_.reset();
    EXPECT_TRUE(is_locked(other_.number(), reader));
    ::munmap(mapped, 64);
    EXPECT_FALSE(is_locked(other_.number(), reader));
}

// ---- whole files -----------------------------------------------------------------------------------------------------

TEST_F(ByteLock, OfAWholeFileHoldsAgainstAnotherDescription) {
    EXPECT_TRUE(try_lock_file(mine_.number()));
    EXPECT_TRUE(try_lock_file(mine_.number()));
    EXPECT_FALSE(try_lock_file(other_.number()));
    mine_.reset();
    EXPECT_TRUE(try_lock_file(other_.number()));
}

TEST_F(ByteLock, AndOfAWholeFileDoNotMeet) {
    EXPECT_TRUE(try_lock_file(mine_.number()));
    EXPECT_TRUE(try_lock(other_.number(), both));
}

TEST_F(ByteLock, OfAWholeFileThatIsNotOpenFails) { EXPECT_FALSE(try_lock_file(-1)); }

}  // namespace
}  // namespace zerobuffer::platform
