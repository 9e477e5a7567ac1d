// SPDX-License-Identifier: MIT
// zerobuffer_chaos: kills writer and reader at random moments while frames flow, and checks every frame. See README.md.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/supervisor.hpp"
#include "support/footprint.hpp"
#include "support/private_folders.hpp"

namespace {

using namespace zerobuffer::test;

struct Plan {
    std::uint64_t cycles = 10'000;
    std::string reader = "cpp";
    std::string writer = "cpp";
    std::uint64_t layout = 2;
    std::uint64_t seed = 0;
};

std::unique_ptr<Crew> make_crew(const std::string& language, const std::string& name, SharedAccount& account) {
    if (language == "cpp") { return make_forking_crew(name, account); }
    if (language == "csharp") {
        // Of a process that is killed, .NET's socket for debuggers would stay behind.
        ::setenv("DOTNET_EnableDiagnostics", "0", 1);
        return make_spawning_crew({DOTNET, CSHARP_WORKER}, name, account);
    }
    ::setenv("PYTHONPATH", PYTHON_PATH, 1);
    ::setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    // NumPy would start threads, and a fork of a process with threads is another matter.
    ::setenv("OPENBLAS_NUM_THREADS", "1", 1);
    return make_program_crew({PYTHON, PYTHON_WORKER}, name, account);
}

std::vector<std::string> pairs() {
    std::vector<std::string> all;
    for (const std::string reader : {"cpp", "python", "csharp"}) {
        for (const std::string writer : {"cpp", "python", "csharp"}) {
            all.push_back(reader + "," + writer);
        }
    }
    return all;
}

void print_progress(const Figures& figures, std::uint64_t started) {
    std::printf("  %llu cycles, %llu frames, %llu faults, %llu s\n", static_cast<unsigned long long>(figures.cycles),
                static_cast<unsigned long long>(figures.frames), static_cast<unsigned long long>(figures.faults),
                static_cast<unsigned long long>((nanoseconds() - started) / 1'000'000'000U));
    std::fflush(stdout);
}

void print_summary(Figures& figures, std::uint64_t started) {
    const auto count = [](std::uint64_t number) { return static_cast<unsigned long long>(number); };
    std::printf(
        "%llu cycles in %.1f s: %llu frames, %llu writers and %llu readers killed, %llu told to close, "
        "%llu stopped, %llu buffers\n",
        count(figures.cycles), static_cast<double>(nanoseconds() - started) / 1e9, count(figures.frames),
        count(figures.writer_kills), count(figures.reader_kills), count(figures.closings), count(figures.stops),
        count(figures.buffers));
    figures.writer_loss.print("a waiting reader learns that the writer died");
    figures.reader_loss.print("a waiting writer learns that the reader died");
    figures.writer_first.print("first new frame after a writer attached");
    figures.reader_first.print("first new frame after a reader attached");
}

bool run(const Plan& plan, Figures& figures, std::uint64_t started) {
    SharedAccount account;
    account->layout = plan.layout;
    account->capacity = 64U << 10U;
    account->largest = 6000;
    const std::string name = unique_name();
    const auto writers = make_crew(plan.writer, name, account);
    const auto readers = plan.reader == plan.writer ? nullptr : make_crew(plan.reader, name, account);
    Supervisor supervisor(name, account, *writers, readers ? *readers : *writers, plan.seed);
    bool hung = false;
    try {
        supervisor.start();
        std::uint64_t told = started;
        while (supervisor.figures().cycles < plan.cycles) {
            supervisor.cycle();
            if (nanoseconds() - told < 10'000'000'000U) { continue; }
            told = nanoseconds();
            print_progress(supervisor.figures(), started);
        }
        supervisor.finish();
    } catch (const Hung& error) {
        std::fprintf(stderr, "%s", error.what());
        hung = true;
    }
    figures = supervisor.figures();
    return !hung && figures.faults == 0;
}

bool run(const Plan& plan) {
    enter_private_folders();
    std::printf("writer %s, reader %s, layout v%llu, %llu cycles, seed %llu\n", plan.writer.c_str(),
                plan.reader.c_str(), static_cast<unsigned long long>(plan.layout),
                static_cast<unsigned long long>(plan.cycles), static_cast<unsigned long long>(plan.seed));
    std::fflush(stdout);
    const Footprint before = footprint();
    const std::uint64_t started = nanoseconds();
    Figures figures;
    bool good = run(plan, figures, started);
    print_summary(figures, started);
    const Footprint after = footprint();
    if (!(after == before)) {
        std::printf("left behind:");
        for (const auto* part : {&after.files, &after.descriptors, &after.mappings}) {
            for (const std::string& line : *part) {
                std::printf("\n    %s", line.c_str());
            }
        }
        std::printf("\n");
        good = false;
    }
    std::printf("%s\n", good ? "nothing was lost, doubled, corrupt, hung or left behind" : "FAILED");
    return good;
}

}  // namespace

int main(int argc, char** argv) {
    Plan plan;
    std::string pair = "cpp,cpp";
    std::string layout = "v2";
    plan.seed = std::random_device{}();
    CLI::App app("Kills writer and reader at random moments while frames flow, and checks every frame");
    app.add_option("--cycles", plan.cycles, "how often harm is done")->capture_default_str();
    app.add_option("--pair", pair, "languages of reader and writer: cpp, python or csharp each")
        ->check(CLI::IsMember(pairs()))
        ->capture_default_str();
    app.add_option("--layout", layout, "of the buffer")->check(CLI::IsMember({"v1", "v2"}))->capture_default_str();
    app.add_option("--seed", plan.seed, "of all that is random but the scheduler (default: another one each time)");
    CLI11_PARSE(app, argc, argv);
    plan.reader = pair.substr(0, pair.find(','));
    plan.writer = pair.substr(pair.find(',') + 1);
    plan.layout = layout == "v1" ? 1 : 2;
    if (pair.find("csharp") != std::string::npos && !std::string_view(CSHARP_ABSENT).empty()) {
        std::printf("C#: %s\n", CSHARP_ABSENT);
        return 77;  // skipped
    }
    try {
        return run(plan) ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
