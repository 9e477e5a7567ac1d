// SPDX-License-Identifier: MIT
// What a program does with a buffer, in the shape that a fault needs: what comes before, the one step that is disturbed, and
// a look whether the step did what it promises.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {

/// The endpoints of one run.
struct Stage {
    std::string name;
    Layout layout = Layout::v2;
    std::optional<Reader> reader;
    std::optional<Writer> writer;
    std::optional<Frame> frame;
    std::uint64_t frames = 0;  // written so far
    bool swept = false;        // what clean said
    std::jthread other;        // what a thread of the other side does meanwhile

    [[nodiscard]] Options options() const { return make_options(layout); }
    void create() { reader.emplace(Reader::create(name, options())); }
    void open() { writer.emplace(Writer::open(name)); }
    void pair() {
        create();
        open();
    }
    void write() { write_frame(*writer, 100, ++frames, deadline); }
    void expect_next(std::uint64_t number) {
        frame = reader->acquire(deadline);
        EXPECT_TRUE(frame && holds(*frame, 100, number)) << "frame " << number;
    }
    /// Writes one frame and reads it, through endpoints that are made by name where they are missing.
    void exchange();
};

struct Scenario {
    std::string label;
    Layout layout;
    std::function<void(Stage&)> prepare;
    std::function<void(Stage&)> act;
    std::function<void(Stage&)> verify;
    bool leaves_a_buffer = false;  // that nobody holds, if verify() does not come to pass
};

std::vector<Scenario> attaching();  // create, open, take over, replace
std::vector<Scenario> working();    // wait, write, read, describe
std::vector<Scenario> closing();    // close, alone and with a peer
std::vector<Scenario> observing();  // inspect, list, clean
std::vector<Scenario> in_c();       // the same through zerobuffer.h

/// For INSTANTIATE_TEST_SUITE_P.
inline std::string scenario_name(const testing::TestParamInfo<Scenario>& info) {
    return info.param.label + (info.param.layout == Layout::v1 ? "_v1" : "_v2");
}

}  // namespace zerobuffer::test
