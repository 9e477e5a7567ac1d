// SPDX-License-Identifier: MIT
// The step killer bites: it finds each mistake of mutants.cmake. The program `crash`, unchanged, runs one of its cases with
// the wrong library in place of the right one.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdio>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "support/traced.hpp"

namespace zerobuffer::crash {
namespace {

struct Mutant {
    std::string name;
    std::string tested;
    std::string library;
};

void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.name; }

const std::vector<Mutant>& mutants() {
    static const std::vector<Mutant> all = {
#include "mutants.inc"
    };
    return all;
}

struct Ended {
    int status;
    std::string output;
};

Ended run(const std::string& command) {
    Ended run{-1, {}};
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) { return run; }
    char part[4096];
    while (const std::size_t length = std::fread(part, 1, sizeof part, pipe)) {
        run.output.append(part, length);
    }
    const int status = ::pclose(pipe);
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return run;
}

/// What follows the first "anomalies: " that is not 0, to the end of its line and the next.
std::string first_anomaly(const std::string& output) {
    const std::string mark = "anomalies: ";
    const auto at = output.find(mark);
    if (at == std::string::npos || output[at + mark.size()] == '0') { return {}; }
    const auto line = output.find('\n', at) + 1;
    return output.substr(line, output.find('\n', line) - line);
}

class Mutants : public testing::TestWithParam<Mutant> {};

TEST_P(Mutants, AreCaught) {
    if (!test::may_trace()) { GTEST_SKIP() << test::ptrace_refused; }
    const auto slash = GetParam().tested.find('/');
    const std::string suite = GetParam().tested.substr(0, slash);
    const std::string filter = "Cases/" + suite + ".MayDieAnywhere" + GetParam().tested.substr(slash);
    const Ended tested =
        run("LD_PRELOAD='" + GetParam().library + "' '" CRASH_PROGRAM "' --gtest_filter='" + filter + "'");
    EXPECT_EQ(tested.status, 1) << tested.output;
    const std::string anomaly = first_anomaly(tested.output);
    EXPECT_NE(anomaly, "") << tested.output;
    std::printf("%s\n", anomaly.c_str());
}

INSTANTIATE_TEST_SUITE_P(Protocol, Mutants, testing::ValuesIn(mutants()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace zerobuffer::crash
