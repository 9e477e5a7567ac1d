// SPDX-License-Identifier: MIT
// ZeroMQ: a pair of sockets over ipc. Its messages are filled and read in place; between the processes they are copied.
#include <exception>

#include <zmq.h>

#include "names.hpp"
#include "registry.hpp"

namespace zerobuffer::perf {

namespace {

[[noreturn]] void throw_zmq(const char* what) {
    throw std::runtime_error(std::string(what) + ": " + zmq_strerror(zmq_errno()));
}

class Message {
public:
    Message() { zmq_msg_init(&message_); }
    /// To be sent.
    Message(void* socket, std::size_t size) : socket_(socket) {
        if (zmq_msg_init_size(&message_, size) != 0) { throw_zmq("zmq_msg_init_size"); }
    }
    /// Received.
    explicit Message(void* socket) : Message() {
        if (zmq_msg_recv(&message_, socket, 0) < 0) { throw_zmq("the other end sends nothing: zmq_msg_recv"); }
    }
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;
    ~Message() { zmq_msg_close(&message_); }

    [[nodiscard]] std::span<std::byte> bytes() const noexcept {
        return {static_cast<std::byte*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
    }
    void commit() {
        if (zmq_msg_send(&message_, socket_, 0) < 0) { throw_zmq("the other end takes nothing: zmq_msg_send"); }
    }

private:
    mutable zmq_msg_t message_{};
    void* socket_ = nullptr;
};

class ZeroMq {
public:
    explicit ZeroMq(const EndpointSetup& setup)
        : context_(zmq_ctx_new()),
          socket_(zmq_socket(context_, ZMQ_PAIR)),
          gone_(zmq_socket(context_, ZMQ_PAIR)),
          role_(setup.role),
          address_("ipc://@" + setup.name) {
        const int depth = static_cast<int>(depth_of(setup, 2, 1000));
        for (const int option : {ZMQ_SNDHWM, ZMQ_RCVHWM}) {
            zmq_setsockopt(socket_, option, &depth, sizeof depth);
        }
        // It says nothing of an end that died; and the last frame has to leave before the socket goes.
        for (const int option : {ZMQ_RCVTIMEO, ZMQ_SNDTIMEO, ZMQ_LINGER}) {
            zmq_setsockopt(socket_, option, &patience_ms, sizeof patience_ms);
            zmq_setsockopt(gone_, option, &patience_ms, sizeof patience_ms);
        }
        zmq_socket_monitor(socket_, "inproc://gone", ZMQ_EVENT_DISCONNECTED);
        zmq_connect(gone_, "inproc://gone");
        if (is_first(role_) && zmq_bind(socket_, address_.c_str()) != 0) { throw_zmq("zmq_bind"); }
    }
    ZeroMq(const ZeroMq&) = delete;
    ZeroMq& operator=(const ZeroMq&) = delete;
    ~ZeroMq() {
        // What has arrived but was not taken yet is thrown away when the sender leaves, so the end that sent last lets the
        // other one go first.
        if (sends_last(role_) && std::uncaught_exceptions() == 0) { zmq_recv(gone_, nullptr, 0, 0); }
        zmq_socket_monitor(socket_, nullptr, 0);
        zmq_close(gone_);
        zmq_close(socket_);
        zmq_ctx_term(context_);
    }

    void connect(Role role) {
        if (!is_first(role) && zmq_connect(socket_, address_.c_str()) != 0) { throw_zmq("zmq_connect"); }
    }

    Message claim(std::size_t size) { return Message(socket_, size); }
    Message acquire() { return Message(socket_); }

private:
    void* context_;
    void* socket_;
    void* gone_;
    Role role_;
    std::string address_;
};

const Registration registered = register_transport<ZeroMq>("zmq");

}  // namespace

}  // namespace zerobuffer::perf
