// SPDX-License-Identifier: MIT
#include "support/footprint.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>

#include "support/private_folders.hpp"

namespace zerobuffer::test {
namespace {

namespace fs = std::filesystem;

constexpr std::array folders = {"/dev/shm", "/tmp/zerobuffer", "/tmp/zerobuffer/locks"};

// Children share it: what they leave is the test's, too.
const std::string& mark() {
    static const std::string text = "test-" + std::to_string(::getpid()) + "-";
    return text;
}

std::vector<fs::path> files_with(const std::string& part) {
    std::vector<fs::path> found;
    for (const char* folder : folders) {
        std::error_code missing;
        for (const auto& entry : fs::directory_iterator(folder, missing)) {
            if (entry.is_directory(missing)) { continue; }
            if (entry.path().filename().string().find(part) != std::string::npos) { found.push_back(entry.path()); }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<std::string> descriptors() {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code gone;  // the listing's own descriptor
        const auto target = fs::read_symlink(entry.path(), gone);
        if (target.string().rfind("/proc/", 0) != 0) {
            found.push_back(entry.path().filename().string() + " -> " + target.string());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<std::string> mappings() {
    std::vector<std::string> found;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.find("/dev/shm/") != std::string::npos) { found.push_back(line); }
    }
    return found;
}

}  // namespace

std::string unique_name() {
    static std::atomic<int> count{0};
    return mark() + std::to_string(++count);
}

Footprint footprint() {
    Footprint taken{{}, descriptors(), mappings()};
    for (const auto& path : files_with(enter_private_folders() ? "" : mark())) {
        taken.files.push_back(path.string());
    }
    return taken;
}

void PrintTo(const Footprint& footprint, std::ostream* out) {
    for (const auto* part : {&footprint.files, &footprint.descriptors, &footprint.mappings}) {
        for (const std::string& line : *part) {
            *out << "\n    " << line;
        }
    }
}

void bury(const std::string& name) {
    const std::array<std::string, 5> paths = {"/dev/shm/" + name, "/dev/shm/sem.sem-w-" + name,
                                              "/dev/shm/sem.sem-r-" + name, "/tmp/zerobuffer/" + name + ".lock",
                                              "/tmp/zerobuffer/locks/" + name + ".lock"};
    for (const std::string& path : paths) {
        ::unlink(path.c_str());
    }
}

}  // namespace zerobuffer::test
