// SPDX-License-Identifier: MIT
// Pairs of programs, one of each language, on one buffer. The commands are in endpoint.cpp.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "support/buffer_test.hpp"
#include "support/program.hpp"

namespace zerobuffer::test {

enum class Language { cpp, python, csharp };

inline void PrintTo(Language language, std::ostream* out) {
    *out << (language == Language::cpp ? "Cpp" : language == Language::python ? "Python" : "CSharp");
}

/// Why there is no program of that language; empty if there is.
inline std::string absent(Language language) {
    switch (language) {
        case Language::python:
            return std::string_view(PYTHON_PATH).empty() ? "Python: ZEROBUFFER_PYTHON is off" : "";
        case Language::csharp:
            return std::string_view(CSHARP_ABSENT).empty() ? "" : "C#: " CSHARP_ABSENT;
        default:
            return "";
    }
}

inline std::unique_ptr<Program> start(Language language) {
    ::setenv("PYTHONPATH", PYTHON_PATH, 1);
    ::setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    // Of a process that is killed, .NET's socket for debuggers would stay behind.
    ::setenv("DOTNET_EnableDiagnostics", "0", 1);
    const std::vector<std::string> commands[] = {{CPP_ENDPOINT}, {PYTHON, PYTHON_ENDPOINT}, {DOTNET, CSHARP_ENDPOINT}};
    return std::make_unique<Program>(commands[static_cast<std::size_t>(language)]);
}

inline std::string text(Layout layout) { return layout == Layout::v1 ? "v1" : "v2"; }

/// Parameters: layout, language of the writer, language of the reader.
class PairTest : public BufferTest, public testing::WithParamInterface<std::tuple<Layout, Language, Language>> {
protected:
    static constexpr std::uint64_t capacity = 64U << 10U;

    void SetUp() override {
        for (const Language language : {std::get<1>(GetParam()), std::get<2>(GetParam())}) {
            if (const std::string reason = absent(language); !reason.empty()) { GTEST_SKIP() << reason; }
        }
    }
    static Layout layout() { return std::get<0>(GetParam()); }
    std::unique_ptr<Program> start_writer() const { return start(std::get<1>(GetParam())); }
    std::unique_ptr<Program> start_reader() const { return start(std::get<2>(GetParam())); }

    [[nodiscard]] std::string create(const std::string& wait = "adaptive") const {
        return "create " + text(layout()) + " " + std::to_string(capacity) + " " + wait + " " + name_;
    }
    [[nodiscard]] std::string open_writer(const std::string& wait = "adaptive") const {
        return "writer " + wait + " " + name_;
    }
    /// Until less than `bytes` of the ring are free.
    void await_full(std::uint64_t bytes) const {
        await([&] { return inspect(name_).used > capacity - bytes; }, "the ring fills up");
    }
    [[nodiscard]] static std::string sent(std::uint64_t count, std::uint64_t last, const std::string& end = "ok") {
        return "sent " + std::to_string(count) + " " + std::to_string(last) + " " + end;
    }
    [[nodiscard]] static std::string took(std::uint64_t first, std::uint64_t last, const std::string& end = "ok") {
        return "took " + std::to_string(last + 1 - first) + " " + std::to_string(first) + " " + std::to_string(last) +
               " " + end;
    }
    static constexpr const char* took_none = "took 0 0 0 ";
};

inline std::string pair_name(const testing::TestParamInfo<std::tuple<Layout, Language, Language>>& info) {
    return text(std::get<0>(info.param)) + "_" + testing::PrintToString(std::get<1>(info.param)) + "To" +
           testing::PrintToString(std::get<2>(info.param));
}

template <class Layouts>
auto every_pair(const Layouts& layouts) {
    const auto languages = testing::Values(Language::cpp, Language::python, Language::csharp);
    return testing::Combine(layouts, languages, languages);
}

}  // namespace zerobuffer::test
