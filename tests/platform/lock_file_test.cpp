// SPDX-License-Identifier: MIT
#include "platform/lock_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <fstream>

#include "child.hpp"
#include "private_folder.hpp"
#include "refused.hpp"
#include "shared_names.hpp"

namespace zerobuffer::platform {
namespace {

class LockFile : public WithName {
protected:
    void TearDown() override {
        for (const std::string& path : paths_) {
            EXPECT_FALSE(exists(path)) << path;
            ::unlink(path.c_str());
        }
        WithName::TearDown();
    }
    static bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }
    /// As an old peer does.
    static FileDescriptor lock(const std::string& path) {
        FileDescriptor descriptor(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666));
        EXPECT_EQ(::flock(descriptor.number(), LOCK_EX | LOCK_NB), 0);
        return descriptor;
    }
    [[nodiscard]] std::optional<LockFiles> take() const { return LockFiles::try_take(name_); }

    const std::array<std::string, 2> paths_ = {"/tmp/zerobuffer/" + name_ + ".lock",
                                               "/tmp/zerobuffer/locks/" + name_ + ".lock"};
};

TEST_F(LockFile, AreMadeInBothFolders) {
    auto files = take();
    ASSERT_TRUE(files);
    for (const std::string& path : paths_) {
        EXPECT_TRUE(exists(path)) << path;
    }
    files.reset();
}

TEST_F(LockFile, FoldersAreOpenToEveryUserWhateverTheUmask) {
    const int outcome = in_private_folder("/tmp", "mode=1777", [this] {
        ::umask(077);
        auto files = take();
        EXPECT_EQ(mode_of("/tmp/zerobuffer"), 01777U);
        EXPECT_EQ(mode_of("/tmp/zerobuffer/locks"), 01777U);
        files.reset();
    });
    if (outcome == not_permitted) { GTEST_SKIP() << "this process may not make a mount namespace"; }
    EXPECT_EQ(outcome, 0);
}

TEST_F(LockFile, FolderThatIsAFileIsAnErrorThatNamesIt) {
    const int outcome = in_private_folder("/tmp", "mode=1777", [this] {
        std::ofstream("/tmp/zerobuffer").put('x');
        EXPECT_THAT([&] { static_cast<void>(take()); }, Refuses(Status::system_failure, "/tmp/zerobuffer"));
    });
    if (outcome == not_permitted) { GTEST_SKIP() << "this process may not make a mount namespace"; }
    EXPECT_EQ(outcome, 0);
}

TEST_F(LockFile, HoldAgainstASecondReader) {
    auto files = take();
    EXPECT_TRUE(LockFiles::are_held(name_));
    EXPECT_FALSE(take());
    EXPECT_TRUE(LockFiles::are_held(name_)) << "the attempt let go of nothing";
    files.reset();
}

TEST_F(LockFile, AreGoneAndFreeWhenRemoved) {
    take().reset();
    EXPECT_FALSE(LockFiles::are_held(name_));
    auto again = take();
    ASSERT_TRUE(again);
    again.reset();
}

TEST_F(LockFile, OfASuccessorStayWhenThoseOfTheFirstWereSwept) {
    auto swept = take();
    for (const std::string& path : paths_) {
        ::unlink(path.c_str());
    }
    auto successor = take();
    ASSERT_TRUE(successor);
    swept.reset();
    for (const std::string& path : paths_) {
        EXPECT_TRUE(exists(path)) << path;
    }
}

TEST_F(LockFile, EitherOfTwoOldLocksIsRespected) {
    for (const std::string& path : paths_) {
        FileDescriptor old = lock(path);
        EXPECT_TRUE(LockFiles::are_held(name_)) << path;
        EXPECT_FALSE(take()) << path;
        EXPECT_TRUE(exists(path)) << "it is not ours to remove";
        old.reset();
        ::unlink(path.c_str());
    }
}

TEST_F(LockFile, ThatNobodyHoldsIsTakenOver) {
    for (const std::string& path : paths_) {
        lock(path).reset();
    }
    EXPECT_FALSE(LockFiles::are_held(name_));
    auto files = take();
    ASSERT_TRUE(files);
    files.reset();
}

TEST_F(LockFile, OfAKilledReaderIsFree) {
    Child reader([this](const Line& line) {
        auto files = take();
        EXPECT_TRUE(files);
        line.say();
        static_cast<void>(line.hear());
    });
    static_cast<void>(reader.line().hear());
    EXPECT_TRUE(LockFiles::are_held(name_));
    reader.kill();
    EXPECT_FALSE(LockFiles::are_held(name_));
    take().reset();
}

TEST_F(LockFile, IsNotHeldByAForkedChild) {
    auto files = take();
    ASSERT_TRUE(files);
    Child child([](const Line& line) {
        line.say();
        static_cast<void>(line.hear());
    });
    static_cast<void>(child.line().hear());
    EXPECT_TRUE(LockFiles::are_held(name_));
    files.reset();
    auto again = take();
    ASSERT_TRUE(again);
    again.reset();
}

TEST_F(LockFile, IsNeverMadeThroughALink) {
    const std::string target = "/tmp/zerobuffer/" + name_ + "target";
    take().reset();  // makes the folders
    for (const std::string& path : paths_) {
        ASSERT_EQ(::symlink(target.c_str(), path.c_str()), 0);
        EXPECT_THAT([&] { static_cast<void>(take()); },
                    Refuses(Status::system_failure, "lock file " + path, "it is a link: remove it"));
        EXPECT_FALSE(exists(target));
        ::unlink(path.c_str());
    }
}

TEST_F(LockFile, OfAnotherUserIsRefusedWithWhoCanHelp) {
    if (::geteuid() != 0) { GTEST_SKIP() << "only root can become another user"; }
    take().reset();  // makes the folders
    const FileDescriptor roots(::open(paths_[0].c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    ASSERT_TRUE(roots);
    Child child([&](const Line&) {
        ASSERT_EQ(::setuid(65534), 0);
        EXPECT_THAT([&] { static_cast<void>(take()); },
                    Refuses(Status::permission_denied, "lock file " + paths_[0], "Permission denied",
                            "another user's: let them remove it, or choose another name"));
    });
    EXPECT_EQ(child.wait(), 0);
    ::unlink(paths_[0].c_str());
}

TEST_F(LockFile, ThatCannotBeTakenLeavesNoOtherBehind) {
    const FileDescriptor old = lock(paths_[1]);
    EXPECT_FALSE(take());
    EXPECT_FALSE(exists(paths_[0]));
    ::unlink(paths_[1].c_str());
}

}  // namespace
}  // namespace zerobuffer::platform
