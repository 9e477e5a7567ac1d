// SPDX-License-Identifier: MIT
// The command line of an endpoint.
#pragma once

#include <stdexcept>

#include "setup.hpp"

namespace zerobuffer::perf {

/// Options that make no sense; the message names the option.
class BadArguments : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Arguments {
    bool describe = false;
    EndpointSetup setup;
};

/// Throws BadArguments. Whether the transport exists is not its business.
Arguments parse(int argc, const char* const* argv);

}  // namespace zerobuffer::perf
