// SPDX-License-Identifier: MIT
// Holds both sides of a buffer: holder NAME LAYOUT CAPACITY FRAMES METADATA. Writes FRAMES frames of one byte, takes one of
// them, says "ready", and lets go in order when its standard input ends. Killed, it leaves everything behind.
#include <cstdio>
#include <exception>
#include <iostream>
#include <span>
#include <string>

#include <zerobuffer/zerobuffer.hpp>

namespace {

zerobuffer::Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

void hold(std::span<char*> arguments) {
    zerobuffer::Options options;
    options.layout = std::string(arguments[2]) == "v1" ? zerobuffer::Layout::v1 : zerobuffer::Layout::v2;
    options.capacity = std::stoull(arguments[3]);
    auto reader = zerobuffer::Reader::create(arguments[1], options);
    auto writer = zerobuffer::Writer::open(arguments[1]);
    const std::string metadata = arguments[5];
    if (!metadata.empty()) { writer.publish_metadata(bytes_of(metadata)); }
    for (auto left = std::stoul(arguments[4]); left > 0; --left) {
        writer.write(bytes_of("x"), zerobuffer::no_wait);
    }
    if (auto frame = reader.acquire(zerobuffer::no_wait)) { frame->release(); }
    std::cout << "ready" << std::endl;
    while (std::getchar() != EOF) {}
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) { return 2; }
    try {
        hold(std::span(argv, 6));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
