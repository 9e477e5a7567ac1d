// SPDX-License-Identifier: MIT
// The two ends of one buffer, made and used by the C interface, and the model of what must be in it. They come and go here.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <zerobuffer/zerobuffer.h>

#include "calls_model.hpp"

namespace zerobuffer::fuzz {

class Ends {
protected:
    explicit Ends(const Record& setup)
        : alignment_(setup.a % 2 != 0 ? 0 : 16U << setup.b % 4U),
          capacity_(alignment_ == 0 ? 64U * (2 + setup.c % 8U) : 65536),
          model_(capacity_, alignment_) {
        zb_options_init(&options_, sizeof options_);
        options_.capacity = capacity_;
        options_.metadata_size = 64;
        options_.layout = is_v1() ? ZB_LAYOUT_V1 : ZB_LAYOUT_V2;
        options_.alignment = is_v1() ? 64 : alignment_;
        options_.prefault = ZB_PREFAULT_NEVER;
        open_reader();
        open_writer();
    }
    ~Ends() {
        for (zb_frame& frame : held_) {
            zb_reader_release(&frame);
        }
        if (claim_.writer != nullptr) { zb_writer_abort(&claim_); }
        zb_writer_close(writer_);
        zb_reader_close(reader_);
        // Unread frames keep the name.
        std::uint64_t count = 0;
        zb_clean(0, nullptr, 0, &count);
    }
    Ends(const Ends&) = delete;
    Ends& operator=(const Ends&) = delete;

    [[nodiscard]] bool is_v1() const { return alignment_ == 0; }

    // A side that was closed stays until its last lease is back.
    bool reader_attached() const { return reader_open_ || !held_.empty(); }
    bool writer_attached() const { return writer_open_ || claim_.writer != nullptr; }

    void open_reader() {
        require(zb_reader_create(name_.c_str(), &options_, &reader_) == ZB_OK, "a reader can come");
        reader_open_ = true;
    }
    void open_writer() {
        require((is_v1() ? zb_writer_open : zb_writer_create)(name_.c_str(), &options_, &writer_) == ZB_OK,
                "a writer can come");
        writer_open_ = true;
        published_ = false;
        model_.writer_came();
    }

    void come_and_go_reader(const Record& record) {
        if (reader_ == nullptr) {
            // A v1 reader makes a buffer of its own, and wants none beside it.
            if (held_.empty() && !(is_v1() && writer_attached())) { open_reader(); }
        } else if (record.b % 2 == 0) {
            zb_reader_shutdown(reader_);
            gone(reader_open_, held_.empty(), [this] { reader_left(); });
        } else {
            zb_reader_close(std::exchange(reader_, nullptr));
            gone(reader_open_, held_.empty(), [this] { reader_left(); });
        }
    }
    void come_and_go_writer(const Record& record) {
        if (writer_ == nullptr) {
            if (claim_.writer == nullptr && !(is_v1() && !reader_open_)) { open_writer(); }
        } else if (record.b % 2 == 0) {
            zb_writer_shutdown(writer_);
            gone(writer_open_, claim_.writer == nullptr, [this] { writer_left(); });
        } else {
            zb_writer_close(std::exchange(writer_, nullptr));
            gone(writer_open_, claim_.writer == nullptr, [this] { writer_left(); });
        }
    }
    template <class Left>
    static void gone(bool& open, bool free, Left&& left) {
        if (std::exchange(open, false) && free) { left(); }
    }

    // The last one takes the name away; a v2 writer leaves unread frames to a reader to come.
    void reader_left() {
        if (is_v1() || !writer_attached()) { forget(); }
    }
    void writer_left() {
        if (!is_v1() && !reader_attached() && model_.empty()) { forget(); }
    }
    void forget() {
        model_.forget();
        restarted_ = false;
    }

    void released(std::size_t which) {
        model_.release(held_[which].sequence);
        held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(which));
        if (held_.empty() && !reader_open_) { reader_left(); }
    }

    const std::string name_ = "calls";
    std::uint32_t alignment_;
    std::uint64_t capacity_;
    zb_options options_{};
    Model model_;
    zb_reader* reader_ = nullptr;
    zb_writer* writer_ = nullptr;
    bool reader_open_ = false;
    bool writer_open_ = false;
    bool published_ = false;
    bool restarted_ = false;
    zb_claim claim_{};
    std::vector<zb_frame> held_;
};

}  // namespace zerobuffer::fuzz
