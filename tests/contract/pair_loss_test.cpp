// SPDX-License-Identifier: MIT
// Programs that are killed: the survivor gets everything that was committed, then the loss, and goes on with the next one.
#include "contract/pair_test.hpp"

namespace zerobuffer::test {
namespace {

class PairLoss : public PairTest {};
class PairLossV1 : public PairTest {};
class PairLossV2 : public PairTest {};

INSTANTIATE_TEST_SUITE_P(Pairs, PairLoss, every_pair(layouts()), pair_name);
INSTANTIATE_TEST_SUITE_P(Pairs, PairLossV1, every_pair(testing::Values(Layout::v1)), pair_name);
INSTANTIATE_TEST_SUITE_P(Pairs, PairLossV2, every_pair(testing::Values(Layout::v2)), pair_name);

TEST_P(PairLoss, ReaderGetsEverythingOfAKilledWriterThenTheNextOneGoesOn) {
    const auto reader = start_reader();
    ASSERT_EQ(reader->ask(create()), "ok");
    {
        const auto writer = start_writer();
        ASSERT_EQ(writer->ask(open_writer()), "ok 0");
        ASSERT_EQ(writer->ask("send 6 1 20 3000"), sent(20, 20));
        writer->kill();
    }
    ASSERT_EQ(reader->ask("take 6 21 3000"), took(1, 20, "peer_died"));
    const auto writer = start_writer();
    ASSERT_EQ(writer->ask(open_writer()), "ok 20");
    ASSERT_EQ(writer->ask("send 6 21 10 3000"), sent(10, 30));
    EXPECT_EQ(reader->ask("take 6 10 3000"), took(21, 30));
    ASSERT_EQ(writer->ask("close"), "ok");
    ASSERT_EQ(reader->ask("close"), "ok");
}

TEST_P(PairLoss, ReaderGetsEverythingOfAWriterKilledInTheMiddle) {
    const auto reader = start_reader();
    const auto writer = start_writer();
    ASSERT_EQ(reader->ask(create()), "ok");
    ASSERT_EQ(writer->ask(open_writer()), "ok 0");
    writer->tell("send 8 1 1000000 3000");
    ASSERT_EQ(reader->ask("take 8 300 3000"), took(1, 300));
    writer->kill();
    const std::string rest = reader->ask("take 8 1000000 3000");
    EXPECT_THAT(rest, testing::EndsWith(" peer_died"));
    EXPECT_THAT(rest, testing::AnyOf(testing::HasSubstr(" 301 "), testing::StartsWith(took_none)));
    ASSERT_EQ(reader->ask("close"), "ok");
}

TEST_P(PairLoss, WaitingReaderLearnsOfAKilledWriter) {
    const auto reader = start_reader();
    const auto writer = start_writer();
    ASSERT_EQ(reader->ask(create("block")), "ok");
    ASSERT_EQ(writer->ask(open_writer()), "ok 0");
    reader->tell("take 6 2 3000");
    ASSERT_EQ(writer->ask("send 6 1 1 3000"), sent(1, 1));
    writer->kill();
    EXPECT_EQ(reader->answer(), took(1, 1, "peer_died"));
    ASSERT_EQ(reader->ask("close"), "ok");
}

TEST_P(PairLoss, WaitingWriterLearnsOfAKilledReader) {
    const auto reader = start_reader();
    const auto writer = start_writer();
    ASSERT_EQ(reader->ask(create()), "ok");
    ASSERT_EQ(writer->ask(open_writer()), "ok 0");
    writer->tell("send 6 1 1000 3000");
    await_full(5'000);
    reader->kill();
    EXPECT_THAT(writer->answer(), testing::EndsWith(" peer_died"));
    ASSERT_EQ(writer->ask("close"), "ok");
    const auto next = start_reader();
    ASSERT_EQ(next->ask(create()), "ok");
    ASSERT_EQ(next->ask("close"), "ok");
}

TEST_P(PairLossV2, NextReaderGetsWhatAKilledOneHadNotReleased) {
    const auto writer = start_writer();
    {
        const auto reader = start_reader();
        ASSERT_EQ(reader->ask(create()), "ok");
        ASSERT_EQ(writer->ask(open_writer()), "ok 0");
        ASSERT_EQ(writer->ask("send 2 1 10 3000"), sent(10, 10));
        ASSERT_EQ(reader->ask("take 2 4 3000"), took(1, 4));
        ASSERT_EQ(reader->ask("hold"), "held 5");
        reader->kill();
    }
    const auto reader = start_reader();
    ASSERT_EQ(reader->ask(create()), "ok");
    ASSERT_EQ(writer->ask("send 2 11 5 3000"), sent(5, 15));
    EXPECT_EQ(reader->ask("take 2 11 3000"), took(5, 15));
    ASSERT_EQ(writer->ask("close"), "ok");
    ASSERT_EQ(reader->ask("close"), "ok");
}

TEST_P(PairLossV1, NextReaderReplacesTheBufferOfAKilledOne) {
    const auto writer = start_writer();
    {
        const auto reader = start_reader();
        ASSERT_EQ(reader->ask(create()), "ok");
        ASSERT_EQ(writer->ask(open_writer()), "ok 0");
        ASSERT_EQ(writer->ask("send 2 1 10 3000"), sent(10, 10));
        reader->kill();
    }
    const auto reader = start_reader();
    ASSERT_EQ(reader->ask(create()), "ok");
    ASSERT_EQ(writer->ask("close"), "ok");
    ASSERT_EQ(writer->ask(open_writer()), "ok 0");
    ASSERT_EQ(writer->ask("send 2 1 10 3000"), sent(10, 10));
    EXPECT_EQ(reader->ask("take 2 10 3000"), took(1, 10));
    ASSERT_EQ(writer->ask("close"), "ok");
    ASSERT_EQ(reader->ask("close"), "ok");
}

TEST_P(PairLossV2, BothMayBeKilledAndTheirSuccessorsGoOn) {
    {
        const auto writer = start_writer();
        const auto reader = start_reader();
        ASSERT_EQ(reader->ask(create()), "ok");
        ASSERT_EQ(writer->ask(open_writer()), "ok 0");
        ASSERT_EQ(writer->ask("send 2 1 10 3000"), sent(10, 10));
        ASSERT_EQ(reader->ask("take 2 4 3000"), took(1, 4));
        writer->kill();
        reader->kill();
    }
    const auto writer = start_writer();
    ASSERT_EQ(writer->ask(open_writer()), "ok 10");
    const auto reader = start_reader();
    ASSERT_EQ(reader->ask(create()), "ok");
    ASSERT_EQ(writer->ask("send 2 11 5 3000"), sent(5, 15));
    EXPECT_EQ(reader->ask("take 2 11 3000"), took(5, 15));
    ASSERT_EQ(writer->ask("close"), "ok");
    ASSERT_EQ(reader->ask("close"), "ok");
}

}  // namespace
}  // namespace zerobuffer::test
