// SPDX-License-Identifier: MIT
#include "platform/system_error.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>

#include "refused.hpp"

namespace zerobuffer::platform {
namespace {

TEST(SystemError, EachNumberHasItsStatus) {
    const std::map<int, Status> expected = {
        {ENOENT, Status::not_found},
        {EACCES, Status::permission_denied},
        {EPERM, Status::permission_denied},
        {EROFS, Status::permission_denied},
        {ENOSPC, Status::no_space},
        {EDQUOT, Status::no_space},
        {EFBIG, Status::no_space},
        {ENOMEM, Status::no_space},
        {EEXIST, Status::busy},
        {EAGAIN, Status::busy},
        {EIO, Status::system_failure},
        {EINVAL, Status::system_failure},
        {EMFILE, Status::system_failure},
        {0, Status::system_failure},
        {100'000, Status::system_failure},
    };
    for (const auto& [number, status] : expected) {
        EXPECT_EQ(status_of(number), status) << number;
    }
}

TEST(SystemError, MessageHasObjectActionCauseAndRemedy) {
    EXPECT_THAT(
        [] { fail("buffer \"camera\": open", EACCES); },
        Refuses(Status::permission_denied, "buffer \"camera\": open: Permission denied; run as the buffer's owner"));
    EXPECT_THAT([] { fail("buffer \"camera\": reserve", ENOSPC); },
                Refuses(Status::no_space, "No space left on device", "smaller", "/dev/shm"));
    EXPECT_THAT([] { fail("x", ENOENT); }, Refuses(Status::not_found, "No such file or directory; start the side"));
    EXPECT_THAT([] { fail("x", EEXIST); }, Refuses(Status::busy, "File exists; close the other endpoint"));
    EXPECT_THAT([] { fail("x", ENOMEM); },
                Refuses(Status::no_space, "Cannot allocate memory; make the buffer smaller, free some memory"));
    EXPECT_THAT([] { fail("x", EROFS); }, Refuses(Status::permission_denied, "Read-only file system; mount"));
    EXPECT_THAT([] { fail("x", EMFILE); }, Refuses(Status::system_failure, "Too many open files; close files"));
    EXPECT_THAT([] { fail("x", EPERM, "; ask"); },
                Refuses(Status::permission_denied, "x: Operation not permitted; ask"));
    EXPECT_THAT([] { fail("x", EIO); }, Refuses(Status::system_failure, "x: Input/output error"));
}

TEST(SystemError, KeepsTheNumber) {
    try {
        fail("x", EIO);
    } catch (const Error& error) { EXPECT_EQ(error.system_error(), EIO); }
}

}  // namespace
}  // namespace zerobuffer::platform
