// SPDX-License-Identifier: MIT
// The lock files of the v1 protocol: /tmp/zerobuffer/NAME.lock (C++ and Python peers) and /tmp/zerobuffer/locks/NAME.lock
// (C# peers), held with flock by the living reader of a buffer.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "platform/fork_registry.hpp"

namespace zerobuffer::platform {

class LockFiles {
public:
    // Takes both. Nothing: a living reader holds one of them. Throws Error when the folder cannot be used.
    static std::optional<LockFiles> try_take(const std::string& name);
    // Whether somebody holds one of them. Does not disturb whoever holds it, but holds it itself for a moment if not.
    static bool are_held(const std::string& name);
    // Whether one of them is there, held or left by a reader that died.
    static bool exist(const std::string& name);

    LockFiles(LockFiles&&) noexcept = default;
    LockFiles& operator=(LockFiles&&) = delete;
    // Removes both while they are still held, so that nobody can lock a file that is about to vanish. Not in a forked child.
    ~LockFiles();

private:
    struct Held {
        std::string path;
        LockDescriptor descriptor;
    };

    LockFiles() = default;

    std::array<Held, 2> files_;
};

}  // namespace zerobuffer::platform
