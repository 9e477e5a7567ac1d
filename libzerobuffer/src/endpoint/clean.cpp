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

// Enough to tell a layout by, even where the first words are damaged.
constexpr std::uint64_t head_size = sizeof(wire::ControlV1);

// The first words of a file, if it is long enough to be a segment.
std::optional<platform::SegmentMapping> map_head(const std::string& name, const platform::SharedFile& file) {
    if (file.facts().size < head_size) { return std::nullopt; }
    return platform::SegmentMapping(name, file, head_size, platform::Access::read_write);
}

std::optional<Layout> layout_of(const platform::SegmentMapping& head) noexcept {
    const auto& control = *reinterpret_cast<const wire::ControlV2*>(head.data());
    if (wire::load_relaxed(control.magic) == wire::magic_v2) { return Layout::v2; }
    return wire::recognise(wire::load_acquire(control.oieb_size));
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

bool remove_unheld(const std::string& name, bool dry_run) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_write);
    if (!file) { return !dry_run; }
    const auto head = map_head(name, *file);
    const auto layout = head ? layout_of(*head) : std::nullopt;
    if (!layout) { return false; }
    const auto lock = file->reopen();
    if (!platform::try_lock(lock.number(), both_bytes) || !file->has_name()) { return false; }
    if (*layout == Layout::v1) { return remove_unheld_v1(name, control_v1(*head), dry_run); }
    if (!dry_run) { file->remove_name(); }
    return true;
}

// What a creator without /proc left when it was killed. A living one holds a lock byte.
bool remove_hidden(const std::string& name, bool dry_run) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_write);
    if (!file) { return false; }
    const auto lock = file->reopen();
    if (!platform::try_lock(lock.number(), both_bytes)) { return false; }
    if (!dry_run) { file->remove_name(); }
    return true;
}

}  // namespace

bool remove_if_unheld(const std::string& name) { return remove_unheld(name, false); }

bool remove_leftover_v1(const std::string& name, bool forced) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_write);
    if (!file) { return true; }
    const auto head = map_head(name, *file);
    if (!head) {
        // Sized by nobody: an old reader died in the middle, or is at it without our lock files.
        file->remove_name();
        return true;
    }
    const auto layout = layout_of(*head);
    if (layout == Layout::v2) {
        if (forced && remove_if_unheld(name)) { return true; }
        throw Error(Status::incompatible, "buffer \"" + name +
                                              "\": exists in layout v2; use that, choose another name, or "
                                              "remove it when nobody uses it (replace, clean)");
    }
    const auto lock = file->reopen();
    if (!platform::try_lock(lock.number(), reader_byte)) { return false; }
    if (layout == Layout::v1) {
        const std::uint64_t pid = wire::load_acquire(control_v1(*head).reader_pid);
        if (!forced && pid != platform::process_id() && platform::process_exists(pid)) { return false; }
        // leave edge for whoever still writes here: its next call says that the reader is gone
        wire::store_release(control_v1(*head).reader_pid, std::uint64_t{0});
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
            const bool hidden = name.starts_with(platform::hidden_prefix);
            if (hidden ? endpoint::remove_hidden(name, dry_run) : endpoint::remove_unheld(name, dry_run)) {
                removed.push_back(name);
            }
        } catch (const Error&) {
            // Another user's, or gone meanwhile: not ours to remove.
        }
    }
    return removed;
}

}  // namespace zerobuffer
