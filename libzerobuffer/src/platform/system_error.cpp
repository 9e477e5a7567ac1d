// SPDX-License-Identifier: MIT
#include "platform/system_error.hpp"

#include <cerrno>
#include <system_error>

namespace zerobuffer::platform {
namespace {

const char* remedy(Status status, int error) noexcept {
    switch (error) {
        case EMFILE:
        case ENFILE:
            return "; close files, or allow more (ulimit -n)";
        case ENOMEM:
            return "; make the buffer smaller, free some memory, or allow more (ulimit -v, the container's limit)";
        case EROFS:
            return "; mount that folder writable";
        default:
            break;
    }
    switch (status) {
        case Status::no_space:
            return "; make the buffer smaller, or give /dev/shm more room (docker: --shm-size)";
        case Status::permission_denied:
            return "; run as the buffer's owner, or create it with wider permissions";
        case Status::not_found:
            return "; start the side that creates it, or wait for it";
        case Status::busy:
            return "; close the other endpoint first, or choose another name";
        default:
            return "";
    }
}

}  // namespace

Status status_of(int error) noexcept {
    switch (error) {
        case ENOENT:
            return Status::not_found;
        case EACCES:
        case EPERM:
        case EROFS:
            return Status::permission_denied;
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
        case ENOMEM:
            return Status::no_space;
        case EEXIST:
        case EAGAIN:
            return Status::busy;
        default:
            return Status::system_failure;
    }
}

void fail(const std::string& what, int error) { fail(what, error, remedy(status_of(error), error)); }

void fail(const std::string& what, int error, const char* remedy) {
    throw Error(status_of(error), what + ": " + std::generic_category().message(error) + remedy, error);
}

}  // namespace zerobuffer::platform
