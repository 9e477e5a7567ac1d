// SPDX-License-Identifier: MIT
#include "flipper.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace zerobuffer::test {
namespace {

// Offsets of docs/format.md. A liar knows them.
constexpr std::array<std::uint64_t, 8> cursors_v2 = {0x80, 0x88, 0x90, 0x100, 0x108, 0x110, 0x80, 0x100};
constexpr std::array<std::uint64_t, 6> cursors_v1 = {0x28, 0x30, 0x38, 0x40, 0x48, 0x28};
constexpr std::array<std::uint64_t, 5> metadata_v2 = {0x10, 0x18, 0x60, 0x2000, 0x2008};
constexpr std::array<std::uint64_t, 4> metadata_v1 = {0x10, 0x18, 0x80, 0x88};
// Read once when a side attaches, or by people alone; and the doorbells, which may ring at any time or not at all.
constexpr std::array<std::uint64_t, 19> harmless_v2 = {0x08,  0x20,  0x28,  0x30,  0x38,  0x40,  0x48,
                                                       0x50,  0x58,  0x180, 0x184, 0x200, 0x204, 0x280,
                                                       0x288, 0x300, 0x308, 0x380, 0x400};
constexpr std::array<std::uint64_t, 6> harmless_v1 = {0x08, 0x20, 0x60, 0x68, 0x70, 0x78};

template <std::size_t size>
std::uint64_t one_of(const std::array<std::uint64_t, size>& offsets, std::uint64_t number) {
    return offsets[number % size];
}

}  // namespace

const char* name_of(Target target) {
    constexpr std::array names = {"everything", "cursors", "ring", "metadata", "harmless"};
    return names.at(static_cast<std::size_t>(target));
}

Flipper::Flipper(const std::string& name, Layout layout, std::uint64_t seed) : layout_(layout), random_(seed) {
    const int file = ::open(("/dev/shm/" + name).c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) { throw std::system_error(errno, std::generic_category(), "open the victims' segment"); }
    struct stat status {};
    ::fstat(file, &status);
    size_ = static_cast<std::uint64_t>(status.st_size);
    void* const mapped = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped == MAP_FAILED) { throw std::system_error(errno, std::generic_category(), "map the victims' segment"); }
    segment_ = static_cast<std::byte*>(mapped);
    std::memcpy(identity_.data(), segment_, identity_.size());
    capacity_ = size_ - (layout == Layout::v1 ? 0x80 + 64 : 0x10000);
}

void Flipper::repair_identity() { std::memcpy(segment_, identity_.data(), identity_.size()); }

Flipper::~Flipper() { ::munmap(segment_, size_); }

Flipper::Word Flipper::choose(Target target) {
    const bool v1 = layout_ == Layout::v1;
    const std::uint64_t number = random();
    switch (target) {
        case Target::cursors:
            return {v1 ? one_of(cursors_v1, number) : one_of(cursors_v2, number), 8};
        case Target::ring:
            // v1 packs frames at any byte; v2 starts them at multiples of 64, and a header has two words.
            return {size_ - capacity_ +
                        (v1 ? number % (capacity_ - 8) : number % (capacity_ / 64) * 64 + number / 64 % 2 * 8),
                    8};
        case Target::metadata:
            return {v1 ? one_of(metadata_v1, number) : one_of(metadata_v2, number), 8};
        case Target::harmless:
            return {v1 ? one_of(harmless_v1, number) : one_of(harmless_v2, number), number / 1024 % 2 == 0 ? 4U : 8U};
        default:
            break;
    }
    // Half of the flips anywhere in the control block, the others in the rest of the segment.
    const std::uint64_t block = v1 ? 0x80 : 0x400;
    const std::uint64_t offset = number % 2 == 0 ? number / 2 % block : number / 2 % (size_ - 8);
    return {offset / 4 * 4, number % 3 == 0 ? 4U : 8U};
}

std::uint64_t Flipper::lie(std::uint64_t now) {
    const std::uint64_t number = random();
    const std::uint64_t near = number / 16 % 129 - 64;
    switch (number % 16) {
        case 0:
            return 0;
        case 1:
            return 1;
        case 2:
            return ~std::uint64_t{0};
        case 3:
            return std::uint64_t{1} << 63U;
        case 4:
        case 5:
            return capacity_ + near;
        case 6:
        case 7:
        case 8:
            return now + near;
        case 9:
        case 10:
            return now ^ (std::uint64_t{1} << number / 16 % 64);
        case 11:
            return ~std::uint64_t{0} - 2 * capacity_ + near;
        case 12:
            return number / 16 % capacity_;
        default:
            return random();
    }
}

void Flipper::flip(Target target, std::uint64_t count, std::uint64_t pause) {
    for (std::uint64_t i = 0; i < count; ++i) {
        const Word word = choose(target);
        if (word.width == 4) {
            const std::atomic_ref shared(*reinterpret_cast<std::uint32_t*>(segment_ + word.offset));
            shared.store(static_cast<std::uint32_t>(lie(shared.load(std::memory_order_relaxed))),
                         std::memory_order_relaxed);
        } else if (word.offset % 8 == 0) {
            const std::atomic_ref shared(*reinterpret_cast<std::uint64_t*>(segment_ + word.offset));
            shared.store(lie(shared.load(std::memory_order_relaxed)), std::memory_order_relaxed);
        } else {
            std::uint64_t value = 0;
            std::memcpy(&value, segment_ + word.offset, sizeof value);
            value = lie(value);
            std::memcpy(segment_ + word.offset, &value, sizeof value);
        }
        for (std::uint64_t turn = 0; turn < pause; ++turn) {
            asm volatile("" : : : "memory");
        }
    }
}

}  // namespace zerobuffer::test
