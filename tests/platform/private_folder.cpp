// SPDX-License-Identifier: MIT
#include "private_folder.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "child.hpp"

namespace zerobuffer::platform {

int in_private_folder(const char* folder, const char* options, const std::function<void()>& body) {
    return outcome_of([&] {
        const bool own_mounts = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
        // Private first, or the mount would show outside.
        if (!own_mounts || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("private", folder, "tmpfs", 0, options) != 0) {
            ::_exit(not_permitted);
        }
        body();
    });
}

}  // namespace zerobuffer::platform
