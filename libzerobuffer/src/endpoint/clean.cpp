// SPDX-License-Identifier: MIT
#include "endpoint/clean.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <zerobuffer/snapshot.hpp>

#include "endpoint/segment_v1.hpp"
#include "endpoint/segment_v2.hpp"
#include "platform/file_lock.hpp"
#include "platform/lock_file.hpp"
#include "platform/mapping.hpp"
#include "platform/process.hpp"
#include "platform/shared_file.hpp"
#include "wire/layout.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {
namespace {

// The control block of a file, as far as it has one.
platform::SegmentMapping map_control(const std::string& name, const platform::SharedFile& file) {
    const std::uint64_t size = std::min<std::uint64_t>(file.facts().size, sizeof(wire::ControlV2));
    return {name, file, size, platform::Access::read_write};
}

// The layout of a file that is certainly a buffer: a number in the first word alone may be anybody's shared memory.
std::optional<Layout> certain_layout(const std::string& name, const platform::SegmentMapping& head,
                                     std::uint64_t file_size) {
    const auto& v2 = *reinterpret_cast<const wire::ControlV2*>(head.data());
    if (head.size() < sizeof(wire::ControlV1)) { return std::nullopt; }
    if (wire::load_relaxed(v2.magic) == wire::magic_v2) { return Layout::v2; }
    try {
        const auto& v1 = *reinterpret_cast<const wire::ControlV1*>(head.data());
        const wire::Geometry geometry = wire::LayoutV1::check(name, v1, file_size);
        if (geometry.payload_offset + geometry.capacity == file_size) { return Layout::v1; }
    } catch (const Error&) {
        // Not a v1 buffer either.
    }
    return std::nullopt;
}

// What an old reader leaves that dies while it creates: nothing, or a block of zeros.
bool is_half_built(const platform::SegmentMapping& head) noexcept {
    return head.size() >= sizeof(wire::ControlV1) && std::all_of(head.data(), head.data() + sizeof(wire::ControlV1),
                                                                 [](std::byte b) { return b == std::byte{0}; });
}

wire::ControlV1& control_v1(const platform::SegmentMapping& head) noexcept {
    return *reinterpret_cast<wire::ControlV1*>(head.data());
}

void remove_names_v1(const std::string& name) noexcept {
    platform::remove_shared_name(name);
    platform::NamedSemaphore::remove(data_semaphore(name));
    platform::NamedSemaphore::remove(space_semaphore(name));
}

// With both lock bytes held: whether an old peer may still use it.
bool old_peer_alive(const wire::ControlV1& control) noexcept {
    return platform::process_exists(wire::load_acquire(control.reader_pid)) ||
           platform::process_exists(wire::load_acquire(control.writer_pid));
}

bool remove_unheld_v1(const std::string& name, const wire::ControlV1& control, bool dry_run) {
    if (old_peer_alive(control)) { return false; }
    if (dry_run) { return !platform::LockFiles::are_held(name); }
    auto lock_files = platform::LockFiles::try_take(name);
    if (!lock_files) { return false; }
    remove_names_v1(name);
    lock_files->remove();
    return true;
}

// The file of that name if nobody holds it. Removes it unless dry_run.
bool remove_unheld(const platform::SharedFile& file, const std::string& name, bool dry_run) {
    const std::uint64_t size = file.facts().size;
    if (size < sizeof(wire::ControlV1)) { return false; }
    const auto head = map_control(name, file);
    const auto layout = certain_layout(name, head, size);
    if (!layout) { return false; }
    const auto lock = file.reopen();
    if (!platform::try_lock(lock.number(), both_bytes) || !file.has_name()) { return false; }
    if (*layout == Layout::v1) { return remove_unheld_v1(name, control_v1(head), dry_run); }
    if (!dry_run) { file.remove_name(); }
    return true;
}

// What a creator without /proc left when it was killed. A living one holds a lock byte.
bool remove_hidden(const platform::SharedFile& file, bool dry_run) {
    const auto lock = file.reopen();
    if (!platform::try_lock(lock.number(), both_bytes)) { return false; }
    if (!dry_run) { file.remove_name(); }
    return true;
}

}  // namespace

bool remove_if_unheld(const std::string& name) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_write);
    return !file || remove_unheld(*file, name, false);
}

bool remove_leftover_v1(const std::string& name, bool forced) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_write);
    if (!file) { return true; }
    const std::uint64_t size = file->facts().size;
    if (size == 0) {
        file->remove_name();
        return true;
    }
    const auto head = map_control(name, *file);
    const auto layout = certain_layout(name, head, size);
    if (layout == Layout::v2 || (!layout && !is_half_built(head))) {
        if (layout && forced && remove_unheld(*file, name, false)) { return true; }
        throw Error(Status::incompatible, "buffer \"" + name +
                                              "\": exists and is not of layout v1; choose another name, or "
                                              "remove it when nobody uses it (replace or clean for a v2 buffer)");
    }
    const auto lock = file->reopen();
    if (!platform::try_lock(lock.number(), reader_byte)) { return false; }
    if (layout == Layout::v1) {
        const std::uint64_t pid = wire::load_acquire(control_v1(head).reader_pid);
        if (!forced && pid != platform::process_id() && platform::process_exists(pid)) { return false; }
        // leave edge for whoever still writes here: its next call says that the reader is gone
        wire::store_release(control_v1(head).reader_pid, std::uint64_t{0});
    }
    if (file->has_name()) { file->remove_name(); }
    return true;
}

}  // namespace zerobuffer::endpoint

namespace zerobuffer {

std::vector<std::string> clean(bool dry_run) {
    std::vector<std::string> removed;
    for (const std::string& name : platform::shared_names()) {
        try {
            const auto file = platform::SharedFile::open(name, platform::Access::read_write);
            const bool hidden = name.starts_with(platform::hidden_prefix);
            if (file &&
                (hidden ? endpoint::remove_hidden(*file, dry_run) : endpoint::remove_unheld(*file, name, dry_run))) {
                removed.push_back(name);
            }
        } catch (const Error&) {
            // Another user's, or gone meanwhile: not ours to remove.
        }
    }
    return removed;
}

}  // namespace zerobuffer
