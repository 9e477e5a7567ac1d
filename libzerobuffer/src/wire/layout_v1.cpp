// SPDX-License-Identifier: MIT
#include "wire/layout_v1.hpp"

#include "wire/refuse.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::wire {

Geometry LayoutV1::plan(std::string_view name, const Options& options) {
    // The smallest legal ring is one unit, which holds a frame of 48 bytes.
    if (options.capacity == 0 || options.capacity > largest_capacity) {
        refuse_option(name, "capacity", options.capacity, "give 1 byte to 64 TiB");
    }
    if (options.metadata_size > largest_metadata) {
        refuse_option(name, "metadata_size", options.metadata_size, "give at most 1 TiB");
    }
    Geometry geometry;
    geometry.layout = Layout::v1;
    geometry.capacity = round_up(options.capacity, block_unit_v1);
    geometry.metadata_size = round_up(options.metadata_size, block_unit_v1);
    geometry.metadata_offset = sizeof(ControlV1);
    geometry.payload_offset = geometry.metadata_offset + geometry.metadata_size;
    geometry.file_size = geometry.payload_offset + geometry.capacity;
    geometry.max_frame = largest_frame(geometry.capacity);
    return geometry;
}

void LayoutV1::format(ControlV1& control, const Geometry& geometry, std::uint64_t reader_pid) noexcept {
    control.version[0] = 1;
    control.metadata_size = geometry.metadata_size;
    control.metadata_free_bytes = geometry.metadata_size;
    control.payload_size = geometry.capacity;
    control.payload_free_bytes = geometry.capacity;
    control.reader_pid = reader_pid;
    // creation edge, pairs with the acquire in check()
    store_release(control.oieb_size, std::uint32_t{sizeof(ControlV1)});
}

Geometry LayoutV1::check(std::string_view name, const ControlV1& control, std::uint64_t file_size) {
    const Refusal refuse(name);
    if (file_size < sizeof(ControlV1)) { refuse.not_ready("its creator has not sized it yet"); }
    const auto oieb_size = load_acquire(control.oieb_size);  // creation edge
    if (oieb_size == 0) { refuse.not_ready("its creator has not finished"); }
    if (oieb_size != sizeof(ControlV1)) { refuse.incompatible("control block size", oieb_size, "128 or 8192"); }
    if (control.version[0] != 1) { refuse.incompatible("major version", control.version[0], "1"); }

    Geometry geometry;
    geometry.layout = Layout::v1;
    geometry.capacity = load_relaxed(control.payload_size);
    geometry.metadata_size = load_relaxed(control.metadata_size);
    geometry.metadata_offset = sizeof(ControlV1);
    geometry.file_size = file_size;
    if (geometry.metadata_size > file_size - sizeof(ControlV1)) {
        refuse.corrupt("metadata_size", geometry.metadata_size, "a block inside the file");
    }
    geometry.payload_offset = geometry.metadata_offset + geometry.metadata_size;
    if (geometry.capacity < header_size_v1 || geometry.capacity > file_size - geometry.payload_offset) {
        refuse.corrupt("payload_size", geometry.capacity, "at least 16, inside the file");
    }
    geometry.max_frame = largest_frame(geometry.capacity);
    return geometry;
}

}  // namespace zerobuffer::wire
