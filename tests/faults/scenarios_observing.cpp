// SPDX-License-Identifier: MIT
#include <algorithm>

#include "faults/scenarios.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

std::string leftover_of(const Stage& stage) { return stage.name + ".left"; }

/// A live pair, and another buffer that nobody holds.
void pair_and_leftover(Stage& stage) {
    stage.pair();
    auto writer = Writer::create(leftover_of(stage), make_options(Layout::v2));
    write_frame(writer, 100, 1);
}

/// A live pair, and what is left of a v1 buffer whose processes were killed: its semaphores and lock files, too.
void pair_and_leftover_of_v1(Stage& stage) {
    Child child([&](const Line& line) {
        const auto reader = Reader::create(leftover_of(stage), make_options(Layout::v1));
        line.put(1);
        line.wait_for_end();
    });
    child.line().take();
    stage.pair();
}

bool exists(const std::string& name) {
    return failure_of([&] { return inspect(name); }).status != Status::not_found;
}

void look(Stage& stage) { EXPECT_EQ(inspect(stage.name).name, stage.name); }

void list(Stage&) { static_cast<void>(list_buffers()); }
void expect_listed(Stage& stage) {
    const auto all = list_buffers();
    const auto live = std::ranges::find(all, stage.name, &Snapshot::name);
    ASSERT_NE(live, all.end());
    EXPECT_EQ(live->status, Status::ok);
    stage.exchange();
}

void dry_run(Stage&) { static_cast<void>(clean(true)); }
void expect_both(Stage& stage) {
    EXPECT_TRUE(exists(leftover_of(stage)));
    stage.exchange();
    EXPECT_THAT(clean(), testing::ElementsAre(leftover_of(stage)));
}

/// Says what it did, whatever went wrong in between.
void sweep(Stage& stage) {
    const auto removed = clean();
    const bool gone = std::ranges::find(removed, leftover_of(stage)) != removed.end();
    EXPECT_LE(removed.size(), 1U);
    stage.swept = gone;
}
void expect_swept(Stage& stage) {
    EXPECT_EQ(stage.swept, !exists(leftover_of(stage))) << "clean says that it removed what it did not, or did not say";
    stage.exchange();
    static_cast<void>(clean());
    EXPECT_FALSE(exists(leftover_of(stage)));
    stage.exchange();
}

/// Of v1 also the next reader of the name: a lock file that could not be removed is its to remove.
void expect_swept_and_usable(Stage& stage) {
    expect_swept(stage);
    EXPECT_FALSE(Reader::create(leftover_of(stage), make_options(Layout::v1)).acquire(no_wait));
}

}  // namespace

std::vector<Scenario> observing() {
    std::vector<Scenario> all;
    for (const Layout layout : {Layout::v1, Layout::v2}) {
        all.push_back(
            {"Inspects", layout, [](Stage& stage) { stage.pair(); }, look, [](Stage& stage) { stage.exchange(); }});
        all.push_back({"Lists", layout, [](Stage& stage) { stage.pair(); }, list, expect_listed});
        all.push_back({"CleansDry", layout, pair_and_leftover, dry_run, expect_both, true});
    }
    all.push_back({"Cleans", Layout::v2, pair_and_leftover, sweep, expect_swept, true});
    all.push_back({"CleansUpAfterV1", Layout::v2, pair_and_leftover_of_v1, sweep, expect_swept_and_usable, true});
    return all;
}

}  // namespace zerobuffer::test
