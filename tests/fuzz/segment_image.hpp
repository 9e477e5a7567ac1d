// SPDX-License-Identifier: MIT
// A segment that the library itself has made, kept as bytes, and laid under a name again for each input; then a file that
// anybody with the permission may write to.
#pragma once

#include <fcntl.h>
#include <semaphore.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <zerobuffer/zerobuffer.hpp>

#include "../endpoint/image.hpp"
#include "records.hpp"

namespace zerobuffer::fuzz {

/// Where a liar writes: words that a peer reads.
struct Field {
    std::uint64_t offset;
    unsigned width;
};

inline constexpr Field fields_v1[] = {{0x00, 4}, {0x04, 4}, {0x08, 8}, {0x10, 8}, {0x18, 8}, {0x20, 8}, {0x28, 8},
                                      {0x30, 8}, {0x38, 8}, {0x40, 8}, {0x48, 8}, {0x50, 8}, {0x58, 8}, {0x80, 8}};
inline constexpr Field fields_v2[] = {
    {0x00, 4},  {0x04, 4},  {0x08, 8},  {0x10, 8},  {0x18, 8},  {0x20, 8},  {0x28, 8},  {0x30, 8},  {0x38, 4},
    {0x3c, 4},  {0x40, 8},  {0x50, 8},  {0x58, 8},  {0x60, 8},  {0x80, 8},  {0x88, 8},  {0x90, 8},  {0x100, 8},
    {0x108, 8}, {0x110, 8}, {0x180, 4}, {0x184, 4}, {0x200, 4}, {0x204, 4}, {0x280, 8}, {0x2000, 8}};

inline std::span<const Field> fields_of(Layout layout) {
    return layout == Layout::v1 ? std::span<const Field>(fields_v1) : std::span<const Field>(fields_v2);
}

class SegmentImage {
public:
    /// Two frames of 20 and 50 bytes nobody has read, and metadata.
    explicit SegmentImage(Layout layout) : layout_(layout) {
        const std::string name = "image";
        const auto reader = layout == Layout::v1 ? std::optional(Reader::create(name, options())) : std::nullopt;
        {
            auto writer = layout == Layout::v1 ? Writer::open(name) : Writer::create(name, options());
            const std::vector<std::byte> bytes(50, std::byte{7});
            writer.publish_metadata(std::span(bytes).first(5));
            writer.write(std::span(bytes).first(20));
            writer.write(bytes);
        }
        const test::Image image(name);
        const auto bytes = image.bytes();
        size_ = bytes.size();
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            const std::span<const std::byte> some(bytes.data() + at, std::min<std::size_t>(piece, bytes.size() - at));
            if (std::ranges::any_of(some, [](std::byte byte) { return byte != std::byte{0}; })) {
                pieces_.push_back({at, {some.begin(), some.end()}});
            }
        }
        if (layout == Layout::v2) { ::unlink(test::Image::path_of(name).c_str()); }
    }

    [[nodiscard]] Options options() const {
        Options made;
        made.layout = layout_;
        made.capacity = layout_ == Layout::v1 ? 256 : 65536;
        made.metadata_size = 64;
        return made;
    }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::uint64_t capacity() const { return options().capacity; }
    [[nodiscard]] std::uint64_t payload() const { return size_ - capacity(); }

    /// Under that name, whatever was there; nobody holds it. The reader of a v1 image counts as alive: it is this process.
    void lay(const std::string& name) const {
        const int file = ::open(test::Image::path_of(name).c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        require(file >= 0 && ::ftruncate(file, static_cast<off_t>(size_)) == 0, "the image can be laid");
        for (const Piece& part : pieces_) {
            write(file, part);
        }
        ::close(file);
        if (layout_ != Layout::v1) { return; }
        for (const char* prefix : {"/sem-w-", "/sem-r-"}) {
            ::sem_unlink((prefix + name).c_str());
            sem_t* const semaphore = ::sem_open((prefix + name).c_str(), O_CREAT, 0600, 0);
            require(semaphore != SEM_FAILED, "the semaphores can be made");
            ::sem_close(semaphore);
        }
    }

    /// Over the segment that a v1 reader has just made: its frames, and their tokens.
    void lay_over(const std::string& name) const {
        const int file = ::open(test::Image::path_of(name).c_str(), O_RDWR | O_CLOEXEC);
        for (const Piece& part : pieces_) {
            write(file, part);
        }
        ::close(file);
        sem_t* const tokens = ::sem_open(("/sem-w-" + name).c_str(), 0);
        ::sem_post(tokens);
        ::sem_post(tokens);
        ::sem_close(tokens);
    }

private:
    static constexpr std::size_t piece = 64;
    struct Piece {
        std::uint64_t at;
        std::vector<std::byte> bytes;
    };
    static void write(int file, const Piece& part) {
        const auto size = static_cast<ssize_t>(part.bytes.size());
        require(::pwrite(file, part.bytes.data(), part.bytes.size(), static_cast<off_t>(part.at)) == size, "space");
    }

    Layout layout_;
    std::uint64_t size_ = 0;
    std::vector<Piece> pieces_;
};

}  // namespace zerobuffer::fuzz
