// SPDX-License-Identifier: MIT
// Converts decoded pictures to packed 24-bit pixels, right into the memory it is given: no picture of its own. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

extern "C" {
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

namespace demo {

class Converter {
public:
    /// `pixel_format` is bgr24 or rgb24, else std::invalid_argument. All results have this size, whatever the pictures.
    Converter(const std::string& pixel_format, int width, int height);

    /// Bytes from one row to the next. Rows are padded so that the converter's vector stores stay inside the last one.
    [[nodiscard]] std::size_t stride() const { return stride_; }
    [[nodiscard]] std::size_t size() const { return stride_ * static_cast<std::size_t>(height_); }

    /// Fills `target` of size() bytes, and returns what libswscale was given to write to.
    std::span<const std::byte> convert(const AVFrame& picture, std::span<std::byte> target);

private:
    void prepare_for(const AVFrame& picture);

    struct Release {
        void operator()(SwsContext* context) const { sws_freeContext(context); }
    };

    AVPixelFormat format_;
    int width_;
    int height_;
    std::size_t stride_;
    /// What context_ converts from.
    int source_width_ = 0;
    int source_height_ = 0;
    int source_format_ = -1;
    std::unique_ptr<SwsContext, Release> context_;
};

}  // namespace demo
