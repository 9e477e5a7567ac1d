// SPDX-License-Identifier: MIT
// Every frame size at every offset of a v1 ring of 256 bytes, against the rules of the format written down once more.
#include <gtest/gtest.h>

#include <cstring>
#include <optional>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

constexpr std::uint64_t capacity = 256;
constexpr std::uint64_t header = 16;

/// Where a frame of `total` bytes goes when the writer stands at `offset`.
struct Place {
    std::uint64_t offset;
    std::uint64_t waste;
};

/// Where the ring lies in memory, and whether its mapping goes on behind it: old readers look for a header in a tail that
/// is too short for one.
struct Memory {
    const char* name;
    Edge edge;
    bool tail_is_readable;
};

void PrintTo(const Memory& memory, std::ostream* out) { *out << memory.name; }

/// What the ring holds after that frame was committed there.
std::vector<std::byte> image_after(std::vector<std::byte> image, std::uint64_t offset, Place place, std::uint64_t size,
                                   std::uint64_t sequence) {
    const auto put = [&](std::uint64_t at, std::uint64_t value) { std::memcpy(&image[at], &value, sizeof value); };
    if (place.waste >= header) {
        put(offset, 0);
        put(offset + 8, 0);
    }
    put(place.offset, size);
    put(place.offset + 8, sequence);
    fill(&image[place.offset + header], size, sequence);
    const std::uint64_t end = place.offset + header + size;
    if (capacity - end < header) {
        std::fill(image.begin() + static_cast<std::ptrdiff_t>(end), image.end(), std::byte{0});
    }
    return image;
}

class EveryFrameV1 : public testing::TestWithParam<Memory> {
protected:
    EveryFrameV1() { ring_.geometry.file_size = GetParam().tail_is_readable ? 4095 : 4096; }

    /// The writer stands at `offset`; the frame before it was taken.
    Taken stand_at(std::uint64_t offset) {
        ring_.restart();
        std::ranges::fill(ring_.payload.bytes(), std::byte{0xee});
        if (offset == 0) { return {}; }
        EXPECT_TRUE(ring_.write(capacity - header, offset - header));
        return ring_.take();
    }
    /// Nothing: not even an empty ring could take it there.
    static std::optional<Place> place_of(std::uint64_t offset, std::uint64_t total) {
        const std::uint64_t tail = capacity - offset;
        // In place it must fill the tail exactly, or leave room for a marker.
        const bool in_place = offset == 0 || total == tail || total + header <= tail;
        const Place place{in_place ? offset : 0, in_place ? 0 : tail};
        if (place.waste + total > capacity) { return std::nullopt; }
        const std::uint64_t left = capacity - place.offset - total;
        if (left != 0 && left < header && !GetParam().tail_is_readable) { return std::nullopt; }
        return place;
    }
    void empty_at(std::uint64_t offset) {
        const Taken frame = stand_at(offset);
        if (offset != 0) { ring_.release(frame); }
    }
    [[nodiscard]] bool is_unchanged(const std::vector<std::byte>& bytes, const wire::ControlV1& control) const {
        return equal(ring_.payload.bytes(), bytes) && std::memcmp(&ring_.control, &control, sizeof control) == 0 &&
               ring_.payload.canaries_live();
    }
    /// With what tells the next writer, should this one die now, that its frame at 0 never was.
    static std::vector<std::byte> announced(std::vector<std::byte> bytes, std::uint64_t offset, std::uint64_t waste,
                                            std::uint64_t sequence) {
        if (waste >= header) { store_header(bytes.data() + offset, wrap_marker); }
        store_header(bytes.data(), {~offset, sequence});
        return bytes;
    }
    void expect_frame_round(std::uint64_t offset, std::uint64_t size);
    void expect_published(std::uint64_t offset, Place place, std::uint64_t size);

    RingV1 ring_{capacity, GetParam().edge};
};

void EveryFrameV1::expect_frame_round(std::uint64_t offset, std::uint64_t size) {
    const auto bytes = copy_of(ring_.payload.bytes());
    const wire::ControlV1 control = ring_.control;
    const auto place = place_of(offset, header + size);
    std::byte* data = nullptr;
    const Room room = ring_.producer->claim(size, data);
    const std::uint64_t sequence = ring_.producer->sequence() + 1;
    if (place && place->offset == 0) {
        ASSERT_TRUE(is_unchanged(announced(bytes, offset, place->waste, sequence), control));
    } else {
        ASSERT_TRUE(is_unchanged(bytes, control)) << "a claim is private";
    }
    ASSERT_TRUE(room != Room::there || ring_.producer->has_room(size));
    if (!place) {
        ASSERT_EQ(room, Room::too_large);
        return;
    }
    ASSERT_EQ(room, Room::there);
    ASSERT_EQ(data, ring_.payload.data() + place->offset + header);
    fill(data, size, sequence);
    ASSERT_EQ(ring_.producer->commit(size), sequence);
    ASSERT_TRUE(equal(ring_.payload.bytes(), image_after(bytes, offset, *place, size, sequence)));
    ASSERT_TRUE(ring_.payload.canaries_live());
    expect_published(offset, *place, size);
}

void EveryFrameV1::expect_published(std::uint64_t offset, Place place, std::uint64_t size) {
    const std::uint64_t before = offset == 0 ? 0 : 1;
    const std::uint64_t counted = before + (place.waste != 0 ? 2 : 1);
    const std::uint64_t end = (place.offset + header + size) % capacity;
    ASSERT_EQ(ring_.control.payload_write_pos, end);
    ASSERT_EQ(ring_.control.payload_free_bytes, capacity - place.waste - header - size);
    ASSERT_EQ(ring_.control.payload_written_count, counted);
    const Taken frame = ring_.take();
    ASSERT_EQ(frame.data, ring_.payload.data() + place.offset + header);
    ASSERT_EQ(frame.size, size);
    ASSERT_EQ(frame.extent.sequence, before + 1);
    ASSERT_EQ(ring_.control.payload_read_pos, end);
    ASSERT_EQ(ring_.control.payload_read_count, counted);
    // The waste comes back when its marker is read, the frame when it is released.
    ASSERT_EQ(ring_.control.payload_free_bytes, capacity - header - size);
    ring_.release(frame);
    ASSERT_EQ(ring_.control.payload_free_bytes, capacity);
    ASSERT_FALSE(ring_.consumer->ready());
}

/// Frames are at least 17 bytes: a writer never stands at 1 to 16.
template <class Check>
void for_each_offset(Check&& check) {
    check(0);
    for (std::uint64_t offset = header + 1; offset < capacity; ++offset) {
        check(offset);
    }
}

TEST_P(EveryFrameV1, GoesWhereTheRulesSayAndComesOutWhole) {
    for_each_offset([&](std::uint64_t offset) {
        for (std::uint64_t size = 1; size <= capacity - header; ++size) {
            empty_at(offset);
            expect_frame_round(offset, size);
            ASSERT_FALSE(HasFailure()) << "offset " << offset << ", size " << size;
        }
    });
}

TEST_P(EveryFrameV1, LargerThanTheRingIsTooLargeEverywhere) {
    for_each_offset([&](std::uint64_t offset) {
        empty_at(offset);
        for (const std::uint64_t size : {capacity - header + 1, capacity, ~std::uint64_t{0} - 15, ~std::uint64_t{0}}) {
            std::byte* data = nullptr;
            ASSERT_EQ(ring_.producer->claim(size, data), Room::too_large) << offset << " " << size;
        }
    });
}

TEST_P(EveryFrameV1, WaitsForExactlyTheBytesThatItNeeds) {
    for_each_offset([&](std::uint64_t offset) {
        for (std::uint64_t size = 1; offset != 0 && size <= capacity - header; ++size) {
            const Taken held = stand_at(offset);
            const auto place = place_of(offset, header + size);
            const bool fits = place && place->waste + header + size <= capacity - offset;
            const auto bytes = copy_of(ring_.payload.bytes());
            const wire::ControlV1 control = ring_.control;
            std::byte* data = nullptr;
            ASSERT_EQ(ring_.producer->claim(size, data), !place ? Room::too_large : fits ? Room::there : Room::full);
            ASSERT_TRUE(!place || ring_.producer->has_room(size) == fits);
            ASSERT_TRUE(is_unchanged(bytes, control));
            ring_.release(held);
            ASSERT_EQ(ring_.producer->claim(size, data), !place ? Room::too_large : Room::there);
            ASSERT_FALSE(HasFailure()) << "offset " << offset << ", size " << size;
        }
    });
}

TEST_P(EveryFrameV1, MayBeCommittedSmaller) {
    for (const std::uint64_t offset : {0, 17, 100, 200, 239, 240, 241, 255}) {
        for (std::uint64_t claimed = 2; claimed <= capacity - header; ++claimed) {
            const auto place = place_of(offset, header + claimed);
            for (std::uint64_t size = 1; place && size < claimed; ++size) {
                empty_at(offset);
                const auto bytes = copy_of(ring_.payload.bytes());
                const auto sequence = ring_.write(claimed, size);
                ASSERT_TRUE(sequence);
                ASSERT_TRUE(equal(ring_.payload.bytes(), image_after(bytes, offset, *place, size, *sequence)));
                expect_published(offset, *place, size);
                ASSERT_FALSE(HasFailure()) << "offset " << offset << ", " << size << " of " << claimed;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Places, EveryFrameV1,
                         testing::Values(Memory{"BehindAnInaccessiblePage", Edge::front, true},
                                         Memory{"BeforeAnInaccessiblePage", Edge::back, true},
                                         Memory{"AtTheEndOfTheMapping", Edge::back, false}),
                         [](const auto& memory) { return memory.param.name; });

}  // namespace
}  // namespace zerobuffer::ring
