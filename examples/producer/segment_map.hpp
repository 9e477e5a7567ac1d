// SPDX-License-Identifier: MIT
// Tells where in a buffer's shared file an address of this process lies, from the kernel's own list of mappings. Two
// processes that find their payload at the same offset of the same file use the same bytes: nothing was copied between.
// A snapshot: make it after the buffer was opened. Const, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace demo {

class SegmentMap {
public:
    /// Throws std::system_error when the buffer has no file or the mappings cannot be read.
    explicit SegmentMap(const std::string& buffer_name);

    /// Offset in the file of the first byte, if all of them are mapped from it.
    [[nodiscard]] std::optional<std::uint64_t> place_of(std::span<const std::byte> bytes) const;

private:
    struct Region {
        std::uintptr_t begin;
        std::uintptr_t end;
        std::uint64_t file_offset;
    };
    [[nodiscard]] const Region* region_of(std::uintptr_t address) const;

    std::vector<Region> regions_;
};

}  // namespace demo
