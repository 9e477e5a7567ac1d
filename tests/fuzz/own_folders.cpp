// SPDX-License-Identifier: MIT
// For targets that make buffers: /dev/shm and the lock files are this process's own, because names could be somebody's, and
// because an input that ends the process must leave nothing.
#include <cstdio>
#include <cstdlib>

#include "support/private_folders.hpp"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    if (zerobuffer::test::enter_private_folders()) { return 0; }
    std::puts("this process may not make a mount namespace");
    std::fflush(stdout);
    std::_Exit(0);
}
