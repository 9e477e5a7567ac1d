// SPDX-License-Identifier: MIT
#include <atomic>
#include <thread>
#include <vector>

#include "faults/scenarios.hpp"
#include "support/event.hpp"

namespace zerobuffer::test {
namespace {

constexpr auto short_while = 2ms;  // long enough to sleep

/// Calls `body` in another thread once the calling thread sleeps, or would long have slept. It ends with the object.
template <class Body>
std::jthread when_asleep(Body body) {
    return std::jthread([body, sleeper = this_thread()] {
        const auto end = std::chrono::steady_clock::now() + 100ms;
        while (thread_state(sleeper) != 'S' && std::chrono::steady_clock::now() < end) {
            ::sched_yield();
        }
        body();
    });
}

/// `body` in another thread; returns when that one sleeps.
template <class Body>
std::jthread asleep(Body body) {
    std::atomic<pid_t> id{0};
    std::jthread thread([body, &id] {
        id = this_thread();
        body();
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the other thread sleeps");
    return thread;
}

void fill(Stage& stage) {
    while (stage.writer->write(std::vector<std::byte>(10'000), no_wait)) {}
}

void pair(Stage& stage) { stage.pair(); }
void pair_with_frame(Stage& stage) {
    stage.pair();
    stage.write();
}
void full(Stage& stage) {
    stage.pair();
    fill(stage);
}
void exchange(Stage& stage) { stage.exchange(); }
void read_all(Stage& stage) {
    while (stage.reader->acquire(no_wait)) {}
    stage.exchange();
}

void wait_and_get_nothing(Stage& stage) { EXPECT_FALSE(stage.reader->wait(short_while)); }
void acquire_what_comes(Stage& stage) {
    const std::uint64_t next = stage.frames + 1;
    const auto other = when_asleep([&] { stage.write(); });
    stage.expect_next(next);
}
void claim_without_room(Stage& stage) { EXPECT_FALSE(stage.writer->claim(10'000, short_while)); }
void claim_what_gets_free(Stage& stage) {
    const auto other = when_asleep([&] { static_cast<void>(stage.reader->acquire(no_wait)); });
    EXPECT_TRUE(stage.writer->claim(10'000, forever));
}
void pair_with_sleeping_reader(Stage& stage) {
    stage.pair();
    stage.other = asleep([&stage] { stage.expect_next(1); });
}
void pair_with_sleeping_writer(Stage& stage) {
    full(stage);
    stage.frame = stage.reader->acquire(no_wait);
    stage.other = asleep([&stage] { EXPECT_TRUE(stage.writer->claim(10'000, deadline)); });
}
void join_and_exchange(Stage& stage) {
    stage.other.join();
    stage.exchange();
}
void join_and_read_all(Stage& stage) {
    stage.other.join();
    read_all(stage);
}
void publish(Stage& stage) { stage.writer->publish_metadata(bytes_of("described")); }
void expect_published(Stage& stage) {
    const auto metadata = stage.reader->metadata(deadline);
    ASSERT_TRUE(metadata);
    EXPECT_EQ(text_of(*metadata), "described");
    stage.exchange();
}
void wait_for_no_metadata(Stage& stage) { EXPECT_FALSE(stage.reader->metadata(short_while)); }
/// Where the locks cannot be asked, a peer counts as there.
void wait_for_no_writer(Stage& stage) { static_cast<void>(stage.reader->wait_for_peer(short_while)); }
void wait_for_the_reader(Stage& stage) { EXPECT_TRUE(stage.writer->wait_for_peer(deadline)); }
void look_at_stats(Stage& stage) {
    EXPECT_EQ(stage.writer->stats().peer, PeerState::attached);
    EXPECT_EQ(stage.reader->stats().peer, PeerState::attached);
}
void cancel_both(Stage& stage) {
    stage.reader->cancel();
    stage.writer->cancel();
}
void expect_cancelled(Stage& stage) {
    EXPECT_THAT(failure_of([&] { return stage.reader->wait(deadline); }), has(Status::cancelled));
    fill(stage);
    EXPECT_THAT(failure_of([&] { return stage.writer->claim(10'000, deadline); }), has(Status::cancelled));
    read_all(stage);
}
void close_reader(Stage& stage) { stage.reader->close(); }
void close_writer(Stage& stage) { stage.writer->close(); }
void create(Stage& stage) { stage.create(); }
/// Whoever comes next finds what it needs.
void next_pair_works(Stage& stage) {
    stage.writer.reset();
    stage.reader.reset();
    stage.frames = 0;
    stage.exchange();
}
void next_writer_works(Stage& stage) {
    stage.writer.reset();
    stage.exchange();
}

}  // namespace

std::vector<Scenario> working() {
    std::vector<Scenario> all;
    for (const Layout layout : {Layout::v1, Layout::v2}) {
        all.push_back({"WaitsInVain", layout, pair, wait_and_get_nothing, exchange});
        all.push_back({"WaitsAlone", layout, create, wait_and_get_nothing, exchange});
        all.push_back({"AcquiresWhatComes", layout, pair, acquire_what_comes, exchange});
        all.push_back({"AcquiresWhatIsThere", layout, pair_with_frame, [](Stage& s) { s.expect_next(1); }, exchange});
        all.push_back({"ClaimsWithoutRoom", layout, full, claim_without_room, read_all});
        all.push_back({"ClaimsWhatGetsFree", layout, full, claim_what_gets_free, read_all});
        all.push_back(
            {"WritesToASleeper", layout, pair_with_sleeping_reader, [](Stage& s) { s.write(); }, join_and_exchange});
        all.push_back({"ReleasesToASleeper", layout, pair_with_sleeping_writer, [](Stage& s) { s.frame.reset(); },
                       join_and_read_all});
        all.push_back({"PublishesMetadata", layout, pair, publish, expect_published});
        all.push_back({"WaitsForNoMetadata", layout, pair, wait_for_no_metadata, exchange});
        all.push_back({"WaitsForNoWriter", layout, create, wait_for_no_writer, exchange});
        all.push_back({"WaitsForTheReader", layout, pair, wait_for_the_reader, exchange});
        all.push_back({"LooksAtStats", layout, pair, look_at_stats, exchange});
        all.push_back({"Cancels", layout, pair, cancel_both, expect_cancelled});
    }
    return all;
}

std::vector<Scenario> closing() {
    std::vector<Scenario> all;
    for (const Layout layout : {Layout::v1, Layout::v2}) {
        all.push_back({"ClosesTheLoneReader", layout, create, close_reader, next_pair_works});
        all.push_back({"ClosesTheReader", layout, pair, close_reader, next_pair_works});
        all.push_back({"ClosesTheWriter", layout, pair, close_writer, next_writer_works});
    }
    return all;
}

}  // namespace zerobuffer::test
