// SPDX-License-Identifier: MIT
// Memory for rings under test, between inaccessible pages: whoever touches a byte outside of them ends the test.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <system_error>
#include <vector>

namespace zerobuffer::ring {

inline std::uint64_t page_size() { return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)); }

inline std::uint64_t round_to_pages(std::uint64_t size) { return (size + page_size() - 1) / page_size() * page_size(); }

/// Address space whose first and last page stay inaccessible.
class Reservation {
public:
    explicit Reservation(std::uint64_t inside) : size_(inside + 2 * page_size()) {
        void* const start = ::mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (start == MAP_FAILED) { throw std::system_error(errno, std::generic_category(), "mmap"); }
        start_ = static_cast<std::byte*>(start);
    }
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;
    ~Reservation() { ::munmap(start_, size_); }

    /// Maps `size` bytes at `at` of the inside: of the file, or private memory for -1.
    void map(std::uint64_t at, std::uint64_t size, int file) const {
        const int kind = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
        if (::mmap(inside() + at, size, PROT_READ | PROT_WRITE, kind | MAP_FIXED, file, 0) == MAP_FAILED) {
            throw std::system_error(errno, std::generic_category(), "mmap");
        }
    }
    [[nodiscard]] std::byte* inside() const { return start_ + page_size(); }

private:
    std::uint64_t size_;
    std::byte* start_;
};

/// Which of its ends lies at an inaccessible page; canaries watch the other one.
enum class Edge { front, back };

class GuardedBytes {
public:
    static constexpr std::byte canary{0xc5};

    GuardedBytes(std::uint64_t size, Edge edge) : room_(round_to_pages(size)), pages_(room_), size_(size), edge_(edge) {
        pages_.map(0, room_, -1);
        std::fill_n(pages_.inside(), room_, canary);
        std::fill_n(data(), size, std::byte{0});
    }

    [[nodiscard]] std::byte* data() const { return pages_.inside() + (edge_ == Edge::back ? room_ - size_ : 0); }
    [[nodiscard]] std::span<std::byte> bytes() const { return {data(), size_}; }
    [[nodiscard]] bool canaries_live() const {
        const std::byte* const first = pages_.inside() + (edge_ == Edge::back ? 0 : size_);
        const std::uint64_t count = room_ - size_;
        // All are as the first: fuzzing asks often.
        return count == 0 || (*first == canary && std::memcmp(first, first + 1, count - 1) == 0);
    }

private:
    std::uint64_t room_;
    Reservation pages_;
    std::uint64_t size_;
    Edge edge_;
};

/// Whole pages, mapped twice back to back.
class MirroredBytes {
public:
    explicit MirroredBytes(std::uint64_t size) : pages_(2 * size), size_(size) {
        const int file = ::memfd_create("ring", MFD_CLOEXEC);
        if (file < 0 || ::ftruncate(file, static_cast<off_t>(size)) != 0) {
            throw std::system_error(errno, std::generic_category(), "memfd_create");
        }
        pages_.map(0, size, file);
        pages_.map(size, size, file);
        ::close(file);
    }

    [[nodiscard]] std::byte* data() const { return pages_.inside(); }
    /// Each byte once.
    [[nodiscard]] std::span<std::byte> bytes() const { return {data(), size_}; }

private:
    Reservation pages_;
    std::uint64_t size_;
};

/// std::ranges::equal compares byte by byte, which the exhaustive tests would feel.
inline bool equal(std::span<const std::byte> one, std::span<const std::byte> other) {
    return one.size() == other.size() && std::memcmp(one.data(), other.data(), one.size()) == 0;
}

inline std::vector<std::byte> copy_of(std::span<const std::byte> bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace zerobuffer::ring
