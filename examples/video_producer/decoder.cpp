// SPDX-License-Identifier: MIT
#include "decoder.hpp"

#include <array>
#include <new>

extern "C" {
#include <libavutil/avutil.h>
#include <libavutil/error.h>
#include <libavutil/mathematics.h>
#include <libavutil/pixdesc.h>
}

namespace demo {

namespace {

template <class Object>
Object* allocated(Object* object) {
    if (object == nullptr) { throw std::bad_alloc(); }
    return object;
}

}  // namespace

std::runtime_error ffmpeg_failure(const std::string& what, int code) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(code, text.data(), text.size());
    return std::runtime_error(what + ": " + text.data());
}

Decoder::Decoder(const std::string& path, int threads)
    : packet_(allocated(av_packet_alloc())), picture_(allocated(av_frame_alloc())) {
    AVFormatContext* file = nullptr;
    if (const int code = avformat_open_input(&file, path.c_str(), nullptr, nullptr); code < 0) {
        throw ffmpeg_failure(path, code);
    }
    file_.reset(file);
    if (const int code = avformat_find_stream_info(file, nullptr); code < 0) { throw ffmpeg_failure(path, code); }
    const AVCodec* codec = nullptr;
    const int index = av_find_best_stream(file, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (index < 0) { throw ffmpeg_failure(path + ": no video", index); }
    stream_ = file->streams[index];

    codec_.reset(allocated(avcodec_alloc_context3(codec)));
    if (const int code = avcodec_parameters_to_context(codec_.get(), stream_->codecpar); code < 0) {
        throw ffmpeg_failure(path, code);
    }
    codec_->thread_count = threads;
    codec_->pkt_timebase = stream_->time_base;
    if (const int code = avcodec_open2(codec_.get(), codec, nullptr); code < 0) { throw ffmpeg_failure(path, code); }
    if (codec_->width < 1 || codec_->height < 1) { throw std::runtime_error(path + ": its pictures have no size"); }
}

const AVFrame* Decoder::next() {
    while (true) {
        const int code = avcodec_receive_frame(codec_.get(), picture_.get());
        if (code == 0) { return picture_.get(); }
        if (code == AVERROR_EOF) { return nullptr; }
        if (code != AVERROR(EAGAIN)) { throw ffmpeg_failure("decoding", code); }
        feed();
    }
}

void Decoder::feed() {
    int code = 0;
    do {
        av_packet_unref(packet_.get());
        code = av_read_frame(file_.get(), packet_.get());
    } while (code == 0 && packet_->stream_index != stream_->index);
    if (code < 0 && code != AVERROR_EOF) { throw ffmpeg_failure("reading", code); }
    // A null packet asks the decoder for the pictures that it still holds back.
    code = avcodec_send_packet(codec_.get(), code == 0 ? packet_.get() : nullptr);
    if (code < 0) { throw ffmpeg_failure("decoding", code); }
}

void Decoder::rewind() {
    if (const int code = avformat_seek_file(file_.get(), -1, INT64_MIN, INT64_MIN, INT64_MAX, 0); code < 0) {
        throw ffmpeg_failure("going back to the start", code);
    }
    avcodec_flush_buffers(codec_.get());
}

double Decoder::rate() const { return stream_->avg_frame_rate.den != 0 ? av_q2d(stream_->avg_frame_rate) : 0; }

std::chrono::nanoseconds Decoder::time_of(const AVFrame& picture) const {
    if (picture.best_effort_timestamp == AV_NOPTS_VALUE) { return std::chrono::nanoseconds(0); }
    const std::int64_t start = stream_->start_time != AV_NOPTS_VALUE ? stream_->start_time : 0;
    const AVRational nanosecond{1, 1'000'000'000};
    return std::chrono::nanoseconds(
        av_rescale_q(picture.best_effort_timestamp - start, stream_->time_base, nanosecond));
}

std::string Decoder::description() const {
    const char* format = av_get_pix_fmt_name(codec_->pix_fmt);
    return std::string(avcodec_get_name(codec_->codec_id)) + " " + (format != nullptr ? format : "unknown") +
           ", FFmpeg " + av_version_info();
}

}  // namespace demo
