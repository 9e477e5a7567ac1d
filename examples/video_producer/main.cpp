// SPDX-License-Identifier: MIT
// Decodes a video and converts every picture straight into a claimed frame. Prints its account as JSON.
//
//   video_producer --name cam --video clip.mp4 --rate 25 --loop 2
#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <sstream>
#include <string>
#include <thread>

#include "converter.hpp"
#include "decoder.hpp"
#include "producer/options.hpp"
#include "producer/publisher.hpp"
#include "producer/stop.hpp"
#include "producer/stream.hpp"

namespace {

std::string describe(const demo::Options& options, const demo::Decoder& decoder, const demo::Converter& converter) {
    std::ostringstream json;
    json << R"({"stream": "video", "preface": )" << sizeof(demo::Preface)
         << ", \"source\": " << demo::json_string(std::filesystem::path(options.text("video")).filename().string())
         << ", \"pixel_format\": " << demo::json_string(options.text("pixel-format"))
         << ", \"width\": " << decoder.width() << ", \"height\": " << decoder.height()
         << ", \"stride\": " << converter.stride() << ", \"rate\": " << decoder.rate()
         << ", \"pace\": " << options.number("rate") << ", \"frames\": " << decoder.pictures() * options.whole("loop")
         << ", \"decoder\": " << demo::json_string(decoder.description()) << '}';
    return json.str();
}

// All CPUs but the one that the consumer needs.
std::string decoder_threads() { return std::to_string(std::max(2U, std::thread::hardware_concurrency()) - 1); }

void run(const demo::Options& options) {
    demo::Decoder decoder(options.text("video"), options.whole("threads"));
    demo::Converter converter(options.text("pixel-format"), decoder.width(), decoder.height());
    demo::Publisher publisher(options.text("name"), options.number("rate"), describe(options, decoder, converter));
    for (int pass = 0; pass < options.whole("loop") && !demo::stop_requested(); ++pass) {
        if (pass > 0) { decoder.rewind(); }
        while (const AVFrame* picture = decoder.next()) {
            const auto fill = [&](std::span<std::byte> payload) { return converter.convert(*picture, payload); };
            if (!publisher.publish(converter.size(), decoder.time_of(*picture), fill)) { break; }
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
                           {"video", ""},
                           {"rate", "0"},
                           {"loop", "1"},
                           {"threads", decoder_threads()},
                           {"pixel-format", "bgr24"}}));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "video_producer: " << error.what() << '\n';
        return 1;
    }
}
