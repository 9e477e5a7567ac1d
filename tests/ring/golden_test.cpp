// SPDX-License-Identifier: MIT
// The bytes of a v2 segment after fixed steps are those of the images in tests/data, which v2-golden.py makes from the words
// of the format, not from this code.
#include "golden.hpp"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

class GoldenV2 : public testing::Test {
protected:
    void run(const std::string& line) {
        std::istringstream words(line);
        std::string step;
        std::string first;
        words >> step >> first;
        if (step == "create") {
            Options options;
            options.metadata_size = std::stoull(first);
            words >> options.capacity >> options.alignment;
            create(wire::LayoutV2::plan("golden", options));
        } else if (step == "write") {
            write(std::stoull(first));
        } else if (step == "release") {
            consumer_->release(frames_.at(std::stoull(first)).extent);
        } else if (step == "image") {
            EXPECT_EQ(segment(), golden(first, geometry_.file_size)) << first;
        } else {
            FAIL() << "unknown step";
        }
    }

private:
    void create(const wire::Geometry& geometry) {
        geometry_ = geometry;
        wire::LayoutV2::format(control_, geometry, 0);
        payload_.emplace(geometry.capacity);
        producer_.emplace(control_, payload_->data(), geometry);
        consumer_.emplace(control_, payload_->data(), geometry);
        EXPECT_TRUE(producer_->attach());
        EXPECT_TRUE(consumer_->attach());
    }
    /// Byte i of frame n is (n + i) % 256. The frame is taken at once, which stores nothing.
    void write(std::uint64_t size) {
        std::byte* data = nullptr;
        ASSERT_EQ(producer_->claim(size, data), Room::there);
        for (std::uint64_t i = 0; i < size; ++i) {
            data[i] = static_cast<std::byte>(producer_->sequence() + 1 + i);
        }
        Taken& frame = frames_[producer_->commit(size)];
        ASSERT_EQ(consumer_->take(frame), Take::taken);
    }
    [[nodiscard]] std::vector<std::byte> segment() const {
        std::vector<std::byte> bytes = bytes_of(control_);
        bytes.resize(geometry_.payload_offset);
        bytes.insert(bytes.end(), payload_->bytes().begin(), payload_->bytes().end());
        return bytes;
    }

    wire::Geometry geometry_;
    wire::ControlV2 control_{};
    std::optional<MirroredBytes> payload_;
    std::optional<ProducerV2> producer_;
    std::optional<ConsumerV2> consumer_;
    std::map<std::uint64_t, Taken> frames_;
};

TEST_F(GoldenV2, SegmentIsTheSameByteForByte) {
    std::ifstream script(std::string(GOLDEN_FOLDER) + "/v2-golden.txt");
    ASSERT_TRUE(script);
    int steps = 0;
    for (std::string line; std::getline(script, line); ++steps) {
        SCOPED_TRACE(line);
        ASSERT_NO_FATAL_FAILURE(run(line));
    }
    EXPECT_GT(steps, 10);
}

}  // namespace
}  // namespace zerobuffer::ring
