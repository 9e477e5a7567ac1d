// SPDX-License-Identifier: MIT
#include <sys/stat.h>

#include "faults/interposed.h"
#include "faults/scenarios.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

constexpr std::uint32_t permissions = 0640;

void expect_permissions(const Stage& stage) { EXPECT_EQ(inspect(stage.name).mode, permissions); }

Options with_permissions(const Stage& stage) {
    Options options = stage.options();
    options.permissions = permissions;
    return options;
}

/// A buffer with one unread frame that nobody holds.
void leave_unread(Stage& stage) {
    stage.writer.emplace(Writer::create(stage.name, stage.options()));
    stage.write();
    stage.writer.reset();
}

/// A buffer whose reader was killed.
void leave_killed(Stage& stage) {
    Child child([&](const Line& line) {
        const auto reader = Reader::create(stage.name, stage.options());
        line.put(1);
        line.wait_for_end();
    });
    child.line().take();
}

Scenario reader_creates(Layout layout) {
    return {"ReaderCreates", layout, [](Stage&) {},
            [](Stage& stage) { stage.reader.emplace(Reader::create(stage.name, with_permissions(stage))); },
            [](Stage& stage) {
                expect_permissions(stage);
                stage.exchange();
            }};
}

Scenario reader_creates_hidden(Layout layout) {
    return {"ReaderCreatesUnderAHiddenName", layout, [](Stage&) {},
            [](Stage& stage) {
                refuse_unnamed_files(1);
                try {
                    stage.reader.emplace(Reader::create(stage.name, with_permissions(stage)));
                } catch (...) {
                    refuse_unnamed_files(0);
                    throw;
                }
                refuse_unnamed_files(0);
            },
            [](Stage& stage) {
                expect_permissions(stage);
                stage.exchange();
            }};
}

Scenario writer_creates() {
    return {"WriterCreates", Layout::v2, [](Stage&) {},
            [](Stage& stage) { stage.writer.emplace(Writer::create(stage.name, with_permissions(stage))); },
            [](Stage& stage) {
                expect_permissions(stage);
                stage.exchange();
            }};
}

Scenario reader_takes_over() {
    return {"ReaderTakesOver", Layout::v2, leave_unread, [](Stage& stage) { stage.create(); },
            [](Stage& stage) {
                stage.expect_next(1);
                stage.exchange();
            }};
}

Scenario reader_replaces(Layout layout) {
    return {"ReaderReplaces", layout, layout == Layout::v1 ? leave_killed : leave_unread,
            [](Stage& stage) {
                Options options = stage.options();
                options.replace = true;
                stage.reader.emplace(Reader::create(stage.name, options));
            },
            [](Stage& stage) {
                EXPECT_FALSE(stage.reader->acquire(no_wait)) << "the old frames are gone";
                stage.exchange();
            }};
}

Scenario reader_replaces_a_dead_one() {
    return {"ReaderReplacesADeadOne", Layout::v1, leave_killed, [](Stage& stage) { stage.create(); },
            [](Stage& stage) { stage.exchange(); }};
}

Scenario writer_opens(Layout layout) {
    return {"WriterOpens", layout, [](Stage& stage) { stage.create(); }, [](Stage& stage) { stage.open(); },
            [](Stage& stage) { stage.exchange(); }};
}

Scenario writer_opens_guarded(Layout layout) {
    return {"WriterOpensGuarded", layout, [](Stage& stage) { stage.create(); },
            [](Stage& stage) {
                Options options;
                options.guarded = true;
                stage.writer.emplace(Writer::open(stage.name, options));
            },
            [](Stage& stage) { stage.exchange(); }};
}

Scenario reader_opens() {
    return {"ReaderOpens", Layout::v2, leave_unread,
            [](Stage& stage) { stage.reader.emplace(Reader::open(stage.name)); },
            [](Stage& stage) {
                stage.expect_next(1);
                stage.exchange();
            }};
}

}  // namespace

void Stage::exchange() {
    if (!reader) { create(); }
    if (!writer) { open(); }
    write();
    expect_next(frames);
    frame.reset();
}

std::vector<Scenario> attaching() {
    std::vector<Scenario> all = {writer_creates(), reader_takes_over(), reader_opens(), reader_replaces_a_dead_one()};
    for (const Layout layout : {Layout::v1, Layout::v2}) {
        for (const auto make :
             {reader_creates, reader_creates_hidden, reader_replaces, writer_opens, writer_opens_guarded}) {
            all.push_back(make(layout));
        }
    }
    return all;
}

}  // namespace zerobuffer::test
