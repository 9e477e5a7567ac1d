// SPDX-License-Identifier: MIT
// One side of the buffer, in C++: attaches, checks that it carries on where its predecessor stopped, and moves frames until
// it is told to leave or is killed. A frame is its number and then a pattern that follows from it.
#pragma once

#include <string>

#include "chaos/account.hpp"

namespace zerobuffer::test {

/// Each returns the exit status of the process: 0 when it closed in order, as it was told.
int write_frames(const std::string& name, Account& account);
int read_frames(const std::string& name, Account& account);

}  // namespace zerobuffer::test
