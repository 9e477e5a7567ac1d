// SPDX-License-Identifier: MIT
#include "faults/expected.hpp"

#include <array>
#include <cerrno>
#include <cstring>

namespace zerobuffer::test {
namespace {

std::array<std::vector<int>, CALL_COUNT> make_errors() {
    std::array<std::vector<int>, CALL_COUNT> errors;
    errors[CALL_ACCESS] = {EACCES, ENOENT, ENOMEM};
    errors[CALL_CHMOD] = {EPERM, EROFS, EIO};
    errors[CALL_CLOSE] = {EINTR, EIO};
    errors[CALL_CLOSEDIR] = {EIO};
    errors[CALL_FCHMOD] = {EPERM, EROFS, EIO};
    errors[CALL_FCNTL_LOCK] = {EAGAIN, EACCES, ENOLCK, EINVAL};
    errors[CALL_FCNTL_QUERY] = {EINVAL, ENOLCK};
    errors[CALL_FCNTL_UNLOCK] = {ENOLCK};
    errors[CALL_FLOCK] = {EWOULDBLOCK, EINTR, ENOLCK};
    errors[CALL_FSTAT] = {ENOMEM, EIO};
    errors[CALL_FUTEX_WAIT] = {EINTR, EAGAIN, EPERM, ENOSYS, EINVAL};
    errors[CALL_FUTEX_WAKE] = {EPERM, ENOSYS};
    errors[CALL_GETRANDOM] = {EAGAIN, EINTR, ENOSYS};
    errors[CALL_KILL] = {EPERM};
    errors[CALL_LINKAT] = {EEXIST, ENOSPC, ENOMEM, EDQUOT, EACCES, EPERM, EROFS, EIO};
    errors[CALL_LSTAT] = {EACCES, ENOMEM, EIO};
    errors[CALL_MADVISE] = {EINVAL, EINTR, EAGAIN, EFAULT, ENOMEM, EHWPOISON};
    errors[CALL_MEMBARRIER] = {EPERM, ENOSYS, EINVAL, ENOMEM};
    errors[CALL_MKDIR] = {EEXIST, EACCES, ENOSPC, EROFS, ENOMEM};
    errors[CALL_MMAP] = {ENOMEM, EAGAIN, EACCES, EPERM, ENFILE, ENODEV};
    errors[CALL_MUNMAP] = {ENOMEM};
    errors[CALL_NANOSLEEP] = {EINTR};
    errors[CALL_OPEN] = {EACCES, EMFILE, ENFILE, ENOMEM, ENOSPC, EROFS, EINTR, ELOOP};
    errors[CALL_OPEN_UNNAMED] = {EOPNOTSUPP, EISDIR, EACCES, EMFILE, ENFILE, ENOMEM, ENOSPC, EROFS};
    errors[CALL_OPENDIR] = {EACCES, EMFILE, ENFILE, ENOENT, ENOMEM};
    errors[CALL_POSIX_FALLOCATE] = {ENOSPC, EFBIG, EINTR, EOPNOTSUPP, EPERM, EIO};
    errors[CALL_PREAD] = {EINTR, EIO};
    errors[CALL_READ] = {EINTR, EIO};
    errors[CALL_READDIR] = {EIO};
    errors[CALL_RENAMEAT2] = {EEXIST, ENOENT, ENOSPC, EDQUOT, EINVAL, EACCES, EROFS, EIO};
    errors[CALL_SCHED_GETAFFINITY] = {EINVAL, ESRCH, EPERM};
    errors[CALL_SEM_CLOCKWAIT] = {EINTR, ETIMEDOUT, EINVAL};
    errors[CALL_SEM_CLOSE] = {EINVAL};
    errors[CALL_SEM_GETVALUE] = {EINVAL};
    errors[CALL_SEM_OPEN] = {EACCES, EEXIST, EMFILE, ENFILE, ENOMEM, ENOSPC};
    errors[CALL_SEM_POST] = {EOVERFLOW};
    errors[CALL_SEM_TRYWAIT] = {EINTR};
    errors[CALL_SEM_UNLINK] = {EACCES};
    errors[CALL_SHM_OPEN] = {EACCES, EMFILE, ENFILE, ENOMEM, ELOOP, EINVAL};
    errors[CALL_SIGACTION] = {EINVAL};
    errors[CALL_UNLINK] = {EACCES, EPERM, EROFS, EBUSY, ENOMEM};
    return errors;
}

Status status_of(int error) {
    switch (error) {
        case EACCES:
        case EPERM:
        case EROFS:
            return Status::permission_denied;
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
        case ENOMEM:
            return Status::no_space;
        case ENOENT:
            return Status::not_found;
        default:
            return Status::system_failure;
    }
}

// Where the errno alone does not say what happened.
Status status_of(InterposedCall call, int error) {
    const auto is = [&](InterposedCall other, int its_error) { return call == other && error == its_error; };
    if (is(CALL_FCNTL_LOCK, EAGAIN) || is(CALL_FCNTL_LOCK, EACCES)) { return Status::busy; }  // held by another
    if (is(CALL_FLOCK, EWOULDBLOCK) || is(CALL_FLOCK, EINTR)) { return Status::busy; }        // the same
    if (call == CALL_KILL) { return Status::busy; }  // a process of another user counts as alive
    if (error == EEXIST || is(CALL_RENAMEAT2, ENOENT)) { return Status::busy; }                  // lost races, for ever
    if (is(CALL_SHM_OPEN, ELOOP) || is(CALL_SHM_OPEN, EINVAL)) { return Status::incompatible; }  // not a regular file
    if (is(CALL_MMAP, EAGAIN)) { return Status::no_space; }     // the limit of locked memory
    if (is(CALL_MADVISE, EFAULT)) { return Status::no_space; }  // the page cannot be had
    return status_of(error);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

const std::vector<int>& errors_of(InterposedCall call) {
    static const std::array<std::vector<int>, CALL_COUNT> errors = make_errors();
    return errors.at(call);
}

std::string objection(const Failure& failure, InterposedCall call, int error, const std::string& name) {
    const Status expected = status_of(call, error);
    if (failure.status != expected) { return std::string("the status should be ") + status_name(expected); }
    const bool lost_race = expected == Status::busy;
    const int reported = call == CALL_MADVISE && error == EFAULT ? ENOSPC : error;
    if (!lost_race && failure.system_error != reported) { return "the errno is lost"; }
    const bool says_cause =
        has(failure.message, std::strerror(reported)) || lost_race || expected == Status::incompatible;
    if (!says_cause) { return "the cause is missing"; }
    if (!has(failure.message, name) && !has(failure.message, "folder /")) { return "the object is missing"; }
    const bool promises_remedy = expected != Status::system_failure || error == EMFILE || error == ENFILE;
    if (promises_remedy && !has(failure.message, "; ")) { return "the remedy is missing"; }
    return {};
}

}  // namespace zerobuffer::test
