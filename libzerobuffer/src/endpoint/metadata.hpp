// SPDX-License-Identifier: MIT
// The metadata block: a length and that many bytes, behind the control block. In v2 a version word around the writes lets
// a reader see whether it copied a moving target; in v1 the block is written once per buffer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "platform/shared_file.hpp"
#include "ring/violation.hpp"
#include "wire/layout_v1.hpp"
#include "wire/layout_v2.hpp"

namespace zerobuffer::endpoint {

using Metadata = std::optional<std::vector<std::byte>>;

enum class Published { done, unchanged, conflict };

// For load_metadata() on a segment that somebody else has made: a length that its memory cannot hold, such as that of a hole,
// is beyond the block. So nobody is made to take more memory for the copy than the file has.
inline wire::Geometry backed(wire::Geometry geometry, const platform::FileFacts& file) noexcept {
    geometry.metadata_size = std::min(geometry.metadata_size, file.allocated);
    return geometry;
}

// A whole copy, or nothing: not published, being written right now, or by a writer that died in the middle. Lengths beyond
// the block are nobody's: nothing then, and the violation says which.
Metadata load_metadata(const wire::ControlV1& control, const std::byte* segment, const wire::Geometry& geometry,
                       ring::Violation& violation);
Metadata load_metadata(const wire::ControlV2& control, const std::byte* segment, const wire::Geometry& geometry,
                       ring::Violation& violation);

// `bytes` fits. What a violation makes unreadable is overwritten, by a writer that may. `first`: this writer has published nothing yet.
Published store_metadata(wire::ControlV1& control, std::byte* segment, const wire::Geometry& geometry,
                         std::span<const std::byte> bytes, bool first);
Published store_metadata(wire::ControlV2& control, std::byte* segment, const wire::Geometry& geometry,
                         std::span<const std::byte> bytes, bool first);

}  // namespace zerobuffer::endpoint
