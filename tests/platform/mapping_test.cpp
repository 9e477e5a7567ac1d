// SPDX-License-Identifier: MIT
#include "platform/mapping.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "child.hpp"
#include "refused.hpp"
#include "shared_names.hpp"

namespace zerobuffer::platform {
namespace {

constexpr std::uint64_t unit = 64 * 1024;
constexpr int killed_by_sigsegv = 128 + SIGSEGV;

class MappingTest : public WithName {
protected:
    [[nodiscard]] static int read(const std::byte* at) {
        return static_cast<int>(*static_cast<const volatile std::byte*>(at));
    }
    static void write(std::byte* at, int value) {
        *static_cast<volatile std::byte*>(at) = static_cast<std::byte>(value);
    }

    /// Whether anything is mapped there.
    static bool is_mapped(const std::byte* at) {
        unsigned char resident = 0;
        return ::mincore(const_cast<std::byte*>(at), 1, &resident) == 0;
    }
    /// KiB of the mapping that starts there which are in the page table.
    static std::uint64_t present(const std::byte* start) {
        std::ostringstream first;
        first << std::hex << reinterpret_cast<std::uintptr_t>(start) << '-';
        std::ifstream maps("/proc/self/smaps");
        bool found = false;
        for (std::string line; std::getline(maps, line);) {
            found = found || line.starts_with(first.str());
            if (found && line.starts_with("Rss:")) { return std::stoull(line.substr(4)); }
        }
        return 0;
    }

    SharedFile file_ = SharedFile::create(name_, 4 * unit, 0600);
};

// ---- one view --------------------------------------------------------------------------------------------------------

TEST_F(MappingTest, ShowsTheFileFromItsStart) {
    ASSERT_EQ(::pwrite(file_.descriptor(), "abc", 3, 0), 3);
    const SegmentMapping mapping(name_, file_, 8192, Access::read_only);
    EXPECT_EQ(mapping.size(), 8192U);
    EXPECT_EQ(std::memcmp(mapping.data(), "abc", 3), 0);
}

TEST_F(MappingTest, OfPartOfAPageHasExactlyThatSize) {
    const SegmentMapping mapping(name_, file_, 128, Access::read_write);
    EXPECT_EQ(mapping.size(), 128U);
    write(mapping.data() + 127, 9);
    char last = 0;
    ASSERT_EQ(::pread(file_.descriptor(), &last, 1, 127), 1);
    EXPECT_EQ(last, 9);
}

TEST_F(MappingTest, IsSharedWithOtherViewsOfTheFile) {
    const SegmentMapping one(name_, file_, unit, Access::read_write);
    const SegmentMapping other(name_, file_, unit, Access::read_only);
    write(one.data() + 5000, 7);
    EXPECT_EQ(read(other.data() + 5000), 7);
}

TEST_F(MappingTest, ToReadCannotBeWritten) {
    const SegmentMapping mapping(name_, file_, unit, Access::read_only);
    EXPECT_EQ(outcome_of([&] { write(mapping.data(), 1); }), killed_by_sigsegv);
}

TEST_F(MappingTest, OutlivesItsFile) {
    const SegmentMapping mapping(name_, file_, unit, Access::read_write);
    file_.close();
    write(mapping.data(), 3);
    EXPECT_EQ(read(mapping.data()), 3);
}

TEST_F(MappingTest, GoesAtTheEnd) {
    const std::byte* start = nullptr;
    {
        const SegmentMapping mapping(name_, file_, unit, Access::read_write);
        start = mapping.data();
        EXPECT_TRUE(is_mapped(start));
    }
    EXPECT_FALSE(is_mapped(start));
}

TEST_F(MappingTest, MovesWithoutMovingTheMemory) {
    SegmentMapping first(name_, file_, unit, Access::read_write);
    std::byte* const start = first.data();
    SegmentMapping second(std::move(first));
    EXPECT_EQ(second.data(), start);
    SegmentMapping third(name_, file_, unit, Access::read_write);
    third = std::move(second);
    EXPECT_EQ(third.data(), start);
    write(start, 1);
}

TEST_F(MappingTest, OfAFileThatIsNotOpenIsAnErrorThatNamesIt) {
    file_.close();
    EXPECT_THAT([&] { SegmentMapping(name_, file_, unit, Access::read_only); },
                Refuses(Status::system_failure, "buffer \"" + name_ + "\": map 65536 bytes"));
    EXPECT_THAT([&] { MirroredMapping(name_, file_, 0, unit, Access::read_only); },
                Refuses(Status::system_failure, "buffer \"" + name_ + "\": map 65536 bytes twice"));
}

// ---- two views back to back ------------------------------------------------------------------------------------------

class Mirrored : public MappingTest {
protected:
    MirroredMapping mapping_{name_, file_, unit, 2 * unit, Access::read_write};
    std::byte* const data_ = mapping_.data();
    const std::uint64_t size_ = mapping_.size();
};

TEST_F(Mirrored, HasTheSizeOfOneView) { EXPECT_EQ(size_, 2 * unit); }

TEST_F(Mirrored, ShowsTheFileFromItsOffset) {
    ASSERT_EQ(::pwrite(file_.descriptor(), "abc", 3, unit), 3);
    EXPECT_EQ(std::memcmp(data_, "abc", 3), 0);
    EXPECT_EQ(std::memcmp(data_ + size_, "abc", 3), 0);
}

TEST_F(Mirrored, ShowsEveryByteTwice) {
    for (std::uint64_t at = 0; at < size_; at += 1000) {
        write(data_ + at, 1);
        EXPECT_EQ(read(data_ + size_ + at), 1) << at;
        write(data_ + size_ + at, 2);
        EXPECT_EQ(read(data_ + at), 2) << at;
    }
}

TEST_F(Mirrored, ContinuesAcrossTheEnd) {
    const std::uint64_t number = 0x1122334455667788;
    std::memcpy(data_ + size_ - 3, &number, sizeof number);
    EXPECT_EQ(read(data_ + size_ - 1), 0x66);
    EXPECT_EQ(read(data_), 0x55);
    EXPECT_EQ(read(data_ + 4), 0x11);
}

TEST_F(Mirrored, EndsAtTheEndOfItsPartOfTheFile) {
    write(data_ + size_ - 1, 9);
    char beyond = 1;
    ASSERT_EQ(::pread(file_.descriptor(), &beyond, 1, 3 * unit), 1);
    EXPECT_EQ(beyond, 0);
    char last = 0;
    ASSERT_EQ(::pread(file_.descriptor(), &last, 1, 3 * unit - 1), 1);
    EXPECT_EQ(last, 9);
}

TEST_F(Mirrored, HasNothingToReachOnEitherSide) {
    for (const std::uint64_t distance : {std::uint64_t{1}, unit / 2, unit}) {
        EXPECT_EQ(outcome_of([&] { static_cast<void>(read(data_ - distance)); }), killed_by_sigsegv) << distance;
        EXPECT_EQ(outcome_of([&] { static_cast<void>(read(data_ + 2 * size_ + distance - 1)); }), killed_by_sigsegv);
    }
    EXPECT_EQ(outcome_of([&] { write(data_ - 1, 1); }), killed_by_sigsegv);
    EXPECT_EQ(outcome_of([&] { write(data_ + 2 * size_, 1); }), killed_by_sigsegv);
}

TEST_F(Mirrored, ToReadCannotBeWrittenInEitherView) {
    const MirroredMapping reading(name_, file_, unit, 2 * unit, Access::read_only);
    write(data_ + 5, 5);
    EXPECT_EQ(read(reading.data() + 5), 5);
    EXPECT_EQ(outcome_of([&] { write(reading.data(), 1); }), killed_by_sigsegv);
    EXPECT_EQ(outcome_of([&] { write(reading.data() + size_, 1); }), killed_by_sigsegv);
}

TEST_F(Mirrored, GoesAtTheEndWithItsGaps) {
    const std::byte* const first = data_ - unit;
    const std::byte* const last = data_ + 2 * size_ + unit - 1;
    EXPECT_TRUE(is_mapped(data_));
    { const MirroredMapping end(std::move(mapping_)); }
    for (const std::byte* at : {first, static_cast<const std::byte*>(data_), last}) {
        EXPECT_FALSE(is_mapped(at));
    }
}

TEST_F(Mirrored, MovesWithoutMovingTheMemory) {
    MirroredMapping second(std::move(mapping_));
    EXPECT_EQ(second.data(), data_);
    EXPECT_EQ(second.size(), size_);
    MirroredMapping third(name_, file_, 0, unit, Access::read_write);
    third = std::move(second);
    EXPECT_EQ(third.data(), data_);
    EXPECT_EQ(third.size(), size_);
    write(data_, 1);
}

TEST_F(Mirrored, ThatFailsLeavesNoReservation) {
    const auto addresses = [] {
        std::ifstream maps("/proc/self/statm");
        std::uint64_t pages = 0;
        maps >> pages;
        return pages;
    };
    const auto fail = [&] { MirroredMapping(name_, file_, 1, unit, Access::read_write); };  // no page starts there
    EXPECT_THAT(fail, Refuses(Status::system_failure, "twice"));
    const std::uint64_t before = addresses();
    for (int i = 0; i < 100; ++i) {
        EXPECT_THROW(fail(), Error);
    }
    EXPECT_LT(addresses(), before + 100);
}

TEST_F(Mirrored, ThatNoAddressSpaceCanHoldIsNoSpace) {
    EXPECT_THAT([&] { MirroredMapping(name_, file_, 0, std::uint64_t{1} << 47U, Access::read_write); },
                Refuses(Status::no_space, "twice"));
}

// ---- prefault --------------------------------------------------------------------------------------------------------

TEST_F(Mirrored, PrefaultBringsEveryPageOfBothViews) {
    EXPECT_EQ(present(data_), 0U);
    prefault(name_, data_, 2 * size_, Access::read_write);
    EXPECT_EQ(present(data_) + present(data_ + size_), 2 * size_ / 1024);
}

TEST_F(Mirrored, PrefaultBringsEveryPageToRead) {
    const MirroredMapping reading(name_, file_, unit, 2 * unit, Access::read_only);
    prefault(name_, reading.data(), 2 * size_, Access::read_only);
    EXPECT_EQ(present(reading.data()) + present(reading.data() + size_), 2 * size_ / 1024);
}

TEST_F(Mirrored, PrefaultLeavesWhatIsThere) {
    write(data_ + 5000, 7);
    prefault(name_, data_, 2 * size_, Access::read_write);
    EXPECT_EQ(read(data_ + 5000), 7);
}

// Sanitizers touch memory of their own for every access.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(Mirrored, NoAccessFaultsAfterPrefault) {
    prefault(name_, data_, 2 * size_, Access::read_write);
    const auto faults = [] {
        rusage usage{};
        ::getrusage(RUSAGE_THREAD, &usage);
        return usage.ru_minflt + usage.ru_majflt;
    };
    const long before = faults();
    for (std::uint64_t at = 0; at < 2 * size_; at += 512) {
        write(data_ + at, 1);
    }
    EXPECT_EQ(faults(), before);
}
#endif

TEST_F(Mirrored, PrefaultOfPagesThatCannotBeHadIsNoSpace) {
    ASSERT_EQ(::ftruncate(file_.descriptor(), unit), 0);
    EXPECT_THAT([&] { prefault(name_, data_, size_, Access::read_write); },
                Refuses(Status::no_space, "buffer \"" + name_ + "\": touch its pages"));
}

}  // namespace
}  // namespace zerobuffer::platform
