// SPDX-License-Identifier: MIT
// A snapshot as a JSON object, the same one in every command. Keys are only ever added.
#pragma once

#include <zerobuffer/snapshot.hpp>

#include "json.hpp"

namespace zerobuffer::tools {

/// Appends the object. A broken buffer has only the members that mean something then.
void append_snapshot(Json& json, const Snapshot& snapshot);

}  // namespace zerobuffer::tools
