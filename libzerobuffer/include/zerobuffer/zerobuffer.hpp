// SPDX-License-Identifier: MIT
// ZeroBuffer for C++20: frames from one process to another through shared memory, without a copy. Includes everything.
#pragma once

#include <zerobuffer/array.hpp>     // IWYU pragma: export
#include <zerobuffer/options.hpp>   // IWYU pragma: export
#include <zerobuffer/reader.hpp>    // IWYU pragma: export
#include <zerobuffer/snapshot.hpp>  // IWYU pragma: export
#include <zerobuffer/status.hpp>    // IWYU pragma: export
#include <zerobuffer/timeout.hpp>   // IWYU pragma: export
#include <zerobuffer/writer.hpp>    // IWYU pragma: export
