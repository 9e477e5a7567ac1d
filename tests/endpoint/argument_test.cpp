// SPDX-License-Identifier: MIT
// Names, options and times that make no sense: refused before anything is touched, with the value and what would be right.
#include <sys/stat.h>

#include <functional>
#include <limits>
#include <vector>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

constexpr auto label_of = [](const auto& test) { return test.param.label; };

struct BadName {
    const char* label;
    std::string name;
    const char* cause;
    bool also_bad_to_open;
};

class BadNames : public BufferTest, public testing::WithParamInterface<BadName> {};

INSTANTIATE_TEST_SUITE_P(
    Table, BadNames,
    testing::Values(BadName{"Empty", "", "is empty", true}, BadName{"Dot", ".", "starts with '.'", true},
                    BadName{"DotDot", "..", "starts with '.'", true},
                    BadName{"Hidden", ".hidden", "starts with '.'", false},
                    BadName{"Slash", "a/b", "a character that is not allowed", true},
                    BadName{"Absolute", "/absolute", "a character that is not allowed", true},
                    BadName{"Climbing", "../../tmp/x", "starts with '.'", true},
                    BadName{"Nul", std::string("a\0b", 3), "a character that is not allowed", true},
                    BadName{"Space", "a b", "a character that is not allowed", false},
                    BadName{"Newline", "a\nb", "a character that is not allowed", false},
                    BadName{"NonAscii", "caf\xc3\xa9", "a character that is not allowed", false},
                    BadName{"Semaphore", "sem.x", "starts with 'sem.'", true},
                    BadName{"TooLongToMake", std::string(201, 'x'), "has 201 bytes", false},
                    BadName{"TooLong", std::string(246, 'x'), "has 246 bytes", true},
                    BadName{"Huge", std::string(1U << 20U, 'x'), "has 1048576 bytes", true}),
    label_of);

TEST_P(BadNames, AreRefusedByWhoMakes) {
    const auto refused = says(Status::bad_name, "buffer name", GetParam().cause, "use 1 to 200 of A-Z");
    for (const Layout layout : {Layout::v1, Layout::v2}) {
        const Failure failure = failure_of([&] { return Reader::create(GetParam().name, make_options(layout)); });
        EXPECT_THAT(failure, refused);
        EXPECT_LT(failure.message.size(), 400);
        EXPECT_EQ(failure.message.find('\n'), std::string::npos);
    }
    EXPECT_THAT(failure_of([&] { return Writer::create(GetParam().name, make_options(Layout::v2)); }), refused);
}

TEST_P(BadNames, AreRefusedOrNotFoundByWhoOpens) {
    const auto expected = has(GetParam().also_bad_to_open ? Status::bad_name : Status::not_found);
    EXPECT_THAT(failure_of([&] { return Reader::open(GetParam().name); }), expected);
    EXPECT_THAT(failure_of([&] { return Writer::open(GetParam().name); }), expected);
    EXPECT_THAT(failure_of([&] { return inspect(GetParam().name); }), expected);
}

TEST_P(BadNames, AreNotWaitedFor) {
    if (!GetParam().also_bad_to_open) { return; }
    Options waiting;
    waiting.wait_for_peer = deadline;
    EXPECT_THAT(failure_of([&] { return Writer::open(GetParam().name, waiting); }), has(Status::bad_name));
}

struct BadOption {
    const char* label;
    std::function<void(Options&)> spoil;
    const char* cause;
    const char* remedy;
    bool in_v1 = true;
};

void PrintTo(const BadOption& option, std::ostream* out) { *out << option.label; }

class BadOptions : public BufferTest, public testing::WithParamInterface<BadOption> {};

INSTANTIATE_TEST_SUITE_P(
    Table, BadOptions,
    testing::Values(BadOption{"NoCapacity", [](Options& o) { o.capacity = 0; }, "capacity 0 is not possible",
                              "give 1 byte"},
                    BadOption{"HugeCapacity", [](Options& o) { o.capacity = (std::uint64_t{1} << 46U) + 1; },
                              "capacity 70368744177665 is not possible", "to 64 TiB"},
                    BadOption{"EndlessCapacity", [](Options& o) { o.capacity = ~std::uint64_t{0}; },
                              "capacity 18446744073709551615 is not possible", "to 64 TiB"},
                    BadOption{"HugeMetadata", [](Options& o) { o.metadata_size = ~std::uint64_t{0}; },
                              "metadata_size 18446744073709551615 is not possible", "at most 1 TiB"},
                    BadOption{"UnknownLayout", [](Options& o) { o.layout = static_cast<Layout>(3); },
                              "layout 3 is not possible", "give v1 or v2"},
                    BadOption{"NoAlignment", [](Options& o) { o.alignment = 0; }, "alignment 0 is not possible",
                              "power of two", false},
                    BadOption{"OddAlignment", [](Options& o) { o.alignment = 24; }, "alignment 24 is not possible",
                              "power of two", false},
                    BadOption{"SmallAlignment", [](Options& o) { o.alignment = 8; }, "alignment 8 is not possible",
                              "16 to 4096", false},
                    BadOption{"LargeAlignment", [](Options& o) { o.alignment = 8192; },
                              "alignment 8192 is not possible", "16 to 4096", false},
                    BadOption{"UnknownWaitMode", [](Options& o) { o.wait_mode = static_cast<WaitMode>(3); },
                              "wait_mode 3 is not possible", "documented values"},
                    BadOption{"UnknownPrefault", [](Options& o) { o.prefault = static_cast<Prefault>(3); },
                              "prefault 3 is not possible", "documented values"},
                    BadOption{"UnknownCopy", [](Options& o) { o.copy = static_cast<Copy>(3); },
                              "copy 3 is not possible", "documented values"},
                    BadOption{"PermissionsBeyondTheBits", [](Options& o) { o.permissions = 01600; },
                              "permissions 896 is not possible", "give 0600 to 0777"},
                    BadOption{"PermissionsWithoutOwner", [](Options& o) { o.permissions = 0066; },
                              "permissions 54 is not possible", "write for the owner"},
                    BadOption{"NegativeWait", [](Options& o) { o.wait_for_peer = -1ns; }, "wait_for_peer is negative",
                              "give 0 or a time"}),
    label_of);

TEST_P(BadOptions, AreRefusedByWhoMakes) {
    const auto refused = says(Status::misuse, name_, GetParam().cause, GetParam().remedy);
    Options v2 = make_options(Layout::v2);
    GetParam().spoil(v2);
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, v2); }), refused);
    EXPECT_THAT(failure_of([&] { return Writer::create(name_, v2); }), refused);
    if (!GetParam().in_v1) { return; }
    Options v1 = make_options(Layout::v1);
    GetParam().spoil(v1);
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, v1); }), refused);
}

class OptionRules : public BufferTest {};

TEST_F(OptionRules, AlignmentIsIgnoredByV1) {
    Options options = make_options(Layout::v1);
    options.alignment = 24;
    EXPECT_EQ(Reader::create(name_, options).alignment(), 1);
}

TEST_F(OptionRules, WritableIsForReadersOnly) {
    auto reader = Reader::create(name_);
    Options writable;
    writable.writable = true;
    EXPECT_THAT(failure_of([&] { return Writer::open(name_, writable); }),
                says(Status::misuse, name_, "writable 1 is not possible", "it is for readers"));
}

TEST_F(OptionRules, WaitOf292YearsIsNoOverflow) {
    Options waiting;
    waiting.wait_for_peer = std::chrono::nanoseconds::max();
    auto reader = Reader::create(name_);
    EXPECT_EQ(Writer::open(name_, waiting).name(), name_);
}

class Times : public EveryLayout {
protected:
    template <class Duration>
    static Failure refused(Duration duration) {
        return failure_of([&] { return Timeout(duration); });
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, Times, layouts(), layout_name);

TEST_P(Times, ThatMakeNoSenseAreRefused) {
    using Seconds = std::chrono::duration<double>;
    const auto misuse = [](const std::string& value) {
        return says(Status::misuse, "timeout", value, "give 0 to try once");
    };
    EXPECT_THAT(refused(-1ns), misuse("-0.000000"));
    EXPECT_THAT(refused(-5s), misuse("-5.0"));
    EXPECT_THAT(refused(std::chrono::hours::min()), misuse("-"));
    EXPECT_THAT(refused(std::chrono::hours::max()), misuse("292 years"));
    EXPECT_THAT(refused(Seconds(1e300)), misuse("292 years"));
    EXPECT_THAT(refused(Seconds(std::numeric_limits<double>::quiet_NaN())), misuse("nan"));
    EXPECT_THAT(refused(Seconds(std::numeric_limits<double>::infinity())), misuse("inf"));
    EXPECT_THAT(refused(Seconds(-0.5)), misuse("-0.5"));
}

TEST_P(Times, ThatAreRefusedLoseNothing) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    write_frame(writer, 10, 1);
    EXPECT_THAT(failure_of([&] { return reader.acquire(-1ms); }), has(Status::misuse));
    EXPECT_THAT(failure_of([&] { return writer.claim(10, -1ms); }), has(Status::misuse));
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
    EXPECT_EQ(write_frame(writer, 10, 2), 2);
}

TEST_P(Times, OfTheLongestPossibleLengthEndWithAFrame) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    write_frame(writer, 10, 1);
    EXPECT_TRUE(reader.acquire(std::chrono::nanoseconds::max() - 1s));
    EXPECT_TRUE(writer.wait(10, std::chrono::hours(24 * 365 * 292)));
    EXPECT_FALSE(reader.acquire(std::chrono::duration<double>(0.001)));
}

}  // namespace
}  // namespace zerobuffer::test
