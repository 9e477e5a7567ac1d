// SPDX-License-Identifier: MIT
#include "crash/writer_dies.hpp"

namespace zerobuffer::crash {

void Writing::commits(std::uint64_t frames, const std::function<void()>& effect) {
    progress.begun.fetch_add(frames);
    effect();
    progress.finished.fetch_add(frames);
    next += frames;
}

namespace {

class WriterDies : public Scenario {
public:
    WriterDies(const std::string& buffer, const WriterCase& shape) : Scenario(buffer), shape_(shape) {
        for (const auto& sizes : {shape_.setup.lap(), shape_.setup.unread, shape_.flight}) {
            for (const std::uint64_t size : sizes) {
                ledger_.add(size);
            }
        }
        base_ = ledger_.last() - shape_.flight.size();
        first_unread_ = base_ - shape_.setup.unread.size() + 1;
    }

    void arrange_survivor(int round) override {
        if (round == 0) {
            reader_.emplace(Reader::create(buffer(), shape_.setup.options()));
            write_what_is_there();
        }
        if (round == 1) {
            demand(reader_->wait_for_peer(patience), "the victim did not attach");
            for (std::uint64_t i = 0; i < shape_.held; ++i) {
                held_.push_back(*reader_->acquire(no_wait));
                ledger_.check(held_.back(), first_unread_ + i);
            }
        }
        if (round == 2 && shape_.disturb) { shape_.disturb(buffer()); }
    }

    void arrange_victim(int round) override {
        if (round == 0) {
            writer_.emplace(Writer::open(buffer()));
            demand(writer_->stats().sequence == base_, "the victim starts with another sequence");
        }
        if (round == 1) {
            work_.emplace(Writing{*writer_, ledger_, unstepped_, base_ + 1});
            if (shape_.prepare) { shape_.prepare(*work_); }
        }
    }

    void operate(Progress& progress) override {
        Writing work{*writer_, ledger_, progress, base_ + 1, std::move(work_->claim), std::move(work_->content)};
        shape_.operate(work);
        work_->claim = std::move(work.claim);  // not to be ended behind the last step
    }

    std::optional<std::uint64_t> carry_on(Aftermath aftermath) override {
        switch (aftermath) {
            case Aftermath::survivor:
                return reader_goes_on();
            case Aftermath::successor:
                return is_v1() ? writer_comes_and_goes() : writer_comes();
            case Aftermath::fresh_reader:
                return is_v1() ? begin_afresh(buffer(), shape_.setup) : fresh_reader_comes();
            case Aftermath::fresh_writer:
                return is_v1() ? begin_afresh(buffer(), shape_.setup) : fresh_writer_comes();
        }
        throw std::logic_error("no such aftermath");
    }

private:
    [[nodiscard]] bool is_v1() const { return shape_.setup.layout == Layout::v1; }

    // A writer before the victim, which left in order.
    void write_what_is_there() {
        Writer writer = Writer::open(buffer());
        Ledger written;
        for (std::uint64_t sequence = 1; sequence <= base_; ++sequence) {
            demand(written.write(writer, ledger_.size(sequence)), "no room for what is to be there");
            if (sequence < first_unread_) { written.drain(*reader_, sequence); }
        }
    }

    // Frames up to `last` came to be, of those in flight so many.
    std::uint64_t settle(std::uint64_t last) {
        demand(last >= base_, "frame " + std::to_string(last + 1) + " was committed and is lost");
        demand(last <= ledger_.last(), "frame " + std::to_string(last) + " was never written");
        ledger_.end_at(last);
        return last - base_;
    }

    [[nodiscard]] std::uint64_t next_of_reader() const { return first_unread_ + held_.size(); }

    void release_held() {
        for (std::uint64_t i = 0; i < held_.size(); ++i) {
            ledger_.check(held_[i], first_unread_ + i);  // untouched by whoever came meanwhile
        }
        held_.clear();
    }

    std::uint64_t reader_goes_on() {
        Status loss = Status::ok;
        const std::uint64_t effect = settle(ledger_.drain_to_loss(*reader_, next_of_reader(), loss));
        demand(loss == Status::peer_died, std::string("the reader hears ") + status_name(loss));
        expect_sides(buffer(), PeerState::died, PeerState::attached);
        release_held();
        Writer writer = Writer::open(buffer());
        flow_on(writer, *reader_);
        return effect;
    }

    std::uint64_t writer_comes() {
        expect_sides(buffer(), PeerState::died, PeerState::attached);
        Writer writer = Writer::open(buffer());
        const std::uint64_t effect = settle(writer.stats().sequence);
        expect_sides(buffer(), PeerState::attached, PeerState::attached);
        ledger_.write(writer, 20);  // unless the ring is full
        expect_last(ledger_.drain(*reader_, next_of_reader()));
        release_held();
        flow_on(writer, *reader_);
        return effect;
    }

    // A v1 reader goes by tokens. A frame whose token was never posted comes when the reader sees that a writer is gone.
    std::uint64_t writer_comes_and_goes() {
        expect_sides(buffer(), PeerState::died, PeerState::attached);
        Writer writer = Writer::open(buffer());
        const bool restarts = shape_.may_restart && base_ != 0 && writer.stats().sequence == 0;
        const std::uint64_t found = restarts ? 0 : settle(writer.stats().sequence);
        if (!restarts) { ledger_.write(writer, 20); }
        writer.close();
        Status loss = Status::ok;
        const std::uint64_t last = ledger_.drain_to_loss(*reader_, next_of_reader(), loss);
        demand(loss == Status::peer_closed, std::string("the reader hears ") + status_name(loss));
        const std::uint64_t effect = restarts ? settle(last) : found;
        expect_last(last);
        release_held();
        writer = Writer::open(buffer());
        flow_on(writer, *reader_);
        return effect;
    }

    std::uint64_t fresh_reader_comes() {
        expect_sides(buffer(), PeerState::died, PeerState::died);
        Reader reader = Reader::open(buffer());
        const std::uint64_t effect = settle(ledger_.drain(reader, first_unread_));
        expect_sides(buffer(), PeerState::died, PeerState::attached);
        Writer writer = Writer::open(buffer());
        flow_on(writer, reader);
        return effect;
    }

    std::uint64_t fresh_writer_comes() {
        Writer writer = Writer::create(buffer(), shape_.setup.options());
        const std::uint64_t effect = settle(writer.stats().sequence);
        ledger_.write(writer, 20);
        expect_sides(buffer(), PeerState::attached, PeerState::died);
        Reader reader = Reader::create(buffer(), shape_.setup.options());
        expect_last(ledger_.drain(reader, first_unread_));
        flow_on(writer, reader);
        return effect;
    }

    // A v1 buffer goes with its reader.
    void expect_last(std::uint64_t last) const {
        demand(last == ledger_.last(),
               "only frames up to " + std::to_string(last) + " of " + std::to_string(ledger_.last()) + " arrive");
    }
    void flow_on(Writer& writer, Reader& reader) {
        if (shape_.may_restart && writer.stats().sequence == 0) { ledger_.end_at(0); }
        demand(writer.stats().sequence == ledger_.last(), "a new writer goes on behind frame " +
                                                              std::to_string(writer.stats().sequence) + ", not " +
                                                              std::to_string(ledger_.last()));
        flow(buffer(), writer, reader, ledger_, shape_.lost);
    }

    const WriterCase shape_;
    Ledger ledger_;
    std::uint64_t base_ = 0;          // sequence of the last frame before the operation
    std::uint64_t first_unread_ = 0;  // not released by the survivor
    // the survivor's
    std::optional<Reader> reader_;
    std::vector<Frame> held_;
    // the victim's
    Progress unstepped_{};
    std::optional<Writer> writer_;
    std::optional<Writing> work_;
};

}  // namespace

MakeScenario writer_dies(const WriterCase& shape) {
    return [shape](const std::string& buffer) { return std::make_unique<WriterDies>(buffer, shape); };
}

}  // namespace zerobuffer::crash
