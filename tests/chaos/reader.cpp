// SPDX-License-Identifier: MIT
#include <cstring>
#include <deque>
#include <exception>

#include "chaos/duty.hpp"
#include "chaos/worker.hpp"

namespace zerobuffer::test {
namespace {

class ChaosReader : Duty {
public:
    ChaosReader(std::string name, Account& account)
        : Duty("reader", account, account.reader, account.writer), name_(std::move(name)) {}

    void run() {
        if (attach()) {
            while (!is_over()) {
                step();
            }
            while (!held_.empty()) {
                release(0);
            }
        }
    }

private:
    struct Held {
        std::uint64_t number;
        Frame frame;
    };

    bool attach() {
        before_ = within(epoch_, own_.taken);
        released_ = within(epoch_, own_.done);
        last_ = within(epoch_, own_.doing);
        skips_seen_ = peer_.skipped;
        stops_ = account_.stops;
        reader_ = attach_patiently([&] { return Reader::create(name_, options()); });
        if (!reader_) { return false; }
        if (is_v1()) { account_.ready = epoch_; }
        say_attached(0);
        return true;
    }

    // A writer that came and went without a frame, before this reader looked, is never reported.
    [[nodiscard]] bool is_over() const { return shall_leave() && (account_.drain == 0 || lost_ || quiet_ == 5); }

    void step() {
        const bool leaving = shall_leave();
        const Sight before = look();
        const std::uint64_t committed = peer_.done;
        try {
            take(before);
        } catch (const Error& error) {
            if (error.status() != Status::peer_died && error.status() != Status::peer_closed) { throw; }
            judge(before, error.status());
            // What a writer skipped and never wrote behind counts as committed, too.
            const std::uint64_t skipped = is_v1() ? peer_.skipped - skips_seen_ : 0;
            if (epoch_of(committed) == epoch_ && committed > last_ + skipped) {
                fault("lost at the end", last_, committed);
            }
            lost_ = leaving;
            while (!shall_leave() && !reader_->wait_for_peer(std::chrono::milliseconds(100))) {}
        }
    }

    void take(const Sight& before) {
        std::array<Frame, 3> frames;
        std::size_t count = 0;
        if (mixed(last_ + 1) % 16 == 0) {
            count = reader_->acquire_many(frames, patience);
        } else if (auto frame = reader_->acquire(patience)) {
            frames[0] = std::move(*frame);
            count = 1;
        }
        quiet_ = count == 0 && shall_leave() ? quiet_ + 1 : 0;
        for (std::size_t i = 0; i < count; ++i) {
            accept(std::move(frames[i]), before);
        }
    }

    void accept(Frame frame, const Sight& before) {
        lost_ = false;
        const std::uint64_t number = check(frame);
        if (number > own_.taken) { own_.taken = number; }
        note_first_frame(number, before);
        held_.push_back({number, std::move(frame)});
        const std::uint64_t random = mixed(number ^ own_.random);
        while (held_.size() > random % 4) {
            // Space returns in order: one that is held for long would keep the writer waiting, and so this reader.
            const bool overdue = number - held_.front().number > 4;
            release(overdue ? 0 : random / 4 % held_.size());
        }
        pause(number);
    }

    std::uint64_t check(const Frame& frame) {
        std::uint64_t number = 0;
        if (frame.size() > sizeof number) { std::memcpy(&number, frame.bytes().data(), sizeof number); }
        const bool intact = frame.size() > sizeof number && frame.size() == size_of(number) &&
                            pattern_.matches(frame.bytes().subspan(sizeof number), number);
        if (!intact) { fault("corrupt frame", number, last_ + 1); }
        if (!is_v1() && number != begin_of(epoch_) + frame.sequence()) {
            fault("a frame with another's sequence", number, begin_of(epoch_) + frame.sequence());
        }
        check_order(number, frame.sequence());
        last_ = number;
        return number;
    }

    // The first one: after what was surely released, or just so, and was not noted.
    void check_order(std::uint64_t number, std::uint64_t sequence) {
        if (!resumed_) {
            resumed_ = true;
            if (number <= released_) { fault("released, and comes again", number, released_ + 1); }
            if (number > last_ + 1 + may_skip(sequence)) { fault("lost before", number, last_ + 1); }
        } else if (number < last_ + 1) {
            fault("comes twice", number, last_ + 1);
        } else if (number > last_ + 1 + may_skip(sequence)) {
            fault("lost before", number, last_ + 1);
        }
    }

    // v1: the writer numbers from 1 again where the ring cannot tell whether the last frame was committed.
    std::uint64_t may_skip(std::uint64_t sequence) {
        if (!is_v1() || sequence != 1) { return 0; }
        const std::uint64_t skips = peer_.skipped;
        return skips - std::exchange(skips_seen_, skips);
    }

    // Of whichever side came last to the other one, if both were left in peace since.
    void note_first_frame(std::uint64_t number, const Sight& before) {
        const bool undisturbed = own_.pace == 0 && peer_.pace == 0 && account_.stops == stops_ && before.attached &&
                                 own_.hold != incarnation_ && peer_.hold != before.incarnation;
        const std::uint64_t came = peer_.attached_at;
        const std::uint64_t time = nanoseconds();
        if (!std::exchange(noted_, noted_ || number > before_) && number > before_) {
            if (undisturbed && came < own_.attached_at) { own_.first_frame = time - own_.attached_at; }
        }
        if (before.incarnation == noted_writer_ || !before.attached || number < peer_.first_number) { return; }
        noted_writer_ = before.incarnation;
        const bool same = peer_.attached == before.incarnation && peer_.incarnation == before.incarnation;
        if (undisturbed && same && came > own_.attached_at) { peer_.first_frame = time - came; }
    }

    void release(std::size_t index) {
        const auto at = held_.begin() + static_cast<std::ptrdiff_t>(index);
        const std::uint64_t behind = index != 0 ? held_.front().number : held_.size() > 1 ? held_[1].number : last_ + 1;
        own_.doing = behind - 1;
        at->frame.release();
        held_.erase(at);
        own_.done = behind - 1;
    }

    std::string name_;
    std::optional<Reader> reader_;
    std::deque<Held> held_;
    std::uint64_t last_ = 0;      // taken; before the first one: perhaps released by the predecessor
    std::uint64_t released_ = 0;  // by the predecessor, surely
    std::uint64_t before_ = 0;    // taken by the predecessor
    std::uint64_t skips_seen_ = 0;
    std::uint64_t noted_writer_ = 0;
    std::uint64_t stops_ = 0;
    int quiet_ = 0;  // waits without a frame, since it was told to leave
    bool resumed_ = false;
    bool noted_ = false;
    bool lost_ = false;
};

}  // namespace

int read_frames(const std::string& name, Account& account) {
    ChaosReader(name, account).run();
    return 0;
}

}  // namespace zerobuffer::test
