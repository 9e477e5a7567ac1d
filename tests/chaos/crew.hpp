// SPDX-License-Identifier: MIT
// Crew: makes processes of one language that are one side of the buffer, and buries them. A process is killed by whoever
// wants to; until it is reaped its number stays its own.
//
// The crew of C++ forks this program. Where a runtime cannot be forked, as that of C#, each process is a program of its own:
// it gets three arguments, `writer` or `reader` and the two below. Otherwise the crew of another language is a program that
// is told by lines:
//   start writer | start reader    -> the pid of a new process that writes or reads
//   reap PID                       -> its exit status, or 128 + the signal that killed it; waits for its end
// It gets two arguments: the file with the account, and the name of the buffer.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "chaos/account.hpp"

namespace zerobuffer::test {

enum class Side { writer, reader };

class Crew {
public:
    virtual ~Crew() = default;
    virtual pid_t start(Side side) = 0;
    virtual int reap(pid_t pid) = 0;
    /// Whether a new process is busy with its runtime for far longer than with attaching.
    [[nodiscard]] virtual bool starts_slowly() const { return false; }
};

std::unique_ptr<Crew> make_forking_crew(const std::string& name, SharedAccount& account);
std::unique_ptr<Crew> make_program_crew(std::vector<std::string> command, const std::string& name,
                                        const SharedAccount& account);
std::unique_ptr<Crew> make_spawning_crew(std::vector<std::string> command, const std::string& name,
                                         const SharedAccount& account);

}  // namespace zerobuffer::test
