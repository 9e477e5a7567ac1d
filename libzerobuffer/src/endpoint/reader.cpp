// SPDX-License-Identifier: MIT
#include <zerobuffer/reader.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <type_traits>
#include <utility>

#include "endpoint/attach.hpp"
#include "endpoint/engine.hpp"
#include "endpoint/layout_sides.hpp"
#include "endpoint/reader_engine.hpp"

namespace zerobuffer {
namespace detail {
namespace {

template <class Layout>
using SideOf = typename endpoint::Sides<Layout>::Reader;

ReaderEngine* create_in(wire::LayoutV1, const std::string& name, const Options& options) {
    return new endpoint::ReaderOf<SideOf<wire::LayoutV1>>(name, options, endpoint::SegmentV1::create(name, options));
}
ReaderEngine* create_in(wire::LayoutV2, const std::string& name, const Options& options) {
    return new endpoint::ReaderOf<SideOf<wire::LayoutV2>>(
        name, options, endpoint::SegmentV2::create(endpoint::Role::reader, name, options));
}

ReaderEngine* open_in(wire::LayoutV1, const std::string& name, const Options&) {
    throw Error(Status::incompatible, "buffer \"" + name + "\": a v1 buffer is always made by its reader; use create");
}
ReaderEngine* open_in(wire::LayoutV2, const std::string& name, const Options& options) {
    return new endpoint::ReaderOf<SideOf<wire::LayoutV2>>(
        name, options, endpoint::SegmentV2::open(endpoint::Role::reader, name, options));
}

}  // namespace

ReaderEngine* ReaderEngine::create(std::string_view name, const Options& options) {
    const std::string owned(name);
    endpoint::check_options(endpoint::Role::reader, name, options);
    return wire::with_layout(options.layout, [&](auto layout) { return create_in(layout, owned, options); });
}

ReaderEngine* ReaderEngine::open(std::string_view name, const Options& options) {
    const std::string owned(name);
    endpoint::check_options(endpoint::Role::reader, name, options);
    return endpoint::attach_patiently(options, [&] {
        const Layout found = endpoint::layout_of_existing(owned);
        return wire::with_layout(found, [&](auto layout) { return open_in(layout, owned, options); });
    });
}

}  // namespace detail

namespace {

// What a moved-from object has in place of an engine.
detail::ReaderEngine& required(detail::ReaderEngine* engine) {
    if (engine == nullptr) { throw Error(Status::misuse, "reader: was moved from; use the object it was moved to"); }
    return *engine;
}

// Frames that cross the virtual call at a time. Their leases are cleared before, so many of them would be dear for a few.
constexpr std::size_t batch = 16;

}  // namespace

Frame& Frame::operator=(Frame&& other) noexcept {
    if (this != &other) {
        release();
        lease_ = std::exchange(other.lease_, {});
    }
    return *this;
}

std::span<std::byte> Frame::mutable_bytes() const {
    if (lease_.reader == nullptr) {
        throw Error(Status::misuse, "frame: was released; its bytes belong to the writer again");
    }
    if (!lease_.reader->options().writable) {
        lease_.reader->fail(Status::misuse, "frames are read-only; open the reader with writable");
    }
    return {const_cast<std::byte*>(lease_.data), lease_.size};
}

void Frame::release() noexcept {
    if (lease_.reader != nullptr) { lease_.reader->release(lease_); }
}

Reader Reader::create(std::string_view name, const Options& options) {
    return Reader(detail::ReaderEngine::create(name, options));
}

Reader Reader::open(std::string_view name, const Options& options) {
    return Reader(detail::ReaderEngine::open(name, options));
}

Reader::Reader(Reader&& other) noexcept : engine_(std::exchange(other.engine_, nullptr)) {}

Reader& Reader::operator=(Reader&& other) noexcept {
    if (this != &other) {
        if (engine_ != nullptr) { engine_->dispose(); }
        engine_ = std::exchange(other.engine_, nullptr);
    }
    return *this;
}

Reader::~Reader() {
    if (engine_ != nullptr) { engine_->dispose(); }
}

bool Reader::wait(Timeout timeout) {
    auto& engine = required(engine_);
    return engine.in_time(engine.wait(timeout.count()));
}

std::optional<Frame> Reader::acquire(Timeout timeout) {
    auto& engine = required(engine_);
    std::optional<Frame> frame(std::in_place);  // filled where the caller gets it
    if (!engine.in_time(engine.acquire(frame->lease_, timeout.count()))) { frame.reset(); }
    return frame;
}

std::optional<Frame> Reader::acquire_latest(Timeout timeout) {
    auto& engine = required(engine_);
    std::optional<Frame> frame(std::in_place);
    if (!engine.in_time(engine.acquire_latest(frame->lease_, timeout.count()))) { frame.reset(); }
    return frame;
}

std::size_t Reader::acquire_many(std::span<Frame> frames, Timeout timeout) {
    auto& engine = required(engine_);
    std::array<detail::FrameLease, batch> leases;
    std::size_t count = 0;
    std::size_t taken = 0;
    const auto room = [&] { return std::span(leases).first(std::min(batch, frames.size() - count)); };
    if (!engine.in_time(engine.acquire_many(room(), timeout.count(), taken))) { return 0; }
    while (taken != 0) {
        for (std::size_t i = 0; i < taken; ++i) {
            Frame& frame = frames[count++];
            if (frame) { frame.release(); }
            frame.lease_ = leases[i];
        }
        taken = engine.take_ready(room());
    }
    return count;
}

void Reader::release_many(std::span<Frame> frames) noexcept {
    static_assert(std::is_standard_layout_v<Frame> && sizeof(Frame) == sizeof(detail::FrameLease),
                  "a frame is its lease and nothing else");
    if (engine_ == nullptr) { return; }
    for (Frame& frame : frames) {
        // Another reader's frame is not this engine's to give back.
        if (frame.lease_.reader != engine_) { frame.release(); }
    }
    engine_->release_many({reinterpret_cast<detail::FrameLease*>(frames.data()), frames.size()});
}

std::optional<std::vector<std::byte>> Reader::metadata(Timeout timeout) {
    std::optional<std::vector<std::byte>> metadata;
    auto& engine = required(engine_);
    static_cast<void>(engine.in_time(engine.metadata(timeout.count(), metadata)));
    return metadata;
}

bool Reader::wait_for_peer(Timeout timeout) {
    auto& engine = required(engine_);
    return engine.in_time(engine.wait_for_peer(timeout.count()));
}
void Reader::cancel() { required(engine_).cancel(); }
void Reader::close() noexcept {
    if (engine_ != nullptr) { engine_->close(); }
}

const std::string& Reader::name() const { return required(engine_).name(); }
std::uint64_t Reader::capacity() const { return required(engine_).geometry().capacity; }
std::uint64_t Reader::max_frame() const { return required(engine_).geometry().max_frame; }
std::uint64_t Reader::metadata_size() const { return required(engine_).geometry().metadata_size; }
std::uint32_t Reader::alignment() const { return required(engine_).geometry().alignment; }
Layout Reader::layout() const { return required(engine_).geometry().layout; }
Stats Reader::stats() const { return required(engine_).stats(); }

}  // namespace zerobuffer
