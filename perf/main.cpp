// SPDX-License-Identifier: MIT
// zerobuffer_bench: the library against the least that two processes on this machine need. Everything in one run, because
// only ratios within a run mean anything. Exit code: 0 measured (whatever the verdict), 1 something broke, 2 wrong
// options, 3 cannot run here (fewer than two CPUs), 130 interrupted (and shows what it has).
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "cases.hpp"
#include "json.hpp"
#include "limits.hpp"
#include "report.hpp"
#include "session.hpp"
#include "ticks.hpp"

namespace {

using namespace zerobuffer::perf;

constexpr int broken = 1;
constexpr int impossible_here = 3;
constexpr int ended_by_user = 130;

struct Request {
    Setup setup;
    Plan plan;
    bool quick = false;
    bool list = false;
    std::string filter = ".*";
    std::string json;
};

void declare(CLI::App& app, Request& request) {
    app.add_flag("--quick", request.quick, "A fortieth of the frames: whether all of it works, not how fast");
    app.add_flag("--list", request.list, "Print the names of the cases and stop");
    app.add_option("--filter", request.filter, "Only cases whose name matches this regular expression somewhere")
        ->capture_default_str();
    app.add_option("--large-ring", request.setup.large_ring, "Bytes of the ring for frames above 64 KiB, up to 12 MiB")
        ->check(CLI::Range(std::uint64_t{16} << 20U, std::uint64_t{1} << 30U))
        ->capture_default_str();
    app.add_option("--repeat", request.plan.repetitions, "Repetitions, each with fresh processes")
        ->check(CLI::Range(1U, 1000U))
        ->capture_default_str();
    app.add_option("--retries", request.plan.retries, "How often a repetition disturbed by others is tried again")
        ->capture_default_str();
    app.add_option("--json", request.json, "Also write JSON lines to this file, - for standard output");
    request.setup.python = {ZEROBUFFER_BENCH_PYTHON, ZEROBUFFER_BENCH_SCRIPT, ZEROBUFFER_BENCH_PYTHONPATH};
    app.add_option("--python", request.setup.python.interpreter,
                   "Interpreter for the Python cases; empty: without them")
        ->capture_default_str();
    app.add_option("--python-path", request.setup.python.package_path, "Folder with the Python package zerobuffer")
        ->capture_default_str();
    app.add_option("--python-script", request.setup.python.script, "Where python_roundtrip.py is")
        ->capture_default_str();
}

std::vector<Case> wanted_cases(const Request& request) {
    const std::regex filter(request.filter);
    std::vector<Case> cases;
    for (const Case& each : all_cases(request.setup)) {
        if (std::regex_search(each.name, filter)) { cases.push_back(each); }
    }
    return cases;
}

void show_progress(unsigned repetition, const Case& subject) {
    if (isatty(STDERR_FILENO) == 0) { return; }
    fmt::print(stderr, "\r\033[K{} {}", repetition, subject.name);
}

void clear_progress() {
    if (isatty(STDERR_FILENO) != 0) { fmt::print(stderr, "\r\033[K"); }
}

void write_json_file(const std::string& path, const std::vector<Row>& rows, const std::vector<Verdict>& verdicts) {
    if (path == "-") {
        write_json(std::cout, rows, verdicts);
        return;
    }
    std::ofstream file(path);
    write_json(file, rows, verdicts);
    if (!file.flush()) { throw std::runtime_error("cannot write " + path); }
}

int run(Request& request) {
    const std::vector<int> cpus = allowed_cpus();
    if (cpus.size() < 2) {
        fmt::print(stderr, "zerobuffer_bench needs two CPUs, and this process may use {}\n", cpus.size());
        return impossible_here;
    }
    request.setup.cpus = {cpus[0], cpus[1]};
    request.setup.haste = request.quick ? 40 : 1;
    const std::vector<Case> cases = wanted_cases(request);
    if (request.list) {
        for (const Case& each : cases) {
            fmt::print("{}\n", each.name);
        }
        return 0;
    }
    // Before anything is forked: the children inherit it.
    nanoseconds_per_tick();
    take_interrupts();
    std::FILE* out = request.json == "-" ? stderr : stdout;
    print_machine(out);
    const Session session = measure(cases, request.plan, show_progress);
    const std::vector<Row>& rows = session.rows;
    clear_progress();
    const std::vector<Verdict> verdicts = judge(all_limits(), rows);
    print_rows(out, rows, request.plan);
    print_verdicts(out, verdicts);
    if (!request.json.empty()) { write_json_file(request.json, rows, verdicts); }
    if (session.interrupted) { return ended_by_user; }
    for (const Row& row : rows) {
        if (!row.failure.empty()) { return broken; }
    }
    return 0;
}

int parse_and_run(int argc, char** argv) {
    CLI::App app("Measures ZeroBuffer between two pinned processes, against what the machine can do at best");
    Request request;
    declare(app, request);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) { return app.exit(error) == 0 ? 0 : 2; }
    return run(request);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return parse_and_run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "zerobuffer_bench: %s\n", error.what());
        return broken;
    }
}
