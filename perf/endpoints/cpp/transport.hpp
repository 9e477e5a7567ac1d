// SPDX-License-Identifier: MIT
// What a transport has to offer so that the loops can measure it. It is a class; the loops are templates over it, so that no
// virtual call lies in them. It has:
//
//   explicit T(const EndpointSetup&);  makes what the other end connects to (role echo or sink: binds, creates), or what
//                                      both ends inherit (pair roles); after it the endpoint says that it is ready
//   void connect(Role);                waits for the other end, or connects to it, for at most `patience`. Never pair_rtt or
//                                      pair_stream: after a fork each process is told which end it plays
//
// to send, one of these or both (`copy` prefers send, everything else claim):
//   auto claim(std::size_t);           in place: an object with bytes() (a span to be filled) and commit(); the caller
//                                      commits before it drops it
//   void send(std::span<const std::byte>);   from a private buffer; returns when that may be overwritten
//
// to receive, one of these (acquire is preferred):
//   auto acquire();                    in place: an object with bytes(); dropping it gives the frame back
//   void receive(std::span<std::byte>);      exactly one frame of that size into a private buffer; throws on another size
//
// A round trip end does both, a source only sends, a sink only receives. All wait without end and throw when they cannot go on:
// a peer that left must not leave them waiting where the transport can tell. The destructor removes what the
// constructor made. A transport that can only be inherited says `static constexpr bool inherited = true;`, a peer that polls
// with `--wait spin` says `static constexpr bool polling = true;`. One that starts processes has
//   std::int64_t helpers_cpu_ns() const;     the CPU time of those since they were started
//
// What the machine does not allow is NotPossibleHere; any other exception is a failure.
//
// A file in transports/ defines the class and registers it:
//   const Registration registered = register_transport<Pipe>("pipe");
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "setup.hpp"

namespace zerobuffer::perf {

/// How long an end waits for its other end.
inline constexpr std::chrono::seconds patience(10);
inline constexpr int patience_ms = static_cast<int>(std::chrono::milliseconds(patience).count());

/// The machine does not carry such frames that way, whatever this program does.
class NotPossibleHere : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

template <class T>
concept ClaimsInPlace = requires(T transport, std::size_t size) {
    { transport.claim(size).bytes() } -> std::convertible_to<std::span<std::byte>>;
    transport.claim(size).commit();
};

template <class T>
concept SendsCopies = requires(T transport, std::span<const std::byte> bytes) {
    transport.send(bytes);
};

template <class T>
concept AcquiresInPlace = requires(T transport) {
    { transport.acquire().bytes() } -> std::convertible_to<std::span<const std::byte>>;
};

template <class T>
concept ReceivesCopies = requires(T transport, std::span<std::byte> bytes) {
    transport.receive(bytes);
};

template <class T>
concept Transport = std::constructible_from<T, const EndpointSetup&> && requires(T transport, Role role) {
    transport.connect(role);
} &&(ClaimsInPlace<T> || SendsCopies<T>)&&(AcquiresInPlace<T> || ReceivesCopies<T>);

template <class T>
constexpr bool is_inherited() {
    if constexpr (requires { T::inherited; }) { return T::inherited; }
    return false;
}

template <class T>
constexpr bool is_polling() {
    if constexpr (requires { T::polling; }) { return T::polling; }
    return false;
}

template <class T>
concept StartsHelpers = requires(const T transport) {
    { transport.helpers_cpu_ns() } -> std::same_as<std::int64_t>;
};

}  // namespace zerobuffer::perf
