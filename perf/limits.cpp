// SPDX-License-Identifier: MIT
#include "limits.hpp"

#include <algorithm>

namespace zerobuffer::perf {

namespace {

std::string trip(const char* what, std::uint64_t frame, Touch touch) {
    return case_name(what, Kind::round_trip, frame, touch);
}

std::string stream(const char* what, std::uint64_t frame, Touch touch) {
    return case_name(what, Kind::stream, frame, touch);
}

void add_small_frames(std::vector<Limit>& limits) {
    for (const Touch touch : {Touch::none, Touch::copy}) {
        limits.push_back({"32 bytes cost little more than a line there and back", trip("v2", 32, touch), "raw/lines",
                          Relation::ratio_at_most, 1.4});
        limits.push_back({"64 bytes, aligned to 64, take one line more", trip("v2", 64, touch), "raw/lines",
                          Relation::ratio_at_most, 1.6});
        limits.push_back({"a stream of small frames outruns layout v1", stream("v2", 32, touch),
                          stream("v1", 32, touch), Relation::speed_up_at_least, 12});
    }
    limits.push_back({"sleeping costs what the kernel's wake-ups cost", trip("v2", 32, Touch::none) + "/block",
                      "raw/futex", Relation::ratio_at_most, 1.15});
}

void add_large_frames(std::vector<Limit>& limits) {
    const std::uint64_t smallest = frame_sizes().front();
    const std::uint64_t largest = frame_sizes().back();
    for (const std::uint64_t frame : frame_sizes()) {
        if (frame == smallest) { continue; }
        limits.push_back({"in place, the size of a frame does not matter", trip("v2", frame, Touch::none),
                          trip("v2", smallest, Touch::none), Relation::ratio_at_most, frame == largest ? 1.5 : 1.15});
    }
    for (const std::uint64_t frame : frame_sizes()) {
        if (frame < 65536) { continue; }
        limits.push_back({"copying costs the copies", trip("v2", frame, Touch::copy), trip("raw", frame, Touch::copy),
                          Relation::ratio_at_most, 1.05});
        limits.push_back({"copying costs the copies", stream("v2", frame, Touch::copy),
                          stream("raw", frame, Touch::copy), Relation::ratio_at_most, 1.05});
    }
}

void add_python(std::vector<Limit>& limits) {
    const auto add = [&](std::uint64_t frame, Touch touch) {
        limits.push_back({"Python on both ends adds less than a microsecond", trip("python", frame, touch),
                          trip("v2", frame, touch), Relation::extra_at_most, 1000});
    };
    for (const std::uint64_t frame : {std::uint64_t{32}, std::uint64_t{64}}) {
        add(frame, Touch::none);
        add(frame, Touch::copy);
    }
    add(frame_sizes().back(), Touch::none);
}

double relate(Relation relation, double subject, double yardstick) {
    switch (relation) {
        case Relation::ratio_at_most:
            return subject / yardstick;
        case Relation::speed_up_at_least:
            return yardstick / subject;
        case Relation::extra_at_most:
            return subject - yardstick;
    }
    return 0;
}

const Row* find(const std::vector<Row>& rows, const std::string& name) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& each) { return each.subject.name == name; });
    return row == rows.end() || !row->failure.empty() ? nullptr : &*row;
}

}  // namespace

std::vector<Limit> all_limits() {
    std::vector<Limit> limits;
    add_small_frames(limits);
    add_large_frames(limits);
    add_python(limits);
    return limits;
}

std::vector<Verdict> judge(const std::vector<Limit>& limits, const std::vector<Row>& rows) {
    std::vector<Verdict> verdicts;
    for (const Limit& limit : limits) {
        Verdict verdict;
        verdict.limit = limit;
        const Row* subject = find(rows, limit.subject);
        const Row* yardstick = find(rows, limit.yardstick);
        if (subject != nullptr && yardstick != nullptr) {
            const Summary ours = summarize(*subject);
            const Summary theirs = summarize(*yardstick);
            verdict.measured = true;
            verdict.by_medians = relate(limit.relation, ours.median, theirs.median);
            verdict.by_least = relate(limit.relation, ours.least, theirs.least);
            verdict.met = limit.relation == Relation::speed_up_at_least ? verdict.by_medians >= limit.bound
                                                                        : verdict.by_medians <= limit.bound;
        }
        verdicts.push_back(verdict);
    }
    return verdicts;
}

}  // namespace zerobuffer::perf
