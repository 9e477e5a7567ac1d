// SPDX-License-Identifier: MIT
// Runs a fuzz target on kept inputs: each file of the folders named on the command line, in order.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "records.hpp"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) __attribute__((weak));

int main(int count, char** arguments) {
    if (LLVMFuzzerInitialize != nullptr) { LLVMFuzzerInitialize(&count, &arguments); }
    std::vector<std::filesystem::path> inputs;
    for (int i = 1; i < count; ++i) {
        for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) {
            inputs.push_back(entry.path());
        }
    }
    std::sort(inputs.begin(), inputs.end());
    for (const auto& path : inputs) {
        std::ifstream file(path, std::ios::binary);
        const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
        std::fprintf(stderr, "%s\n", path.filename().c_str());  // the last one printed is the one that failed
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    }
    std::printf("%zu inputs\n", inputs.size());
    return inputs.empty() ? 1 : 0;
}
