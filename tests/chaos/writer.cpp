// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <vector>

#include "chaos/duty.hpp"
#include "chaos/worker.hpp"

namespace zerobuffer::test {
namespace {

class ChaosWriter : Duty {
public:
    ChaosWriter(std::string name, Account& account)
        : Duty("writer", account, account.writer, account.reader), name_(std::move(name)) {}

    void run() {
        while (attach()) {
            while (writer_ && !shall_leave()) {
                step();
            }
            writer_.reset();
        }
    }

private:
    // False: it was told to leave.
    bool attach() {
        writer_ = attach_patiently([&] { return is_v1() ? open_v1() : Writer::create(name_, options()); });
        if (!writer_) { return false; }
        resume();
        say_attached(last_ + 1);
        return true;
    }

    // Of a v1 buffer only its reader knows the epoch: it is the one that is ready, if it is the newest and lives.
    Writer open_v1() {
        Options patient = options();
        patient.wait_for_peer = std::chrono::milliseconds(100);
        auto writer = Writer::open(name_, patient);
        epoch_ = account_.epoch;
        if (account_.ready != epoch_ || writer.stats().peer != PeerState::attached) {
            throw Error(Status::not_ready, "this buffer is of an earlier reader");
        }
        return writer;
    }

    // A kill may come between a commit and the note of it, and, v1, leave a ring that cannot tell.
    void resume() {
        const std::uint64_t least = within(epoch_, own_.done);
        const std::uint64_t most = within(epoch_, own_.doing);
        const std::uint64_t sequence = writer_->stats().sequence;
        base_ = is_v1() ? within(epoch_, own_.base) : begin_of(epoch_);
        if (is_v1() && sequence == 0 && most > base_) {
            own_.skipped += most - least;
            own_.done = most;
            own_.base = base_ = most;
        }
        last_ = base_ + sequence;
        if (last_ < std::min(least, most) || last_ > most) { fault("the writer resumes after", last_, least); }
        own_.doing = own_.done = last_;
    }

    void step() {
        const Sight before = look();
        try {
            const std::uint64_t choice = mixed(last_) % 64;
            const bool written = choice == 0 ? write_several() : write_one(choice == 1);
            if (written) { pause(last_); }
        } catch (const Error& error) {
            if (error.status() != Status::peer_died && error.status() != Status::peer_closed) { throw; }
            judge(before, error.status());
            settle(writer_->stats().sequence);
            carry_on();
        }
    }

    // A v2 ring waits for its next reader; the next v1 reader makes another one.
    void carry_on() {
        if (is_v1()) {
            writer_.reset();
            return;
        }
        while (!shall_leave() && !writer_->wait_for_peer(std::chrono::milliseconds(100))) {}
    }

    bool write_one(bool hesitate) {
        const std::uint64_t number = last_ + 1;
        if (hesitate) {
            if (auto unused = writer_->claim(size_of(number), patience)) { unused->abort(); }
        }
        own_.doing = number;
        auto claim = writer_->claim(size_of(number), patience);
        if (!claim) { return false; }
        fill(claim->bytes(), number);
        settle(claim->commit());
        return true;
    }

    bool write_several() {
        std::array<std::vector<std::byte>, 4> contents;
        std::array<Bytes, 4> frames;
        for (std::uint64_t i = 0; i < frames.size(); ++i) {
            const std::uint64_t number = last_ + 1 + i;
            contents[i].resize(size_of(number));
            fill(contents[i], number);
            frames[i] = contents[i];
        }
        own_.doing = last_ + frames.size();
        const std::uint64_t expected = last_ + writer_->write_many(frames, patience);
        settle(writer_->stats().sequence);
        if (last_ != expected) { fault("frames written, by their count", last_, expected); }
        return true;
    }

    void fill(std::span<std::byte> bytes, std::uint64_t number) const {
        std::memcpy(bytes.data(), &number, sizeof number);
        pattern_.fill(bytes.subspan(sizeof number), number);
    }

    void settle(std::uint64_t sequence) {
        const std::uint64_t number = base_ + sequence;
        if (number < last_ || number > own_.doing) { fault("the writer is at", number, last_ + 1); }
        own_.doing = own_.done = last_ = number;
    }

    std::string name_;
    std::optional<Writer> writer_;
    std::uint64_t base_ = 0;
    std::uint64_t last_ = 0;
};

}  // namespace

int write_frames(const std::string& name, Account& account) {
    ChaosWriter(name, account).run();
    return 0;
}

}  // namespace zerobuffer::test
