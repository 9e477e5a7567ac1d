// SPDX-License-Identifier: MIT
// Scenarios 8, 10, 12 and 13: names, limits and rights, for every layout where it applies.
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "child.hpp"
#include "interop_test.hpp"
#include "processes.hpp"

namespace zerobuffer::interop {
namespace {

constexpr uid_t nobody = 65534;

class ResourceScenario : public LayoutTest {
protected:
    /// A buffer of that name carries a frame and leaves nothing.
    void expect_usable(const std::string& name) {
        {
            Reader reader = Reader::create(name, options(4096));
            Writer writer = Writer::open(name);
            ASSERT_TRUE(write_pattern(writer, 100, 0, 1, no_wait));
            EXPECT_TRUE(matches(reader.acquire(no_wait)->bytes(), 0, 1));
        }
        EXPECT_THAT(files_of(name), testing::IsEmpty());
    }

    /// The undefined behaviour sanitizer needs descriptors of its own when it meets a type for the first time.
    void warm_up() {
        EXPECT_EQ(status_of([&] { return Writer::open(name_); }), Status::not_found);
        expect_usable(name_);
    }
};

TEST_P(ResourceScenario, OrdinaryNamesAreUsable) {
    const std::string filler(200 - name_.size() - 1, 'a');
    expect_usable(name_ + "-0123456789-ABCxyz");
    expect_usable(name_ + "_with.dots_and-dashes");
    expect_usable("550e8400-e29b-41d4-a716-446655440000-" + name_);
    expect_usable(name_ + "-" + filler);
}

TEST_P(ResourceScenario, OtherNamesAreRefusedBeforeAnythingIsTouched) {
    const std::vector<std::string> names = {"",
                                            ".",
                                            "..",
                                            ".hidden",
                                            "sem.x",
                                            "a/b",
                                            "../" + name_,
                                            "a b",
                                            "\xc3\xa4",
                                            name_ + std::string(201 - name_.size(), 'a'),
                                            std::string("a\0b", 3),
                                            "a\n"};
    for (const std::string& name : names) {
        EXPECT_EQ(status_of([&] { return Reader::create(name, options(4096)); }), Status::bad_name) << name;
    }
    EXPECT_FALSE(std::filesystem::exists("/tmp/zerobuffer/../" + name_ + ".lock"));
}

TEST_P(ResourceScenario, RingBeyondTheMemoryOfTheSystemLeavesNothing) {
    EXPECT_EQ(status_of([&] { return Reader::create(name_, options(std::uint64_t{1} << 46U)); }), Status::no_space);
    EXPECT_THAT(files_of(name_), testing::IsEmpty());
    expect_usable(name_);
}

TEST_P(ResourceScenario, WithoutDescriptorsNothingIsLeft) {
    warm_up();
    Child child([&](const Line&) {
        const rlimit none{0, 0};
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
        EXPECT_EQ(status_of([&] { return Reader::create(name_, options(4096)); }), Status::system_failure);
    });
    EXPECT_EQ(child.wait(), 0);
    EXPECT_THAT(files_of(name_), testing::IsEmpty());
}

TEST_P(ResourceScenario, ManyBuffersEndInAnErrorAndStayUsable) {
    warm_up();
    Child child([&](const Line&) {
        const rlimit few{64, 64};
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
        std::vector<Reader> readers;
        Status status = Status::ok;
        while (status == Status::ok) {
            const std::string name = name_ + "-" + std::to_string(readers.size());
            status = status_of([&] { readers.push_back(Reader::create(name, options(4096))); });
        }
        EXPECT_EQ(status, Status::system_failure);
        EXPECT_THAT(files_of(name_ + "-" + std::to_string(readers.size())), testing::IsEmpty());
        ASSERT_GT(readers.size(), 4U);
        readers.pop_back();  // descriptors for a writer
        readers.pop_back();
        Writer writer = Writer::open(name_ + "-0");
        EXPECT_TRUE(write_pattern(writer, 100, 0, 1, no_wait));
        EXPECT_TRUE(readers.front().acquire(no_wait));
    });
    EXPECT_EQ(child.wait(), 0);
    for (int number = 0; number < 64; ++number) {
        EXPECT_THAT(files_of(name_ + "-" + std::to_string(number)), testing::IsEmpty());
    }
}

TEST_P(ResourceScenario, UserWithoutRightsIsRefusedAndChangesNothing) {
    Options guarded = options(4096);
    guarded.permissions = ::geteuid() == 0 ? 0600 : 0;  // root may open everything, so the child becomes somebody else
    Reader reader = Reader::create(name_, guarded);
    Child child([&](const Line&) {
        if (::geteuid() == 0) { ASSERT_EQ(::setuid(nobody), 0); }
        EXPECT_EQ(status_of([&] { return Writer::open(name_); }), Status::permission_denied);
    });
    EXPECT_EQ(child.wait(), 0);
    EXPECT_EQ(reader.stats().peer, PeerState::never);
    EXPECT_FALSE(reader.acquire(no_wait));
}

TEST_P(ResourceScenario, PermissionsAreWhatWasAskedForWhateverTheUmask) {
    const mode_t before = ::umask(0077);
    Options shared = options(4096);
    shared.permissions = 0666;
    Reader reader = Reader::create(name_, shared);
    ::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat(segment_file(name_).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0666U);
}

INSTANTIATE_TEST_SUITE_P(Layouts, ResourceScenario, every_layout(), layout_name);

using ResourcesOfV1 = InteropTest;

TEST_F(ResourcesOfV1, SegmentIsRemovedWhenASemaphoreCannotBeMade) {
    const std::string obstacle = data_semaphore_file(name_);
    std::filesystem::create_directory(obstacle);
    EXPECT_EQ(status_of([&] { return Reader::create(name_, v1_options(4096)); }), Status::system_failure);
    EXPECT_THAT(files_of(name_), testing::ElementsAre(obstacle));
    std::filesystem::remove(obstacle);
}

TEST_F(ResourcesOfV1, SemaphoresHaveThePermissionsOfTheBuffer) {
    const mode_t before = ::umask(0077);
    Options shared = v1_options(4096);
    shared.permissions = 0666;
    Reader reader = Reader::create(name_, shared);
    ::umask(before);
    for (const std::string& path : {data_semaphore_file(name_), space_semaphore_file(name_)}) {
        struct stat status {};
        ASSERT_EQ(::stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0666U) << path;
    }
}

TEST_F(ResourcesOfV1, LocksOfAKilledReaderAreFree) {
    ReaderProcess reader(name_);
    ASSERT_EQ(reader.create(Layout::v1, 4096, 64), Status::ok);
    EXPECT_TRUE(is_locked(lock_file(name_)));
    EXPECT_TRUE(is_locked(csharp_lock_file(name_)));
    reader.kill();
    EXPECT_FALSE(is_locked(lock_file(name_)));
    EXPECT_FALSE(is_locked(csharp_lock_file(name_)));
    bury();
}

}  // namespace
}  // namespace zerobuffer::interop
