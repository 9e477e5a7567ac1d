// SPDX-License-Identifier: MIT
#include "endpoint/segment_v2.hpp"

#include <exception>
#include <utility>

#include "endpoint/clean.hpp"
#include "endpoint/mapping_policy.hpp"
#include "endpoint/truncation_watch.hpp"
#include "platform/clock.hpp"
#include "platform/doorbell.hpp"
#include "platform/process.hpp"
#include "wire/name.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {
namespace {

[[noreturn]] void refuse_busy(Role role, const std::string& name) {
    throw Error(Status::busy, "buffer \"" + name + "\": another live process holds its " + std::string(noun(role)) +
                                  " side; close that one first, or choose another name");
}

[[noreturn]] void refuse_shape(const std::string& name, const wire::Geometry& found, const wire::Geometry& asked) {
    const auto text = [](const wire::Geometry& shape) {
        return "capacity " + std::to_string(shape.capacity) + ", metadata_size " + std::to_string(shape.metadata_size) +
               ", alignment " + std::to_string(shape.alignment);
    };
    throw Error(Status::incompatible, "buffer \"" + name + "\": exists with " + text(found) + ", asked for " +
                                          text(asked) +
                                          "; ask for the same, or remove it when nobody uses it (replace, clean)");
}

bool is_v2(const platform::SegmentMapping& head) noexcept {
    return wire::load_acquire(*reinterpret_cast<const std::uint32_t*>(head.data())) == sizeof(wire::ControlV2);
}

wire::Geometry read_geometry(const std::string& name, const platform::SharedFile& file, bool guarded) {
    const std::uint64_t size = file.facts().size;
    if (size < sizeof(std::uint64_t)) {
        throw Error(Status::not_ready, "buffer \"" + name + "\": its creator has not sized it yet; try again");
    }
    const platform::SegmentMapping head(name, file, std::min<std::uint64_t>(size, sizeof(wire::ControlV2)),
                                        platform::Access::read_only);
    const TruncationWatch watch(guarded, head);
    if (!is_v2(head)) {
        watch.require_intact(name);
        throw Error(Status::incompatible, "buffer \"" + name +
                                              "\": is not of layout v2; open it with the layout that made it, "
                                              "or remove it when nobody uses it (replace, clean)");
    }
    return watch.intact(name, [&] {
        return wire::LayoutV2::check(name, *reinterpret_cast<const wire::ControlV2*>(head.data()), size);
    });
}

// Again and again for 20 ms.
template <class Try>
bool patiently(Try succeeds) {
    for (int attempt = 0; attempt < 40; ++attempt) {
        if (succeeds()) { return true; }
        platform::sleep_for(500'000);
    }
    return succeeds();
}

}  // namespace

void refuse_storm(const std::string& name) {
    throw Error(Status::busy, buffer_named(name) + ": was removed and made again all the time; try again later");
}

bool try_lock_patiently(int descriptor, platform::ByteRange range, const std::string& name) {
    return patiently([&] { return platform::try_lock(descriptor, range, buffer_named(name)); });
}

SegmentV2::SegmentV2(Role role, std::string name, const platform::SharedFile& file, platform::LockDescriptor lock,
                     const wire::Geometry& geometry, const Options& options)
    : role_(role),
      name_(std::move(name)),
      geometry_(geometry),
      facts_(file.facts()),
      lock_(std::move(lock)),
      head_(name_, file, geometry.payload_offset, platform::Access::read_write),
      payload_(name_, file, geometry.payload_offset, geometry.capacity, payload_access(role, options)) {
    if (wants_prefault(options, geometry)) {
        platform::prefault(name_, head_.data(), geometry.payload_offset, platform::Access::read_write);
        platform::prefault(name_, payload_.data(), 2 * geometry.capacity, payload_access(role, options));
    }
}

SegmentV2 SegmentV2::create(Role role, const std::string& name, const Options& options) {
    wire::check_new_name(name);
    for (int round = 0; round < most_rounds; ++round) {
        auto file = platform::SharedFile::open(name, platform::Access::read_write);
        auto segment = file ? try_take_over(role, name, options, *file) : try_make(role, name, options);
        if (segment) { return std::move(*segment); }
    }
    refuse_storm(name);
}

// Nothing: somebody else was faster.
std::optional<SegmentV2> SegmentV2::try_make(Role role, const std::string& name, const Options& options) {
    const wire::Geometry geometry = wire::LayoutV2::plan(name, options);
    auto file = platform::SharedFile::create(name, geometry.file_size, options.permissions);
    auto lock = file.reopen();
    if (!lock || !platform::try_lock(lock.number(), byte_of(role), buffer_named(name))) { return std::nullopt; }
    SegmentV2 segment(role, name, file, std::move(lock), geometry, options);
    wire::LayoutV2::format(segment.control(), geometry, platform::random_id());
    if (!file.appear()) { return std::nullopt; }
    return segment;
}

// Nothing: the name went to another segment meanwhile, or this one was thrown away as asked.
std::optional<SegmentV2> SegmentV2::try_take_over(Role role, const std::string& name, const Options& options,
                                                  const platform::SharedFile& file) {
    const wire::Geometry asked = wire::LayoutV2::plan(name, options);
    if (options.replace && remove_if_unheld(name)) { return std::nullopt; }
    const wire::Geometry found = read_geometry(name, file, options.guarded);
    auto lock = file.reopen();
    // A byte that is of no use is not taken: a side that closes this moment would leave the name to us.
    const bool fits = found.same_shape(asked);
    const bool is_free = patiently([&] {
        return fits ? platform::try_lock(lock.number(), byte_of(role), buffer_named(name))
                    : !platform::is_locked(lock.number(), byte_of(role));
    });
    if (!is_free) { refuse_busy(role, name); }
    if (!file.has_name()) { return std::nullopt; }
    if (!fits) { refuse_shape(name, found, asked); }
    return SegmentV2(role, name, file, std::move(lock), found, options);
}

SegmentV2 SegmentV2::open(Role role, const std::string& name, const Options& options) {
    for (int round = 0; round < most_rounds; ++round) {
        const auto file = platform::SharedFile::open(name, platform::Access::read_write);
        if (!file) {
            throw Error(Status::not_found,
                        "buffer \"" + name + "\": does not exist; start the side that creates it, or wait for it");
        }
        const wire::Geometry geometry = read_geometry(name, *file, options.guarded);
        auto lock = file->reopen();
        if (!try_lock_patiently(lock.number(), byte_of(role), name)) { refuse_busy(role, name); }
        if (file->has_name()) { return SegmentV2(role, name, *file, std::move(lock), geometry, options); }
    }
    refuse_storm(name);
}

wire::ControlV2& SegmentV2::control() const noexcept { return *reinterpret_cast<wire::ControlV2*>(head_.data()); }

wire::CursorLine& SegmentV2::line(Role role) const noexcept {
    return role == Role::writer ? control().producer : control().consumer;
}

bool SegmentV2::announce() noexcept {
    first_peer_generation_ = wire::load_acquire(line(other(role_)).generation);
    auto& pid = role_ == Role::writer ? control().writer_pid : control().reader_pid;
    wire::store_relaxed(pid, std::uint64_t{platform::process_id()});
    const std::uint64_t generation = wire::load_relaxed(line(role_).generation);
    // attach edge, pairs with peer() of the other side
    wire::store_release(line(role_).generation, (generation + 1) | 1U);
    return generation != 0;
}

bool SegmentV2::peer_came() const noexcept {
    // attach and leave edges
    return wire::load_acquire(line(other(role_)).generation) != first_peer_generation_;
}

std::uint64_t SegmentV2::peer_pid() const noexcept {
    return wire::load_relaxed(role_ == Role::writer ? control().reader_pid : control().writer_pid);
}

PeerState SegmentV2::peer_without_probe() const noexcept {
    const std::uint64_t seen = wire::load_acquire(line(other(role_)).generation);  // leave edge
    if (seen == 0) { return PeerState::never; }
    return seen % 2 == 0 ? PeerState::closed : PeerState::attached;
}

PeerState SegmentV2::peer() const noexcept {
    const auto& generation = line(other(role_)).generation;
    // attach and leave edges, pair with announce() and leave()
    std::uint64_t seen = wire::load_acquire(generation);
    for (int look = 0; look < 3; ++look) {
        if (seen == 0) { return PeerState::never; }
        if (seen % 2 == 0) { return PeerState::closed; }
        if (platform::is_locked(lock_.number(), byte_of(other(role_)))) { return PeerState::attached; }
        // It may have closed in order between our two looks.
        const std::uint64_t again = wire::load_acquire(generation);
        if (again == seen) { return PeerState::died; }
        seen = again;
    }
    return PeerState::attached;
}

SegmentV2::~SegmentV2() {
    if (lock_) { abandon(); }
}

void SegmentV2::leave() noexcept {
    // leave edge, pairs with peer(): every frame and every release of ours comes before
    wire::store_release(line(role_).generation, wire::load_relaxed(line(role_).generation) + 1);
    auto& bell = role_ == Role::writer ? control().reader_doorbell.bell : control().writer_doorbell.bell;
    wire::shared(bell).exchange(0, std::memory_order_acq_rel);
    platform::wake(bell);
    platform::unlock(lock_.number(), byte_of(role_));
    remove_if_alone();
    lock_.reset();
}

void SegmentV2::abandon() noexcept {
    if (wire::load_acquire(control().producer.generation) == 0 &&
        wire::load_acquire(control().consumer.generation) == 0) {
        remove_if_alone();
    }
    lock_.reset();
}

// With both bytes no live process holds the other side, and none can come before the name is gone.
void SegmentV2::remove_if_alone() noexcept {
    try {
        if (!platform::try_lock(lock_.number(), both_bytes)) { return; }
        const bool unread =
            wire::load_acquire(control().producer.position) != wire::load_acquire(control().consumer.position);
        if ((role_ == Role::reader || !unread) && platform::name_means(name_, facts_)) {
            platform::remove_shared_name(name_);
        }
    } catch (const std::exception&) {
        // The kernel refused a lock, or no memory is left: the name stays for clean().
    }
}

}  // namespace zerobuffer::endpoint
