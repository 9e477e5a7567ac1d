// SPDX-License-Identifier: MIT
#include "crash/reader_dies.hpp"

namespace zerobuffer::crash {

void Reading::releases(std::uint64_t count, const std::function<void()>& effect) {
    progress.begun.fetch_add(count);
    effect();
    progress.finished.fetch_add(count);
}

namespace {

class ReaderDies : public Scenario {
public:
    ReaderDies(const std::string& buffer, const ReaderCase& shape) : Scenario(buffer), shape_(shape) {
        if (is_v1()) { shape_.setup.offset = 0; }
        for (const std::uint64_t size : shape_.setup.lap()) {
            ledger_.add(size);
        }
        base_ = ledger_.last();
        for (const std::uint64_t size : shape_.setup.unread) {
            ledger_.add(size);
        }
    }

    void arrange_survivor(int round) override {
        if (round == 0 && !is_v1()) {
            writer_.emplace(Writer::create(buffer(), shape_.setup.options()));
            Reader reader = Reader::open(buffer());
            write_what_is_there(&reader);
        }
        if (round == 1) {
            if (is_v1()) {
                writer_.emplace(Writer::open(buffer()));
                write_what_is_there(nullptr);
            }
            demand(writer_->wait_for_peer(patience), "the victim did not attach");
        }
        if (round == 2 && shape_.disturb) { shape_.disturb(buffer()); }
    }

    void arrange_victim(int round) override {
        if (round == 0) {
            reader_.emplace(is_v1() ? Reader::create(buffer(), shape_.setup.options()) : Reader::open(buffer()));
        }
        if (round == 1) {
            work_.emplace(Reading{*reader_, unstepped_});
            for (std::uint64_t i = 0; i < shape_.held; ++i) {
                work_->acquire();
                ledger_.check(work_->frames.back(), base_ + 1 + i);
            }
            work_->frames.reserve(64);
        }
    }

    void operate(Progress& progress) override {
        Reading work{*reader_, progress, std::move(work_->frames)};
        shape_.operate(work);
        work_->frames = std::move(work.frames);  // not to be released behind the last step
    }

    std::optional<std::uint64_t> carry_on(Aftermath aftermath) override {
        switch (aftermath) {
            case Aftermath::survivor:
                return is_v1() ? writer_gives_up() : writer_goes_on();
            case Aftermath::successor:
                return is_v1() ? reader_replaces() : reader_comes();
            case Aftermath::fresh_reader:
                return is_v1() ? begin_afresh(buffer(), shape_.setup) : fresh_reader_comes();
            case Aftermath::fresh_writer:
                return is_v1() ? begin_afresh(buffer(), shape_.setup) : fresh_writer_comes();
        }
        throw std::logic_error("no such aftermath");
    }

private:
    [[nodiscard]] bool is_v1() const { return shape_.setup.layout == Layout::v1; }

    void write_what_is_there(Reader* reader) {
        Ledger written;
        for (std::uint64_t sequence = 1; sequence <= ledger_.last(); ++sequence) {
            demand(written.write(*writer_, ledger_.size(sequence)), "no room for what is to be there");
            if (sequence <= base_) { written.drain(*reader, sequence); }
        }
    }

    // How many frames the dead reader had released, as the next one starts.
    std::uint64_t released(const Reader& reader) const {
        const std::uint64_t sequence = reader.stats().sequence;
        demand(reader.stats().resumed, "the next reader does not know of the dead one");
        demand(sequence >= base_ && sequence <= ledger_.last(),
               "the next reader starts behind frame " + std::to_string(sequence));
        return sequence - base_;
    }

    void expect_all(Reader& reader) const {
        const std::uint64_t last = ledger_.drain(reader, reader.stats().sequence + 1);
        demand(last == ledger_.last(),
               "only frames up to " + std::to_string(last) + " of " + std::to_string(ledger_.last()) + " arrive");
    }

    // Writes until it hears that nobody reads.
    static Status write_to_loss(Writer& writer, Ledger& ledger, std::uint64_t size) {
        try {
            while (ledger.write(writer, size, patience)) {}
        } catch (const Error& error) { return error.status(); }
        throw Anomaly("the writer never heard that its reader is gone");
    }
    void expect_death(std::uint64_t size) {
        const Status loss = write_to_loss(*writer_, ledger_, size);
        demand(loss == Status::peer_died, std::string("the writer hears ") + status_name(loss));
    }

    std::uint64_t writer_goes_on() {
        expect_death(960);
        expect_sides(buffer(), PeerState::attached, PeerState::died);
        Reader reader = Reader::open(buffer());
        const std::uint64_t effect = released(reader);
        expect_all(reader);
        flow(buffer(), *writer_, reader, ledger_);
        return effect;
    }

    std::uint64_t reader_comes() {
        expect_sides(buffer(), PeerState::attached, PeerState::died);
        Reader reader = Reader::create(buffer(), shape_.setup.options());
        const std::uint64_t effect = released(reader);
        ledger_.write(*writer_, 20);  // unless the ring is full
        expect_all(reader);
        flow(buffer(), *writer_, reader, ledger_);
        return effect;
    }

    std::uint64_t fresh_reader_comes() {
        expect_sides(buffer(), PeerState::died, PeerState::died);
        Reader reader = Reader::open(buffer());
        const std::uint64_t effect = released(reader);
        expect_all(reader);
        Writer writer = Writer::open(buffer());
        flow(buffer(), writer, reader, ledger_);
        return effect;
    }

    std::uint64_t fresh_writer_comes() {
        Writer writer = Writer::open(buffer());
        demand(writer.stats().sequence == ledger_.last(), "the next writer starts with a wrong sequence");
        ledger_.write(writer, 20);
        Reader reader = Reader::open(buffer());
        const std::uint64_t effect = released(reader);
        expect_all(reader);
        flow(buffer(), writer, reader, ledger_);
        return effect;
    }

    // A v1 buffer goes with its reader: whatever was in it is lost, and the name is free for the next one.
    std::optional<std::uint64_t> writer_gives_up() {
        expect_death(40);
        expect_sides(buffer(), PeerState::attached, PeerState::died);
        writer_->close();
        return begin_afresh(buffer(), shape_.setup);
    }

    // Who throws the old buffer away closes it for its writer.
    std::optional<std::uint64_t> reader_replaces() {
        Reader reader = Reader::create(buffer(), shape_.setup.options());
        const Status loss = write_to_loss(*writer_, ledger_, 40);
        demand(loss == Status::peer_closed, std::string("the writer hears ") + status_name(loss));
        writer_->close();
        Writer writer = Writer::open(buffer());
        Ledger fresh;
        flow(buffer(), writer, reader, fresh);
        return std::nullopt;
    }

    ReaderCase shape_;
    Ledger ledger_;
    std::uint64_t base_ = 0;  // sequence of the last frame that was released before
    // the survivor's
    std::optional<Writer> writer_;
    // the victim's
    Progress unstepped_{};
    std::optional<Reader> reader_;
    std::optional<Reading> work_;
};

}  // namespace

MakeScenario reader_dies(const ReaderCase& shape) {
    return [shape](const std::string& buffer) { return std::make_unique<ReaderDies>(buffer, shape); };
}

}  // namespace zerobuffer::crash
