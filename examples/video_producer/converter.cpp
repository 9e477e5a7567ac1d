// SPDX-License-Identifier: MIT
#include "converter.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>

#include "decoder.hpp"

namespace demo {

namespace {

AVPixelFormat parse_format(const std::string& name) {
    if (name == "bgr24") { return AV_PIX_FMT_BGR24; }
    if (name == "rgb24") { return AV_PIX_FMT_RGB24; }
    throw std::invalid_argument("--pixel-format is bgr24 or rgb24, not " + name);
}

std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

// 32 pixels is the most that a vector loop of libswscale writes at once, 64 bytes the alignment of the frames.
std::size_t padded_stride(int width) { return round_up(round_up(static_cast<std::size_t>(width), 32) * 3, 64); }

}  // namespace

Converter::Converter(const std::string& pixel_format, int width, int height)
    : format_(parse_format(pixel_format)), width_(width), height_(height), stride_(padded_stride(width)) {}

std::span<const std::byte> Converter::convert(const AVFrame& picture, std::span<std::byte> target) {
    if (target.size() != size()) { throw std::logic_error("the target has not the size of a converted picture"); }
    prepare_for(picture);
    const std::array<std::uint8_t*, 4> planes{reinterpret_cast<std::uint8_t*>(target.data())};
    const std::array<int, 4> strides{static_cast<int>(stride_)};
    const int rows =
        sws_scale(context_.get(), picture.data, picture.linesize, 0, picture.height, planes.data(), strides.data());
    if (rows != height_) { throw ffmpeg_failure("converting a picture", rows); }
    return std::as_bytes(std::span(planes[0], size()));
}

// Some files change the size or format of their pictures on the way.
void Converter::prepare_for(const AVFrame& picture) {
    if (picture.width == source_width_ && picture.height == source_height_ && picture.format == source_format_) {
        return;
    }
    source_width_ = picture.width;
    source_height_ = picture.height;
    source_format_ = picture.format;
    context_.reset(sws_getContext(source_width_, source_height_, static_cast<AVPixelFormat>(source_format_), width_,
                                  height_, format_, SWS_BILINEAR, nullptr, nullptr, nullptr));
    if (!context_) { throw std::runtime_error("libswscale cannot convert this pixel format"); }
    const int* matrix = sws_getCoefficients(picture.colorspace);
    const int full_range = picture.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
    sws_setColorspaceDetails(context_.get(), matrix, full_range, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16,
                             1 << 16);
}

}  // namespace demo
