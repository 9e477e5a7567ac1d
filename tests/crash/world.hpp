// SPDX-License-Identifier: MIT
// World: what a process that dies leaves to the others: the names in the shared folders and the bytes behind them. Two
// images are the same when nobody who comes later can tell them apart: process numbers, the random number of a buffer and
// random parts of names do not count, only whether they are there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

namespace zerobuffer::crash {

class World {
public:
    /// Of one buffer; where folders are private, of everything in them.
    explicit World(std::string name);
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World();

    /// Looks again. Names are listed only if `names_too`: only a system call changes them. True: something is different.
    bool look(bool names_too);
    [[nodiscard]] std::uint64_t image() const;
    /// Removes every name, and tells them.
    std::string remove();

private:
    struct File {
        std::string label;
        ino_t inode = 0;
        std::span<const std::byte> bytes;
        std::vector<std::byte> seen;
    };
    struct Entry {
        std::string label;
        ino_t inode;
        off_t size;
        bool operator==(const Entry&) const = default;
    };

    void list();
    void list(const std::string& folder, std::map<std::string, Entry>& found) const;
    static File map(const std::string& path, const Entry& entry);
    static void unmap(const File& file);

    std::string name_;
    std::map<std::string, Entry> entries_;  // by path
    std::map<std::string, File> files_;
};

}  // namespace zerobuffer::crash
