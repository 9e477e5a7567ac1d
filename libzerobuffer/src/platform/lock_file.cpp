// SPDX-License-Identifier: MIT
#include "platform/lock_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "platform/clock.hpp"
#include "platform/file_lock.hpp"
#include "platform/system_error.hpp"

namespace zerobuffer::platform {
namespace {

const std::array<std::string, 2> folders = {"/tmp/zerobuffer", "/tmp/zerobuffer/locks"};

std::string path_in(const std::string& folder, const std::string& name) {
    std::string path = folder;
    return path.append("/").append(name).append(".lock");
}

// Open to every user, each removing only its own, as /tmp itself. A folder that another user made with less stays so.
void make_folder(const std::string& folder) {
    if (::mkdir(folder.c_str(), 01777) == 0) {
        ::chmod(folder.c_str(), 01777);  // mkdir filters the mode through the umask
    } else if (errno != EEXIST) {
        fail("lock folder " + folder + ": create", errno);
    }
}

// If not, errno says why: ENOENT when the name is free or another file's.
bool means(const std::string& path, int descriptor) noexcept {
    struct stat by_name {};
    struct stat by_descriptor {};
    if (::fstat(descriptor, &by_descriptor) != 0 || ::lstat(path.c_str(), &by_name) != 0) { return false; }
    errno = ENOENT;
    return by_name.st_ino == by_descriptor.st_ino && by_name.st_dev == by_descriptor.st_dev;
}

// A file of another user's in a folder open to all is refused even to root (man 5 proc, protected_regular).
[[noreturn]] void fail_to_open(const std::string& path, int error) {
    const std::string what = "lock file " + path + ": open";
    if (error == EACCES) { fail(what, error, "; it is another user's: let them remove it, or choose another name"); }
    if (error == ELOOP) { fail(what, error, "; it is a link: remove it"); }
    fail(what, error);
}

// Peers that look for leftovers lock each file for a moment: try for 20 ms before believing that it is held.
LockDescriptor take(const std::string& path) {
    for (int attempt = 0; attempt < 40; ++attempt) {
        LockDescriptor file(
            [&] { return FileDescriptor(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0666)); });
        if (!file) { fail_to_open(path, errno); }
        if (try_lock_file(file.number())) {
            if (means(path, file.number())) { return file; }
            if (errno != ENOENT) { fail("lock file " + path + ": look at its name", errno); }
            continue;  // its holder removed it while we waited
        }
        if (errno != EWOULDBLOCK && errno != EINTR) { fail("lock file " + path + ": lock", errno); }
        sleep_for(500'000);
    }
    return {};
}

}  // namespace

std::optional<LockFiles> LockFiles::try_take(const std::string& name) {
    LockFiles files;
    for (std::size_t i = 0; i < folders.size(); ++i) {
        make_folder(folders[i]);
        files.files_[i].path = path_in(folders[i], name);
        files.files_[i].descriptor = take(files.files_[i].path);
        if (!files.files_[i].descriptor) { return std::nullopt; }
    }
    return files;
}

bool LockFiles::are_held(const std::string& name) {
    return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
        const FileDescriptor file(::open(path_in(folder, name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        return file && !try_lock_file(file.number());
    });
}

bool LockFiles::exist(const std::string& name) {
    return std::any_of(folders.begin(), folders.end(),
                       [&](const std::string& folder) { return ::access(path_in(folder, name).c_str(), F_OK) == 0; });
}

LockFiles::~LockFiles() {
    for (const Held& file : files_) {
        // Somebody may have swept it: then the name is a successor's, or nobody's.
        if (file.descriptor && means(file.path, file.descriptor.number())) { ::unlink(file.path.c_str()); }
    }
}

}  // namespace zerobuffer::platform
