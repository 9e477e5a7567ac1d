// SPDX-License-Identifier: MIT
// A Unix stream socket with an abstract name and buffers as the system gives them.
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "descriptor.hpp"
#include "registry.hpp"

namespace zerobuffer::perf {

namespace {

class UnixSocket {
public:
    explicit UnixSocket(const EndpointSetup& setup) {
        ignore_broken_pipes();
        address_.sun_family = AF_UNIX;
        // An abstract name begins with a zero: no file stays behind.
        length_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + setup.name.size());
        if (setup.name.size() + 1 > sizeof address_.sun_path) { throw std::runtime_error("the name is too long"); }
        std::memcpy(address_.sun_path + 1, setup.name.data(), setup.name.size());
        socket_ = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (socket_.get() < 0) { throw_errno("socket"); }
        if (!is_first(setup.role)) { return; }
        if (bind(socket_.get(), address(), length_) != 0) { throw_errno("bind to the abstract name " + setup.name); }
        if (listen(socket_.get(), 1) != 0) { throw_errno("listen"); }
    }

    void connect(Role role) {
        if (!is_first(role)) {
            if (::connect(socket_.get(), address(), length_) != 0) { throw_errno("connect"); }
            return;
        }
        pollfd waiting{socket_.get(), POLLIN, 0};
        if (poll(&waiting, 1, patience_ms) != 1) {
            throw std::runtime_error("nobody connected within " + std::to_string(patience.count()) + " s");
        }
        Descriptor accepted(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (accepted.get() < 0) { throw_errno("accept"); }
        socket_ = std::move(accepted);
    }

    void send(std::span<const std::byte> bytes) { socket_.send(bytes); }
    void receive(std::span<std::byte> bytes) { socket_.receive(bytes); }

private:
    [[nodiscard]] const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&address_); }

    sockaddr_un address_{};
    socklen_t length_ = 0;
    Descriptor socket_;
};

const Registration registered = register_transport<UnixSocket>("unix");

}  // namespace

}  // namespace zerobuffer::perf
