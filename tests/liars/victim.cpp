// SPDX-License-Identifier: MIT
#include "victim.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "support/event.hpp"
#include "support/frames.hpp"

namespace zerobuffer::test {
namespace {

using Clock = std::chrono::steady_clock;

// More than both mappings, the program and all it may need; less than a size that a liar would have it allocate.
void limit_memory() {
    const rlimit limit{256U << 20U, 256U << 20U};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) { throw std::runtime_error("setrlimit"); }
}

// Of a call. Status ok stands for a timeout, too.
template <class Call>
Status measure(Record& record, Timeout timeout, Call&& call) {
    const auto start = Clock::now();
    Status status = Status::ok;
    try {
        call();
    } catch (const Error& error) { status = error.status(); }
    const auto taken = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
    const auto beyond = static_cast<std::uint64_t>(std::max<std::int64_t>(0, taken - timeout.count()));
    record.calls.fetch_add(1, std::memory_order_relaxed);
    record.ended[static_cast<std::size_t>(status)].fetch_add(1, std::memory_order_relaxed);
    if (beyond > record.longest.load(std::memory_order_relaxed)) { record.longest = beyond; }
    return status;
}

// Where nothing that counts is hit, nothing may be found.
void count_false_alarm(const Stage& stage, Record& record, Status status) {
    if (stage.honest && status == Status::corrupt) { ++record.wrong_frames; }
}

// A loss is a state of the ring that may pass; everything else ends this endpoint's part in the round.
bool goes_on(Status status) {
    return status == Status::ok || status == Status::peer_closed || status == Status::peer_died ||
           status == Status::too_large || status == Status::misuse;
}

Options options_for(Layout layout, std::uint64_t round) {
    Options options;
    options.layout = layout;
    options.capacity = layout == Layout::v1 ? 4096 : 65536;
    options.metadata_size = 64;
    options.replace = true;
    options.wait_mode = static_cast<WaitMode>(round % 3);
    return options;
}

Timeout timeout_of(std::uint64_t number) {
    constexpr std::array<std::int64_t, 8> microseconds = {0, 0, 0, 50, 100, 200, 1000, 20'000};
    return std::chrono::microseconds(microseconds[mixed(number) % microseconds.size()]);
}

bool wants_to_go(const Stage& stage, std::uint64_t round) {
    return stage.over.load(std::memory_order_acquire) >= round || stage.finished.load(std::memory_order_acquire);
}

// The rounds as one victim sees them. False: there is none any more.
bool await_round(const Stage& stage, std::uint64_t round) {
    await([&] { return stage.round.load(std::memory_order_acquire) >= round || stage.finished; }, "a round begins");
    return stage.round.load(std::memory_order_acquire) >= round;
}

class ReaderPart {
public:
    ReaderPart(Stage& stage, Reader& reader) : stage_(stage), reader_(reader) {}

    // False: this endpoint has found out.
    bool act(std::uint64_t number) {
        const Status status = call(number, timeout_of(number));
        count_false_alarm(stage_, stage_.reader, status);
        return goes_on(status);
    }

private:
    Status call(std::uint64_t number, Timeout timeout) {
        switch (mixed(number + 1) % 8) {
            case 0:
                return measure(stage_.reader, timeout, [&] { keep(reader_.acquire_latest(timeout), true); });
            case 1: {
                std::array<Frame, 8> frames;
                const Status status =
                    measure(stage_.reader, timeout, [&] { static_cast<void>(reader_.acquire_many(frames, timeout)); });
                for (Frame& frame : frames) {
                    if (frame) { keep(std::move(frame), false); }
                }
                return status;
            }
            case 2:
                return measure(stage_.reader, timeout, [&] { static_cast<void>(reader_.metadata(timeout)); });
            case 3:
                held_.clear();
                return measure(stage_.reader, no_wait, [&] { static_cast<void>(reader_.stats()); });
            default:
                return measure(stage_.reader, timeout, [&] { keep(reader_.acquire(timeout), false); });
        }
    }

    void keep(std::optional<Frame> frame, bool skips) {
        if (!frame) { return; }
        ++stage_.reader.frames;
        // Every byte is read, whoever lies.
        const bool intact = holds(*frame, frame->size(), frame->sequence());
        const bool next = frame->sequence() == last_ + 1 || (skips && frame->sequence() > last_);
        if (stage_.honest && (!intact || !next)) { ++stage_.reader.wrong_frames; }
        last_ = frame->sequence();
        held_.push_back(std::move(*frame));
        if (held_.size() > 3) { held_.erase(held_.begin()); }
    }

    Stage& stage_;
    Reader& reader_;
    std::uint64_t last_ = 0;
    std::vector<Frame> held_;
};

class WriterPart {
public:
    WriterPart(Stage& stage, Writer& writer) : stage_(stage), writer_(writer) {}

    bool act(std::uint64_t number) {
        const Timeout timeout = timeout_of(number);
        const std::uint64_t size = Pattern().size(number, 700);
        Status status = Status::ok;
        switch (mixed(number + 2) % 8) {
            case 0:
                status = measure(stage_.writer, timeout, [&] { static_cast<void>(writer_.wait(size, timeout)); });
                break;
            case 1:
                status = measure(stage_.writer, no_wait,
                                 [&] { writer_.publish_metadata(as_bytes(std::span("described"))); });
                break;
            case 2:
                status = measure(stage_.writer, no_wait, [&] { static_cast<void>(writer_.stats()); });
                break;
            default:
                status = measure(stage_.writer, timeout, [&] { write(size, timeout); });
        }
        count_false_alarm(stage_, stage_.writer, status);
        return goes_on(status);
    }

private:
    // The bytes follow from the number that the frame will have.
    void write(std::uint64_t size, Timeout timeout) {
        auto claim = writer_.claim(size, timeout);
        if (!claim) { return; }
        Pattern().fill(claim->bytes(), last_ + 1);
        last_ = claim->commit();
        ++stage_.writer.frames;
    }

    Stage& stage_;
    Writer& writer_;
    std::uint64_t last_ = 0;
};

}  // namespace

void be_reader(Stage& stage, const std::string& name, Layout layout) {
    limit_memory();
    for (std::uint64_t round = 1; await_round(stage, round); ++round) {
        std::optional<Reader> reader;
        measure(stage.reader, no_wait, [&] { reader.emplace(Reader::create(name, options_for(layout, round))); });
        stage.made.store(round, std::memory_order_release);
        if (reader) {
            ReaderPart part(stage, *reader);
            for (std::uint64_t number = round << 32U; part.act(number) && !wants_to_go(stage, round); ++number) {}
        }
        await([&] { return stage.entered.load(std::memory_order_acquire) >= round || stage.finished; },
              "a writer came");
        measure(stage.reader, no_wait, [&] { reader.reset(); });
        stage.left_by_reader.store(round, std::memory_order_release);
    }
}

void be_writer(Stage& stage, const std::string& name, Layout layout) {
    limit_memory();
    for (std::uint64_t round = 1; await_round(stage, round); ++round) {
        await([&] { return stage.made.load(std::memory_order_acquire) >= round || stage.finished; },
              "a buffer is made");
        std::optional<Writer> writer;
        measure(stage.writer, no_wait, [&] { writer.emplace(Writer::open(name, options_for(layout, round))); });
        stage.entered.store(round, std::memory_order_release);
        if (writer) {
            WriterPart part(stage, *writer);
            for (std::uint64_t number = round << 32U; part.act(number) && !wants_to_go(stage, round); ++number) {}
        }
        measure(stage.writer, no_wait, [&] { writer.reset(); });
        stage.left_by_writer.store(round, std::memory_order_release);
    }
}

}  // namespace zerobuffer::test
