// SPDX-License-Identifier: MIT
// What this process has taken from the system: names in shared folders, descriptors, mappings of shared memory. Two of
// them are equal when nothing was left behind in between.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace zerobuffer::test {

/// A name that no other test uses, now or at the same time.
std::string unique_name();

struct Footprint {
    std::vector<std::string> files;  // of unique names; in private folders: all there are
    std::vector<std::string> descriptors;
    std::vector<std::string> mappings;

    bool operator==(const Footprint&) const = default;
};

Footprint footprint();
void PrintTo(const Footprint& footprint, std::ostream* out);

/// Removes every file that a buffer of that name may have, for tests that end with nobody alive who would.
void bury(const std::string& name);

}  // namespace zerobuffer::test
