// SPDX-License-Identifier: MIT
// The bytes of a segment seen and changed from outside, as a faulty or hostile peer would. Offsets are those of
// docs/format.md, written down again here on purpose: the tests must not follow a mistake of the sources.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace zerobuffer::test {

namespace v1_offset {
inline constexpr std::uint64_t oieb_size = 0x00;
inline constexpr std::uint64_t version = 0x04;
inline constexpr std::uint64_t metadata_size = 0x08;
inline constexpr std::uint64_t payload_size = 0x20;
inline constexpr std::uint64_t free_bytes = 0x28;
inline constexpr std::uint64_t write_position = 0x30;
inline constexpr std::uint64_t read_position = 0x38;
inline constexpr std::uint64_t written_count = 0x40;
inline constexpr std::uint64_t writer_pid = 0x50;
inline constexpr std::uint64_t reader_pid = 0x58;
inline constexpr std::uint64_t metadata = 0x80;
}  // namespace v1_offset

namespace v2_offset {
inline constexpr std::uint64_t oieb_size = 0x00;
inline constexpr std::uint64_t version = 0x04;
inline constexpr std::uint64_t metadata_size = 0x08;
inline constexpr std::uint64_t metadata_free_bytes = 0x10;
inline constexpr std::uint64_t metadata_written_bytes = 0x18;
inline constexpr std::uint64_t payload_size = 0x20;
inline constexpr std::uint64_t payload_offset = 0x28;
inline constexpr std::uint64_t metadata_offset = 0x30;
inline constexpr std::uint64_t alignment = 0x38;
inline constexpr std::uint64_t flags = 0x3c;
inline constexpr std::uint64_t magic = 0x40;
inline constexpr std::uint64_t creation_id = 0x48;
inline constexpr std::uint64_t metadata_version = 0x60;
inline constexpr std::uint64_t producer_position = 0x80;
inline constexpr std::uint64_t producer_sequence = 0x88;
inline constexpr std::uint64_t producer_generation = 0x90;
inline constexpr std::uint64_t consumer_position = 0x100;
inline constexpr std::uint64_t consumer_sequence = 0x108;
inline constexpr std::uint64_t consumer_generation = 0x110;
inline constexpr std::uint64_t reader_bell = 0x180;
inline constexpr std::uint64_t reader_fences = 0x184;
inline constexpr std::uint64_t writer_bell = 0x200;
inline constexpr std::uint64_t metadata = 0x2000;
inline constexpr std::uint64_t payload = 0x10000;
}  // namespace v2_offset

class Image {
public:
    explicit Image(const std::string& name, int flags = O_RDWR)
        : descriptor_(::open(path_of(name).c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {
        if (descriptor_ < 0) { throw std::system_error(errno, std::generic_category(), "open " + path_of(name)); }
    }
    /// A file of `size` zero bytes, most of them never to be touched.
    static Image make(const std::string& name, std::uint64_t size) {
        Image image(name, O_RDWR | O_CREAT | O_EXCL);
        image.resize(size);
        return image;
    }
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
    Image(Image&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    ~Image() {
        if (descriptor_ >= 0) { ::close(descriptor_); }
    }

    static std::string path_of(const std::string& name) { return "/dev/shm/" + name; }

    void resize(std::uint64_t size) const { require(::ftruncate(descriptor_, static_cast<off_t>(size)) == 0); }
    [[nodiscard]] std::uint64_t size() const { return static_cast<std::uint64_t>(status().st_size); }
    [[nodiscard]] struct stat status() const {
        struct stat status {};
        require(::fstat(descriptor_, &status) == 0);
        return status;
    }

    template <class Word = std::uint64_t>
    [[nodiscard]] Word load(std::uint64_t offset) const {
        Word word{};
        require(::pread(descriptor_, &word, sizeof word, static_cast<off_t>(offset)) == sizeof word);
        return word;
    }
    template <class Word>
    void store(std::uint64_t offset, Word word) const {
        require(::pwrite(descriptor_, &word, sizeof word, static_cast<off_t>(offset)) == sizeof word);
    }
    [[nodiscard]] std::vector<std::byte> bytes() const {
        std::vector<std::byte> all(size());
        require(::pread(descriptor_, all.data(), all.size(), 0) == static_cast<ssize_t>(all.size()));
        return all;
    }

private:
    static void require(bool done) {
        if (!done) { throw std::system_error(errno, std::generic_category(), "segment image"); }
    }

    int descriptor_;
};

}  // namespace zerobuffer::test
