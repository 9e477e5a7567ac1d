// SPDX-License-Identifier: MIT
// The bytes of a small v1 segment after fixed steps, as kept in tests/data. The steps are a script for v1_peer, from which
// the images come: cd tests/data && sed s/NAME/golden/ v1-golden.txt | v1_peer. Each side may be the peer or ours.
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

std::vector<std::byte> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> image(const std::string& name) {
    V1View view(name);
    const auto bytes = view.bytes();
    std::vector<std::byte> copy(bytes.begin(), bytes.end());
    std::ranges::fill(std::span(copy).subspan(V1_WRITER_PID).first(16), std::byte{0});  // pids differ from run to run
    return copy;
}

struct Cast {
    bool our_reader;
    bool our_writer;
};

void PrintTo(const Cast& cast, std::ostream* out) {
    *out << (cast.our_reader ? "our" : "old") << " reader, " << (cast.our_writer ? "our" : "old") << " writer";
}

class GoldenTest : public InteropTest, public testing::WithParamInterface<Cast> {
protected:
    /// One step by whoever plays its role.
    void run(const std::string& line) {
        std::istringstream words(line);
        std::string step;
        std::string first;
        words >> step >> first;
        if (step == "image") {
            EXPECT_EQ(image(name_), read_file(std::string(GOLDEN_FOLDER) + "/" + first)) << first;
        } else if (step == "create" || step == "read" || step == "release") {
            GetParam().our_reader ? read(step) : tell(old_reader_, line);
        } else {
            GetParam().our_writer ? write(step, first) : tell(old_writer_, line);
        }
    }

private:
    void tell(Peer& peer, std::string line) {
        const std::size_t found = line.find("NAME");
        if (found != std::string::npos) { line.replace(found, 4, name_); }
        EXPECT_EQ(peer.ask(line).status(), "ok") << line;
    }

    void read(const std::string& step) {
        if (step == "create") {
            reader_.emplace(Reader::create(name_, v1_options(256, 64)));
        } else if (step == "read") {
            frames_.push_back(reader_->acquire(no_wait).value());
        } else {
            frames_.erase(frames_.begin());
        }
    }

    void write(const std::string& step, const std::string& size) {
        if (step == "connect") {
            writer_.emplace(Writer::open(name_));
        } else if (step == "metadata") {
            writer_->publish_metadata(pattern(std::stoull(size), 0, 0));
        } else if (step == "write") {
            EXPECT_TRUE(write_pattern(*writer_, std::stoull(size), 0, ++written_, no_wait));
        }
    }

    Peer old_reader_;
    Peer old_writer_;
    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
    std::vector<Frame> frames_;
    std::uint64_t written_ = 0;
};

TEST_P(GoldenTest, SegmentIsTheSameByteForByte) {
    std::ifstream script(std::string(GOLDEN_FOLDER) + "/v1-golden.txt");
    ASSERT_TRUE(script);
    int steps = 0;
    for (std::string line; std::getline(script, line); ++steps) {
        SCOPED_TRACE(line);
        ASSERT_NO_FATAL_FAILURE(run(line));
    }
    EXPECT_GT(steps, 20);
}

INSTANTIATE_TEST_SUITE_P(Casts, GoldenTest,
                         testing::Values(Cast{false, false}, Cast{false, true}, Cast{true, false}, Cast{true, true}),
                         [](const auto& cast) {
                             return std::string(cast.param.our_reader ? "our" : "old") + "_reader_" +
                                    (cast.param.our_writer ? "our" : "old") + "_writer";
                         });

}  // namespace
}  // namespace zerobuffer::interop
