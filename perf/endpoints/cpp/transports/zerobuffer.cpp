// SPDX-License-Identifier: MIT
// The library under measurement, through its public interface. A round trip uses NAME-request and NAME-response.
#include <optional>

#include <zerobuffer/zerobuffer.hpp>

#include "registry.hpp"

namespace zerobuffer::perf {

namespace {

Options options_of(const EndpointSetup& setup) {
    Options options;
    options.capacity = setup.capacity;
    options.alignment = setup.alignment;
    options.layout = setup.layout;
    options.wait_mode = setup.wait;
    options.wait_for_peer = patience;
    return options;
}

class ZeroBuffer {
public:
    /// Returned as acquire() and claim() made them: moving them would cost what users need not pay.
    struct Received {
        std::optional<Frame> frame;
        [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return frame->bytes(); }
    };
    struct Claimed {
        std::optional<Claim> room;
        [[nodiscard]] std::span<std::byte> bytes() const noexcept { return room->bytes(); }
        void commit() { room->commit(); }
    };

    explicit ZeroBuffer(const EndpointSetup& setup) : setup_(setup) {
        if (setup.role != Role::source) { reader_.emplace(Reader::create(name_of_ring(true), options_of(setup))); }
    }

    void connect(Role role) {
        if (role != Role::sink) { writer_.emplace(Writer::open(name_of_ring(false), options_of(setup_))); }
        if (reader_ && !reader_->wait_for_peer(patience)) {
            throw std::runtime_error("no writer came to " + reader_->name() + " within " +
                                     std::to_string(patience.count()) + " s");
        }
    }

    Claimed claim(std::size_t size) { return {writer_->claim(size)}; }
    void send(std::span<const std::byte> bytes) { (void)writer_->write(bytes); }
    Received acquire() { return {reader_->acquire()}; }

private:
    [[nodiscard]] std::string name_of_ring(bool read) const {
        switch (setup_.role) {
            case Role::ping:
                return setup_.name + (read ? "-response" : "-request");
            case Role::echo:
                return setup_.name + (read ? "-request" : "-response");
            default:
                return setup_.name;
        }
    }

    EndpointSetup setup_;
    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
};

const Registration registered = register_transport<ZeroBuffer>("zerobuffer");

}  // namespace

}  // namespace zerobuffer::perf
