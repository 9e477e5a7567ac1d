// SPDX-License-Identifier: MIT
#include "crash/step_killer.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>

#include <array>
#include <chrono>
#include <map>
#include <sstream>

#include <zerobuffer/zerobuffer.hpp>

#include "crash/isolated.hpp"
#include "crash/victim.hpp"
#include "crash/world.hpp"
#include "support/footprint.hpp"

namespace zerobuffer::crash {
namespace {

using Effect = std::optional<std::uint64_t>;

constexpr std::size_t most_anomalies = 5;

// Tracer and victim on one processor: a step costs 26 us there and 124 us across two.
void pin() {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(::sched_getcpu(), &one);
    ::sched_setaffinity(0, sizeof one, &one);
}

// The first call of a library function finds the function: thousands of instructions that leave nothing to anybody.
void warm_up(const std::string& buffer, Layout layout) {
    Options options;
    options.layout = layout;
    options.capacity = 4096;
    auto reader = Reader::create(buffer, options);
    auto writer = Writer::open(buffer);
    writer.publish_metadata({});
    const std::vector<std::byte> content(10);
    for (int i = 0; i < 2; ++i) {
        writer.claim(10, no_wait)->commit();
        const std::array frames = {Bytes(content)};
        writer.write_many(frames, no_wait);
    }
    reader.acquire(no_wait)->release();
    static_cast<void>(reader.acquire_latest(no_wait));
    static_cast<void>(reader.acquire(std::chrono::milliseconds(1)));
    static_cast<void>(writer.claim(1, no_wait)->size());
}

enum class Stage : std::uint32_t { arranging, walking, killed, carried_on };

// What the process of the survivor tells.
struct Outcome {
    Progress progress;
    Stage stage;
    bool at_end;
    bool has_effect;
    std::uint64_t effect;
    std::uint64_t image;
    std::uint64_t boundary;
    std::uint64_t calls;
    std::array<char, 256> where;
};

class StepKiller {
public:
    StepKiller(const MakeScenario& make, const std::string& buffer)
        : make_(make), buffer_(buffer), aftermaths_(make(buffer)->aftermaths()) {}

    Report run() {
        pin();
        for (const Layout layout : {Layout::v1, Layout::v2}) {
            warm_up(buffer_, layout);
        }
        while (report_.anomalies.size() < most_anomalies) {
            const std::string trouble = run_isolated([this] { play(); }, true);
            if (outcome().stage == Stage::arranging) { throw std::runtime_error("cannot be arranged: " + trouble); }
            if (outcome().stage == Stage::walking) {
                if (!trouble.empty()) {
                    note(trouble);
                } else if (outcome().at_end && skip_ == 0) {
                    report_.reached_end = true;
                    report_.boundaries = outcome().boundary;
                }
                skip_ = 0;
                sweep();
                if (report_.reached_end) { break; }
                continue;
            }
            ++report_.kills;
            judge(trouble);
            skip_ = outcome().calls;
        }
        report_.images = known_.size();
        return report_;
    }

private:
    struct Verdict {
        std::size_t aftermaths = 0;  // tried so far
        Effect effect;
    };

    [[nodiscard]] Outcome& outcome() const { return page_.as<Outcome>(); }

    // In a process of its own: up to a new image, or to the end.
    void play() {
        page_.clear();
        const test::Footprint before = test::footprint();
        auto scenario = make_(buffer_);
        if (const auto aftermath = walk(*scenario)) {
            outcome().stage = Stage::killed;
            if (survivor_dies(*aftermath)) { ::raise(SIGKILL); }
            carry_on(*scenario, *aftermath);
            scenario.reset();
            const test::Footprint after = test::footprint();
            demand(after == before, "left behind: " + testing::PrintToString(after));
        }
    }

    void carry_on(Scenario& scenario, Aftermath aftermath) const {
        const Effect effect = scenario.carry_on(aftermath);
        outcome().has_effect = effect.has_value();
        outcome().effect = effect.value_or(0);
        outcome().stage = Stage::carried_on;
    }

    // Nothing: it came to the end, and every image on the way was known.
    std::optional<Aftermath> walk(Scenario& scenario) {
        Victim victim([&] {
            for (int round = 0; round < Scenario::rounds; ++round) {
                scenario.arrange_victim(round);
                hold();
            }
            scenario.operate(outcome().progress);
            hold();
        });
        for (int round = 0; round < Scenario::rounds; ++round) {
            scenario.arrange_survivor(round);
            victim.run();
        }
        outcome().stage = Stage::walking;
        World world(buffer_);
        bool more = skip_ == 0 || victim.run_calls(skip_);
        outcome().calls = skip_;
        world.look(true);
        outcome().image = world.image();
        for (; more; ++outcome().boundary) {
            const auto found = known_.find(outcome().image);
            const std::size_t tried = found == known_.end() ? 0 : found->second.aftermaths;
            if (tried < aftermaths_.size()) {
                victim.where().copy(outcome().where.data(), outcome().where.size() - 1);
                victim.kill();
                return aftermaths_[tried];
            }
            check(found->second.effect);
            more = victim.step();
            if (victim.was_call()) { ++outcome().calls; }
            if (world.look(victim.was_call())) { outcome().image = world.image(); }
        }
        outcome().at_end = true;
        return std::nullopt;
    }

    // An effect whose call has returned is there, one whose call was not begun is not.
    void check(const Effect& effect) const {
        if (!effect) { return; }
        const std::uint64_t begun = outcome().progress.begun.load(std::memory_order_relaxed);
        const std::uint64_t finished = outcome().progress.finished.load(std::memory_order_relaxed);
        if (*effect >= finished && *effect <= begun) { return; }
        throw Anomaly(std::to_string(*effect) + " effects are there, but " + std::to_string(begun) +
                      " were begun and " + std::to_string(finished) + " had returned");
    }

    // After a kill: what the others found.
    void judge(std::string trouble) {
        Verdict& verdict = known_[outcome().image];
        const Aftermath aftermath = aftermaths_[verdict.aftermaths];
        if (trouble.empty() && survivor_dies(aftermath)) {
            trouble = run_isolated([&] { carry_on(*make_(buffer_), aftermath); });
        }
        const std::string left = sweep();
        if (trouble.empty() && !left.empty()) { trouble = "left behind:" + left; }
        if (trouble.empty() && outcome().has_effect) { trouble = compare(verdict); }
        ++verdict.aftermaths;
        if (!trouble.empty()) { note(std::string("then ") + name_of(aftermath) + ": " + trouble); }
    }

    // Whoever comes first must find the same.
    std::string compare(Verdict& verdict) const {
        if (verdict.effect && *verdict.effect != outcome().effect) {
            return "finds " + std::to_string(outcome().effect) + " effects, where others found " +
                   std::to_string(*verdict.effect);
        }
        verdict.effect = outcome().effect;
        try {
            check(verdict.effect);
            return {};
        } catch (const Anomaly& anomaly) { return anomaly.what(); }
    }

    void note(const std::string& trouble) {
        std::ostringstream text;
        text << "killed after " << outcome().boundary << " instructions";
        if (skip_ != 0) { text << " behind system call " << skip_; }
        text << " before " << outcome().where.data();
        text << " (" << outcome().progress.begun << " effects begun, " << outcome().progress.finished << " returned), "
             << trouble;
        report_.anomalies.push_back(text.str());
    }

    // Removes what is still there, and names it.
    std::string sweep() const { return World(buffer_).remove(); }

    const MakeScenario& make_;
    const std::string& buffer_;
    std::span<const Aftermath> aftermaths_;
    SharedPage page_;
    std::map<std::uint64_t, Verdict> known_;
    std::uint64_t skip_ = 0;  // system calls before the image that was new last
    Report report_;
};

}  // namespace

std::string text_of(const Report& report) {
    std::ostringstream text;
    text << report.boundaries << " instruction boundaries, " << report.images << " images, " << report.kills
         << " kills, anomalies: " << report.anomalies.size();
    for (const std::string& anomaly : report.anomalies) {
        text << "\n    " << anomaly;
    }
    return text.str();
}

Report kill_at_every_step(const MakeScenario& make, const std::string& buffer) {
    return StepKiller(make, buffer).run();
}

}  // namespace zerobuffer::crash
