// SPDX-License-Identifier: MIT
// Files of the shared-memory folder: made without a name and linked under it when complete, opened, compared, removed.
// Beneath Boost.Interprocess on purpose: its shared_memory_object cannot make a file without a name, reserve memory, or
// open without following links and blocking. Descriptors are close-on-exec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/file_descriptor.hpp"
#include "platform/fork_registry.hpp"

namespace zerobuffer::platform {

// What fstat tells about a file.
struct FileFacts {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::uint64_t allocated = 0;  // bytes that take memory: fewer than the size where there are holes
    std::uint32_t mode = 0;       // permission bits
    std::uint32_t uid = 0;

    [[nodiscard]] bool same_file(const FileFacts& other) const noexcept {
        return device == other.device && inode == other.inode;
    }
};

enum class Access { read_only, read_write };
// How a new file comes to its name: linked from nothing, or, where that is impossible (no /proc, no O_TMPFILE), renamed from a
// hidden name that clean() sweeps when its maker died.
enum class Appearance { unnamed, hidden };

// Hidden names start with this; nothing else in the folder does.
inline constexpr const char* hidden_prefix = ".zerobuffer-";

class SharedFile {
public:
    // Nothing if there is no such name. Throws Error; incompatible if it is not a regular file.
    static std::optional<SharedFile> open(const std::string& name, Access access);
    // A new file of `size` zero bytes whose memory is reserved, without a name yet. Throws Error(no_space, ...).
    static SharedFile create(const std::string& name, std::uint64_t size, std::uint32_t permissions);
    static SharedFile create(const std::string& name, std::uint64_t size, std::uint32_t permissions,
                             Appearance appearance);

    SharedFile(SharedFile&& other) noexcept;
    SharedFile& operator=(SharedFile&& other) noexcept;
    SharedFile(const SharedFile&) = delete;
    SharedFile& operator=(const SharedFile&) = delete;
    ~SharedFile();

    // Gives a new file its name, complete and at once. False if the name is taken (errno EEXIST), or the hidden one is gone
    // (ENOENT): until its maker holds a lock, clean() may sweep it.
    [[nodiscard]] bool appear();
    // Another open file description of the same file, for locks. None if it is hidden and was swept. Throws Error.
    [[nodiscard]] LockDescriptor reopen() const;
    [[nodiscard]] FileFacts facts() const;
    // Copies what the file has now, from `offset` on: holes as zeros, and fewer bytes than asked for where it ends. A load
    // through a mapping would take memory for a hole, and end the process where there is none left or the file was cut.
    // man 2 pread. Throws Error.
    [[nodiscard]] std::uint64_t read(std::uint64_t offset, std::span<std::byte> bytes) const;
    // Whether the name still means this file. Throws Error when that cannot be told.
    [[nodiscard]] bool has_name() const;
    // Throws Error when the name is there and stays.
    void remove_name() const;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_.number(); }
    void close() noexcept { descriptor_.reset(); }

private:
    SharedFile(std::string name, FileDescriptor descriptor);

    std::string name_;
    std::string hidden_;  // path of a file that has not appeared yet, hidden appearance only
    FileDescriptor descriptor_;
};

// Whether a file of that name exists and is this one.
bool name_means(const std::string& name, const FileFacts& file);
// Whether the name is gone; if not, errno says why.
bool remove_shared_name(const std::string& name);
// All names in the folder, sorted, hidden ones included.
std::vector<std::string> shared_names();

}  // namespace zerobuffer::platform
