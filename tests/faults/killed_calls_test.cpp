// SPDX-License-Identifier: MIT
// A process is killed in front of every call that enters the kernel: the first, the second, ... until it comes through. What
// is left is a whole buffer or none, clean() takes all of it, and the next pair works.
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "faults/interposed.h"
#include "faults/scenarios.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

void die() { ::kill(::getpid(), SIGKILL); }

class KilledCalls : public BufferTest, public testing::WithParamInterface<Scenario> {
protected:
    /// Whether there was an N-th call.
    static bool kill_in_front_of(unsigned nth, const std::string& name) {
        Child child([&](const Line&) {
            Stage stage;
            stage.name = name;
            stage.layout = GetParam().layout;
            GetParam().prepare(stage);
            CallPlan plan{CALL_ANY, nth, 1, 0, die, 0, 0, nullptr};
            follow_plan(&plan);
            GetParam().act(stage);
            follow_plan(nullptr);
        });
        const int end = child.wait();
        EXPECT_TRUE(end == 0 || end == 128 + SIGKILL) << "ended with " << end;
        return end != 0;
    }

    static void expect_whole_or_absent(const std::string& name) {
        const Failure look = failure_of([&] { return inspect(name); });
        EXPECT_THAT(look, testing::AnyOf(test::has(Status::ok), test::has(Status::not_found)));
    }

    static void expect_next_pair_works(const std::string& name) {
        Stage stage;
        stage.name = name;
        stage.layout = GetParam().layout;
        Options options = stage.options();
        options.replace = true;
        stage.reader.emplace(Reader::create(name, options));
        stage.exchange();
    }

    /// Nobody comes upon those by their name: they are for clean().
    static void remove_hidden_files() {
        for (const std::string& file : footprint().files) {
            if (file.starts_with("/dev/shm/.zerobuffer-")) { ::unlink(file.c_str()); }
        }
    }

    /// A lock file that was not locked yet, or whose buffer is gone, waits for the next reader of the name.
    static std::vector<std::string> files() {
        auto found = footprint().files;
        std::erase_if(found, [](const std::string& file) { return file.ends_with(".lock"); });
        return found;
    }
};

std::vector<Scenario> all_scenarios() {
    std::vector<Scenario> all;
    for (const auto& some : {attaching(), closing(), in_c()}) {
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, KilledCalls, testing::ValuesIn(all_scenarios()), scenario_name);

TEST_P(KilledCalls, LeaveAWholeBufferOrNone) {
    unsigned kills = 0;
    for (const bool cleaned : {false, true}) {
        const std::string name = unique_name();
        for (unsigned nth = 1; !HasFailure(); ++nth) {
            SCOPED_TRACE("killed in front of call " + std::to_string(nth));
            if (!kill_in_front_of(nth, name)) { break; }
            ++kills;
            expect_whole_or_absent(name);
            if (cleaned) {
                static_cast<void>(clean());
                EXPECT_THAT(files(), testing::IsEmpty()) << "after clean";
            }
            expect_next_pair_works(name);
            if (!cleaned) { remove_hidden_files(); }
            EXPECT_THAT(footprint().files, testing::IsEmpty()) << "after the next pair";
        }
        static_cast<void>(clean());
        bury(name);
    }
    std::printf("killed %u times\n", kills);
}

}  // namespace
}  // namespace zerobuffer::test
