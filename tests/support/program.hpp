// SPDX-License-Identifier: MIT
// Program: another executable that is told what to do line by line and answers each line with one of its own.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace zerobuffer::test {

class Program {
public:
    explicit Program(std::vector<std::string> command);
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    /// Kills what is still there.
    ~Program();

    /// Begins a step that may wait; answer() then waits for its end. Throws when none comes before the deadline.
    void tell(const std::string& line);
    std::string answer();
    std::string ask(const std::string& line);
    void kill();

private:
    void write_all(const std::string& text) const;

    pid_t pid_ = 0;
    int in_ = -1;
    int out_ = -1;
    std::string unread_;
};

}  // namespace zerobuffer::test
