// SPDX-License-Identifier: MIT
#include "platform/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "platform/system_error.hpp"

namespace zerobuffer::platform {
namespace {

struct flock description(short type, ByteRange range) noexcept {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = range.start;
    lock.l_len = range.length;
    return lock;
}

}  // namespace

bool try_lock(int descriptor, ByteRange range, const std::string& object) {
    auto lock = description(F_WRLCK, range);
    if (fcntl(descriptor, F_OFD_SETLK, &lock) == 0) { return true; }
    if (errno == EAGAIN || errno == EACCES) { return false; }
    fail(object + ": lock (open file description locks are needed)", errno);
}

void unlock(int descriptor, ByteRange range) noexcept {
    auto lock = description(F_UNLCK, range);
    fcntl(descriptor, F_OFD_SETLK, &lock);
}

std::int64_t locked_length(int descriptor, ByteRange range) noexcept {
    auto lock = description(F_WRLCK, range);
    if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) { return 1; }
    return lock.l_type == F_UNLCK ? 0 : lock.l_len;
}

bool is_locked(int descriptor, ByteRange range) noexcept { return locked_length(descriptor, range) != 0; }

bool try_lock_file(int descriptor) noexcept { return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

}  // namespace zerobuffer::platform
