// SPDX-License-Identifier: MIT
// Streams between programs of every pair of languages: every frame, once, in order, intact.
#include "contract/pair_test.hpp"

namespace zerobuffer::test {
namespace {

class Pair : public PairTest {};
class PairV2 : public PairTest {};

INSTANTIATE_TEST_SUITE_P(Pairs, Pair, every_pair(layouts()), pair_name);
INSTANTIATE_TEST_SUITE_P(Pairs, PairV2, every_pair(testing::Values(Layout::v2)), pair_name);

TEST_P(Pair, StreamsEveryFrameThenTellsTheEnd) {
    for (const std::string wait : {"adaptive", "spin", "block"}) {
        const auto reader = start_reader();
        const auto writer = start_writer();
        ASSERT_EQ(reader->ask(create(wait)), "ok");
        ASSERT_EQ(writer->ask(open_writer(wait)), "ok 0");
        reader->tell("take 5 500 9000");
        ASSERT_EQ(writer->ask("send 5 1 500 9000"), sent(500, 500));
        ASSERT_EQ(reader->answer(), took(1, 500)) << wait;
        ASSERT_EQ(writer->ask("close"), "ok");
        ASSERT_EQ(reader->ask("take 5 1 9000"), took_none + std::string("peer_closed"));
        ASSERT_EQ(reader->ask("close"), "ok");
    }
}

TEST_P(Pair, WriterWaitsForASlowReader) {
    const auto reader = start_reader();
    const auto writer = start_writer();
    ASSERT_EQ(reader->ask(create()), "ok");
    ASSERT_EQ(writer->ask(open_writer()), "ok 0");
    writer->tell("send 9 1 200 9000");
    await_full(10'000);
    ASSERT_EQ(reader->ask("take 9 1 9000"), took(1, 1));
    await_full(10'000);
    ASSERT_EQ(reader->ask("take 9 199 9000"), took(2, 200));
    EXPECT_EQ(writer->answer(), sent(200, 200));
    ASSERT_EQ(writer->ask("close"), "ok");
    ASSERT_EQ(reader->ask("close"), "ok");
}

TEST_P(Pair, EchoesEveryFrame) {
    const std::string back = unique_name();
    const auto caller = start_writer();
    const auto echo = start_reader();
    const std::string shape = "create " + text(layout()) + " 65536 adaptive ";
    ASSERT_EQ(echo->ask(shape + name_), "ok");
    ASSERT_EQ(caller->ask(shape + back), "ok");
    ASSERT_EQ(caller->ask(open_writer()), "ok 0");
    ASSERT_EQ(echo->ask("writer adaptive " + back), "ok 0");
    echo->tell("echo 300");
    EXPECT_EQ(caller->ask("call 3 300 9000"), "called 300 ok");
    EXPECT_EQ(echo->answer(), "echoed 300 ok");
    ASSERT_EQ(caller->ask("close"), "ok");
    ASSERT_EQ(echo->ask("close"), "ok");
}

TEST_P(Pair, NextWriterCarriesTheSequenceOn) {
    const auto reader = start_reader();
    ASSERT_EQ(reader->ask(create()), "ok");
    for (const std::uint64_t round : {0U, 1U, 2U}) {
        const auto writer = start_writer();
        const std::uint64_t last = 100 * round;
        ASSERT_EQ(writer->ask(open_writer()), "ok " + std::to_string(last));
        reader->tell("take 4 100 2000");
        ASSERT_EQ(writer->ask("send 4 " + std::to_string(last + 1) + " 100 2000"), sent(100, last + 100));
        ASSERT_EQ(reader->answer(), took(last + 1, last + 100));
        ASSERT_EQ(writer->ask("close"), "ok");
        ASSERT_EQ(reader->ask("take 4 1 2000"), took_none + std::string("peer_closed"));
    }
    ASSERT_EQ(reader->ask("close"), "ok");
}

TEST_P(Pair, NextWriterGoesOnBehindFramesThatNobodyHasRead) {
    const auto reader = start_reader();
    ASSERT_EQ(reader->ask(create()), "ok");
    for (const std::uint64_t last : {0U, 5U}) {
        const auto writer = start_writer();
        ASSERT_EQ(writer->ask(open_writer()), "ok " + std::to_string(last));
        ASSERT_EQ(writer->ask("send 4 " + std::to_string(last + 1) + " 5 2000"), sent(5, last + 5));
        ASSERT_EQ(writer->ask("close"), "ok");
    }
    EXPECT_EQ(reader->ask("take 4 11 2000"), took(1, 10, "peer_closed"));
    ASSERT_EQ(reader->ask("close"), "ok");
}

TEST_P(PairV2, NextReaderStartsWhereTheLastOneStopped) {
    const auto writer = start_writer();
    {
        const auto reader = start_reader();
        ASSERT_EQ(reader->ask(create()), "ok");
        ASSERT_EQ(writer->ask(open_writer()), "ok 0");
        ASSERT_EQ(writer->ask("send 4 1 20 2000"), sent(20, 20));
        ASSERT_EQ(reader->ask("take 4 7 2000"), took(1, 7));
        ASSERT_EQ(reader->ask("close"), "ok");
    }
    const auto reader = start_reader();
    ASSERT_EQ(reader->ask("reader adaptive " + name_), "ok 7");
    ASSERT_EQ(writer->ask("send 4 21 10 2000"), sent(10, 30));
    EXPECT_EQ(reader->ask("take 4 23 2000"), took(8, 30));
    ASSERT_EQ(writer->ask("close"), "ok");
    ASSERT_EQ(reader->ask("close"), "ok");
}

}  // namespace
}  // namespace zerobuffer::test
