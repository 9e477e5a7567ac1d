// SPDX-License-Identifier: MIT
#include "crash/ledger.hpp"

#include "crash/scenario.hpp"

namespace zerobuffer::crash {
namespace {

std::string numbers(const char* what, std::uint64_t found, std::uint64_t expected) {
    return std::string(what) + " " + std::to_string(found) + " instead of " + std::to_string(expected);
}

void demand_equal(const char* what, std::uint64_t found, std::uint64_t expected) {
    demand(found == expected, numbers(what, found, expected));
}

// Frames of 1024 bytes with their header in v2, of 64 in v1.
std::uint64_t step_of(const Setup& setup) { return setup.layout == Layout::v1 ? 64 : 1024; }

std::uint64_t fill_up(Writer& writer, Ledger& ledger, std::uint64_t size) {
    std::uint64_t count = 0;
    while (ledger.write(writer, size)) {
        ++count;
    }
    return count;
}

void expect_empty(const std::string& buffer, std::uint64_t lost) {
    const Snapshot seen = inspect(buffer);
    demand_equal("inspect: unread", seen.unread, 0);
    demand(seen.used <= lost, numbers("inspect: used", seen.used, lost));
}

void flow_v2(const std::string& buffer, Writer& writer, Reader& reader, Ledger& ledger) {
    constexpr std::uint64_t unit = 64;
    constexpr std::uint64_t size = 1000;
    constexpr std::uint64_t extent = unit + 1024;
    for (int lap = 0; lap < 2; ++lap) {
        const std::uint64_t first = ledger.last() + 1;
        const std::uint64_t count = fill_up(writer, ledger, size);
        demand_equal("frames until full", count, (writer.capacity() - unit) / extent);
        demand_equal("inspect: unread", inspect(buffer).unread, count);
        demand_equal("last frame", ledger.drain(reader, first), ledger.last());
        demand(ledger.write(writer, writer.max_frame()), "an empty ring has no room for its largest frame");
        demand_equal("last frame", ledger.drain(reader, ledger.last()), ledger.last());
    }
    demand_equal("the writer's sequence", writer.stats().sequence, ledger.last());
    demand_equal("the reader's sequence", reader.stats().sequence, ledger.last());
}

// Frames of different sizes: how many of one size fit depends on where the end of the ring lies.
void flow_v1(Writer& writer, Reader& reader, Ledger& ledger) {
    std::uint64_t passed = 0;
    for (std::uint64_t lap = 0; passed < 3 * writer.capacity(); ++lap) {
        demand(lap < 1000, "three laps take more than a thousand frames");
        const std::uint64_t size = 20 + 7 * (lap % 5);
        const std::uint64_t first = ledger.last() + 1;
        const std::uint64_t count = fill_up(writer, ledger, size);
        demand(count != 0, "an empty ring has no room for a frame of " + std::to_string(size));
        demand_equal("last frame", ledger.drain(reader, first), ledger.last());
        passed += count * (16 + size);
    }
}

}  // namespace

bool Ledger::write(Writer& writer, std::uint64_t size, Timeout timeout) {
    const auto sequence = test::write_frame(writer, size, last() + 1, timeout);
    if (!sequence) { return false; }
    demand_equal("a new frame has sequence", *sequence, last() + 1);
    add(size);
    return true;
}

void Ledger::check(const Frame& frame, std::uint64_t sequence) const {
    demand_equal("frame", frame.sequence(), sequence);
    demand(sequence <= last(), "frame " + std::to_string(sequence) + " was never written");
    demand(test::holds(frame, size(sequence), sequence), "frame " + std::to_string(sequence) + " holds wrong bytes");
}

std::uint64_t Ledger::drain(Reader& reader, std::uint64_t next) const {
    while (auto frame = reader.acquire(no_wait)) {
        check(*frame, next++);
    }
    return next - 1;
}

std::uint64_t Ledger::drain_to_loss(Reader& reader, std::uint64_t next, Status& loss) const {
    try {
        while (auto frame = reader.acquire(patience)) {
            check(*frame, next++);
        }
    } catch (const Error& error) {
        loss = error.status();
        demand(loss == Status::peer_died || loss == Status::peer_closed, error.what());
        return next - 1;
    }
    throw Anomaly("the reader never heard that its writer is gone");
}

Options Setup::options() const {
    Options options;
    options.layout = layout;
    options.capacity = capacity;
    options.metadata_size = 64;
    return options;
}

std::vector<std::uint64_t> Setup::lap() const {
    if (offset == 0) { return {}; }
    const std::uint64_t step = step_of(*this);
    std::vector<std::uint64_t> sizes((capacity + offset) / step, step - header());
    const std::uint64_t rest = (capacity + offset) % step;
    if (rest != 0) { sizes.push_back(rest - header()); }
    return sizes;
}

void flow(const std::string& buffer, Writer& writer, Reader& reader, Ledger& ledger, std::uint64_t lost) {
    if (writer.layout() == Layout::v1) {
        flow_v1(writer, reader, ledger);
    } else {
        flow_v2(buffer, writer, reader, ledger);
    }
    expect_empty(buffer, lost);
    expect_sides(buffer, PeerState::attached, PeerState::attached);
}

std::optional<std::uint64_t> begin_afresh(const std::string& buffer, const Setup& setup) {
    Reader reader = Reader::create(buffer, setup.options());
    Writer writer = Writer::open(buffer);
    Ledger fresh;
    flow(buffer, writer, reader, fresh);
    return std::nullopt;
}

void expect_sides(const std::string& buffer, PeerState writer, PeerState reader) {
    const Snapshot seen = inspect(buffer);
    demand_equal("inspect: status", static_cast<std::uint64_t>(seen.status), 0);
    demand_equal("inspect: writer", static_cast<std::uint64_t>(seen.writer.state), static_cast<std::uint64_t>(writer));
    demand_equal("inspect: reader", static_cast<std::uint64_t>(seen.reader.state), static_cast<std::uint64_t>(reader));
}

}  // namespace zerobuffer::crash
