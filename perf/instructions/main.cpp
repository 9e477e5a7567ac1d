// SPDX-License-Identifier: MIT
// zerobuffer_instructions cpp|c v1|v2 ROUNDS: every operation that many times. Counts nothing itself: callgrind does.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include <unistd.h>

#include "operations.hpp"

int main(int count, char** words) {
    using namespace zerobuffer;
    const std::string interface = count == 4 ? words[1] : "";
    const std::string layout = count == 4 ? words[2] : "";
    const long rounds = count == 4 ? std::atol(words[3]) : 0;
    if ((interface != "cpp" && interface != "c") || (layout != "v1" && layout != "v2") || rounds < 1) {
        std::cerr << "usage: zerobuffer_instructions cpp|c v1|v2 ROUNDS\n";
        return 2;
    }
    try {
        const auto run = interface == "cpp" ? perf::run_cpp : perf::run_c;
        run("zb-instructions-" + std::to_string(getpid()), layout == "v1" ? Layout::v1 : Layout::v2, rounds);
    } catch (const std::exception& error) {
        std::cerr << "zerobuffer_instructions: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
