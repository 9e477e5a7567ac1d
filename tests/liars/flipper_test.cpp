// SPDX-License-Identifier: MIT
// A process that rewrites a segment at full speed, beside a reader and a writer at work. Nothing but a documented status
// comes of it: no crash, no hang, no memory that the liar asks for. Where only words are hit that nobody decides by, no
// frame is lost, changed or out of order.
#include <sys/mman.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <random>

#include "flipper.hpp"
#include "support/buffer_test.hpp"
#include "support/child.hpp"
#include "victim.hpp"

namespace zerobuffer::test {
namespace {

using Clock = std::chrono::steady_clock;

Clock::duration time_for_one_layout() {
    const char* const seconds = std::getenv("ZEROBUFFER_FUZZ_SECONDS");
    return std::chrono::seconds(seconds == nullptr ? 60 : std::atoll(seconds)) / 2;
}

/// In memory that children share.
class SharedStage {
public:
    SharedStage()
        : stage_(new (::mmap(nullptr, sizeof(Stage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
                     Stage{}) {}
    SharedStage(const SharedStage&) = delete;
    SharedStage& operator=(const SharedStage&) = delete;
    ~SharedStage() { ::munmap(stage_, sizeof(Stage)); }
    [[nodiscard]] Stage& get() const { return *stage_; }

private:
    Stage* stage_;
};

bool is_gone(const Child& child) {
    siginfo_t information{};
    ::waitid(P_PID, static_cast<id_t>(child.pid()), &information, WEXITED | WNOHANG | WNOWAIT);
    return information.si_pid != 0;
}

/// What a status may come of a lie. `ok` counts timeouts, too.
constexpr std::array may_come = {Status::ok,        Status::timeout,   Status::peer_closed,  Status::peer_died,
                                 Status::corrupt,   Status::not_ready, Status::incompatible, Status::busy,
                                 Status::not_found, Status::too_large, Status::misuse};

class Liar : public EveryLayout {
protected:
    /// One buffer from its making to its end. The number of flips.
    std::uint64_t play(std::uint64_t round) {
        const std::uint64_t chance = random_();
        const auto target = static_cast<Target>(chance % target_count);
        // From every word at once to one now and then, so that there are frames to lie about.
        constexpr std::array<std::uint64_t, 4> pauses = {0, 0, 200, 20'000};
        const std::uint64_t pause = pauses[chance / 8 % pauses.size()];
        stage_.honest = target == Target::harmless;
        stage_.round.store(round, std::memory_order_release);
        await_victims([&] { return stage_.made.load(std::memory_order_acquire) >= round; });
        Flipper flipper(name_, GetParam(), random_());
        // What a side reads when it attaches is not harmless then.
        if (stage_.honest || chance / 64 % 2 == 0) {
            await_victims([&] { return stage_.entered.load(std::memory_order_acquire) >= round; });
        }
        const std::uint64_t burst = pause == 0 ? 4096 : pause == 200 ? 256 : 4;
        std::uint64_t flips = 0;
        auto end = Clock::now() + std::chrono::milliseconds(chance / 128 % 60);
        while (Clock::now() < end) {
            flipper.flip(target, burst, pause);
            flips += burst;
            // The other one alone finds out little.
            if (one_has_left(round)) { end = std::min(end, Clock::now() + 1ms); }
        }
        stage_.over.store(round, std::memory_order_release);
        await_victims([&] {
            flipper.flip(target, 16, pause);
            flips += 16;
            return have_left(round);
        });
        flipper.repair_identity();
        return flips;
    }

    template <class Happened>
    void await_victims(Happened&& happened) {
        await(
            [&] {
                if (is_gone(*reader_) || is_gone(*writer_)) { throw std::runtime_error("a victim died"); }
                return happened();
            },
            "the victims go on");
    }
    bool have_left(std::uint64_t round) const {
        return stage_.left_by_reader.load(std::memory_order_acquire) >= round &&
               stage_.left_by_writer.load(std::memory_order_acquire) >= round;
    }

    bool one_has_left(std::uint64_t round) const {
        return stage_.left_by_reader.load(std::memory_order_acquire) >= round ||
               stage_.left_by_writer.load(std::memory_order_acquire) >= round;
    }

    static void check(const char* who, const Record& record) {
        std::printf("%s: %llu calls, %llu frames, longest %.1f ms beyond its timeout;", who,
                    static_cast<unsigned long long>(record.calls), static_cast<unsigned long long>(record.frames),
                    static_cast<double>(record.longest) / 1e6);
        for (std::size_t i = 0; i < record.ended.size(); ++i) {
            const auto status = static_cast<Status>(i);
            if (record.ended[i] == 0) { continue; }
            std::printf(" %s %llu", status_name(status), static_cast<unsigned long long>(record.ended[i]));
            EXPECT_THAT(may_come, testing::Contains(status));
        }
        std::printf("\n");
        // Seconds mean that it hung; anything less may be the machine.
        EXPECT_LT(record.longest, 5'000'000'000U);
        EXPECT_EQ(record.wrong_frames, 0U);
        EXPECT_GT(record.frames, 0U);
        EXPECT_GT(record.ended[static_cast<std::size_t>(Status::corrupt)], 0U) << "the lies are noticed";
    }

    SharedStage shared_;
    Stage& stage_ = shared_.get();
    std::mt19937_64 random_{std::random_device{}()};
    std::optional<Child> reader_;
    std::optional<Child> writer_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Liar, layouts(), layout_name);

TEST_P(Liar, CostsItsVictimsNothingButTheRing) {
    reader_.emplace([&](const Line&) { be_reader(stage_, name_, GetParam()); });
    writer_.emplace([&](const Line&) { be_writer(stage_, name_, GetParam()); });
    const auto end = Clock::now() + time_for_one_layout();
    std::uint64_t flips = 0;
    std::uint64_t round = 0;
    try {
        while (Clock::now() < end) {
            flips += play(++round);
        }
    } catch (const std::exception& error) { ADD_FAILURE() << "round " << round << ": " << error.what(); }
    stage_.finished = true;
    EXPECT_EQ(reader_->wait(), 0);
    EXPECT_EQ(writer_->wait(), 0);
    std::printf("%llu flips in %llu rounds\n", static_cast<unsigned long long>(flips),
                static_cast<unsigned long long>(round));
    check("reader", stage_.reader);
    check("writer", stage_.writer);
    bury(name_);
    reader_.reset();
    writer_.reset();
}

}  // namespace
}  // namespace zerobuffer::test
