// SPDX-License-Identifier: MIT
// Which errors each call can have here, after its man page, and what the library may make of them.
#pragma once

#include <string>
#include <vector>

#include "faults/interposed.h"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {

/// Left out are errors that only a wrong argument can cause, and those that would be a lie: that something is there which is
/// not.
const std::vector<int>& errors_of(InterposedCall call);

/// What is wrong with how a call of the library failed because `call` failed with `error`; empty: nothing.
std::string objection(const Failure& failure, InterposedCall call, int error, const std::string& name);

}  // namespace zerobuffer::test
