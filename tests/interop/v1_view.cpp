// SPDX-License-Identifier: MIT
#include "v1_view.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "pattern.h"

namespace zerobuffer::interop {

namespace {

void require_ok(const char* status, const std::string& what) {
    if (std::strcmp(status, "ok") != 0) { throw std::runtime_error(what + ": " + status); }
}

int value_of(sem_t* semaphore) {
    int value = 0;
    sem_getvalue(semaphore, &value);
    return value;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const V1State& state) {
    return out << "{free " << state.free << ", write_position " << state.write_position << ", read_position "
               << state.read_position << ", written " << state.written << ", read " << state.read << ", data_tokens "
               << state.data_tokens << ", space_tokens " << state.space_tokens << "}";
}

V1View::V1View(const std::string& name) {
    name.copy(segment_.name, sizeof segment_.name - 1);
    const int file = ::shm_open(name.c_str(), O_RDWR, 0);
    if (file < 0) { throw std::runtime_error("no segment " + name); }
    segment_.file = file + 1;
    require_ok(v1_map(&segment_), name);
    segment_.metadata_size = word(V1_METADATA_SIZE);
    segment_.payload_size = word(V1_PAYLOAD_SIZE);
    require_ok(v1_open_semaphore(&segment_, 'w', 0), name);
    require_ok(v1_open_semaphore(&segment_, 'r', 0), name);
}

V1View::~V1View() { v1_unmap(&segment_); }

V1State V1View::state() const {
    return {word(V1_PAYLOAD_FREE), word(V1_WRITE_POSITION), word(V1_READ_POSITION), word(V1_WRITTEN_COUNT),
            word(V1_READ_COUNT),   data_tokens(),           space_tokens()};
}

v1_header V1View::header(std::uint64_t offset) const {
    v1_header header{};
    std::memcpy(&header, v1_payload(&segment_) + offset, sizeof header);
    return header;
}

void V1View::set_header(std::uint64_t offset, v1_header header) {
    std::memcpy(v1_payload(&segment_) + offset, &header, sizeof header);
}

void V1View::put_frame(std::uint64_t offset, std::uint64_t sequence, std::uint64_t size) {
    set_header(offset, {size, sequence});
    pattern_fill(v1_payload(&segment_) + offset + V1_HEADER_SIZE, size, 0, sequence);
}

std::span<std::byte> V1View::bytes() { return {reinterpret_cast<std::byte*>(segment_.base), segment_.size}; }

std::span<std::byte> V1View::payload() {
    return {reinterpret_cast<std::byte*>(v1_payload(&segment_)), segment_.payload_size};
}

int V1View::data_tokens() const { return value_of(segment_.data); }

int V1View::space_tokens() const { return value_of(segment_.space); }

void V1View::set_space_tokens(std::uint32_t value) {
    // glibc keeps the value in the low half of the first word.
    reinterpret_cast<std::atomic<std::uint32_t>*>(segment_.space)->store(value, std::memory_order_seq_cst);
}

std::string unique_name() {
    static std::atomic<unsigned> counter{0};
    return "interop-" + std::to_string(::getpid()) + "-" +
           std::to_string(counter.fetch_add(1, std::memory_order_relaxed));
}

std::string segment_file(const std::string& name) { return "/dev/shm/" + name; }
std::string data_semaphore_file(const std::string& name) { return "/dev/shm/sem.sem-w-" + name; }
std::string space_semaphore_file(const std::string& name) { return "/dev/shm/sem.sem-r-" + name; }
std::string lock_file(const std::string& name) { return "/tmp/zerobuffer/" + name + ".lock"; }
std::string csharp_lock_file(const std::string& name) { return "/tmp/zerobuffer/locks/" + name + ".lock"; }

std::vector<std::string> files_of(const std::string& name) {
    std::vector<std::string> found;
    const std::array paths = {segment_file(name), data_semaphore_file(name), space_semaphore_file(name),
                              lock_file(name), csharp_lock_file(name)};
    for (const std::string& path : paths) {
        if (std::filesystem::exists(std::filesystem::symlink_status(path))) { found.push_back(path); }
    }
    return found;
}

void remove_files_of(const std::string& name) {
    for (const std::string& path : files_of(name)) {
        std::filesystem::remove(path);
    }
}

bool is_locked(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) { return false; }
    const bool locked = ::flock(file, LOCK_EX | LOCK_NB) != 0;
    ::close(file);
    return locked;
}

}  // namespace zerobuffer::interop
