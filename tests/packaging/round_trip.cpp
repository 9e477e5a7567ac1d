// SPDX-License-Identifier: MIT
// A user of the C++ interface: one frame through a buffer of its own, and an error caught by its type across the library
// boundary. Exit code 0 means that both worked.
#include <algorithm>
#include <iostream>
#include <string>
#include <unistd.h>

#include <zerobuffer/zerobuffer.hpp>

namespace {

bool frame_arrives(const std::string& name) {
    const std::string message = "frame";
    auto reader = zerobuffer::Reader::create(name);
    auto writer = zerobuffer::Writer::open(name);
    writer.write(std::as_bytes(std::span(message)), zerobuffer::no_wait);
    const auto frame = reader.acquire(zerobuffer::no_wait);
    return frame && std::ranges::equal(frame->bytes(), std::as_bytes(std::span(message)));
}

bool error_is_caught(const std::string& name) {
    try {
        zerobuffer::inspect(name);
    } catch (const zerobuffer::Error& error) { return error.status() == zerobuffer::Status::not_found; }
    return false;
}

}  // namespace

int main() {
    const std::string name = "packaging-cpp-" + std::to_string(getpid());
    if (!frame_arrives(name)) {
        std::cerr << "the frame did not arrive\n";
        return 1;
    }
    if (!error_is_caught(name)) {
        std::cerr << "no Error for a buffer that is not there\n";
        return 1;
    }
    return 0;
}
