// SPDX-License-Identifier: MIT
// Decodes the best video stream of a file with FFmpeg's libraries, picture by picture. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace demo {

/// Calls the given free function when its pointer goes.
template <auto free_function>
struct Free {
    template <class Object>
    void operator()(Object* object) const {
        free_function(&object);
    }
};

/// What FFmpeg says about a failed call, after `what` was tried.
[[nodiscard]] std::runtime_error ffmpeg_failure(const std::string& what, int code);

class Decoder {
public:
    /// Throws std::runtime_error when the file has no video that can be decoded.
    Decoder(const std::string& path, int threads);

    /// The next picture, valid until the next call; null at the end.
    [[nodiscard]] const AVFrame* next();
    /// Back to the first picture.
    void rewind();

    [[nodiscard]] int width() const { return codec_->width; }
    [[nodiscard]] int height() const { return codec_->height; }
    /// Pictures per second; 0 when the file does not say.
    [[nodiscard]] double rate() const;
    /// Number of pictures; 0 when the file does not say.
    [[nodiscard]] std::int64_t pictures() const { return stream_->nb_frames; }
    /// When a picture of next() is shown.
    [[nodiscard]] std::chrono::nanoseconds time_of(const AVFrame& picture) const;
    /// Codec, pixel format and library version, for people.
    [[nodiscard]] std::string description() const;

private:
    void feed();

    std::unique_ptr<AVFormatContext, Free<avformat_close_input>> file_;
    std::unique_ptr<AVCodecContext, Free<avcodec_free_context>> codec_;
    std::unique_ptr<AVPacket, Free<av_packet_free>> packet_;
    std::unique_ptr<AVFrame, Free<av_frame_free>> picture_;
    AVStream* stream_ = nullptr;
};

}  // namespace demo
