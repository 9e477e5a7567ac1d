// SPDX-License-Identifier: MIT
#include "crash/world.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "support/frames.hpp"
#include "support/private_folders.hpp"

namespace zerobuffer::crash {
namespace {

namespace fs = std::filesystem;

constexpr std::array folders = {"/dev/shm", "/tmp/zerobuffer", "/tmp/zerobuffer/locks"};

// Names that a library makes up at random.
std::string label_of(const std::string& file, const std::string& buffer) {
    if (file.starts_with(".zerobuffer-")) { return ".zerobuffer-"; }
    if (file.starts_with("sem.") && file.find(buffer) == std::string::npos) { return "sem."; }
    return file;
}

std::uint32_t first_word(std::span<const std::byte> bytes) {
    std::uint32_t word = 0;
    if (bytes.size() >= sizeof word) { std::memcpy(&word, bytes.data(), sizeof word); }
    return word;
}

// Words that differ from run to run: process numbers, and in v2 the creation id. docs/format.md.
bool is_by_chance(std::uint32_t block_size, std::size_t at) {
    if (block_size == 8192) { return at == 0x48 || at == 0x50 || at == 0x58; }
    return block_size == 128 && (at == 0x50 || at == 0x58);
}

std::uint64_t hash_of(std::span<const std::byte> bytes, std::uint64_t hash) {
    const std::uint32_t block_size = first_word(bytes);
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
        if (at < 0x60 && is_by_chance(block_size, at)) { word = word != 0 ? 1 : 0; }
        hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 29U;
    }
    return hash;
}

}  // namespace

World::World(std::string name) : name_(std::move(name)) { look(true); }

World::~World() {
    for (const auto& [path, file] : files_) {
        unmap(file);
    }
}

bool World::look(bool names_too) {
    bool changed = false;
    if (names_too) {
        const auto before = entries_;
        list();
        changed = entries_ != before;
    }
    for (auto& [path, file] : files_) {
        if (!file.seen.empty() && std::memcmp(file.seen.data(), file.bytes.data(), file.bytes.size()) != 0) {
            std::copy(file.bytes.begin(), file.bytes.end(), file.seen.begin());
            changed = true;
        }
    }
    return changed;
}

std::uint64_t World::image() const {
    std::uint64_t sum = files_.size();  // a sum: random names come in any order
    for (const auto& [path, file] : files_) {
        sum += test::mixed(hash_of(file.seen, hash_of(std::as_bytes(std::span(file.label)), 1)));
    }
    return sum;
}

std::string World::remove() {
    std::string names;
    for (const auto& [path, file] : files_) {
        ::unlink(path.c_str());
        names += " " + path;
    }
    list();
    return names;
}

void World::list() {
    std::map<std::string, Entry> found;
    for (const char* folder : folders) {
        list(folder, found);
    }
    for (const auto& [path, entry] : entries_) {
        const auto now = found.find(path);
        if (now != found.end() && now->second == entry) { continue; }
        unmap(files_.at(path));
        files_.erase(path);
    }
    for (const auto& [path, entry] : found) {
        if (!files_.contains(path)) { files_.emplace(path, map(path, entry)); }
    }
    entries_ = std::move(found);
}

void World::list(const std::string& folder, std::map<std::string, Entry>& found) const {
    std::error_code missing;
    for (const auto& item : fs::directory_iterator(folder, missing)) {
        const std::string file = item.path().filename().string();
        if (!test::enter_private_folders() && file.find(name_) == std::string::npos) { continue; }
        struct stat status {};
        if (::lstat(item.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) { continue; }
        found.emplace(item.path().string(), Entry{label_of(file, name_), status.st_ino, status.st_size});
    }
}

World::File World::map(const std::string& path, const Entry& entry) {
    File file{entry.label, entry.inode, {}, {}};
    if (entry.size == 0) { return file; }
    const auto size = static_cast<std::size_t>(entry.size);
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    void* const start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
    const int error = errno;
    ::close(descriptor);
    if (start == MAP_FAILED) { throw std::system_error(error, std::generic_category(), path); }
    file.bytes = {static_cast<const std::byte*>(start), size};
    file.seen.assign(file.bytes.begin(), file.bytes.end());
    return file;
}

void World::unmap(const File& file) {
    if (!file.bytes.empty()) { ::munmap(const_cast<std::byte*>(file.bytes.data()), file.bytes.size()); }
}

}  // namespace zerobuffer::crash
