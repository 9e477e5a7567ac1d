// SPDX-License-Identifier: MIT
#include "raw_ring.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/mman.h>
#include <unistd.h>

namespace zerobuffer::perf {

namespace {

void require(bool success, const char* what) {
    if (!success) { throw std::system_error(errno, std::generic_category(), what); }
}

std::byte* map_twice(std::uint64_t capacity) {
    const int file = memfd_create("zerobuffer_bench", MFD_CLOEXEC);
    require(file >= 0, "memfd_create");
    require(ftruncate(file, static_cast<off_t>(capacity)) == 0, "ftruncate");
    void* reserved = mmap(nullptr, 2 * capacity, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(reserved != MAP_FAILED, "mmap");
    auto* memory = static_cast<std::byte*>(reserved);
    for (std::byte* view : {memory, memory + capacity}) {
        require(mmap(view, capacity, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED, "mmap");
    }
    close(file);
    return memory;
}

}  // namespace

RawRing::RawRing(const Shape& shape)
    : capacity_(shape.capacity),
      header_unit_(std::max<std::uint64_t>(16, shape.alignment)),
      stride_((header_unit_ + shape.frame + shape.alignment - 1) / shape.alignment * shape.alignment),
      memory_(map_twice(capacity_)) {}

RawRing::~RawRing() { munmap(memory_, 2 * capacity_); }

void RawRing::populate() const { require(madvise(memory_, 2 * capacity_, MADV_POPULATE_WRITE) == 0, "madvise"); }

}  // namespace zerobuffer::perf
