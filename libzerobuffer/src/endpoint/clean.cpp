// SPDX-License-Identifier: MIT
#include "endpoint/clean.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include <zerobuffer/snapshot.hpp>

#include "endpoint/segment_copy.hpp"
#include "endpoint/segment_v1.hpp"
#include "endpoint/segment_v2.hpp"
#include "platform/clock.hpp"
#include "platform/file_lock.hpp"
#include "platform/lock_file.hpp"
#include "platform/mapping.hpp"
#include "platform/process.hpp"
#include "platform/shared_file.hpp"
#include "platform/system_error.hpp"
#include "wire/layout.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {
namespace {

// The control block of a file, as far as it has one.
SegmentCopy control_of(const platform::SharedFile& file) { return {file, sizeof(wire::ControlV2)}; }

// Both layouts begin with the same word.
const wire::ControlV1& control_v1(const SegmentCopy& head) noexcept {
    return *reinterpret_cast<const wire::ControlV1*>(head.data());
}

// The layout of a file that is certainly a buffer: a number in the first word alone may be anybody's shared memory.
std::optional<Layout> certain_layout(const std::string& name, const SegmentCopy& head, std::uint64_t file_size) {
    const auto& v2 = *reinterpret_cast<const wire::ControlV2*>(head.data());
    if (head.size() < sizeof(wire::ControlV1)) { return std::nullopt; }
    if (v2.magic == wire::magic_v2) { return Layout::v2; }
    try {
        const wire::Geometry geometry = wire::LayoutV1::check(name, control_v1(head), file_size);
        if (geometry.payload_offset + geometry.capacity == file_size) { return Layout::v1; }
    } catch (const Error&) {
        // Not a v1 buffer either.
    }
    return std::nullopt;
}

// The layout of a file whose removal was asked for by its name: a damaged v2 block will do.
std::optional<Layout> presumed_layout(const std::string& name, const SegmentCopy& head, std::uint64_t file_size) {
    return control_v1(head).oieb_size == sizeof(wire::ControlV2) ? Layout::v2 : certain_layout(name, head, file_size);
}

// What an old reader leaves that dies while it creates: an empty file, or a block of zeros.
bool is_half_built(const SegmentCopy& head) noexcept {
    return head.size() >= sizeof(wire::ControlV1) && std::all_of(head.data(), head.data() + sizeof(wire::ControlV1),
                                                                 [](std::byte b) { return b == std::byte{0}; });
}
bool is_half_built(const platform::SharedFile& file) {
    return file.facts().size == 0 || is_half_built(control_of(file));
}

void remove_semaphores(const std::string& name) {
    platform::NamedSemaphore::remove(data_semaphore(name));
    platform::NamedSemaphore::remove(space_semaphore(name));
}

void remove_names_v1(const std::string& name) {
    if (!platform::remove_shared_name(name)) { platform::fail(buffer_named(name) + ": remove its name", errno); }
    remove_semaphores(name);
}

// With both lock bytes held: whether an old peer may still use it.
bool old_peer_alive(const platform::SharedFile& file) {
    const SegmentCopy head = control_of(file);
    return platform::process_exists(control_v1(head).reader_pid) ||
           platform::process_exists(control_v1(head).writer_pid);
}

// Calls `remove` unless dry_run, if no reader holds the lock files of a v1 buffer and, with these held, `is_dead` says so,
// which may take lock bytes. Whoever creates takes both in this order, too: the other way round each would wait for the other.
template <class IsDead>
bool remove_unlocked_v1(const std::string& name, bool dry_run, IsDead is_dead,
                        void (*remove)(const std::string& name)) {
    if (dry_run) { return is_dead() && !platform::LockFiles::are_held(name); }
    const auto lock_files = platform::LockFiles::try_take(name);
    if (!lock_files || !is_dead()) { return false; }
    remove(name);
    return true;
}

// The file of a semaphore: its name is that of the buffer with this before it.
std::string data_prefix() { return std::string("sem.").append(data_semaphore("")); }
std::string space_prefix() { return std::string("sem.").append(space_semaphore("")); }

bool exists(const std::string& file) {
    return platform::SharedFile::open(file, platform::Access::read_only).has_value();
}

// The buffer that a semaphore's file belongs to; one of two files speaks for both.
std::optional<std::string> buffer_of_semaphore(const std::string& file) {
    if (file.starts_with(data_prefix())) { return file.substr(data_prefix().size()); }
    if (!file.starts_with(space_prefix())) { return std::nullopt; }
    std::string name = file.substr(space_prefix().size());
    return exists(data_prefix() + name) ? std::nullopt : std::optional(std::move(name));
}

// What a Python reader leaves when it closes, or one of ours that is killed while it makes or removes them.
bool remove_lone_semaphores(const std::string& name, bool dry_run) {
    const auto are_lone = [&] {
        return (exists(data_prefix() + name) || exists(space_prefix() + name)) && !exists(name);
    };
    return remove_unlocked_v1(name, dry_run, are_lone, remove_semaphores);
}

// Whether a buffer was meant by its name, or found among others.
enum class Asked { no, by_name };

// Whoever was told to replace a buffer is not to be misled by somebody who takes both bytes for a moment, to clean up or to
// leave. A byte alone is held by a side.
bool take_both(int descriptor, const std::string& name, Asked asked) {
    for (int attempt = 0; attempt < 40; ++attempt) {
        if (platform::try_lock(descriptor, both_bytes, buffer_named(name))) { return true; }
        if (asked == Asked::no || platform::locked_length(descriptor, both_bytes) == 1) { return false; }
        platform::sleep_for(500'000);
    }
    return false;
}

// Whoever removes a name holds both bytes of the file that it means, or the reader's alone if it makes the next v1 buffer: so
// of two that want to, one does, and what it removes is what it has judged. A dry run only asks: with a byte in hand it would
// keep a side that closes this moment from removing its name.
bool is_unheld(int descriptor, const std::string& name, bool dry_run, Asked asked) {
    return dry_run ? !platform::is_locked(descriptor, both_bytes) : take_both(descriptor, name, asked);
}

// The lock file that its creator left is what says that it was to become a buffer.
bool remove_half_built_v1(const platform::SharedFile& file, const std::string& name, bool dry_run, Asked asked) {
    if (!platform::LockFiles::exist(name) || !is_half_built(file)) { return false; }
    const auto lock = file.reopen();
    const auto is_dead = [&] {
        return is_unheld(lock.number(), name, dry_run, asked) && file.has_name() && is_half_built(file);
    };
    return remove_unlocked_v1(name, dry_run, is_dead, remove_names_v1);
}

// A file that has never become a buffer, or has been cut.
bool remove_unheld_file(const platform::SharedFile& file, const std::string& name, bool dry_run) {
    const auto lock = file.reopen();
    if (!is_unheld(lock.number(), name, dry_run, Asked::no) || !file.has_name()) { return false; }
    if (!dry_run) { file.remove_name(); }
    return true;
}

// The file of that name if nobody holds it. Removes it unless dry_run.
bool remove_unheld(const platform::SharedFile& file, const std::string& name, bool dry_run, Asked asked) {
    const std::uint64_t size = file.facts().size;
    if (remove_half_built_v1(file, name, dry_run, asked)) { return true; }
    if (size < sizeof(wire::ControlV1)) { return asked == Asked::by_name && remove_unheld_file(file, name, dry_run); }
    const SegmentCopy head = control_of(file);
    const auto layout = asked == Asked::by_name ? presumed_layout(name, head, size) : certain_layout(name, head, size);
    if (!layout) { return false; }
    const auto lock = file.reopen();
    const auto is_unused = [&] { return is_unheld(lock.number(), name, dry_run, asked) && file.has_name(); };
    if (*layout == Layout::v1) {
        // Or the lock files of every live reader would be waited for.
        if (platform::locked_length(lock.number(), both_bytes) == 1) { return false; }
        const auto is_dead = [&] { return is_unused() && !old_peer_alive(file); };
        return remove_unlocked_v1(name, dry_run, is_dead, remove_names_v1);
    }
    if (!is_unused()) { return false; }
    if (!dry_run) { file.remove_name(); }
    return true;
}

// A v1 buffer. False: its reader lives.
bool remove_dead_reader_v1(const platform::SharedFile& file, const std::string& name, bool complete, bool forced) {
    const auto lock = file.reopen();
    if (!try_lock_patiently(lock.number(), reader_byte, name)) { return false; }
    if (complete) {
        const platform::SegmentMapping head(name, file, sizeof(wire::ControlV1), platform::Access::read_write);
        auto* const control = reinterpret_cast<wire::ControlV1*>(head.data());
        const std::uint64_t pid = wire::load_acquire(control->reader_pid);
        if (!forced && pid != platform::process_id() && platform::process_exists(pid)) { return false; }
        // leave edge for whoever still writes here: its next call says that the reader is gone
        wire::store_release(control->reader_pid, std::uint64_t{0});
    }
    if (file.has_name()) { file.remove_name(); }
    return true;
}

}  // namespace

bool remove_if_unheld(const std::string& name) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_write);
    return !file || remove_unheld(*file, name, false, Asked::by_name);
}

bool remove_leftover_v1(const std::string& name, bool forced) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_write);
    if (!file) { return true; }
    const std::uint64_t size = file->facts().size;
    if (size == 0) { return remove_dead_reader_v1(*file, name, false, forced); }
    const SegmentCopy head = control_of(*file);
    const auto layout = certain_layout(name, head, size);
    if (layout == Layout::v1) { return remove_dead_reader_v1(*file, name, true, forced); }
    if (!layout && is_half_built(head)) { return remove_dead_reader_v1(*file, name, false, forced); }
    if (layout && forced && remove_unheld(*file, name, false, Asked::by_name)) { return true; }
    throw Error(Status::incompatible, buffer_named(name) +
                                          ": exists and is not of layout v1; choose another name, or "
                                          "remove it when nobody uses it (replace or clean for a v2 buffer)");
}

}  // namespace zerobuffer::endpoint

namespace zerobuffer {
namespace {

// The buffer that was removed, or would be.
std::optional<std::string> clean_one(const std::string& name, bool dry_run) {
    if (const auto buffer = endpoint::buffer_of_semaphore(name)) {
        return endpoint::remove_lone_semaphores(*buffer, dry_run) ? buffer : std::nullopt;
    }
    const auto file = platform::SharedFile::open(name, platform::Access::read_write);
    if (!file) { return std::nullopt; }
    // Hidden: what a creator without /proc left when it was killed. A living one holds a lock byte.
    const bool hidden = name.starts_with(platform::hidden_prefix);
    const bool removed = hidden ? endpoint::remove_unheld_file(*file, name, dry_run)
                                : endpoint::remove_unheld(*file, name, dry_run, endpoint::Asked::no);
    return removed ? std::optional(name) : std::nullopt;
}

}  // namespace

std::vector<std::string> clean(bool dry_run) {
    std::vector<std::string> removed;
    for (const std::string& name : platform::shared_names()) {
        try {
            if (auto buffer = clean_one(name, dry_run)) { removed.push_back(std::move(*buffer)); }
        } catch (const Error&) {
            // Another user's, or gone meanwhile: not ours to remove.
        }
    }
    return removed;
}

}  // namespace zerobuffer
