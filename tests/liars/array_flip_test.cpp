// SPDX-License-Identifier: MIT
// The header of an array is rewritten while it is looked at, as a hostile writer could. What view_array() accepted stays
// inside the payload all the same: what was checked is what is used. A race by design, so not for ThreadSanitizer.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include <zerobuffer/array.hpp>
#include <zerobuffer/status.hpp>

#include "../ring/memory.hpp"

namespace zerobuffer::test {
namespace {

constexpr std::uint64_t payload_size = 512;
constexpr std::uint64_t looks = 200'000;

using Payload = std::array<std::byte, payload_size>;

/// Two headers that are right, each on its own: of strided numbers, and of more text than the other's data is long.
std::array<Payload, 2> two_truths() {
    std::array<Payload, 2> truths{};
    ArrayInfo numbers;
    numbers.kind = ItemKind::real;
    numbers.order = ArrayOrder::strided;
    numbers.dimensions = 2;
    numbers.item_size = 8;
    numbers.shape = {2, 3};
    numbers.strides = {64, 16};
    write_array_header(truths[0], numbers);
    ArrayInfo text;
    text.kind = ItemKind::text;
    text.dimensions = 1;
    text.item_size = 8;
    text.shape = {30};
    text.data_size = 8 * 31 + 100;
    write_array_header(truths[1], text);
    return truths;
}

/// Puts single words of one truth or the other into the payload, until told to stop.
void flip(std::byte* payload, const std::array<Payload, 2>& truths, const std::atomic<bool>& stop) {
    std::uint64_t random = 0x9e3779b97f4a7c15;
    while (!stop.load(std::memory_order_relaxed)) {
        random ^= random << 13U;
        random ^= random >> 7U;
        random ^= random << 17U;
        const std::uint64_t at = 8 * (random % 12);
        std::uint64_t word = 0;
        std::memcpy(&word, truths[random >> 32U & 1U].data() + at, sizeof word);
        std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(payload + at))
            .store(word, std::memory_order_relaxed);
    }
}

bool inside(std::span<const std::byte> part, std::span<const std::byte> whole) {
    return part.empty() || (part.data() >= whole.data() && part.size() <= whole.size() &&
                            static_cast<std::size_t>(part.data() - whole.data()) <= whole.size() - part.size());
}

std::uint64_t last_byte(const ArrayInfo& array) {
    if (array.kind == ItemKind::text || array.count() == 0) { return 0; }
    std::uint64_t last = array.item_size;
    for (std::uint32_t axis = 0; axis < array.dimensions; ++axis) {
        last += (array.shape[axis] - 1) * array.strides[axis];
    }
    return last;
}

TEST(ChangingArrayHeader, IsNeverBelievedBeyondThePayload) {
    const ring::GuardedBytes block(payload_size, ring::Edge::back);
    const auto truths = two_truths();
    std::memcpy(block.data(), truths[0].data(), payload_size);
    std::atomic<bool> stop{false};
    std::thread liar(flip, block.data(), std::cref(truths), std::cref(stop));
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    bool all_inside = true;
    // Both must happen, however the two threads are scheduled.
    for (std::uint64_t i = 0; i < looks || accepted == 0 || refused == 0; ++i) {
        try {
            const Array array = view_array(block.bytes());
            ++accepted;
            all_inside =
                all_inside && inside(array.bytes(), block.bytes()) && last_byte(array.info()) <= array.bytes().size();
            if (array.info().kind == ItemKind::text) {
                const std::string_view text = text_of(array, array.shape()[0] - 1);
                all_inside = all_inside && inside(std::as_bytes(std::span(text)), block.bytes());
            }
        } catch (const Error& error) {
            ++refused;
            all_inside = all_inside && error.status() == Status::incompatible;
        }
    }
    stop.store(true);
    liar.join();
    EXPECT_TRUE(all_inside);
    EXPECT_TRUE(block.canaries_live());
    RecordProperty("accepted", std::to_string(accepted));
    RecordProperty("refused", std::to_string(refused));
}

}  // namespace
}  // namespace zerobuffer::test
