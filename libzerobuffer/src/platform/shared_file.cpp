// SPDX-License-Identifier: MIT
#include "platform/shared_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "platform/process.hpp"
#include "platform/system_error.hpp"

namespace zerobuffer::platform {
namespace {

const std::string folder = "/dev/shm";  // where glibc's shm_open keeps its objects

std::string path_of(const std::string& name) { return folder + "/" + name; }
std::string described(const std::string& name) { return "buffer \"" + name + "\""; }
std::string link_to(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

FileFacts facts_of(const struct stat& status) noexcept {
    return {status.st_dev,
            status.st_ino,
            static_cast<std::uint64_t>(status.st_size),
            static_cast<std::uint64_t>(status.st_blocks) * 512,  // man 2 stat: of this unit on every file system
            status.st_mode & 07777U,
            status.st_uid};
}

FileFacts facts_of(const std::string& name, int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) { fail(described(name) + ": stat", errno); }
    return facts_of(status);
}

// Memory is reserved now: "too small" is an error here and not a SIGBUS later. man 3 posix_fallocate
// In one call, which refuses at once what the folder can never hold. A signal undoes the call that it interrupts, and under a
// profiler's timer a long one never ends: then in steps.
int reserve_interrupted(int descriptor, std::uint64_t size) noexcept {
    constexpr std::uint64_t most_at_once = 1U << 20U;
    for (std::uint64_t done = 0; done < size;) {
        const std::uint64_t step = std::min(size - done, most_at_once);
        const int error = ::posix_fallocate(descriptor, static_cast<off_t>(done), static_cast<off_t>(step));
        if (error == 0) {
            done += step;
        } else if (error != EINTR) {
            return error;
        }
    }
    return 0;
}

void reserve(const std::string& name, int descriptor, std::uint64_t size) {
    int error = ::posix_fallocate(descriptor, 0, static_cast<off_t>(size));
    if (error == EINTR) { error = reserve_interrupted(descriptor, size); }
    if (error != 0) { fail(described(name) + ": reserve " + std::to_string(size) + " bytes of shared memory", error); }
}

// The mode asked for, whatever the umask.
void set_mode(const std::string& name, int descriptor, std::uint32_t permissions) {
    if (::fchmod(descriptor, static_cast<mode_t>(permissions)) != 0) {
        fail(described(name) + ": set permissions", errno);
    }
}

bool can_link_from_nothing() noexcept {
    static const bool possible = ::access("/proc/self/fd", X_OK) == 0;
    return possible;
}

}  // namespace

SharedFile::SharedFile(std::string name, FileDescriptor descriptor)
    : name_(std::move(name)), descriptor_(std::move(descriptor)) {}

SharedFile::SharedFile(SharedFile&& other) noexcept
    : name_(std::move(other.name_)),
      hidden_(std::exchange(other.hidden_, {})),
      descriptor_(std::move(other.descriptor_)) {}

SharedFile& SharedFile::operator=(SharedFile&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(hidden_, other.hidden_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

SharedFile::~SharedFile() {
    if (!hidden_.empty()) { ::unlink(hidden_.c_str()); }
}

std::optional<SharedFile> SharedFile::open(const std::string& name, Access access) {
    // A FIFO of that name must not block us; a symbolic link is never followed (shm_open sees to that).
    const int mode = (access == Access::read_write ? O_RDWR : O_RDONLY) | O_NONBLOCK;
    FileDescriptor descriptor(::shm_open(("/" + name).c_str(), mode, 0));
    if (!descriptor) {
        if (errno == ENOENT) { return std::nullopt; }
        // glibc turns EISDIR into EINVAL.
        if (errno == ELOOP || errno == EISDIR || errno == EINVAL || errno == ENXIO) {
            throw Error(Status::incompatible,
                        described(name) + ": is not a regular file; remove it or choose another name", errno);
        }
        fail(described(name) + ": open", errno);
    }
    struct stat status {};
    if (::fstat(descriptor.number(), &status) != 0) { fail(described(name) + ": stat", errno); }
    if (!S_ISREG(status.st_mode)) {
        throw Error(Status::incompatible,
                    described(name) + ": is not a regular file; remove it or choose another name");
    }
    return SharedFile(name, std::move(descriptor));
}

SharedFile SharedFile::create(const std::string& name, std::uint64_t size, std::uint32_t permissions) {
    if (can_link_from_nothing()) {
        try {
            return create(name, size, permissions, Appearance::unnamed);
        } catch (const Error& error) {
            // The file system cannot make files without a name.
            if (error.system_error() != EOPNOTSUPP && error.system_error() != EISDIR) { throw; }
        }
    }
    return create(name, size, permissions, Appearance::hidden);
}

SharedFile SharedFile::create(const std::string& name, std::uint64_t size, std::uint32_t permissions,
                              Appearance appearance) {
    std::string hidden;
    int descriptor = -1;
    if (appearance == Appearance::unnamed) {
        descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    } else {
        hidden = path_of(hidden_prefix + std::to_string(random_id()));
        descriptor = ::open(hidden.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    }
    if (descriptor < 0) { fail(described(name) + ": create in " + folder, errno); }
    SharedFile file(name, FileDescriptor(descriptor));
    file.hidden_ = std::move(hidden);
    reserve(name, descriptor, size);
    set_mode(name, descriptor, permissions);
    return file;
}

bool SharedFile::appear() {
    const std::string path = path_of(name_);
    int result = 0;
    if (hidden_.empty()) {
        result = ::linkat(AT_FDCWD, link_to(descriptor()).c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW);
    } else {
        result = ::renameat2(AT_FDCWD, hidden_.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE);
        if (result == 0) { hidden_.clear(); }
    }
    if (result == 0) { return true; }
    if (errno == EEXIST || (errno == ENOENT && !hidden_.empty())) { return false; }
    fail(described(name_) + ": give it its name", errno);
}

LockDescriptor SharedFile::reopen() const {
    LockDescriptor second([&] {
        if (!hidden_.empty()) { return FileDescriptor(::open(hidden_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)); }
        FileDescriptor file(::open(link_to(descriptor()).c_str(), O_RDWR | O_CLOEXEC));
        if (file || errno != ENOENT) { return file; }
        // Without /proc only the name leads to the file.
        return FileDescriptor(::shm_open(("/" + name_).c_str(), O_RDWR, 0));
    });
    if (!second && errno == ENOENT && !hidden_.empty()) { return {}; }
    if (!second) { fail(described(name_) + ": open for locking", errno); }
    if (!facts().same_file(facts_of(name_, second.number()))) { fail(described(name_) + ": open for locking", ENOENT); }
    return second;
}

FileFacts SharedFile::facts() const { return facts_of(name_, descriptor()); }

std::uint64_t SharedFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
    std::uint64_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got =
            ::pread(descriptor(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) { continue; }
        if (got < 0) { fail(described(name_) + ": read", errno); }
        if (got == 0) { break; }
        done += static_cast<std::uint64_t>(got);
    }
    return done;
}

bool SharedFile::has_name() const {
    const FileFacts own = facts();
    struct stat status {};
    if (::lstat(path_of(name_).c_str(), &status) == 0) { return own.same_file(facts_of(status)); }
    if (errno != ENOENT) { fail(described(name_) + ": look at its name", errno); }
    return false;
}

void SharedFile::remove_name() const {
    if (!remove_shared_name(name_)) { fail(described(name_) + ": remove its name", errno); }
}

bool name_means(const std::string& name, const FileFacts& file) {
    struct stat status {};
    return ::lstat(path_of(name).c_str(), &status) == 0 && file.same_file(facts_of(status));
}

bool remove_shared_name(const std::string& name) { return ::unlink(path_of(name).c_str()) == 0 || errno == ENOENT; }

std::vector<std::string> shared_names() {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder.c_str()), ::closedir);
    if (!directory) { fail("folder " + folder + ": list", errno); }
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") { names.push_back(name); }
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace zerobuffer::platform
