// SPDX-License-Identifier: MIT
// Frames over a file descriptor that carries a stream of bytes: pipes and sockets.
#pragma once

#include <cerrno>
#include <csignal>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace zerobuffer::perf {

[[noreturn]] inline void throw_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Owns a descriptor; -1 for none.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { reset(); }

    void reset() {
        if (number_ >= 0) { close(std::exchange(number_, -1)); }
    }

    [[nodiscard]] int get() const noexcept { return number_; }

    void send(std::span<const std::byte> bytes) const {
        while (!bytes.empty()) {
            const ssize_t done = write(number_, bytes.data(), bytes.size());
            if (done < 0 && errno != EINTR) { throw_errno("the other end left: write"); }
            if (done > 0) { bytes = bytes.subspan(static_cast<std::size_t>(done)); }
        }
    }

    void receive(std::span<std::byte> bytes) const {
        while (!bytes.empty()) {
            const ssize_t done = read(number_, bytes.data(), bytes.size());
            if (done == 0) { throw std::runtime_error("the other end left"); }
            if (done < 0 && errno != EINTR) { throw_errno("read"); }
            if (done > 0) { bytes = bytes.subspan(static_cast<std::size_t>(done)); }
        }
    }

private:
    int number_ = -1;
};

/// So that a write to an end that left is an error and no end of this process.
inline void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace zerobuffer::perf
