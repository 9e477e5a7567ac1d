// SPDX-License-Identifier: MIT
// A sweep of hidden names in front of each call that enters the kernel while a buffer is made whose files have such names
// first: what is found before its maker has locked it goes, and the maker starts again with another.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "faults/interposed.h"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

// As clean() does it, which itself would wait here for locks that this thread holds.
void sweep() {
    for (const auto& entry : std::filesystem::directory_iterator("/dev/shm")) {
        if (!entry.path().filename().string().starts_with(".zerobuffer-")) { continue; }
        const int file = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
        struct flock both_bytes {};
        both_bytes.l_type = F_WRLCK;
        both_bytes.l_whence = SEEK_SET;
        both_bytes.l_start = std::int64_t{1} << 62U;
        both_bytes.l_len = 2;
        if (::fcntl(file, F_OFD_SETLK, &both_bytes) == 0) { ::unlink(entry.path().c_str()); }
        ::close(file);
    }
}

class SweptCalls : public EveryLayout {
protected:
    void SetUp() override { refuse_unnamed_files(1); }
    void TearDown() override {
        refuse_unnamed_files(0);
        EveryLayout::TearDown();
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, SweptCalls, layouts(), layout_name);

TEST_P(SweptCalls, OfAReaderThatCreates) {
    unsigned nth = 1;
    for (bool hit = true; hit; ++nth) {
        SCOPED_TRACE("in front of call " + std::to_string(nth));
        CallPlan plan{CALL_ANY, nth, 1, 0, sweep, 0, 0, nullptr};
        std::optional<Reader> reader;
        follow_plan(&plan);
        const Failure failure = failure_of([&] { return reader.emplace(Reader::create(name_, options())), 0; });
        follow_plan(nullptr);
        ASSERT_THAT(failure, has(Status::ok));
        auto writer = Writer::open(name_);
        EXPECT_EQ(write_frame(writer, 100, 1), 1);
        EXPECT_TRUE(holds(*reader->acquire(no_wait), 100, 1));
        hit = plan.hit != 0;
    }
    EXPECT_GT(nth, 10U);
}

}  // namespace
}  // namespace zerobuffer::test
