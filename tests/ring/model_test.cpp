// SPDX-License-Identifier: MIT
// Random operations on a ring and on a model of it: a deque of frames, and the rules of the layout about room. After every
// step the two agree. Both sides of v2, and the writer of v1, may be replaced at any time.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

enum class State { unread, held, released };

/// Ring bytes in order: a frame, or in v1 a tail given up.
struct Stretch {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint64_t sequence;  // 0: a tail
    std::uint64_t size;
    State state;
    Taken taken{};
};

struct Model {
    std::uint64_t capacity;
    std::uint64_t position = 0;
    std::uint64_t frontier = 0;  // the reader's: everything before it is free
    std::uint64_t sequence = 0;
    std::deque<Stretch> stretches;

    [[nodiscard]] std::uint64_t free_bytes() const { return capacity - (position - frontier); }
    Stretch& add(std::uint64_t bytes, std::uint64_t number, std::uint64_t size) {
        stretches.push_back({position, position + bytes, number, size, State::unread, {}});
        position += bytes;
        return stretches.back();
    }
    void settle() {
        while (!stretches.empty() && stretches.front().state == State::released) {
            frontier = stretches.front().end;
            stretches.pop_front();
        }
    }
    /// The next frame to be taken, and the tails before it passed.
    Stretch* next() {
        for (Stretch& stretch : stretches) {
            if (stretch.state != State::unread) { continue; }
            if (stretch.sequence != 0) { return &stretch; }
            stretch.state = State::released;
        }
        return nullptr;
    }
    std::vector<Stretch*> held() {
        std::vector<Stretch*> found;
        for (Stretch& stretch : stretches) {
            if (stretch.state == State::held) { found.push_back(&stretch); }
        }
        return found;
    }
};

/// The rules of room, one class per layout. `committed` may be smaller than what was claimed.
struct RulesV1 {
    using Ring = RingV1;
    static constexpr std::uint64_t smallest = 1;

    static RingV1 make() { return RingV1(512); }
    static void replace_reader(RingV1&, Model&) {}
    /// With everything read, the lap may leave open which frame was the last: then numbers start again.
    static void resume(const RingV1& ring, Model& model) {
        if (ring.producer->sequence() == 0) {
            EXPECT_EQ(model.next(), nullptr);
            model.sequence = 0;
        }
        EXPECT_EQ(ring.producer->sequence(), model.sequence);
    }

    static std::uint64_t waste(const Model& model, std::uint64_t size) {
        const std::uint64_t offset = model.position % model.capacity;
        const std::uint64_t tail = model.capacity - offset;
        return offset == 0 || size + 16 == tail || size + 32 <= tail ? 0 : tail;
    }
    static Room room(const Model& model, std::uint64_t size) {
        if (size + 16 > model.capacity || waste(model, size) + 16 + size > model.capacity) { return Room::too_large; }
        return waste(model, size) + 16 + size <= model.free_bytes() ? Room::there : Room::full;
    }
    static void commit(Model& model, std::uint64_t claimed, std::uint64_t size) {
        if (const std::uint64_t bytes = waste(model, claimed)) { model.add(bytes, 0, 0); }
        model.add(16 + size, ++model.sequence, size);
    }
    static void expect_same(const RingV1& ring, const Model& model) {
        ASSERT_EQ(ring.control.payload_free_bytes, model.free_bytes());
        ASSERT_EQ(ring.control.payload_write_pos, model.position % model.capacity);
        ASSERT_TRUE(ring.payload.canaries_live());
    }
};

template <std::uint32_t alignment>
struct RulesV2 {
    using Ring = RingV2;
    static constexpr std::uint64_t smallest = 0;

    static RingV2 make() { return RingV2(alignment); }
    /// What was held comes again.
    static void replace_reader(RingV2& ring, Model& model) {
        ring.attach_consumer();
        for (Stretch& stretch : model.stretches) {
            stretch.state = State::unread;
        }
    }

    static void resume(const RingV2& ring, const Model& model) { EXPECT_EQ(ring.producer->sequence(), model.sequence); }

    static std::uint64_t total(std::uint64_t size) {
        return (alignment + size + alignment - 1) / alignment * alignment;
    }
    static Room room(const Model& model, std::uint64_t size) {
        if (size > model.capacity - 2 * alignment) { return Room::too_large; }
        return total(size) + alignment <= model.free_bytes() ? Room::there : Room::full;
    }
    static void commit(Model& model, std::uint64_t, std::uint64_t size) {
        model.add(total(size), ++model.sequence, size);
    }
    static void expect_same(const RingV2& ring, const Model& model) {
        ASSERT_EQ(ring.control.producer.position, model.position);
        ASSERT_EQ(ring.control.producer.sequence, model.sequence);
        ASSERT_EQ(ring.control.consumer.position, model.frontier);
    }
};

template <class Rules>
class Game {
public:
    explicit Game(unsigned seed) : random_(seed) { model_.capacity = ring_.geometry.capacity; }

    void play(int steps) {
        for (int i = 0; i < steps; ++i) {
            step();
            check();
            ASSERT_FALSE(testing::Test::HasFailure()) << "step " << i;
        }
    }

private:
    std::uint64_t number(std::uint64_t below) { return random_() % below; }

    /// Mostly small; now and then anything, too large included.
    std::uint64_t any_size() {
        const std::uint64_t largest = ring_.geometry.max_frame;
        const std::uint64_t below = number(8) == 0 ? largest + 20 : number(3) == 0 ? largest / 2 : largest / 8;
        return std::max(Rules::smallest, number(below + 1));
    }

    void step() {
        switch (number(16)) {
            case 0:
                ring_.attach_producer();
                return Rules::resume(ring_, model_);
            case 1:
                if (number(4) == 0) { Rules::replace_reader(ring_, model_); }
                return;
            case 2:
                return abandon(any_size());
            case 3:
            case 4:
            case 5:
            case 6:
                return release();
            case 7:
            case 8:
            case 9:
            case 10:
                return take();
            default:
                return write(any_size());
        }
    }

    std::byte* claim(std::uint64_t size) {
        std::byte* data = nullptr;
        const Room expected = Rules::room(model_, size);
        const Room found = ring_.producer->claim(size, data);
        EXPECT_EQ(found, expected) << size << " bytes at " << model_.position % model_.capacity;
        return found == Room::there ? data : nullptr;
    }

    /// What an aborted claim leaves in free bytes is of no account.
    void abandon(std::uint64_t size) {
        std::byte* const data = claim(size);
        if (data != nullptr) { std::fill_n(data, size, std::byte{0xff}); }
    }

    void write(std::uint64_t size) {
        std::byte* const data = claim(size);
        if (data == nullptr) { return; }
        const std::uint64_t committed = number(4) == 0 ? std::max(Rules::smallest, number(size + 1)) : size;
        fill(data, committed, model_.sequence + 1);
        EXPECT_EQ(ring_.producer->commit(committed), model_.sequence + 1);
        Rules::commit(model_, size, committed);
    }

    void take() {
        Taken frame{};
        Stretch* const next = model_.next();
        const Take found = ring_.consumer->take(frame);
        EXPECT_EQ(found, next != nullptr ? Take::taken : Take::none);
        if (found != Take::taken || next == nullptr) { return; }
        EXPECT_EQ(frame.size, next->size);
        EXPECT_EQ(frame.extent.sequence, next->sequence);
        EXPECT_EQ(frame.extent.begin, next->begin);
        EXPECT_EQ(frame.extent.end, next->end);
        next->state = State::held;
        next->taken = frame;
    }

    void release() {
        const auto held = model_.held();
        if (held.empty()) { return; }
        Stretch& one = *held[number(3) == 0 ? number(held.size()) : 0];
        EXPECT_NE(ring_.consumer->release(one.taken.extent), ReleaseOrder::Outcome::misuse);
        one.state = State::released;
    }

    void check() {
        model_.settle();
        Rules::expect_same(ring_, model_);
        for (const Stretch* stretch : model_.held()) {
            EXPECT_TRUE(is_intact(stretch->taken)) << stretch->sequence;
        }
    }

    std::mt19937_64 random_;
    Model model_{};
    typename Rules::Ring ring_ = Rules::make();
};

template <class Rules>
class AgainstTheModel : public testing::Test {};

struct RulesName {
    template <class Rules>
    static std::string GetName(int) {
        return std::is_same_v<Rules, RulesV1> ? "v1" : std::is_same_v<Rules, RulesV2<16>> ? "v2Of16" : "v2Of64";
    }
};
using EveryRules = testing::Types<RulesV1, RulesV2<16>, RulesV2<64>>;
TYPED_TEST_SUITE(AgainstTheModel, EveryRules, RulesName);

TYPED_TEST(AgainstTheModel, EveryStepAgrees) {
    for (unsigned seed = 1; seed <= 50; ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        Game<TypeParam> game(seed);
        ASSERT_NO_FATAL_FAILURE(game.play(2000));
    }
}

}  // namespace
}  // namespace zerobuffer::ring
