// SPDX-License-Identifier: MIT
#include "registry.hpp"

namespace zerobuffer::perf {

std::map<std::string, TransportEntry>& transports() {
    static std::map<std::string, TransportEntry> entries;
    return entries;
}

}  // namespace zerobuffer::perf
