// SPDX-License-Identifier: MIT
#include <zerobuffer/writer.hpp>

#include <string>
#include <utility>

#include "endpoint/attach.hpp"
#include "endpoint/engine.hpp"
#include "endpoint/layout_sides.hpp"
#include "endpoint/writer_engine.hpp"

namespace zerobuffer {
namespace detail {
namespace {

template <class Layout>
using SideOf = typename endpoint::Sides<Layout>::Writer;

WriterEngine* create_in(wire::LayoutV1, const std::string& name, const Options&) {
    throw Error(Status::misuse,
                "buffer \"" + name + "\": a v1 buffer is always made by its reader; open it, or use layout v2");
}
WriterEngine* create_in(wire::LayoutV2, const std::string& name, const Options& options) {
    return new endpoint::WriterOf<SideOf<wire::LayoutV2>>(
        name, options, endpoint::SegmentV2::create(endpoint::Role::writer, name, options));
}

WriterEngine* open_in(wire::LayoutV1, const std::string& name, const Options& options) {
    return new endpoint::WriterOf<SideOf<wire::LayoutV1>>(name, options, endpoint::SegmentV1::open(name, options));
}
WriterEngine* open_in(wire::LayoutV2, const std::string& name, const Options& options) {
    return new endpoint::WriterOf<SideOf<wire::LayoutV2>>(
        name, options, endpoint::SegmentV2::open(endpoint::Role::writer, name, options));
}

}  // namespace

WriterEngine* WriterEngine::create(std::string_view name, const Options& options) {
    const std::string owned(name);
    endpoint::check_options(endpoint::Role::writer, name, options);
    return wire::with_layout(options.layout, [&](auto layout) { return create_in(layout, owned, options); });
}

WriterEngine* WriterEngine::open(std::string_view name, const Options& options) {
    const std::string owned(name);
    endpoint::check_options(endpoint::Role::writer, name, options);
    return endpoint::attach_patiently(options, [&] {
        const Layout found = endpoint::layout_of_existing(owned);
        return wire::with_layout(found, [&](auto layout) { return open_in(layout, owned, options); });
    });
}

}  // namespace detail

namespace {

detail::WriterEngine& required(detail::WriterEngine* engine) {
    if (engine == nullptr) { throw Error(Status::misuse, "writer: was moved from; use the object it was moved to"); }
    return *engine;
}

}  // namespace

Claim& Claim::operator=(Claim&& other) noexcept {
    if (this != &other) {
        abort();
        lease_ = std::exchange(other.lease_, {});
    }
    return *this;
}

std::uint64_t Claim::commit(std::uint64_t size) {
    if (lease_.writer == nullptr) {
        throw Error(Status::misuse, "claim: was committed or aborted before; claim again");
    }
    return lease_.writer->commit(lease_, size);
}

void Claim::abort() noexcept {
    if (lease_.writer != nullptr) {
        auto lease = std::exchange(lease_, {});
        lease.writer->abort(lease);
    }
}

Writer Writer::create(std::string_view name, const Options& options) {
    return Writer(detail::WriterEngine::create(name, options));
}

Writer Writer::open(std::string_view name, const Options& options) {
    return Writer(detail::WriterEngine::open(name, options));
}

Writer::Writer(Writer&& other) noexcept : engine_(std::exchange(other.engine_, nullptr)) {}

Writer& Writer::operator=(Writer&& other) noexcept {
    if (this != &other) {
        if (engine_ != nullptr) { engine_->dispose(); }
        engine_ = std::exchange(other.engine_, nullptr);
    }
    return *this;
}

Writer::~Writer() {
    if (engine_ != nullptr) { engine_->dispose(); }
}

bool Writer::wait(std::uint64_t size, Timeout timeout) {
    auto& engine = required(engine_);
    return engine.in_time(engine.wait(size, timeout.count()));
}

std::optional<Claim> Writer::claim(std::uint64_t size, Timeout timeout) {
    auto& engine = required(engine_);
    std::optional<Claim> claim(std::in_place);  // filled where the caller gets it
    if (!engine.in_time(engine.claim(size, claim->lease_, timeout.count()))) { claim.reset(); }
    return claim;
}

std::optional<std::uint64_t> Writer::write(Bytes frame, Timeout timeout) {
    std::uint64_t sequence = 0;
    auto& engine = required(engine_);
    if (!engine.in_time(engine.write(frame, timeout.count(), sequence))) { return std::nullopt; }
    return sequence;
}

std::optional<std::uint64_t> Writer::write_parts(std::span<const Bytes> parts, Timeout timeout) {
    std::uint64_t sequence = 0;
    auto& engine = required(engine_);
    if (!engine.in_time(engine.write_parts(parts, timeout.count(), sequence))) { return std::nullopt; }
    return sequence;
}

std::size_t Writer::write_many(std::span<const Bytes> frames, Timeout timeout) {
    std::size_t written = 0;
    auto& engine = required(engine_);
    static_cast<void>(engine.in_time(engine.write_many(frames, timeout.count(), written)));
    return written;
}

void Writer::publish_metadata(Bytes metadata) { required(engine_).publish_metadata(metadata); }
bool Writer::wait_for_peer(Timeout timeout) {
    auto& engine = required(engine_);
    return engine.in_time(engine.wait_for_peer(timeout.count()));
}
void Writer::cancel() { required(engine_).cancel(); }
void Writer::close() noexcept {
    if (engine_ != nullptr) { engine_->close(); }
}

const std::string& Writer::name() const { return required(engine_).name(); }
std::uint64_t Writer::capacity() const { return required(engine_).geometry().capacity; }
std::uint64_t Writer::max_frame() const { return required(engine_).geometry().max_frame; }
std::uint64_t Writer::metadata_size() const { return required(engine_).geometry().metadata_size; }
std::uint32_t Writer::alignment() const { return required(engine_).geometry().alignment; }
Layout Writer::layout() const { return required(engine_).geometry().layout; }
Stats Writer::stats() const { return required(engine_).stats(); }

}  // namespace zerobuffer
