// SPDX-License-Identifier: MIT
// A peer takes the memory away, all of it or a part, by ftruncate or by punching a hole: in front of each call that enters
// the kernel while a guarded side attaches, and in front of each step of its work. It is told `corrupt`, or goes on where it
// does not touch what is missing; it never gets SIGBUS, never hangs, and reads zeros at worst.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "endpoint/image.hpp"
#include "faults/interposed.h"
#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

constexpr std::uint64_t capacity = 64U << 10U;

struct Cut {
    std::string label;
    bool hole;           // punched, and the file keeps its size
    std::uint64_t left;  // bytes that stay
};

std::vector<Cut> cuts(Layout layout) {
    const std::uint64_t control = layout == Layout::v1 ? 128 : 8192;
    const std::uint64_t payload = layout == Layout::v1 ? 128 + 4096 : 65'536;
    return {{"to nothing", false, 0},
            {"to one page", false, 4096},
            {"to the control block", false, control},
            {"to the middle of the payload", false, payload + capacity / 2},
            {"hole everywhere", true, 0},
            {"hole in the payload", true, payload}};
}

void cut(const std::string& name, const Cut& how) {
    if (::access(Image::path_of(name).c_str(), F_OK) != 0) { return; }  // whoever closes has removed it
    const Image image(name);
    if (!how.hole) {
        image.resize(how.left);
        return;
    }
    const int descriptor = ::open(Image::path_of(name).c_str(), O_RDWR | O_CLOEXEC);
    EXPECT_EQ(::fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(how.left),
                          static_cast<off_t>(image.size() - how.left)),
              0);
    ::close(descriptor);
}

// For an action, which is a plain function.
std::string name_to_cut;
Cut cut_to_make;
void cut_now() { cut(name_to_cut, cut_to_make); }

class TruncatedCalls : public EveryLayout {
protected:
    static Options guarded() {
        Options guarded = options(capacity);
        guarded.guarded = true;
        return guarded;
    }

    /// What is left of the buffer, whatever became of it.
    void TearDown() override {
        bury(name_);
        EveryLayout::TearDown();
    }

    static std::vector<Cut> all_cuts() { return cuts(GetParam()); }

    /// A buffer without anybody but its maker, which is guarded, too.
    void prepare_reader() { reader_.emplace(Reader::create(name_, guarded())); }
    /// A buffer whose maker was killed.
    void leave_behind() {
        Child maker([&](const Line&) {
            const auto reader = Reader::create(name_, options(capacity));
            ::raise(SIGKILL);
        });
        ASSERT_EQ(maker.wait(), 128 + SIGKILL);
    }
    void finish() {
        frame_.reset();
        claim_.reset();
        writer_.reset();
        reader_.reset();
        bury(name_);
    }

    /// With zeros for a control block a side may look closed, or unmade; a page that is gone can also be no memory.
    static void expect_told(const Failure& failure) {
        using testing::AnyOf;
        EXPECT_THAT(failure,
                    AnyOf(test::has(Status::ok), test::has(Status::corrupt), test::has(Status::not_ready),
                          test::has(Status::incompatible), test::has(Status::no_space), test::has(Status::peer_closed)))
            << failure.message;
    }

    /// `attach` with the cut in front of its first call, its second, ... until it comes through.
    template <class Prepare, class Attach>
    void cut_in_front_of_each_call(Prepare prepare, Attach attach) {
        unsigned places = 0;
        for (const Cut& how : all_cuts()) {
            for (unsigned nth = 1;; ++nth) {
                SCOPED_TRACE(how.label + " in front of call " + std::to_string(nth));
                prepare();
                name_to_cut = name_;
                cut_to_make = how;
                CallPlan plan{CALL_ANY, nth, 1, 0, cut_now, 0, 0, nullptr};
                follow_plan(&plan);
                const Failure failure = failure_of([&] { return attach(), 0; });
                follow_plan(nullptr);
                expect_told(failure);
                finish();
                if (plan.hit == 0) { break; }
                ++places;
            }
        }
        EXPECT_GT(places, 0U);
        std::printf("cut at %u places\n", places);
    }

    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
    std::optional<Claim> claim_;
    std::optional<Frame> frame_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, TruncatedCalls, layouts(), layout_name);

TEST_P(TruncatedCalls, OfAWriterThatOpens) {
    cut_in_front_of_each_call([&] { prepare_reader(); }, [&] { writer_.emplace(Writer::open(name_, guarded())); });
}

TEST_P(TruncatedCalls, OfAReaderThatOpens) {
    if (is_v1()) { return; }  // its reader makes it
    cut_in_front_of_each_call([&] { writer_.emplace(Writer::create(name_, guarded())); },
                              [&] { reader_.emplace(Reader::open(name_, guarded())); });
}

TEST_P(TruncatedCalls, OfAReaderThatCloses) {
    cut_in_front_of_each_call([&] { prepare_reader(); }, [&] { reader_->close(); });
}

TEST_P(TruncatedCalls, OfAWriterThatCloses) {
    cut_in_front_of_each_call(
        [&] {
            prepare_reader();
            writer_.emplace(Writer::open(name_, guarded()));
        },
        [&] { writer_->close(); });
}

// Whoever only looks has no part in the buffer, and takes it as it comes, guarded or not.
TEST_P(TruncatedCalls, OfAnObserver) {
    const std::vector<std::function<void()>> looks = {
        [&] { static_cast<void>(inspect(name_)); },
        [&] { static_cast<void>(list_buffers()); },
        [&] { static_cast<void>(clean(true)); },
    };
    for (const auto& look : looks) {
        cut_in_front_of_each_call([&] { prepare_reader(); }, look);
    }
}

TEST_P(TruncatedCalls, OfWhoCleansUpAfterTheDead) {
    cut_in_front_of_each_call([&] { leave_behind(); }, [&] { static_cast<void>(clean()); });
}

// The steps of a frame's life, and what else a side does. Before each of them the memory goes; those that follow are gone
// through all the same.
TEST_P(TruncatedCalls, StepsOfTheWorkGoOnOrSayCorrupt) {
    const std::vector<std::function<void()>> steps = {
        [&] { claim_ = writer_->claim(20'000, 10ms); },
        [&] {
            if (claim_) { Pattern().fill(claim_->bytes(), 1); }
        },
        [&] {
            if (claim_) { claim_->commit(); }
        },
        [&] { static_cast<void>(reader_->wait(10ms)); },
        [&] { frame_ = reader_->acquire(10ms); },
        [&] { static_cast<void>(frame_ && holds(*frame_, 20'000, 1)); },
        [&] { writer_->write(Pattern().bytes(40'000, 2), 10ms); },
        [&] { frame_.reset(); },
        [&] { frame_ = reader_->acquire(10ms); },
        [&] { static_cast<void>(frame_ && holds(*frame_, 40'000, 2)); },
        [&] { frame_.reset(); },
        [&] { writer_->publish_metadata(bytes_of("described")); },
        [&] { static_cast<void>(reader_->metadata(10ms)); },
        [&] { static_cast<void>(writer_->wait_for_peer(10ms)); },
        [&] { static_cast<void>(reader_->wait_for_peer(10ms)); },
        [&] { static_cast<void>(writer_->stats()); },
        [&] { static_cast<void>(reader_->stats()); },
        [&] { static_cast<void>(inspect(name_)); },
        [&] { static_cast<void>(list_buffers()); },
        [&] { static_cast<void>(clean()); },
        [&] { writer_->close(); },
        [&] { reader_->close(); },
    };
    unsigned told = 0;
    for (const Cut& how : all_cuts()) {
        for (std::size_t before = 0; before < steps.size(); ++before) {
            SCOPED_TRACE(how.label + " before step " + std::to_string(before));
            prepare_reader();
            writer_.emplace(Writer::open(name_, guarded()));
            bool corrupt = false;
            for (std::size_t step = 0; step < steps.size(); ++step) {
                if (step == before) { cut(name_, how); }
                const Failure failure = failure_of([&] { return steps[step](), 0; });
                expect_told(failure);
                if (step < before) { EXPECT_THAT(failure, test::has(Status::ok)) << "step " << step; }
                corrupt = corrupt || failure.status == Status::corrupt;
            }
            told += corrupt ? 1 : 0;
            // Who goes on writing and reading after a loss of everything touches it.
            if (before < 10 && !how.hole && how.left == 0) { EXPECT_TRUE(corrupt); }
            finish();
        }
    }
    std::printf("cut %zu times, told %u times\n", steps.size() * all_cuts().size(), told);
}

}  // namespace
}  // namespace zerobuffer::test
