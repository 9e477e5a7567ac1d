// SPDX-License-Identifier: MIT
#include "endpoint/segment_v1.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "endpoint/clean.hpp"
#include "endpoint/mapping_policy.hpp"
#include "endpoint/truncation_watch.hpp"
#include "platform/clock.hpp"
#include "platform/process.hpp"
#include "wire/layout.hpp"
#include "wire/name.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {
namespace {

[[noreturn]] void refuse_reader(const std::string& name) {
    throw Error(Status::busy,
                buffer_named(name) + ": a live reader holds it; close that one first, or choose another name");
}

// A semaphore of a buffer in the making; removed again if the buffer does not come to be.
class NewSemaphore {
public:
    NewSemaphore(std::string name, std::uint32_t permissions)
        : name_(std::move(name)), semaphore_(platform::NamedSemaphore::create(name_, permissions)) {}
    NewSemaphore(const NewSemaphore&) = delete;
    NewSemaphore& operator=(const NewSemaphore&) = delete;
    ~NewSemaphore() {
        if (kept_) { return; }
        try {
            platform::NamedSemaphore::remove(name_);
        } catch (const std::bad_alloc&) {
            // It stays for the next of this name, or for clean().
        }
    }

    platform::NamedSemaphore& semaphore() noexcept { return semaphore_; }
    void keep() noexcept { kept_ = true; }

private:
    std::string name_;
    platform::NamedSemaphore semaphore_;
    bool kept_ = false;
};

wire::Geometry read_geometry(const std::string& name, const platform::SharedFile& file, bool guarded) {
    const std::uint64_t size = file.facts().size;
    if (size == 0) {
        throw Error(Status::not_ready, buffer_named(name) + ": its reader has not sized it yet; try again");
    }
    const platform::SegmentMapping head(name, file, std::min<std::uint64_t>(size, sizeof(wire::ControlV1)),
                                        platform::Access::read_only);
    const TruncationWatch watch(guarded, head);
    return watch.intact(name, [&] {
        return wire::LayoutV1::check(name, *reinterpret_cast<const wire::ControlV1*>(head.data()), size);
    });
}

}  // namespace

SegmentV1::SegmentV1(Role role, std::string name, const platform::SharedFile& file, platform::LockDescriptor lock,
                     const wire::Geometry& geometry, platform::NamedSemaphore data, platform::NamedSemaphore space,
                     const Options& options)
    : role_(role),
      name_(std::move(name)),
      geometry_(geometry),
      facts_(file.facts()),
      lock_(std::move(lock)),
      mapping_(name_, file, geometry.payload_offset + geometry.capacity, platform::Access::read_write),
      data_(std::move(data)),
      space_(std::move(space)) {
    if (wants_prefault(options, geometry)) {
        platform::prefault(name_, mapping_.data(), mapping_.size(), platform::Access::read_write);
    }
}

SegmentV1 SegmentV1::create(const std::string& name, const Options& options) {
    wire::check_new_name(name);
    const wire::Geometry geometry = wire::LayoutV1::plan(name, options);
    auto lock_files = platform::LockFiles::try_take(name);
    if (!lock_files || !remove_leftover_v1(name, options.replace)) { refuse_reader(name); }
    for (int round = 0; round < most_rounds; ++round) {
        if (auto segment = try_make(name, geometry, options)) {
            segment->lock_files_.emplace(std::move(*lock_files));
            segment->is_in_ = true;
            return std::move(*segment);
        }
    }
    refuse_storm(name);
}

// Nothing: its hidden file was swept before the reader's byte was locked.
std::optional<SegmentV1> SegmentV1::try_make(const std::string& name, const wire::Geometry& geometry,
                                             const Options& options) {
    NewSemaphore data(data_semaphore(name), options.permissions);
    NewSemaphore space(space_semaphore(name), options.permissions);
    auto file = platform::SharedFile::create(name, geometry.file_size, options.permissions);
    auto lock = file.reopen();
    if (!lock || !platform::try_lock(lock.number(), reader_byte, buffer_named(name))) { return std::nullopt; }
    SegmentV1 segment(Role::reader, name, file, std::move(lock), geometry, std::move(data.semaphore()),
                      std::move(space.semaphore()), options);
    wire::LayoutV1::format(segment.control(), geometry, platform::process_id());
    if (!file.appear()) {
        if (errno == ENOENT) { return std::nullopt; }
        // Only a peer without our lock files could have been faster.
        refuse_reader(name);
    }
    data.keep();
    space.keep();
    return segment;
}

SegmentV1 SegmentV1::open(const std::string& name, const Options& options) {
    for (int round = 0; round < most_rounds; ++round) {
        if (auto segment = try_open(name, options)) { return std::move(*segment); }
    }
    refuse_storm(name);
}

// Nothing: the name went to another segment meanwhile.
std::optional<SegmentV1> SegmentV1::try_open(const std::string& name, const Options& options) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_write);
    if (!file) {
        throw Error(Status::not_found, buffer_named(name) + ": does not exist; start its reader, or wait for it");
    }
    const wire::Geometry geometry = read_geometry(name, *file, options.guarded);
    auto data = platform::NamedSemaphore::open(data_semaphore(name));
    auto space = platform::NamedSemaphore::open(space_semaphore(name));
    if (!data || !space) {
        throw Error(Status::not_ready, buffer_named(name) + ": its reader has not made the semaphores yet; try again");
    }
    auto lock = file->reopen();
    if (!try_lock_patiently(lock.number(), writer_byte, name)) {
        throw Error(Status::busy, buffer_named(name) + ": a live writer holds it; close that one first");
    }
    if (!file->has_name()) { return std::nullopt; }
    SegmentV1 segment(Role::writer, name, *file, std::move(lock), geometry, std::move(*data), std::move(*space),
                      options);
    {
        const TruncationWatch watch(options.guarded, segment.mapping());
        watch.intact(name, [&] {
            if (segment.peer() != PeerState::attached) {
                throw Error(Status::not_ready,
                            buffer_named(name) + ": its reader is gone or not ready; start a reader, or wait for it");
            }
            segment.claim_pid();
        });
    }
    return segment;
}

// A live old writer is there if a process of its number is. Our own number is a leftover: in containers every process is 1.
void SegmentV1::claim_pid() {
    const std::uint64_t own = platform::process_id();
    std::uint64_t seen = wire::load_acquire(control().writer_pid);
    const bool free = seen == 0 || seen == own || !platform::process_exists(seen);
    if (!free || !wire::shared(control().writer_pid).compare_exchange_strong(seen, own, std::memory_order_acq_rel)) {
        throw Error(Status::busy, buffer_named(name_) + ": a live writer (process " + std::to_string(seen) +
                                      ") holds it; close that one first");
    }
    after_death_ = seen != 0;
    is_in_ = true;
}

bool SegmentV1::owes_token() const noexcept { return after_death_ && platform::is_locked(lock_.number(), reader_byte); }

wire::ControlV1& SegmentV1::control() const noexcept { return *reinterpret_cast<wire::ControlV1*>(mapping_.data()); }

std::uint64_t SegmentV1::peer_pid() const noexcept {
    // attach edge, pairs with the pid stores of claim_pid() and leave(), and of old peers
    return wire::load_acquire(role_ == Role::reader ? control().writer_pid : control().reader_pid);
}

PeerState SegmentV1::peer() noexcept {
    const std::uint64_t pid = peer_pid();
    if (pid == 0) { forget_peer(); }
    if (platform::is_locked(lock_.number(), byte_of(other(role_)))) {
        // Without a pid it is coming or going: in either case it is there.
        if (pid != 0) { remember_peer(known_peer_, pid); }
        return PeerState::attached;
    }
    if (pid == 0) {
        // A reader was there to make the buffer; a writer was there if it wrote or was seen.
        const bool never = role_ == Role::reader && wire::load_relaxed(peer_was_there_) == 0 &&
                           wire::load_relaxed(control().payload_written_count) == 0;
        return never ? PeerState::never : PeerState::closed;
    }
    if (pid == wire::load_relaxed(known_peer_)) { return PeerState::died; }
    if (platform::process_exists(pid)) {
        remember_peer(visible_peer_, pid);
        return PeerState::attached;
    }
    if (pid == wire::load_relaxed(visible_peer_)) { return PeerState::died; }
    // A number that was never seen here: of another PID namespace, or dead since before we looked. The lock file of a
    // reader tells.
    return role_ == Role::writer ? invisible_reader() : invisible_writer(pid);
}

void SegmentV1::remember_peer(std::uint64_t& peer, std::uint64_t pid) noexcept {
    wire::store_relaxed(peer, pid);
    wire::store_relaxed(peer_was_there_, std::uint64_t{1});
}

// Who left is not who comes with the same number: in containers every process is 1.
void SegmentV1::forget_peer() noexcept {
    wire::store_relaxed(known_peer_, std::uint64_t{0});
    wire::store_relaxed(visible_peer_, std::uint64_t{0});
}

PeerState SegmentV1::invisible_reader() const noexcept {
    try {
        return platform::LockFiles::are_held(name_) ? PeerState::attached : PeerState::died;
    } catch (const std::bad_alloc&) { return PeerState::attached; }  // the next look tells
}

// Of a writer only its progress tells: without any for five seconds it counts as dead.
PeerState SegmentV1::invisible_writer(std::uint64_t pid) noexcept {
    const std::uint64_t written = wire::load_relaxed(control().payload_written_count);
    const std::int64_t time = platform::now();
    if (pid != wire::load_relaxed(invisible_peer_) || written != wire::load_relaxed(invisible_written_)) {
        wire::store_relaxed(invisible_peer_, pid);
        wire::store_relaxed(invisible_written_, written);
        wire::store_relaxed(invisible_since_, time);
    }
    return time - wire::load_relaxed(invisible_since_) < 5'000'000'000 ? PeerState::attached : PeerState::died;
}

void SegmentV1::remove_names() const noexcept {
    try {
        if (!platform::name_means(name_, facts_)) { return; }
        platform::remove_shared_name(name_);
        platform::NamedSemaphore::remove(data_semaphore(name_));
        platform::NamedSemaphore::remove(space_semaphore(name_));
    } catch (const std::bad_alloc&) {
        // They stay for the next of this name, or for clean().
    }
}

SegmentV1::~SegmentV1() {
    if (is_in_ && lock_) { leave(); }
}

void SegmentV1::leave() noexcept {
    std::uint64_t own = platform::process_id();
    auto& pid = role_ == Role::reader ? control().reader_pid : control().writer_pid;
    // Only if it still is ours: an old peer may have taken over.
    wire::shared(pid).compare_exchange_strong(own, 0, std::memory_order_acq_rel);
    if (role_ == Role::reader) {
        space_.post();
        // Names go while every lock is still held: a successor's fresh objects cannot be hit.
        remove_names();
        lock_files_.reset();
    }
    lock_.reset();
}

}  // namespace zerobuffer::endpoint
