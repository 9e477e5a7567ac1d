// SPDX-License-Identifier: MIT
// Makes a buffer and prints the frames that a writer sends, in place, until it closes.
#include <iostream>
#include <string_view>

#include <zerobuffer/zerobuffer.hpp>

int main(int argc, char** argv) try {
    auto reader = zerobuffer::Reader::create(argc > 1 ? argv[1] : "hello");
    while (auto frame = reader.acquire()) {
        const std::string_view text(reinterpret_cast<const char*>(frame->bytes().data()), frame->size());
        std::cout << frame->sequence() << ": " << text << '\n';
    }
} catch (const zerobuffer::Error& error) {
    if (error.status() == zerobuffer::Status::peer_closed) { return 0; }  // the end of the stream
    std::cerr << error.what() << '\n';
    return 1;
}
