// SPDX-License-Identifier: MIT
// Round trips with Python on both ends: starts python_roundtrip.py twice and reads its time stamps.
#pragma once

#include <string>

#include "measurement.hpp"
#include "pair.hpp"
#include "shape.hpp"

namespace zerobuffer::perf {

struct PythonSetup {
    /// Program to run; empty: leave Python out.
    std::string interpreter;
    std::string script;
    /// Folder with the zerobuffer package; empty: wherever the interpreter finds it.
    std::string package_path;
};

Figures python_round_trip(const Cpus& cpus, const PythonSetup& setup, const Shape& shape, const Effort& effort);

}  // namespace zerobuffer::perf
