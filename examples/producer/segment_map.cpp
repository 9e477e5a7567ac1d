// SPDX-License-Identifier: MIT
#include "segment_map.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

namespace demo {

// By inode and not by name: a segment is linked to its name when it is complete, and the kernel keeps showing the first name.
SegmentMap::SegmentMap(const std::string& buffer_name) {
    const std::string path = "/dev/shm/" + buffer_name;
    struct stat file {};
    if (stat(path.c_str(), &file) != 0) { throw std::system_error(errno, std::generic_category(), path); }
    std::ifstream mappings("/proc/self/maps");
    if (!mappings) { throw std::system_error(errno, std::generic_category(), "/proc/self/maps"); }
    for (std::string line; std::getline(mappings, line);) {
        // begin-end permissions offset major:minor inode path
        std::istringstream fields(line);
        Region region{};
        std::string permissions;
        unsigned major = 0;
        unsigned minor = 0;
        std::uint64_t inode = 0;
        char separator = 0;
        fields >> std::hex >> region.begin >> separator >> region.end >> permissions >> region.file_offset >> major >>
            separator >> minor >> std::dec >> inode;
        if (fields && inode == file.st_ino && makedev(major, minor) == file.st_dev) { regions_.push_back(region); }
    }
}

const SegmentMap::Region* SegmentMap::region_of(std::uintptr_t address) const {
    for (const Region& region : regions_) {
        if (address >= region.begin && address < region.end) { return &region; }
    }
    return nullptr;
}

std::optional<std::uint64_t> SegmentMap::place_of(std::span<const std::byte> bytes) const {
    // The payload of a ring is mapped twice back to back, so a frame may run from one region into the next.
    auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
    const std::uintptr_t end = address + bytes.size();
    const Region* first = region_of(address);
    if (first == nullptr) { return std::nullopt; }
    const std::uint64_t place = first->file_offset + (address - first->begin);
    while (address < end) {
        const Region* region = region_of(address);
        if (region == nullptr) { return std::nullopt; }
        address = region->end;
    }
    return place;
}

}  // namespace demo
