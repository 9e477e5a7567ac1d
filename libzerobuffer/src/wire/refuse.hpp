// SPDX-License-Identifier: MIT
// One way to say what is wrong with a segment or an option: object, field, value found, value expected, remedy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <zerobuffer/status.hpp>

namespace zerobuffer::wire {

inline std::string buffer_text(std::string_view name) { return "buffer \"" + std::string(name) + "\": "; }

[[noreturn]] inline void refuse_option(std::string_view name, std::string_view option, std::uint64_t value,
                                       std::string_view remedy) {
    throw Error(Status::misuse, buffer_text(name) + std::string(option) + " " + std::to_string(value) +
                                    " is not possible; " + std::string(remedy));
}

class Refusal {
public:
    explicit Refusal(std::string_view name) noexcept : name_(name) {}

    [[noreturn]] void corrupt(std::string_view field, std::uint64_t found, std::string_view expected) const {
        fail(Status::corrupt, field, found, expected,
             "the shared memory is damaged; let go of it everywhere and create it with replace");
    }
    [[noreturn]] void incompatible(std::string_view field, std::uint64_t found, std::string_view expected) const {
        fail(Status::incompatible, field, found, expected, "use the version of ZeroBuffer that made it");
    }
    [[noreturn]] void not_ready(std::string_view cause) const {
        throw Error(Status::not_ready, buffer_text(name_) + std::string(cause) + "; try again, or wait for the peer");
    }

private:
    [[noreturn]] void fail(Status status, std::string_view field, std::uint64_t found, std::string_view expected,
                           std::string_view remedy) const {
        throw Error(status, buffer_text(name_) + std::string(field) + " is " + std::to_string(found) + ", expected " +
                                std::string(expected) + "; " + std::string(remedy));
    }

    std::string_view name_;
};

}  // namespace zerobuffer::wire
