// SPDX-License-Identifier: MIT
#include "platform/shared_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>

#include "child.hpp"
#include "refused.hpp"
#include "shared_names.hpp"

namespace zerobuffer::platform {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::uint64_t reserved_bytes(int descriptor) {
    struct stat status {};
    EXPECT_EQ(::fstat(descriptor, &status), 0);
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

class SharedFileTest : public WithName {};

// ---- a new file, however it comes to its name ------------------------------------------------------------------------

class NewFile : public SharedFileTest, public testing::WithParamInterface<Appearance> {
protected:
    [[nodiscard]] SharedFile create(std::uint64_t size = 100'000, std::uint32_t permissions = 0600) const {
        return SharedFile::create(name_, size, permissions, GetParam());
    }
};

TEST_P(NewFile, HasNoNameUntilItAppears) {
    SharedFile file = create();
    EXPECT_FALSE(file.has_name());
    EXPECT_FALSE(SharedFile::open(name_, Access::read_only));
    EXPECT_TRUE(file.appear());
    EXPECT_TRUE(file.has_name());
    EXPECT_THAT(names_of(file.facts()), ElementsAre(name_));
    file.remove_name();
}

// A signal undoes what the call that it interrupts has reserved; this one comes more often than so much can be reserved.
TEST_P(NewFile, HasItsMemoryAlthoughATimerInterrupts) {
    constexpr std::uint64_t size = 256U << 20U;
    struct sigaction count {};
    count.sa_handler = [](int) {};
    struct sigaction before {};
    ASSERT_EQ(::sigaction(SIGALRM, &count, &before), 0);
    const itimerval often = {{0, 2000}, {0, 2000}};
    ASSERT_EQ(::setitimer(ITIMER_REAL, &often, nullptr), 0);
    const SharedFile file = create(size);
    const itimerval never{};
    ASSERT_EQ(::setitimer(ITIMER_REAL, &never, nullptr), 0);
    ASSERT_EQ(::sigaction(SIGALRM, &before, nullptr), 0);
    EXPECT_GE(reserved_bytes(file.descriptor()), size);
}

TEST_P(NewFile, IsZeroesOfTheSizeAskedWithItsMemoryReserved) {
    const SharedFile file = create();
    EXPECT_EQ(file.facts().size, 100'000U);
    EXPECT_GE(reserved_bytes(file.descriptor()), 100'000U);
    std::vector<char> bytes(100'000, 'x');
    ASSERT_EQ(::pread(file.descriptor(), bytes.data(), bytes.size(), 0), 100'000);
    EXPECT_EQ(std::count(bytes.begin(), bytes.end(), '\0'), 100'000);
}

TEST_P(NewFile, HasThePermissionsAskedWhateverTheUmask) {
    for (const ::mode_t mask : {0U, 022U, 077U, 0777U}) {
        for (const std::uint32_t permissions : {0600U, 0640U, 0666U, 0777U}) {
            const ::mode_t before = ::umask(mask);
            SharedFile file = create(4096, permissions);
            EXPECT_TRUE(file.appear());
            ::umask(before);
            EXPECT_EQ(mode_of(path()), permissions) << mask;
            EXPECT_EQ(file.facts().mode, permissions) << mask;
            file.remove_name();
        }
    }
}

TEST_P(NewFile, LosesToANameThatIsTakenAndLeavesNothing) {
    const SharedFile first = make(4096);
    FileFacts lost;
    {
        SharedFile second = create();
        lost = second.facts();
        EXPECT_FALSE(second.appear());
        EXPECT_FALSE(second.has_name());
        EXPECT_TRUE(first.has_name());
    }
    EXPECT_THAT(names_of(lost), IsEmpty());
    first.remove_name();
}

TEST_P(NewFile, LosesToAnyThingOfThatName) {
    ASSERT_EQ(::symlink("/nowhere", path().c_str()), 0);
    SharedFile file = create();
    EXPECT_FALSE(file.appear());
    EXPECT_EQ(::unlink(path().c_str()), 0);
}

TEST_P(NewFile, MayAppearOnceTheNameIsFree) {
    const SharedFile first = make(4096);
    SharedFile second = create();
    EXPECT_FALSE(second.appear());
    first.remove_name();
    EXPECT_TRUE(second.appear());
    second.remove_name();
}

TEST_P(NewFile, LeavesNothingWhenItNeverAppears) {
    const FileFacts gone = create().facts();
    EXPECT_THAT(names_of(gone), IsEmpty());
}

TEST_P(NewFile, KeepsItsHiddenNameWhileItMoves) {
    SharedFile first = create();
    SharedFile second(std::move(first));
    SharedFile third = create();
    third = std::move(second);
    EXPECT_TRUE(third.appear());
    third.remove_name();
}

TEST_P(NewFile, CanBeReopenedBeforeAndAfterItAppears) {
    SharedFile file = create();
    for (const bool appeared : {false, true}) {
        if (appeared) { ASSERT_TRUE(file.appear()); }
        const LockDescriptor second = file.reopen();
        EXPECT_NE(second.number(), file.descriptor());
        EXPECT_EQ(::fcntl(second.number(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
        EXPECT_EQ(::fcntl(second.number(), F_GETFL) & O_ACCMODE, O_RDWR) << "a lock needs it";
        struct stat status {};
        ASSERT_EQ(::fstat(second.number(), &status), 0);
        EXPECT_EQ(status.st_ino, file.facts().inode);
    }
    file.remove_name();
}

TEST_P(NewFile, IsNotSeenByProgramsThatAreExecuted) {
    const SharedFile file = create();
    EXPECT_EQ(::fcntl(file.descriptor(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

INSTANTIATE_TEST_SUITE_P(Appearances, NewFile, testing::Values(Appearance::unnamed, Appearance::hidden),
                         [](const auto& appearance) {
                             return appearance.param == Appearance::unnamed ? "Unnamed" : "Hidden";
                         });

TEST_F(SharedFileTest, HiddenNamesStartAsCleanExpects) {
    const SharedFile file = SharedFile::create(name_, 4096, 0600, Appearance::hidden);
    const auto names = names_of(file.facts());
    ASSERT_EQ(names.size(), 1U);
    EXPECT_TRUE(names[0].starts_with(hidden_prefix));
}

TEST_F(SharedFileTest, HiddenFileThatWasSweptIsLostBeforeItsLockAndAfter) {
    SharedFile file = SharedFile::create(name_, 4096, 0600, Appearance::hidden);
    remove_shared_name(names_of(file.facts()).at(0));
    EXPECT_FALSE(file.reopen());
    EXPECT_FALSE(file.appear());
    EXPECT_EQ(errno, ENOENT);
}

/// The names of a file whose maker was killed before it appeared.
std::vector<std::string> names_after_death(const std::string& name, Appearance appearance) {
    Child maker([&](const Line& line) {
        const SharedFile file = SharedFile::create(name, 4096, 0600, appearance);
        line.say_number(file.facts().device);
        line.say_number(file.facts().inode);
        static_cast<void>(line.hear());
    });
    FileFacts file;
    file.device = maker.line().hear_number();
    file.inode = maker.line().hear_number();
    maker.kill();
    return names_of(file);
}

TEST_F(SharedFileTest, UnnamedFileVanishesWhenItsMakerIsKilled) {
    EXPECT_THAT(names_after_death(name_, Appearance::unnamed), IsEmpty());
}

TEST_F(SharedFileTest, HiddenFileOfAKilledMakerStaysUnderANameThatCanBeSwept) {
    const auto names = names_after_death(name_, Appearance::hidden);
    ASSERT_EQ(names.size(), 1U);
    EXPECT_TRUE(names[0].starts_with(hidden_prefix));
    remove_shared_name(names[0]);
}

TEST_F(SharedFileTest, CreateChoosesAnAppearanceThatWorksHere) {
    SharedFile file = SharedFile::create(name_, 4096, 0600);
    EXPECT_TRUE(file.appear());
    file.remove_name();
}

// ---- opening ---------------------------------------------------------------------------------------------------------

TEST_F(SharedFileTest, OpenFindsNothingWhereThereIsNoName) {
    EXPECT_FALSE(SharedFile::open(name_, Access::read_only));
    EXPECT_FALSE(SharedFile::open(name_, Access::read_write));
}

TEST_F(SharedFileTest, OpenFindsTheSameFile) {
    const SharedFile made = make(5000);
    const auto opened = SharedFile::open(name_, Access::read_only);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->facts().same_file(made.facts()));
    EXPECT_EQ(opened->facts().size, 5000U);
    EXPECT_EQ(opened->facts().uid, ::geteuid());
    EXPECT_TRUE(opened->has_name());
    made.remove_name();
}

TEST_F(SharedFileTest, OpenAsksForNoMoreThanItNeeds) {
    const SharedFile made = make(64);
    const auto reading = SharedFile::open(name_, Access::read_only);
    const auto writing = SharedFile::open(name_, Access::read_write);
    EXPECT_EQ(::fcntl(reading->descriptor(), F_GETFL) & O_ACCMODE, O_RDONLY);
    EXPECT_EQ(::fcntl(writing->descriptor(), F_GETFL) & O_ACCMODE, O_RDWR);
    EXPECT_EQ(::fcntl(reading->descriptor(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    made.remove_name();
}

/// What stands under the name is no regular file. Opening must neither follow it nor wait for its other end.
class OtherThing : public SharedFileTest {
protected:
    void expect_refused() const {
        for (const Access access : {Access::read_only, Access::read_write}) {
            EXPECT_THAT([&] { static_cast<void>(SharedFile::open(name_, access)); },
                        Refuses(Status::incompatible, "buffer \"" + name_ + "\"", "not a regular file"))
                << (access == Access::read_only ? "to read" : "to write");
        }
    }
};

TEST_F(OtherThing, FifoIsRefusedWithoutWaiting) {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    expect_refused();
    ::unlink(path().c_str());
}

TEST_F(OtherThing, SymbolicLinkIsRefused) {
    const SharedFile target = make(64);
    const std::string link = path() + "link";
    ASSERT_EQ(::symlink(path().c_str(), link.c_str()), 0);
    EXPECT_THAT([&] { static_cast<void>(SharedFile::open(name_ + "link", Access::read_write)); },
                Refuses(Status::incompatible, "not a regular file"));
    ::unlink(link.c_str());
    target.remove_name();
}

TEST_F(OtherThing, SymbolicLinkToNothingIsRefused) {
    ASSERT_EQ(::symlink("/nowhere", path().c_str()), 0);
    expect_refused();
    ::unlink(path().c_str());
}

TEST_F(OtherThing, DirectoryIsRefused) {
    ASSERT_EQ(::mkdir(path().c_str(), 0700), 0);
    expect_refused();
    ::rmdir(path().c_str());
}

TEST_F(OtherThing, SocketIsRefused) {
    const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    expect_refused();
    ::unlink(path().c_str());
}

TEST_F(SharedFileTest, OpenTellsOfMissingPermission) {
    if (::geteuid() != 0) { GTEST_SKIP() << "only root can become another user"; }
    const SharedFile made = make(64);
    const int outcome = outcome_of([&] {
        ASSERT_EQ(::setuid(65534), 0);
        EXPECT_THAT([&] { static_cast<void>(SharedFile::open(name_, Access::read_only)); },
                    Refuses(Status::permission_denied, "buffer \"" + name_ + "\": open", "run as the buffer's owner"));
    });
    EXPECT_EQ(outcome, 0);
    made.remove_name();
}

TEST_F(SharedFileTest, NameThatNoFileCanHaveIsAnErrorThatNamesIt) {
    SharedFile file = SharedFile::create(std::string(300, 'n'), 64, 0600);
    EXPECT_THAT([&] { static_cast<void>(file.appear()); },
                Refuses(Status::system_failure, "buffer \"nnn", "give it its name", "File name too long"));
}

// ---- names -----------------------------------------------------------------------------------------------------------

TEST_F(SharedFileTest, ANameMayComeToMeanAnotherFile) {
    const SharedFile first = make(64);
    first.remove_name();
    const SharedFile second = make(64);
    EXPECT_FALSE(first.has_name());
    EXPECT_TRUE(second.has_name());
    EXPECT_FALSE(name_means(name_, first.facts()));
    EXPECT_TRUE(name_means(name_, second.facts()));
    second.remove_name();
    EXPECT_FALSE(name_means(name_, second.facts()));
}

TEST_F(SharedFileTest, ALinkToTheFileIsNotTheFile) {
    const SharedFile file = make(64);
    const std::string link = path() + "link";
    ASSERT_EQ(::symlink(path().c_str(), link.c_str()), 0);
    EXPECT_FALSE(name_means(name_ + "link", file.facts()));
    ::unlink(link.c_str());
    file.remove_name();
}

TEST_F(SharedFileTest, ReadsWhatThereIsAndNoMore) {
    const SharedFile file = SharedFile::create(name_, 10'000, 0600);
    ASSERT_EQ(::pwrite(file.descriptor(), "frame", 5, 9'990), 5);
    std::array<char, 20> text{};
    EXPECT_EQ(file.read(9'990, std::as_writable_bytes(std::span(text))), 10U);
    EXPECT_STREQ(text.data(), "frame");
    EXPECT_EQ(file.read(20'000, std::as_writable_bytes(std::span(text))), 0U);
}

TEST_F(SharedFileTest, RemovingANameThatIsNotThereDoesNothing) { remove_shared_name(name_); }

TEST_F(SharedFileTest, NamesAreListedInOrderWithoutTheFolderItself) {
    for (const char* end : {"b", "a"}) {
        std::ofstream(path() + end).put('x');
    }
    const auto names = shared_names();
    EXPECT_TRUE(std::ranges::is_sorted(names));
    EXPECT_THAT(names, testing::IsSupersetOf({name_ + "a", name_ + "b"}));
    EXPECT_THAT(names, testing::Not(testing::Contains(testing::AnyOf(".", ".."))));
    for (const char* end : {"b", "a"}) {
        remove_shared_name(name_ + end);
    }
}

TEST_F(SharedFileTest, SameFileNeedsDeviceAndInode) {
    const FileFacts one{1, 2, 3, 4, 5};
    EXPECT_TRUE(one.same_file({1, 2, 0, 0, 0}));
    EXPECT_FALSE(one.same_file({0, 2, 3, 4, 5}));
    EXPECT_FALSE(one.same_file({1, 0, 3, 4, 5}));
}

TEST_F(SharedFileTest, AFileThatWasClosedTellsNothing) {
    SharedFile file = make(64);
    file.remove_name();
    file.close();
    EXPECT_THAT([&] { static_cast<void>(file.facts()); }, Refuses(Status::system_failure, "stat"));
    EXPECT_THAT([&] { static_cast<void>(file.reopen()); }, Refuses(Status::not_found, "open for locking"));
}

}  // namespace
}  // namespace zerobuffer::platform
