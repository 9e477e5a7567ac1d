// SPDX-License-Identifier: MIT
// V1View: the words of a v1 buffer as they are, seen and changed from outside, without the library.
// Files: what a buffer leaves in the file system. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "v1_wire.h"

namespace zerobuffer::interop {

/// Everything that a step of the protocol may change, to be compared as one.
struct V1State {
    std::uint64_t free = 0;
    std::uint64_t write_position = 0;
    std::uint64_t read_position = 0;
    std::uint64_t written = 0;
    std::uint64_t read = 0;
    int data_tokens = 0;
    int space_tokens = 0;

    friend bool operator==(const V1State&, const V1State&) = default;
    friend std::ostream& operator<<(std::ostream& out, const V1State& state);
};

class V1View {
public:
    /// The buffer must be complete: segment and both semaphores.
    explicit V1View(const std::string& name);
    V1View(const V1View&) = delete;
    V1View& operator=(const V1View&) = delete;
    ~V1View();

    [[nodiscard]] std::uint64_t word(v1_word which) const { return v1_load(&segment_, which); }
    void set(v1_word which, std::uint64_t value) { v1_store(&segment_, which, value); }
    [[nodiscard]] V1State state() const;
    [[nodiscard]] v1_header header(std::uint64_t offset) const;
    void set_header(std::uint64_t offset, v1_header header);
    /// Header and bytes of a frame at `offset`, without any of the counters.
    void put_frame(std::uint64_t offset, std::uint64_t sequence, std::uint64_t size);
    [[nodiscard]] std::span<std::byte> bytes();
    [[nodiscard]] std::span<std::byte> payload();
    [[nodiscard]] std::uint64_t payload_size() const { return segment_.payload_size; }

    [[nodiscard]] int data_tokens() const;
    [[nodiscard]] int space_tokens() const;
    void post_data() { sem_post(segment_.data); }
    void take_data() { sem_trywait(segment_.data); }
    /// Stores the value of sem-r: posting two thousand million times takes too long.
    void set_space_tokens(std::uint32_t value);

private:
    v1_segment segment_{};
};

/// A name that no other test uses, of this process or another.
std::string unique_name();

/// Every file there is of that buffer, in /dev/shm and in both lock folders.
std::vector<std::string> files_of(const std::string& name);
void remove_files_of(const std::string& name);
std::string segment_file(const std::string& name);
std::string data_semaphore_file(const std::string& name);
std::string space_semaphore_file(const std::string& name);
std::string lock_file(const std::string& name);
std::string csharp_lock_file(const std::string& name);
/// Whether somebody holds the flock on that file; false when there is no such file.
bool is_locked(const std::string& path);

}  // namespace zerobuffer::interop
