// SPDX-License-Identifier: MIT
// A whole segment file that lies, before and between the calls of the public interface: opening, draining, writing,
// looking, sweeping. Nothing but an Error comes of it, in time, and once corrupt is always corrupt.
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "segment_image.hpp"

namespace zerobuffer::fuzz {
namespace {

using Clock = std::chrono::steady_clock;

// What a call took beyond its timeout. Seconds mean that it hung; anything less may be the machine.
class Overrun {
public:
    ~Overrun() { std::fprintf(stderr, "longest call beyond its timeout: %.1f ms\n", longest_); }
    void add(Clock::duration taken, Timeout timeout) {
        const std::chrono::duration<double, std::milli> beyond = taken - std::chrono::nanoseconds(timeout.count());
        longest_ = std::max(longest_, beyond.count());
        require(longest_ < 5000, "a call ends with its timeout");
    }

private:
    double longest_ = 0;
} overrun;

constexpr bool can_come_of_lies(Status status) {
    switch (status) {
        case Status::ok:
        case Status::bad_name:
        case Status::permission_denied:
        case Status::interrupted:
        case Status::cancelled:
            return false;
        default:
            return true;
    }
}

/// Nothing after a timeout, and when it threw an Error, which is what may come of a lie.
template <class Call>
auto attempt(Timeout timeout, Status& status, Call&& call) -> decltype(std::optional(call())) {
    const auto start = Clock::now();
    try {
        auto result = std::optional(call());
        overrun.add(Clock::now() - start, timeout);
        status = Status::ok;
        return result;
    } catch (const Error& error) {
        overrun.add(Clock::now() - start, timeout);
        status = error.status();
        require(can_come_of_lies(status) && error.what()[0] != '\0', "an error says what is wrong");
        return std::nullopt;
    }
}

class Session {
public:
    explicit Session(const Record& setup)
        : image_(setup.a % 2 == 0 ? v2() : v1()), is_v1_(setup.a % 2 != 0), guarded_(setup.b % 4 == 0) {
        image_.lay(name_);
    }
    ~Session() {
        frames_.clear();
        claim_.reset();
        reader_.reset();
        writer_.reset();
        for (const char* prefix : {"", "sem.sem-w-", "sem.sem-r-"}) {
            ::unlink(test::Image::path_of(prefix + name_).c_str());
        }
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void run(Records& records) {
        while (const auto record = records.next()) {
            step(*record);
        }
        // Whatever it has become, everybody looks at it once more.
        close(Record{});
        open_reader(Record{});
        for (int i = 0; i < 8 && reader_; ++i) {
            acquire(Record{});
        }
        open_writer(Record{});
        write(Record{.number = 30});
        look(Record{});
    }

private:
    static const SegmentImage& v1() {
        static const SegmentImage image(Layout::v1);
        return image;
    }
    static const SegmentImage& v2() {
        static const SegmentImage image(Layout::v2);
        return image;
    }

    void step(const Record& record) {
        switch (record.step % 20) {
            case 0:
            case 1:
            case 2: {
                const auto fields = fields_of(is_v1_ ? Layout::v1 : Layout::v2);
                return tell(fields[record.a % fields.size()], record);
            }
            case 3:
            case 4:
                return lie_in_ring(record);
            case 5:
                return flip(record);
            case 6:
                return resize(record);
            case 7:
                return open_reader(record);
            case 8:
                return open_writer(record);
            case 9:
            case 10:
                return acquire(record);
            case 11:
                return acquire_latest(record);
            case 12:
                return acquire_many(record);
            case 13:
                return release(record);
            case 14:
                return write(record);
            case 15:
                return claim(record);
            case 16:
                return metadata(record);
            case 17:
                return look(record);
            case 18:
                return ask(record);
            default:
                return close(record);
        }
    }

    // ---- the liar ----------------------------------------------------------------------------------------------------

    template <class Change>
    void change(std::uint64_t offset, unsigned width, Change&& change) const {
        const int file = ::open(test::Image::path_of(name_).c_str(), O_RDWR | O_CLOEXEC);
        if (file < 0) { return; }  // the last one has taken its name away
        std::uint64_t word = 0;
        struct stat status {};
        ::fstat(file, &status);
        if (offset + width <= static_cast<std::uint64_t>(status.st_size)) {
            static_cast<void>(!::pread(file, &word, width, static_cast<off_t>(offset)));
            word = change(word);
            static_cast<void>(!::pwrite(file, &word, width, static_cast<off_t>(offset)));
        }
        ::close(file);
    }
    void tell(const Field& field, const Record& record) const {
        change(field.offset, field.width, [&](std::uint64_t word) {
            const std::uint64_t limit = record.c % 4 == 0 ? image_.size() : image_.capacity();
            return lie(record.b, record.number, word, limit);
        });
    }
    // Where the frames of the image are, or anywhere.
    void lie_in_ring(const Record& record) const {
        const std::array<std::uint64_t, 3> starts = {0, is_v1_ ? 36U : 128U, is_v1_ ? 102U : 256U};
        std::uint64_t at = record.c % 4 == 3 ? record.number % image_.capacity() : starts[record.c % 4];
        tell({image_.payload() + at + record.a % 2 * 8, 8}, record);
    }
    void flip(const Record& record) const {
        change(record.number / 8 % image_.size(), 1,
               [&](std::uint64_t byte) { return byte ^ 1U << record.number % 8; });
    }
    // Shorter only under nobody, or under those who are guarded: that is what they are told.
    void resize(const Record& record) const {
        const bool used = reader_ || writer_ || !frames_.empty();
        constexpr std::array<std::uint64_t, 8> sizes = {0, 4, 127, 128, 8191, 8192, 65536, 448};
        std::uint64_t size = record.a % 2 == 0 ? sizes[record.b % sizes.size()] : record.number % (4U << 20U);
        if (record.a % 4 == 3) { size = lie(5, record.number, 0, image_.size()); }
        if (used && !guarded_) { size = std::max(size, image_.size()); }
        static_cast<void>(!::truncate(test::Image::path_of(name_).c_str(), static_cast<off_t>(size)));
    }

    // ---- its victims -------------------------------------------------------------------------------------------------

    Options options(const Record& record) const {
        Options made = image_.options();
        made.guarded = guarded_;
        made.prefault = record.b % 2 == 0 ? Prefault::never : Prefault::automatic;
        made.wait_mode = static_cast<WaitMode>(record.c % 3);
        return made;
    }
    static Timeout timeout_of(const Record& record) {
        return record.a % 32 == 31 ? Timeout(std::chrono::microseconds(300)) : no_wait;
    }
    void seen(Status status, bool& corrupt) const {
        require(!corrupt || status == Status::corrupt, "once corrupt is always corrupt");
        corrupt = corrupt || status == Status::corrupt;
    }

    void open_reader(const Record& record) {
        if (reader_ || !frames_.empty()) { return; }
        Status status{};
        Options asked = options(record);
        asked.replace = record.a % 8 == 1;
        asked.writable = record.a % 2 == 0;
        if (is_v1_) {
            reader_ = attempt(no_wait, status, [&] { return Reader::create(name_, asked); });
            if (reader_) { image_.lay_over(name_); }
        } else {
            reader_ = attempt(no_wait, status, [&] {
                return record.a % 4 == 1 ? Reader::create(name_, asked) : Reader::open(name_, asked);
            });
        }
        reader_corrupt_ = false;
    }
    void open_writer(const Record& record) {
        if (writer_ || claim_) { return; }
        Status status{};
        writer_ = attempt(no_wait, status, [&] {
            return !is_v1_ && record.a % 4 == 1 ? Writer::create(name_, options(record))
                                                : Writer::open(name_, options(record));
        });
        writer_corrupt_ = false;
    }

    void keep(Frame frame) {
        require(frame.size() <= reader_->max_frame(), "no frame is larger than the largest");
        read_all(frame.bytes().data(), frame.size());
        frames_.push_back(std::move(frame));
    }
    void acquire(const Record& record) {
        if (!reader_) { return; }
        Status status{};
        auto frame = attempt(timeout_of(record), status, [&] { return reader_->acquire(timeout_of(record)); });
        seen(status, reader_corrupt_);
        if (frame) { keep(std::move(*frame)); }
    }
    void acquire_latest(const Record& record) {
        if (!reader_) { return; }
        Status status{};
        auto frame = attempt(timeout_of(record), status, [&] { return reader_->acquire_latest(timeout_of(record)); });
        seen(status, reader_corrupt_);
        if (frame) { keep(std::move(*frame)); }
    }
    void acquire_many(const Record& record) {
        if (!reader_) { return; }
        Status status{};
        std::array<Frame, 4> frames;
        const auto count =
            attempt(timeout_of(record), status, [&] { return reader_->acquire_many(frames, timeout_of(record)); });
        seen(status, reader_corrupt_);
        for (std::size_t i = 0; i < count.value_or(0); ++i) {
            keep(std::move(frames[i]));
        }
    }
    void release(const Record& record) {
        if (!frames_.empty()) { frames_.erase(frames_.begin() + record.number % frames_.size()); }
    }

    void write(const Record& record) {
        if (!writer_) { return; }
        static const std::vector<std::byte> bytes(65536, std::byte{9});
        Status status{};
        const auto frame = std::span(bytes).first(record.number % (image_.capacity() + 1));
        attempt(timeout_of(record), status, [&] { return writer_->write(frame, timeout_of(record)); });
        seen_by_writer(status);
    }
    // An open claim and a frame that is too large are the caller's own, and come first.
    void seen_by_writer(Status status) {
        if (status != Status::too_large && status != Status::misuse) { seen(status, writer_corrupt_); }
    }
    void claim(const Record& record) {
        Status status{};
        if (claim_) {
            if (record.a % 4 != 0) {
                attempt(no_wait, status, [&] { return claim_->commit(claim_->size()); });
            }
            claim_.reset();
        } else if (writer_) {
            auto claim = attempt(timeout_of(record), status, [&] {
                return writer_->claim(record.number % (image_.capacity() + 1), timeout_of(record));
            });
            seen_by_writer(status);
            if (!claim) { return; }
            std::ranges::fill(claim->bytes(), std::byte{5});
            claim_ = std::move(*claim);
        }
    }

    void metadata(const Record& record) {
        Status status{};
        if (record.b % 2 == 0 && reader_) {
            const auto found =
                attempt(timeout_of(record), status, [&] { return reader_->metadata(timeout_of(record)); });
            seen(status, reader_corrupt_);
            require(!found || found->size() <= reader_->metadata_size(), "no more than its block");
        } else if (writer_) {
            const std::array<std::byte, 80> bytes{};
            attempt(no_wait, status, [&] {
                writer_->publish_metadata(std::span(bytes).first(record.number % bytes.size()));
                return true;
            });
        }
    }
    void look(const Record&) {
        Status status{};
        const auto snapshot = attempt(no_wait, status, [&] { return inspect(name_); });
        require(!snapshot || (snapshot->used <= snapshot->capacity && snapshot->unread <= snapshot->capacity),
                "what is used lies in the ring");
        attempt(no_wait, status, [] { return list_buffers(); });
        require(status == Status::ok, "a liar does not hide the others");
        attempt(no_wait, status, [] { return clean(true); });
        require(status == Status::ok, "a liar does not stop the sweep");
    }
    void ask(const Record& record) {
        Status status{};
        if (reader_) {
            attempt(no_wait, status, [&] { return reader_->stats(); });
            attempt(timeout_of(record), status, [&] { return reader_->wait_for_peer(timeout_of(record)); });
            attempt(timeout_of(record), status, [&] { return reader_->wait(timeout_of(record)); });
            if (status == Status::corrupt) { reader_corrupt_ = true; }
        }
        if (writer_) {
            attempt(no_wait, status, [&] { return writer_->stats(); });
            attempt(timeout_of(record), status, [&] { return writer_->wait_for_peer(timeout_of(record)); });
            attempt(timeout_of(record), status,
                    [&] { return writer_->wait(record.number % 1000, timeout_of(record)); });
        }
    }
    void close(const Record& record) {
        const auto start = Clock::now();
        if (record.a % 4 != 1) { frames_.clear(); }
        if (record.a % 4 != 2) { writer_.reset(); }
        if (record.a % 4 != 3) { reader_.reset(); }
        if (!writer_) { claim_.reset(); }
        overrun.add(Clock::now() - start, no_wait);
    }

    const std::string name_ = "liar";
    const SegmentImage& image_;
    bool is_v1_;
    bool guarded_;
    bool reader_corrupt_ = false;
    bool writer_corrupt_ = false;
    std::vector<Frame> frames_;
    std::optional<Claim> claim_;
    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
};

}  // namespace
}  // namespace zerobuffer::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace zerobuffer::fuzz;
    Records records(data, size);
    if (const auto setup = records.next()) { Session(*setup).run(records); }
    return 0;
}
