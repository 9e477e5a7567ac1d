// SPDX-License-Identifier: MIT
// Sequences of calls of the C interface: two endpoints, many leases, odd sizes, calls that are wrong. Frames come out in
// order with their bytes, room is exactly what the format says, and every status is the documented one.
#include <array>
#include <utility>
#include <vector>

#include "calls_ends.hpp"

namespace zerobuffer::fuzz {
namespace {

// Byte `i` of frame `sequence`.
std::uint8_t pattern(std::uint64_t sequence, std::uint64_t i) {
    return static_cast<std::uint8_t>(sequence * 131 + i * 7 + i / 256);
}
void fill(void* data, std::uint64_t size, std::uint64_t sequence) {
    auto* const bytes = static_cast<std::uint8_t*>(data);
    for (std::uint64_t i = 0; i < size; ++i) {
        bytes[i] = pattern(sequence, i);
    }
}
bool is_intact(const zb_frame& frame) {
    const auto* const bytes = static_cast<const std::uint8_t*>(frame.data);
    for (std::uint64_t i = 0; i < frame.size; ++i) {
        if (bytes[i] != pattern(frame.sequence, i)) { return false; }
    }
    return true;
}

constexpr std::int64_t brief = 200'000;

class Session : Ends {
public:
    explicit Session(const Record& setup) : Ends(setup) {}

    void run(Records& records) {
        while (const auto record = records.next()) {
            step(*record);
        }
    }

private:
    void step(const Record& record) {
        switch (record.step % 20) {
            case 0:
            case 1:
                return write(record);
            case 2:
                return write_many(record);
            case 3:
                return claim(record);
            case 4:
                return commit(record);
            case 5:
                return abort();
            case 6:
            case 7:
                return acquire();
            case 8:
                return acquire_latest();
            case 9:
                return acquire_many(record);
            case 10:
            case 11:
                return held_.empty() ? void() : release_one(record.number % held_.size());
            case 12:
                return release_all(record);
            case 13:
                return release_twice(record);
            case 14:
                return publish(record);
            case 15:
                return read_metadata(record);
            case 16:
                return look();
            case 17:
                return record.a % 2 == 0 ? come_and_go_reader(record) : come_and_go_writer(record);
            case 18:
                return cancel();
            default:
                return misuse(record);
        }
    }

    // ---- writing -----------------------------------------------------------------------------------------------------

    std::uint64_t size_of(const Record& record) const {
        const std::uint64_t edge = record.b % 2 == 0 ? model_.max_frame() : capacity_ / 2;
        return record.a % 8 == 0 ? edge - 40 + record.number % 48 : record.number % (is_v1() ? capacity_ : 12000);
    }

    // Whether a frame of that size went in, or could have, is what `status` says.
    void check_room(zb_status status, std::uint64_t size) {
        if (!writer_open_) { return require(status == ZB_CLOSED, "a writer that was shut down says so"); }
        if (claim_.writer != nullptr) { return require(status == ZB_MISUSE, "one claim at a time"); }
        if (is_v1() && !reader_attached()) {
            return require(status == ZB_PEER_CLOSED, "a v1 reader that left was the last");
        }
        if (is_v1() && size == 0) { return require(status == ZB_MISUSE, "v1 has no frame of 0 bytes"); }
        if (status == ZB_OK) { return require(model_.may_fit(size), "only what fits goes in"); }
        require(!model_.must_fit(size), "what fits goes in");
        if (size > model_.max_frame()) { return require(status == ZB_TOO_LARGE, "too large is too large"); }
        const bool gone = status == ZB_PEER_CLOSED && !reader_attached();
        require(status == ZB_TIMEOUT || gone || (is_v1() && status == ZB_TOO_LARGE), "a full ring is a timeout");
    }

    void write(const Record& record) {
        if (writer_ == nullptr) { return; }
        std::vector<std::uint8_t> bytes(size_of(record));
        fill(bytes.data(), bytes.size(), model_.next());
        std::uint64_t sequence = 0;
        zb_status status = ZB_OK;
        if (record.c % 4 == 0) {
            const std::uint64_t cut = bytes.size() / 3;
            const std::array<zb_slice, 3> parts = {
                {{bytes.data(), cut}, {nullptr, 0}, {bytes.data() + cut, bytes.size() - cut}}};
            status = zb_writer_writev(writer_, parts.data(), parts.size(), 0, &sequence);
        } else {
            status = zb_writer_write(writer_, bytes.data(), bytes.size(), 0, &sequence);
        }
        check_room(status, bytes.size());
        if (status != ZB_OK) { return; }
        if (sequence != model_.next()) { restarted_ = true; }
        model_.sent(bytes.size(), sequence);
    }

    void write_many(const Record& record) {
        if (writer_ == nullptr) { return; }
        std::vector<std::vector<std::uint8_t>> frames(1 + record.b % 7U);
        std::vector<zb_slice> slices;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            frames[i].resize(1 + record.number % (capacity_ / 8));
            fill(frames[i].data(), frames[i].size(), model_.next() + i);
            slices.push_back({frames[i].data(), frames[i].size()});
        }
        std::uint64_t written = 0;
        const zb_status status = zb_writer_write_many(writer_, slices.data(), slices.size(), 0, &written);
        require(written <= slices.size() && (status != ZB_OK || written == slices.size()), "written are as many");
        for (std::uint64_t i = 0; i < written; ++i) {
            require(model_.may_fit(slices[i].size), "only what fits goes in");
            // The call does not say the numbers: only known to go on while they are certain.
            const std::uint64_t number = is_v1() && i == 0 ? last_written(written) : model_.next();
            if (number != model_.next()) { restarted_ = true; }
            model_.sent(slices[i].size, number);
        }
        if (status != ZB_OK) { check_room(status, slices[written].size); }
    }
    // Number of the first of the `written` frames that went in last.
    std::uint64_t last_written(std::uint64_t written) const {
        zb_stats stats{};
        require(zb_writer_stats(writer_, &stats) == ZB_OK, "an open writer has statistics");
        return stats.sequence - written + 1;
    }

    void claim(const Record& record) {
        if (writer_ == nullptr) { return; }
        const std::uint64_t size = size_of(record);
        zb_claim claim{};
        const zb_status status = zb_writer_claim(writer_, size, 0, &claim);
        check_room(status, size);
        if (status != ZB_OK) { return; }
        require(claim.size == size && claim.writer != nullptr, "a claim is as large as asked for");
        std::memset(claim.data, 0x5a, claim.size);
        claim_ = claim;
    }
    void commit(const Record& record) {
        zb_claim closed{};
        require(zb_writer_commit(&closed, 0, nullptr) == ZB_MISUSE, "a claim that is none cannot be committed");
        if (claim_.writer == nullptr) { return; }
        const std::uint64_t smallest = is_v1() ? 1 : 0;
        if (writer_open_) {
            require(zb_writer_commit(&claim_, claim_.size + 1 + record.number % 9, nullptr) == ZB_MISUSE, "too much");
        }
        const std::uint64_t size =
            record.a % 2 == 0 ? claim_.size : smallest + record.number % (claim_.size + 1 - smallest);
        fill(claim_.data, size, model_.next());
        std::uint64_t sequence = 0;
        const zb_status status = zb_writer_commit(&claim_, size, &sequence);
        if (!writer_open_) { return require(status == ZB_CLOSED, "a claim of a closed writer cannot be committed"); }
        require(status == ZB_OK && claim_.writer == nullptr, "what was claimed can be committed");
        if (is_v1() && !reader_attached()) { return; }  // into a buffer that nobody will read
        if (sequence != model_.next()) { restarted_ = true; }
        model_.sent(size, sequence);
    }
    void abort() {
        const bool open = claim_.writer != nullptr;
        require(zb_writer_abort(&claim_) == (open ? ZB_OK : ZB_MISUSE), "a claim is given up once");
        if (open && !writer_open_) { writer_left(); }
    }

    // ---- reading -----------------------------------------------------------------------------------------------------

    // A frame that came out must be the oldest of the model. Where a v1 writer began at 1 again, its bytes were made for
    // the number that it should have had.
    void got(const zb_frame& frame) {
        const Model::Sent expected = model_.take();
        require(frame.sequence == expected.sequence && frame.size == expected.size, "frames come out in order");
        require(restarted_ || is_intact(frame), "frames come out as they were put in");
        require(frame.reader == reader_, "a frame names its reader");
        held_.push_back(frame);
    }
    void check_nothing(zb_status status) {
        if (!reader_open_) { return require(status == ZB_CLOSED, "a reader that was shut down says so"); }
        require(model_.unread() == 0, "what was committed comes out");
        require(status == ZB_TIMEOUT || (status == ZB_PEER_CLOSED && !writer_attached()), "nothing is a timeout");
    }

    void acquire() {
        if (reader_ == nullptr) { return; }
        zb_frame frame{};
        const zb_status status = zb_reader_acquire(reader_, 0, &frame);
        if (status == ZB_OK) {
            got(frame);
        } else {
            check_nothing(status);
        }
    }
    void acquire_latest() {
        if (reader_ == nullptr) { return; }
        zb_frame frame{};
        const zb_status status = zb_reader_acquire_latest(reader_, 0, &frame);
        if (status != ZB_OK) { return check_nothing(status); }
        while (model_.unread() > 1) {
            model_.release(model_.take().sequence);
        }
        got(frame);
    }
    void acquire_many(const Record& record) {
        if (reader_ == nullptr) { return; }
        std::array<zb_frame, 9> frames{};
        std::uint64_t count = 99;
        const std::uint64_t limit = 1 + record.number % frames.size();
        const std::uint64_t expected = std::min(limit, model_.unread());
        const zb_status status = zb_reader_acquire_many(reader_, limit, 0, frames.data(), &count);
        require(count <= limit && (status == ZB_OK) == (count != 0), "a batch that came has frames");
        if (status != ZB_OK) { return check_nothing(status); }
        require(count == expected, "a batch has all that are there");
        for (std::uint64_t i = 0; i < count; ++i) {
            got(frames[i]);
        }
    }

    void release_one(std::size_t which) {
        zb_frame frame = held_[which];
        require(restarted_ || is_intact(frame), "what is held stays as it was");
        require(zb_reader_release(&frame) == ZB_OK && frame.reader == nullptr, "what is held can be released");
        released(which);
    }
    void release_all(const Record& record) {
        std::vector<zb_frame> frames = held_;
        if (!frames.empty()) { std::swap(frames.front(), frames[record.number % frames.size()]); }
        require(zb_reader_release_many(frames.data(), frames.size()) == ZB_OK, "a batch can be released");
        while (!held_.empty()) {
            released(0);
        }
    }
    void release_twice(const Record& record) {
        zb_frame none{};
        require(zb_reader_release(&none) == ZB_MISUSE, "what is not held cannot be released");
        if (reader_ == nullptr || held_.empty()) { return; }
        zb_frame copy = held_[record.number % held_.size()];
        release_one(record.number % held_.size());
        require(zb_reader_release(&copy) == ZB_MISUSE, "what was released cannot be released again");
    }

    // ---- the rest ----------------------------------------------------------------------------------------------------

    void publish(const Record& record) {
        // A v1 buffer whose reader has left is nobody's any more.
        if (writer_ == nullptr || (is_v1() && !reader_attached())) { return; }
        const std::vector<std::uint8_t> bytes(record.number % 60, record.a % 2);
        const zb_status status = zb_writer_publish_metadata(writer_, bytes.data(), bytes.size());
        if (!writer_open_) { return require(status == ZB_CLOSED, "a writer that was shut down says so"); }
        if (bytes.size() > 56) { return require(status == ZB_TOO_LARGE, "metadata fits its block"); }
        const bool same = model_.metadata == bytes;
        const bool allowed = is_v1() ? !model_.metadata : !published_;
        require(status == (same || allowed ? ZB_OK : ZB_MISUSE), "a stream is described once");
        if (status == ZB_OK) { model_.metadata = bytes; }
        published_ = true;
    }
    void read_metadata(const Record& record) {
        if (reader_ == nullptr) { return; }
        std::array<std::uint8_t, 64> bytes{};
        std::uint64_t size = 0;
        const std::uint64_t room = record.number % (bytes.size() + 1);
        const zb_status status = zb_reader_metadata(reader_, 0, bytes.data(), room, &size);
        if (!reader_open_) { return require(status == ZB_CLOSED, "a reader that was shut down says so"); }
        if (!model_.metadata) { return require(status == ZB_TIMEOUT, "what nobody has published is not there"); }
        const auto& expected = *model_.metadata;
        require(size == expected.size(), "metadata has its length");
        if (room < size) { return require(status == ZB_TOO_LARGE, "metadata is not cut"); }
        require(status == ZB_OK && std::equal(expected.begin(), expected.end(), bytes.begin()), "metadata arrives");
    }

    void look() {
        zb_stats stats{};
        if (reader_ != nullptr && reader_open_) {
            require(zb_reader_stats(reader_, &stats) == ZB_OK && stats.held == held_.size(), "what is held is counted");
            require(zb_reader_wait(reader_, 0) == ZB_OK || model_.unread() == 0, "what is there is not waited for");
        }
        if (writer_ != nullptr && writer_open_) {
            require(zb_writer_stats(writer_, &stats) == ZB_OK, "an open writer has statistics");
            require(is_v1() || stats.used == model_.used(), "used is what was not released");
            require(stats.held == (claim_.writer != nullptr ? 1U : 0U), "an open claim is counted");
        }
        zb_snapshot snapshot{};
        const zb_status status = zb_inspect(name_.c_str(), &snapshot);
        const bool used = reader_attached() || (!is_v1() && writer_attached());
        require(status == ZB_OK || !used, "what is in use can be looked at");
        if (status == ZB_OK && !is_v1()) { require(snapshot.used == model_.used(), "used is what was not released"); }
    }

    void cancel() {
        if (reader_ == nullptr || !reader_open_ || model_.unread() != 0 || !writer_attached()) { return; }
        zb_frame frame{};
        require(zb_reader_cancel(reader_) == ZB_OK, "an open reader can be cancelled");
        require(zb_reader_acquire(reader_, brief, &frame) == ZB_CANCELLED, "the next wait is cancelled");
        require(zb_reader_acquire(reader_, 0, &frame) == ZB_TIMEOUT, "and no other");
    }

    void misuse(const Record& record) {
        zb_frame frame{};
        zb_claim claim{};
        std::uint64_t count = 0;
        require(zb_reader_acquire(nullptr, 0, &frame) == ZB_MISUSE, "no reader");
        require(zb_writer_claim(nullptr, 1, 0, &claim) == ZB_MISUSE, "no writer");
        require(zb_writer_write(writer_, nullptr, 1, 0, nullptr) == ZB_MISUSE, "no bytes");
        require(zb_reader_acquire(reader_, -2 - record.a, &frame) == ZB_MISUSE, "no such timeout");
        require(zb_reader_acquire(reader_, 0, nullptr) == ZB_MISUSE, "no result");
        require(zb_reader_acquire_many(reader_, 0, 0, &frame, &count) == ZB_MISUSE, "no room");
        require(zb_last_error()[0] != '\0', "an error says what is wrong");
    }
};

}  // namespace
}  // namespace zerobuffer::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace zerobuffer::fuzz;
    Records records(data, size);
    if (const auto setup = records.next()) { Session(*setup).run(records); }
    return 0;
}
