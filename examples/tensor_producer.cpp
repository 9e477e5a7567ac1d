// SPDX-License-Identifier: MIT
// Publishes a raw array, one item of its first axis per frame: read(2) puts the bytes from a file or a pipe straight into
// the claimed frame. Ends at the end of its input and prints its account as JSON.
//
//   tensor_producer --name ct --dtype '<i2' --shape 128,128 --input volume.raw
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>

#include "producer/options.hpp"
#include "producer/publisher.hpp"
#include "producer/stop.hpp"
#include "producer/stream.hpp"

namespace {

std::system_error system_failure(const std::string& what) { return {errno, std::generic_category(), what}; }

class Input {
public:
    explicit Input(const std::string& path)
        : path_(path), descriptor_(path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0) { throw system_failure(path); }
    }
    Input(Input&&) = delete;  // one owner of the descriptor
    ~Input() {
        if (descriptor_ != STDIN_FILENO) { close(descriptor_); }
    }

    /// Fills `bytes` and returns them; nothing at the end of the input, or when asked to stop.
    [[nodiscard]] std::optional<std::span<const std::byte>> read_item(std::span<std::byte> bytes) const {
        std::size_t done = 0;
        // A pipe gives an item in pieces.
        while (done < bytes.size() && !demo::stop_requested()) {
            const ssize_t count = read(descriptor_, bytes.data() + done, bytes.size() - done);
            if (count == 0 && done > 0) { throw std::runtime_error(path_ + " ends within an item"); }
            if (count == 0) { return std::nullopt; }
            if (count < 0 && errno != EINTR) { throw system_failure(path_); }
            done += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
        if (done < bytes.size()) { return std::nullopt; }
        return bytes;
    }

    /// Goes back to the first item.
    void rewind() const {
        if (lseek(descriptor_, 0, SEEK_SET) < 0) { throw system_failure(path_ + ": --loop needs a file, not a pipe"); }
    }

private:
    std::string path_;
    int descriptor_;
};

/// Bytes of one element of a NumPy type such as <i2, <f8, |u1.
std::size_t element_size(const std::string& dtype) {
    if (dtype.size() != 3 || std::string("<|").find(dtype[0]) == std::string::npos ||
        std::string("iuf").find(dtype[1]) == std::string::npos ||
        std::string("1248").find(dtype[2]) == std::string::npos) {
        throw std::invalid_argument("--dtype: " + dtype + " is none of |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f4 <f8");
    }
    return static_cast<std::size_t>(dtype[2] - '0');
}

std::string describe(const demo::Options& options) {
    std::ostringstream json;
    json << R"({"stream": "tensor", "preface": )" << sizeof(demo::Preface)
         << ", \"source\": " << demo::json_string(options.text("source"))
         << ", \"dtype\": " << demo::json_string(options.text("dtype")) << ", \"shape\": [" << options.text("shape")
         << "], \"pace\": " << options.number("rate")
         << ", \"frames\": " << static_cast<std::int64_t>(options.number("frames")) * options.whole("loop") << '}';
    return json.str();
}

void run(const demo::Options& options) {
    const Input input(options.text("input"));
    std::size_t item_size = element_size(options.text("dtype"));
    for (const int extent : options.list("shape")) {
        item_size *= static_cast<std::size_t>(extent);
    }
    const double rate = options.number("rate");

    demo::Publisher publisher(options.text("name"), rate, describe(options));
    std::chrono::nanoseconds media_time{0};
    const std::chrono::nanoseconds step(rate > 0 ? static_cast<std::int64_t>(1e9 / rate) : 0);
    for (int pass = 0; pass < options.whole("loop") && !demo::stop_requested(); ++pass) {
        if (pass > 0) { input.rewind(); }
        while (publisher.publish(item_size, media_time,
                                 [&](std::span<std::byte> bytes) { return input.read_item(bytes); })) {
            media_time += step;
        }
    }
    std::cout << publisher.account() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    try {
        demo::stop_on_signals();
        run(demo::Options(argc, argv,
                          {{"name", ""},
                           {"input", "-"},
                           {"source", "array"},
                           {"dtype", ""},
                           {"shape", ""},
                           {"rate", "0"},
                           {"frames", "0"},
                           {"loop", "1"}}));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "tensor_producer: " << error.what() << '\n';
        return 1;
    }
}
