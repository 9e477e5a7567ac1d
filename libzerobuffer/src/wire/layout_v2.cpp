// SPDX-License-Identifier: MIT
#include "wire/layout_v2.hpp"

#include "wire/refuse.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::wire {
namespace {

void check_options(std::string_view name, const Options& options) {
    if (options.capacity == 0 || options.capacity > largest_capacity) {
        refuse_option(name, "capacity", options.capacity, "give 1 byte to 64 TiB");
    }
    if (options.metadata_size > largest_metadata) {
        refuse_option(name, "metadata_size", options.metadata_size, "give at most 1 TiB");
    }
    if (!is_power_of_two(options.alignment) || options.alignment < 16 || options.alignment > 4096) {
        refuse_option(name, "alignment", options.alignment, "give a power of two from 16 to 4096");
    }
}

void check_identity(const Refusal& refuse, const ControlV2& control, std::uint64_t file_size) {
    if (file_size < sizeof(ControlV2)) { refuse.corrupt("file size", file_size, "at least 8192"); }
    const auto oieb_size = load_acquire(control.oieb_size);  // creation edge
    if (oieb_size == 0) { refuse.not_ready("its creator has not finished"); }
    if (oieb_size != sizeof(ControlV2)) { refuse.incompatible("control block size", oieb_size, "8192"); }
    const auto version = load_relaxed(control.version);
    if (version != version_v2) { refuse.incompatible("version", version, "2.0.0.0"); }
    const auto magic = load_relaxed(control.magic);
    if (magic != magic_v2) { refuse.corrupt("magic", magic, "\"ZBRING02\""); }
    const auto flags = load_relaxed(control.flags);
    if (flags != 0) { refuse.incompatible("flags", flags, "0"); }
}

void check_shape(const Refusal& refuse, const Geometry& geometry) {
    if (!is_power_of_two(geometry.alignment) || geometry.alignment < 16 || geometry.alignment > 4096) {
        refuse.corrupt("alignment", geometry.alignment, "a power of two from 16 to 4096");
    }
    if (geometry.capacity == 0 || geometry.capacity % segment_unit_v2 != 0 || geometry.capacity > largest_capacity) {
        refuse.corrupt("payload_size", geometry.capacity, "a multiple of 65536, at most 64 TiB");
    }
    if (geometry.payload_offset % segment_unit_v2 != 0 || geometry.payload_offset < sizeof(ControlV2) ||
        geometry.payload_offset > geometry.file_size) {
        refuse.corrupt("payload_offset", geometry.payload_offset, "a multiple of 65536 inside the file");
    }
    if (geometry.capacity > geometry.file_size - geometry.payload_offset) {
        refuse.corrupt("payload_size", geometry.capacity, "a payload inside the file");
    }
    if (geometry.metadata_offset < sizeof(ControlV2) || geometry.metadata_offset % 8 != 0 ||
        geometry.metadata_offset > geometry.payload_offset) {
        refuse.corrupt("metadata_offset", geometry.metadata_offset, "a multiple of 8 before the payload");
    }
    if (geometry.metadata_size > geometry.payload_offset - geometry.metadata_offset) {
        refuse.corrupt("metadata_size", geometry.metadata_size, "a block before the payload");
    }
}

}  // namespace

Geometry LayoutV2::plan(std::string_view name, const Options& options) {
    check_options(name, options);
    Geometry geometry;
    geometry.layout = Layout::v2;
    geometry.capacity = round_up(options.capacity, segment_unit_v2);
    geometry.metadata_size = options.metadata_size;
    geometry.metadata_offset = sizeof(ControlV2);
    geometry.payload_offset = round_up(geometry.metadata_offset + geometry.metadata_size, segment_unit_v2);
    geometry.file_size = geometry.payload_offset + geometry.capacity;
    geometry.alignment = options.alignment;
    geometry.max_frame = largest_frame(geometry.capacity, geometry.alignment);
    return geometry;
}

void LayoutV2::format(ControlV2& control, const Geometry& geometry, std::uint64_t creation_id) noexcept {
    control.metadata_size = geometry.metadata_size;
    control.metadata_free_bytes = geometry.metadata_size;
    control.payload_size = geometry.capacity;
    control.payload_offset = geometry.payload_offset;
    control.metadata_offset = geometry.metadata_offset;
    control.alignment = geometry.alignment;
    control.magic = magic_v2;
    control.creation_id = creation_id;
    store_relaxed(control.version, version_v2);
    // creation edge, pairs with the acquire in check(): a peer that sees the size sees the rest
    store_release(control.oieb_size, std::uint32_t{sizeof(ControlV2)});
}

Geometry LayoutV2::check(std::string_view name, const ControlV2& control, std::uint64_t file_size) {
    const Refusal refuse(name);
    check_identity(refuse, control, file_size);
    Geometry geometry;
    geometry.layout = Layout::v2;
    geometry.capacity = load_relaxed(control.payload_size);
    geometry.metadata_size = load_relaxed(control.metadata_size);
    geometry.metadata_offset = load_relaxed(control.metadata_offset);
    geometry.payload_offset = load_relaxed(control.payload_offset);
    geometry.alignment = load_relaxed(control.alignment);
    geometry.file_size = file_size;
    check_shape(refuse, geometry);
    geometry.max_frame = largest_frame(geometry.capacity, geometry.alignment);
    return geometry;
}

}  // namespace zerobuffer::wire
