// SPDX-License-Identifier: MIT
// Segments in the address space. SegmentMapping is Boost's mapped_region; MirroredMapping goes beneath Boost because it
// must map one range twice, back to back, in one reservation that is given back at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "platform/shared_file.hpp"

namespace zerobuffer::platform {

// Bytes [0, size) of a file.
class SegmentMapping {
public:
    SegmentMapping(const std::string& name, const SharedFile& file, std::uint64_t size, Access access);
    SegmentMapping(SegmentMapping&&) noexcept;
    SegmentMapping& operator=(SegmentMapping&&) noexcept;
    ~SegmentMapping();

    [[nodiscard]] std::byte* data() const noexcept;
    [[nodiscard]] std::uint64_t size() const noexcept;

private:
    struct Region;
    std::unique_ptr<Region> region_;
};

// Bytes [offset, offset + size) of a file at data() and again at data() + size, with an inaccessible gap on both sides.
// Offset and size are multiples of 64 KiB.
class MirroredMapping {
public:
    MirroredMapping(const std::string& name, const SharedFile& file, std::uint64_t offset, std::uint64_t size,
                    Access access);
    MirroredMapping(MirroredMapping&& other) noexcept;
    MirroredMapping& operator=(MirroredMapping&& other) noexcept;
    MirroredMapping(const MirroredMapping&) = delete;
    MirroredMapping& operator=(const MirroredMapping&) = delete;
    ~MirroredMapping();

    [[nodiscard]] std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

private:
    std::byte* data_ = nullptr;
    std::uint64_t size_ = 0;
};

// Touches every page, so that no frame pays for it later. Throws Error(no_space) when a page cannot be had.
void prefault(const std::string& name, std::byte* data, std::uint64_t size, Access access);

}  // namespace zerobuffer::platform
