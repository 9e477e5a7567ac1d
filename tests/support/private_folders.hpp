// SPDX-License-Identifier: MIT
// Folders of shared memory and of lock files that only this process and its children see. Where that is permitted, tests
// that run side by side cannot sweep each other's buffers, and a test that is killed leaves nothing on the machine.
#pragma once

namespace zerobuffer::test {

/// Once per process, before it starts a thread. False where the system does not permit it: the folders stay shared.
bool enter_private_folders();

/// Gives this process, forked for the purpose, another /dev/shm of `size` bytes. False where that is not permitted.
bool mount_shared_memory(const char* size);

}  // namespace zerobuffer::test
