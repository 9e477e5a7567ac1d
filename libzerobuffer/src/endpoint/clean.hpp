// SPDX-License-Identifier: MIT
// Removing what no live process holds, of either layout. Never touches what somebody holds or might hold.
#pragma once

#include <string>

namespace zerobuffer::endpoint {

// Removes the buffer of that name if nobody holds it. True when the name is free now. Throws Error when it cannot be opened.
bool remove_if_unheld(const std::string& name);

// For a new v1 reader that holds the lock files of `name`: removes what a dead reader left, even under a live writer, which
// is told by reader_pid = 0. False: a live reader. Throws Error(incompatible) for a v2 buffer. With `forced` an unheld v2
// buffer goes too, and a reader that only its process number speaks for counts as dead: the number may be another's now.
bool remove_leftover_v1(const std::string& name, bool forced);

}  // namespace zerobuffer::endpoint
