// SPDX-License-Identifier: MIT
// Sends five frames to the reader of a buffer. Each text is written where the reader will find it.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <span>
#include <string>

#include <zerobuffer/zerobuffer.hpp>

int main(int argc, char** argv) try {
    zerobuffer::Options options;
    options.wait_for_peer = std::chrono::seconds(10);  // for the reader to make the buffer
    auto writer = zerobuffer::Writer::open(argc > 1 ? argv[1] : "hello", options);
    for (int number = 1; number <= 5; ++number) {
        const std::string text = "hello " + std::to_string(number);
        auto claim = writer.claim(text.size());
        std::ranges::copy(std::as_bytes(std::span(text)), claim->bytes().begin());
        claim->commit();
    }
} catch (const zerobuffer::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
