// SPDX-License-Identifier: MIT
#include "cases.hpp"

#include <algorithm>
#include <utility>

#include "engine.hpp"
#include "raw_copy.hpp"
#include "raw_signals.hpp"

namespace zerobuffer::perf {

namespace {

constexpr std::uint64_t kibi = 1024;
constexpr std::uint64_t mebi = 1024 * kibi;

Shape shape_in(std::uint64_t large_ring, std::uint64_t frame, Touch touch) {
    Shape shape;
    shape.frame = frame;
    shape.touch = touch;
    shape.alignment = frame <= 32 ? 16 : 64;
    shape.capacity = frame <= kibi        ? mebi
                     : frame <= 64 * kibi ? 4 * mebi
                     : frame <= 12 * mebi ? large_ring
                                          : 128 * mebi;
    return shape;
}

std::uint64_t lap(const Shape& shape) { return shape.capacity / shape.frame; }

Effort hasty(const Effort& effort, std::uint64_t haste) {
    return {effort.warm_up / haste, std::max<std::uint64_t>(10, effort.frames / haste)};
}

/// Enough for about a tenth of a second, so that a disturbance shows; the first lap, with its cold pages, is left out.
Effort trips_of(const Shape& shape) {
    const std::uint64_t most = shape.touch != Touch::none ? 384 * mebi / shape.frame : UINT64_MAX;
    return {lap(shape) + 1, std::min<std::uint64_t>(most, 200'000)};
}

/// Many more frames than the ring holds: a stream that fits measures two solos, not a duet.
Effort stream_of(const Shape& shape, bool fast) {
    const std::uint64_t most = shape.touch != Touch::none ? kibi * mebi / shape.frame : UINT64_MAX;
    const std::uint64_t wanted = !fast ? 400'000 : shape.frame <= kibi ? 4'000'000 : 1'000'000;
    return {2 * lap(shape), std::max(16 * lap(shape), std::min(most, wanted))};
}

constexpr Effort signal_effort{20'000, 200'000};
// Each takes two wake-ups, some 70 us.
constexpr Effort sleeping_effort{50, 1'500};

Effort python_effort(const Shape& shape) { return {std::min<std::uint64_t>(lap(shape), 2'000), 50'000}; }

class Table {
public:
    explicit Table(Setup setup) : setup_(std::move(setup)) {}

    void add_signals() {
        const Cpus cpus = setup_.cpus;
        const Effort spinning = hasty(signal_effort, setup_.haste);
        const Effort sleeping = hasty(sleeping_effort, setup_.haste);
        cases_.push_back({"raw/lines", Kind::round_trip, 0, [=] { return cache_line_round_trip(cpus, spinning); }});
        cases_.push_back({"raw/line", Kind::round_trip, 0, [=] { return one_line_round_trip(cpus, spinning); }});
        cases_.push_back({"raw/futex", Kind::round_trip, 0, [=] { return futex_round_trip(cpus, sleeping); }});
    }

    void add_copies(std::uint64_t frame) {
        const Cpus cpus = setup_.cpus;
        const Shape shape = shape_of(frame, Touch::copy);
        const Effort trips = hasty(trips_of(shape), setup_.haste);
        cases_.push_back(
            {"raw/memcpy/" + std::to_string(frame), Kind::copy, frame, [=] { return copy_alone(cpus, shape, trips); }});
        add_plain_flags(shape);
    }

    void add_plain_flags(const Shape& shape) {
        const Cpus cpus = setup_.cpus;
        const Effort trips = hasty(trips_of(shape), setup_.haste);
        const Effort frames = hasty(stream_of(shape, true), setup_.haste);
        cases_.push_back({case_name("raw", Kind::round_trip, shape.frame, shape.touch), Kind::round_trip, shape.frame,
                          [=] { return raw_copy_round_trip(cpus, shape, trips); }});
        cases_.push_back({case_name("raw", Kind::stream, shape.frame, shape.touch), Kind::stream, shape.frame,
                          [=] { return raw_copy_stream(cpus, shape, frames); }});
    }

    /// Yardsticks for the harness, which measures more than the engine's own table.
    void add_more_yardsticks() {
        for (const std::uint64_t frame : frame_sizes()) {
            add_plain_flags(shape_of(frame, Touch::every));
        }
        // A 4K picture in RGB.
        add_copies(24'883'200);
        add_plain_flags(shape_of(24'883'200, Touch::every));
    }

    void add_engine(Layout layout, std::uint64_t frame, Touch touch) {
        const char* what = layout == Layout::v1 ? "v1" : "v2";
        const Shape shape = shape_of(frame, touch);
        add_round_trip(case_name(what, Kind::round_trip, frame, touch),
                       {shape, layout, WaitMode::spin, trips_of(shape)});
        const EnginePlan stream{shape, layout, WaitMode::spin,
                                hasty(stream_of(shape, layout == Layout::v2), setup_.haste)};
        cases_.push_back({case_name(what, Kind::stream, frame, touch), Kind::stream, frame,
                          [cpus = setup_.cpus, stream] { return engine_stream(cpus, stream); }});
    }

    void add_waits() {
        const Shape shape = shape_of(32, Touch::none);
        const std::string name = case_name("v2", Kind::round_trip, shape.frame, shape.touch);
        add_round_trip(name + "/adaptive", {shape, Layout::v2, WaitMode::adaptive, trips_of(shape)});
        add_round_trip(name + "/block", {shape, Layout::v2, WaitMode::block, sleeping_effort});
    }

    void add_python(std::uint64_t frame, Touch touch) {
        const Shape shape = shape_of(frame, touch);
        const Effort effort = hasty(python_effort(shape), setup_.haste);
        cases_.push_back(
            {case_name("python", Kind::round_trip, frame, touch), Kind::round_trip, frame,
             [setup = setup_, shape, effort] { return python_round_trip(setup.cpus, setup.python, shape, effort); }});
    }

    std::vector<Case> take() { return std::move(cases_); }

private:
    [[nodiscard]] Shape shape_of(std::uint64_t frame, Touch touch) const {
        return shape_in(setup_.large_ring, frame, touch);
    }

    void add_round_trip(const std::string& name, EnginePlan plan) {
        plan.effort = hasty(plan.effort, setup_.haste);
        cases_.push_back({name, Kind::round_trip, plan.shape.frame,
                          [cpus = setup_.cpus, plan] { return engine_round_trip(cpus, plan); }});
    }

    Setup setup_;
    std::vector<Case> cases_;
};

}  // namespace

std::string case_name(std::string_view what, Kind kind, std::uint64_t frame, Touch touch) {
    return std::string(what) + (kind == Kind::stream ? "/stream/" : "/rtt/") + std::to_string(frame) +
           (touch == Touch::copy    ? "/copy"
            : touch == Touch::every ? "/every"
                                    : "/none");
}

const std::vector<std::uint64_t>& frame_sizes() {
    // The last is a Full HD picture in YUV 4:2:0 with 16 bytes before it, which users of layout v1 know figures for.
    static const std::vector<std::uint64_t> sizes{32, 64, kibi, 64 * kibi, mebi, 3'110'416};
    return sizes;
}

std::vector<Case> all_cases(const Setup& setup) {
    Table table(setup);
    table.add_signals();
    for (const std::uint64_t frame : frame_sizes()) {
        table.add_copies(frame);
    }
    table.add_more_yardsticks();
    table.add_waits();
    for (const Layout layout : {Layout::v2, Layout::v1}) {
        for (const std::uint64_t frame : frame_sizes()) {
            table.add_engine(layout, frame, Touch::none);
            table.add_engine(layout, frame, Touch::copy);
        }
    }
    if (!setup.python.interpreter.empty()) {
        for (const std::uint64_t frame : {std::uint64_t{32}, std::uint64_t{64}}) {
            table.add_python(frame, Touch::none);
            table.add_python(frame, Touch::copy);
        }
        table.add_python(frame_sizes().back(), Touch::none);
    }
    return table.take();
}

}  // namespace zerobuffer::perf
