// SPDX-License-Identifier: MIT
#include "support/private_folders.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <string>

namespace zerobuffer::test {
namespace {

bool leave_mount_namespace() {
    return ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool mount_over(const char* folder, const std::string& options) {
    return ::mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) == 0;
}

bool enter() {
    constexpr const char* locks = "/tmp/zerobuffer";
    if (!leave_mount_namespace()) { return false; }
    // Sticky and open to all, as the library makes it.
    if (::mkdir(locks, 01777) == 0) { ::chmod(locks, 01777); }
    return mount_over("/dev/shm", "mode=1777") && mount_over(locks, "mode=1777");
}

}  // namespace

bool enter_private_folders() {
    static const bool entered = enter();
    return entered;
}

bool mount_shared_memory(const char* size) {
    return leave_mount_namespace() && mount_over("/dev/shm", std::string("mode=1777,size=") + size);
}

}  // namespace zerobuffer::test
