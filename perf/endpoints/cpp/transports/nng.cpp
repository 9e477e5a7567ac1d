// SPDX-License-Identifier: MIT
// nng: a pair of sockets over its local transport. Messages are filled and read in place; between processes they are copied.
#include <exception>
#include <semaphore>

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>

#include "names.hpp"
#include "registry.hpp"

namespace zerobuffer::perf {

namespace {

void check(int status, const char* what) {
    if (status != 0) { throw std::runtime_error(std::string(what) + ": " + nng_strerror(status)); }
}

class Message {
public:
    /// To be sent.
    Message(nng_socket socket, std::size_t size) : socket_(socket) {
        check(nng_msg_alloc(&message_, size), "nng_msg_alloc");
    }
    /// Received.
    explicit Message(nng_socket socket) : socket_(socket) {
        check(nng_recvmsg(socket, &message_, 0), "the other end sends nothing: nng_recvmsg");
    }
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;
    ~Message() { nng_msg_free(message_); }

    [[nodiscard]] std::span<std::byte> bytes() const noexcept {
        return {static_cast<std::byte*>(nng_msg_body(message_)), nng_msg_len(message_)};
    }
    void commit() {
        check(nng_sendmsg(socket_, message_, 0), "the other end takes nothing: nng_sendmsg");
        message_ = nullptr;
    }

private:
    nng_socket socket_;
    nng_msg* message_ = nullptr;
};

class Nng {
public:
    explicit Nng(const EndpointSetup& setup) : role_(setup.role), address_("abstract://" + setup.name) {
        check(nng_pair0_open(&socket_), "nng_pair0_open");
        const int depth = static_cast<int>(depth_of(setup, 2, 1000));
        nng_socket_set_int(socket_, NNG_OPT_SENDBUF, depth);
        nng_socket_set_int(socket_, NNG_OPT_RECVBUF, depth);
        nng_socket_set_size(socket_, NNG_OPT_RECVMAXSZ, 0);
        // It says nothing of an end that died.
        nng_socket_set_ms(socket_, NNG_OPT_RECVTIMEO, patience_ms);
        nng_socket_set_ms(socket_, NNG_OPT_SENDTIMEO, patience_ms);
        nng_pipe_notify(socket_, NNG_PIPE_EV_REM_POST, left, &gone_);
        if (is_first(role_)) { check(nng_listen(socket_, address_.c_str(), nullptr, 0), "nng_listen"); }
    }
    Nng(const Nng&) = delete;
    Nng& operator=(const Nng&) = delete;
    ~Nng() {
        // Closing throws away what has not left yet, so the end that sent last lets the other one go first.
        if (sends_last(role_) && std::uncaught_exceptions() == 0) { (void)gone_.try_acquire_for(patience); }
        nng_close(socket_);
    }

    void connect(Role role) {
        if (!is_first(role)) { check(nng_dial(socket_, address_.c_str(), nullptr, 0), "nng_dial"); }
    }

    Message claim(std::size_t size) { return Message(socket_, size); }
    Message acquire() { return Message(socket_); }

private:
    static void left(nng_pipe, nng_pipe_ev, void* gone) { static_cast<std::counting_semaphore<>*>(gone)->release(); }

    Role role_;
    std::string address_;
    nng_socket socket_ = NNG_SOCKET_INITIALIZER;
    std::counting_semaphore<> gone_{0};
};

const Registration registered = register_transport<Nng>("nng");

}  // namespace

}  // namespace zerobuffer::perf
