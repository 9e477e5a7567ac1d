// SPDX-License-Identifier: MIT
// Every call that enters the kernel fails: for N = 1, 2, 3, ... the N-th one of its kind, with each errno that its man page
// has, once and from then on, until a scenario comes through without reaching an N-th one. Each time the result is either
// what was asked for or an Error that says what failed; nothing is left behind; and the next attempt works.
#include <cstdio>
#include <set>
#include <utility>

#include "faults/expected.hpp"
#include "faults/interposed.h"
#include "faults/scenarios.hpp"

namespace zerobuffer::test {
namespace {

/// What is repeated at once may fail for a while, but not for ever.
constexpr unsigned a_while = 100;

bool repeats(int error) { return error == EINTR || error == EAGAIN; }

struct Fault {
    InterposedCall call;
    int error;
    bool lasting;
    unsigned nth;

    [[nodiscard]] CallPlan plan() const {
        const unsigned times = !lasting ? 1 : repeats(error) ? a_while : ~0U;
        return {call, nth, times, error, nullptr, 0, 0, nullptr};
    }
    [[nodiscard]] std::string text() const {
        return std::string(call_name(call)) + " number " + std::to_string(nth) + (lasting ? " and later" : "") + ": " +
               std::strerror(error);
    }
};

/// Names that stay when they cannot be removed, or when it cannot be told whose they are: clean() takes them, or who makes
/// the next buffer of the name.
bool may_leave_names(InterposedCall call) {
    return call == CALL_UNLINK || call == CALL_SEM_UNLINK || call == CALL_LSTAT || call == CALL_FCNTL_LOCK;
}

/// Lock files of v1 that could not be locked are nobody's to remove, but the next reader's of the name.
bool may_leave_lock_files(InterposedCall call) {
    return may_leave_names(call) || call == CALL_FLOCK || call == CALL_FSTAT;
}

struct Taken {
    Footprint footprint;
    long long mapped;

    static Taken now() {
        settle_mappings();
        return {test::footprint(), mapped_bytes()};
    }
    bool operator==(const Taken&) const = default;
};

class FailingCalls : public BufferTest, public testing::WithParamInterface<Scenario> {
protected:
    FailingCalls() { hurry(1); }
    ~FailingCalls() override { hurry(0); }

    /// Whether the fault came about.
    bool suffer(const Fault& fault) {
        const Scenario& scenario = GetParam();
        const Taken before = Taken::now();
        bool came_about = false;
        {
            Stage stage;
            stage.name = unique_name();
            stage.layout = scenario.layout;
            scenario.prepare(stage);
            const Taken prepared = Taken::now();
            CallPlan plan = fault.plan();
            follow_plan(&plan);
            const Failure failure = failure_of([&] { return scenario.act(stage), 0; });
            follow_plan(nullptr);
            came_about = plan.hit != 0;
            if (came_about) {
                ++faults_;
                combinations_.emplace(plan.site, fault.error);
            }
            if (failure.status != Status::ok) {
                check_failure(failure, fault, stage.name, prepared);
                const Failure again = failure_of([&] { return scenario.act(stage), 0; });
                EXPECT_THAT(again, test::has(Status::ok)) << "the next attempt, without a fault";
            }
            if (!HasFailure()) { scenario.verify(stage); }
        }
        if (scenario.leaves_a_buffer || may_leave_names(fault.call)) { static_cast<void>(clean()); }
        const Taken after = Taken::now();
        EXPECT_EQ(after.footprint, before.footprint) << "left behind in the end";
        EXPECT_EQ(after.mapped, before.mapped) << "bytes left mapped in the end";
        return came_about;
    }

    static void check_failure(const Failure& failure, const Fault& fault, const std::string& name,
                              const Taken& prepared) {
        ++failures_;
        EXPECT_EQ(objection(failure, fault.call, fault.error, name), "")
            << status_name(failure.status) << " (errno " << failure.system_error << "): " << failure.message;
        const Taken now = Taken::now();
        EXPECT_EQ(now.footprint.descriptors, prepared.footprint.descriptors) << "descriptors left by the failure";
        EXPECT_EQ(now.footprint.mappings, prepared.footprint.mappings) << "mappings left by the failure";
        EXPECT_EQ(now.mapped, prepared.mapped) << "bytes left mapped by the failure";
        // What was there may be gone: it was to be replaced.
        for (const std::string& file : now.footprint.files) {
            const bool allowed =
                file.ends_with(".lock") ? may_leave_lock_files(fault.call) : may_leave_names(fault.call);
            if (!allowed) { EXPECT_THAT(prepared.footprint.files, testing::Contains(file)) << "left by the failure"; }
        }
    }

    void suffer_all(InterposedCall call, int error, bool lasting) {
        for (unsigned nth = 1;; ++nth) {
            const Fault fault{call, error, lasting, nth};
            SCOPED_TRACE(fault.text());
            ASSERT_LT(nth, 1000U) << "no end in sight";
            if (!suffer(fault) || HasFailure()) { return; }
        }
    }

    static inline std::set<std::pair<const void*, int>> combinations_;
    static inline std::uint64_t faults_ = 0;
    static inline std::uint64_t failures_ = 0;
};

std::vector<Scenario> all_scenarios() {
    std::vector<Scenario> all;
    for (const auto& some : {attaching(), working(), closing(), observing(), in_c()}) {
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, FailingCalls, testing::ValuesIn(all_scenarios()), scenario_name);

TEST_P(FailingCalls, AreSurvivedOneByOne) {
    for (int call = 0; call < CALL_COUNT && !HasFailure(); ++call) {
        for (const int error : errors_of(static_cast<InterposedCall>(call))) {
            suffer_all(static_cast<InterposedCall>(call), error, false);
            suffer_all(static_cast<InterposedCall>(call), error, true);
        }
    }
    std::printf("%zu combinations of call site and errno, %llu faults, %llu of them errors\n", combinations_.size(),
                static_cast<unsigned long long>(faults_), static_cast<unsigned long long>(failures_));
}

}  // namespace
}  // namespace zerobuffer::test
