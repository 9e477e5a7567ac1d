// SPDX-License-Identifier: MIT
#include "platform/fork_registry.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include "child.hpp"
#include "platform/file_lock.hpp"
#include "shared_names.hpp"

namespace zerobuffer::platform {
namespace {

constexpr ByteRange reader{std::int64_t{1} << 62U, 1};

class Counting final : public ForkListener {
public:
    Counting() {
        const ForksHeld held;
        listen(held);
    }
    ~Counting() override { stop_listening(); }
    void forked() noexcept override { ++calls; }
    void stop() { stop_listening(); }

    int calls = 0;
};

/// What a child forked now ends with.
int status_in_child(const std::function<int()>& body) {
    const pid_t pid = ::fork();
    if (pid == 0) { ::_exit(body()); }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ForkListener, IsToldInTheChildOnce) {
    const Counting listener;
    EXPECT_EQ(status_in_child([&] { return listener.calls; }), 1);
}

TEST(ForkListener, IsNotToldInTheParent) {
    const Counting listener;
    status_in_child([] { return 0; });
    EXPECT_EQ(listener.calls, 0);
}

TEST(ForkListener, IsToldAgainInAGrandchild) {
    const Counting listener;
    EXPECT_EQ(status_in_child([&] { return status_in_child([&] { return listener.calls; }); }), 2);
}

TEST(ForkListener, IsNotToldAfterItStopped) {
    Counting listener;
    listener.stop();
    EXPECT_EQ(status_in_child([&] { return listener.calls; }), 0);
    listener.stop();
}

TEST(ForkListener, AllAreToldWhicheverWentBefore) {
    for (int gone = 0; gone < 3; ++gone) {
        std::vector<std::unique_ptr<Counting>> listeners(3);
        for (auto& listener : listeners) {
            listener = std::make_unique<Counting>();
        }
        listeners[static_cast<std::size_t>(gone)].reset();
        const auto told = [&] {
            int sum = 0;
            for (const auto& listener : listeners) {
                sum += listener ? listener->calls : 0;
            }
            return sum;
        };
        EXPECT_EQ(status_in_child(told), 2) << gone;
    }
}

TEST(ForkListener, AChildMayHaveListenersOfItsOwn) {
    const Counting listener;
    const auto in_child = [] {
        const Counting own;
        return status_in_child([&] { return own.calls; });
    };
    EXPECT_EQ(status_in_child(in_child), 1);
}

// ---- locks and forks -------------------------------------------------------------------------------------------------

class LocksInForks : public WithName {
protected:
    void TearDown() override {
        file_.remove_name();
        WithName::TearDown();
    }
    [[nodiscard]] LockDescriptor description() const {
        return LockDescriptor([this] { return open_again(); });
    }

    SharedFile file_ = make(64);
};

TEST_F(LocksInForks, DescriptorOfNothingIsNone) {
    LockDescriptor descriptor;
    EXPECT_FALSE(descriptor);
    EXPECT_EQ(descriptor.number(), -1);
    descriptor.reset();
}

TEST_F(LocksInForks, DescriptorIsClosedInTheChildAndNotInTheParent) {
    const LockDescriptor mine = description();
    const int number = mine.number();
    EXPECT_EQ(status_in_child([&] { return ::fcntl(number, F_GETFD) < 0 && mine.number() == -1 ? 0 : 1; }), 0);
    EXPECT_GE(::fcntl(number, F_GETFD), 0);
    EXPECT_TRUE(mine);
}

TEST_F(LocksInForks, DescriptorIsClosedInTheChildWhereverItWasMoved) {
    LockDescriptor first = description();
    const LockDescriptor mine = std::move(first);
    const int number = mine.number();
    EXPECT_EQ(status_in_child([&] { return ::fcntl(number, F_GETFD) < 0 ? 0 : 1; }), 0);
}

TEST_F(LocksInForks, ChildDoesNotHoldTheLockOfItsParent) {
    LockDescriptor mine = description();
    const FileDescriptor other = open_again();
    ASSERT_TRUE(try_lock(mine.number(), reader));
    Child child([](const Line& line) {
        line.say();
        static_cast<void>(line.hear());
    });
    static_cast<void>(child.line().hear());
    EXPECT_TRUE(is_locked(other.number(), reader)) << "its end in the child is not its end here";
    mine.reset();
    EXPECT_FALSE(is_locked(other.number(), reader)) << "the child lives and does not hold it";
}

TEST_F(LocksInForks, DeathOfAProcessShowsAlthoughItsChildLivesOn) {
    const FileDescriptor other = open_again();
    Child parent([this](const Line& line) {
        const LockDescriptor mine = description();
        EXPECT_TRUE(try_lock(mine.number(), reader));
        const pid_t grandchild = ::fork();
        if (grandchild == 0) {
            line.say();
            static_cast<void>(line.hear());
            ::_exit(0);
        }
        ::pause();
    });
    static_cast<void>(parent.line().hear());
    EXPECT_TRUE(is_locked(other.number(), reader));
    parent.kill();
    EXPECT_FALSE(is_locked(other.number(), reader));
    parent.line().say();  // ends the grandchild
}

/// Descriptors of this process that lead to the file.
int descriptors_of(const FileFacts& file) {
    int count = 0;
    for (int number = 0; number < 256; ++number) {
        struct stat status {};
        if (::fstat(number, &status) == 0 && status.st_ino == file.inode && status.st_dev == file.device) { ++count; }
    }
    return count;
}

// No fork must come between the birth of a lock's descriptor and its registration, nor between its last look and its end.
TEST_F(LocksInForks, NoForkSlipsThroughWhileAnotherThreadMakesAndDropsLocks) {
    const std::jthread maker([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            static_cast<void>(description());
        }
    });
    const FileFacts file = file_.facts();
    const int expected = 1;  // file_ itself
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(status_in_child([&] { return descriptors_of(file); }), expected) << i;
    }
}

// The very first lock of a process needs the same.
TEST_F(LocksInForks, NoForkSlipsThroughBeforeTheFirstLockOfAProcess) {
    std::atomic<bool> born{false};
    std::atomic<pid_t> thread{0};
    std::atomic<int> found{-1};
    const FileFacts file = file_.facts();
    std::thread forker([&] {
        thread.store(::gettid());
        while (!born.load()) {}
        found.store(status_in_child([&] { return descriptors_of(file); }));
    });
    while (thread.load() == 0) {}
    const LockDescriptor mine([&] {
        FileDescriptor descriptor = open_again();
        born.store(true);
        // Until it is held at its fork, or waits for a child that slipped through.
        EXPECT_TRUE(await([&] { return state_of_thread(thread.load()) == 'S'; }));
        return descriptor;
    });
    forker.join();
    EXPECT_EQ(found.load(), 1) << "the child has file_ alone";
}

}  // namespace
}  // namespace zerobuffer::platform
