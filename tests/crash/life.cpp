// SPDX-License-Identifier: MIT
#include "crash/life.hpp"

#include <unistd.h>

#include <filesystem>

#include "endpoint/image.hpp"
#include "support/private_folders.hpp"

namespace zerobuffer::crash {
namespace {

// Nobody survives an endpoint that is alone: then somebody sweeps, or its like comes, or a fresh pair.
class Life : public Scenario {
public:
    Life(const std::string& buffer, const LifeCase& shape) : Scenario(buffer), shape_(shape) {
        setup_ = is_v1() ? at_v1(0, shape.unread) : at(shape_.act == Act::create ? 0 : 4096 + 192, shape.unread);
        for (const auto& sizes : {setup_.lap(), setup_.unread}) {
            for (const std::uint64_t size : sizes) {
                ledger_.add(size);
            }
        }
        first_unread_ = ledger_.last() - setup_.unread.size() + 1;
    }

    void arrange_survivor(int round) override {
        if (round == 0 && shape_.act != Act::create) { make_what_is_there(); }
        if (round == 1 && !is_v1() && shape_.act == Act::leave && !shape_.survivor) {
            reader_.reset();
            writer_.reset();
        }
        if (round == 2 && shape_.act == Act::leave && shape_.survivor) {
            demand(reader_ ? reader_->wait_for_peer(patience) : writer_->wait_for_peer(patience), "nobody attached");
        }
    }

    void arrange_victim(int round) override {
        if (round == 0 && shape_.act == Act::leave) { come(); }
    }

    void operate(Progress& progress) override {
        progress.begun = 1;
        if (shape_.act == Act::leave) {
            is_writer() ? victim_writer_->close() : victim_reader_->close();
        } else {
            come();
        }
        progress.finished = 1;
    }

    std::optional<std::uint64_t> carry_on(Aftermath aftermath) override {
        const std::uint64_t effect = look();
        if (aftermath == Aftermath::survivor && !shape_.survivor) {
            sweep();
            return effect;
        }
        if (aftermath == Aftermath::survivor) { go_on_alone(); }
        forget_what_is_gone();
        const bool writer_first =
            aftermath == Aftermath::fresh_writer || (aftermath == Aftermath::successor && is_writer());
        if (writer_first && !(is_v1() && !reader_)) { need_writer(); }
        need_reader();
        need_writer();
        flow(buffer(), *writer_, *reader_, ledger_);
        return effect;
    }

private:
    [[nodiscard]] bool is_v1() const { return shape_.layout == Layout::v1; }
    [[nodiscard]] bool is_writer() const { return shape_.victim == Side::writer; }
    [[nodiscard]] bool exists() const { return ::access(test::Image::path_of(buffer()).c_str(), F_OK) == 0; }

    // Lock files of a v1 buffer that never came to be, or went, are for the next one of its name.
    void sweep() const {
        if (test::enter_private_folders()) { clean_all(); }
        if (is_v1() || !test::enter_private_folders()) { Reader::create(buffer(), setup_.options()).close(); }
    }

    void clean_all() const {
        clean();
        for (const auto& file : std::filesystem::directory_iterator("/dev/shm")) {
            const std::string name = file.path().filename().string();
            demand(name.find(buffer()) == std::string::npos, "clean() leaves " + name);
        }
    }

    // The victim's endpoint.
    void come() {
        const Options options = setup_.options();
        if (!is_writer()) {
            const bool makes = is_v1() || shape_.act == Act::create;
            victim_reader_.emplace(makes ? Reader::create(buffer(), options) : Reader::open(buffer()));
        } else {
            const bool makes = shape_.act == Act::create;
            victim_writer_.emplace(makes ? Writer::create(buffer(), options) : Writer::open(buffer()));
        }
    }

    // Both sides come and fill the ring; then the victim's side leaves, and is free for the victim.
    void make_what_is_there() {
        if (is_v1() && !is_writer()) { return; }  // its reader makes a v1 buffer
        reader_.emplace(Reader::create(buffer(), setup_.options()));
        writer_.emplace(Writer::open(buffer()));
        Ledger written;
        for (std::uint64_t sequence = 1; sequence <= ledger_.last(); ++sequence) {
            demand(written.write(*writer_, ledger_.size(sequence)), "no room for what is to be there");
            if (sequence < first_unread_) { written.drain(*reader_, sequence); }
        }
        is_writer() ? writer_.reset() : reader_.reset();
        if (shape_.late_words != 0) { tear(); }
    }

    // docs/format.md: the producer line.
    void tear() const {
        const test::Image image(buffer());
        const std::uint64_t position = image.load(test::v2_offset::producer_position);
        const std::uint64_t size = ledger_.size(ledger_.last());
        image.store(test::v2_offset::producer_position, position - (64 + (size + 63) / 64 * 64));
        if (shape_.late_words == 2) { image.store(test::v2_offset::producer_sequence, ledger_.last() - 1); }
    }

    // What the act has brought about so far: 0 or 1.
    [[nodiscard]] std::uint64_t look() const {
        if (shape_.act == Act::create || !exists()) { return exists() == (shape_.act == Act::create) ? 1 : 0; }
        const Snapshot seen = inspect(buffer());
        demand(seen.status == Status::ok, "inspect: " + seen.problem);
        const PeerState state = is_writer() ? seen.writer.state : seen.reader.state;
        const PeerState done = shape_.act == Act::attach ? PeerState::died : PeerState::closed;
        return state == done ? 1 : 0;
    }

    // The survivor hears of the loss after it got, or gave, all it could.
    void go_on_alone() {
        Status loss = Status::ok;
        if (reader_) {
            expect_last(ledger_.drain_to_loss(*reader_, first_unread_, loss));
            first_unread_ = ledger_.last() + 1;
            return;
        }
        try {
            while (ledger_.write(*writer_, is_v1() ? 40 : 960, patience)) {}
        } catch (const Error& error) { loss = error.status(); }
        demand(loss == Status::peer_died || loss == Status::peer_closed, "the writer never heard of the loss");
    }

    // A v1 buffer goes with its reader; a v2 buffer goes with the last one who closes it, unless frames are unread.
    void forget_what_is_gone() {
        if (is_v1() && !reader_) { writer_.reset(); }
        if ((is_v1() && !reader_) || !exists()) {
            demand(is_v1() || (shape_.act != Act::attach && !shape_.survivor), "a buffer in use lost its name");
            demand(is_v1() || !is_writer() || setup_.unread.empty(), "unread frames lost their name");
            ledger_.end_at(0);
            first_unread_ = 1;
        }
    }

    void need_writer() {
        if (writer_) { return; }
        writer_.emplace(is_v1() ? Writer::open(buffer()) : Writer::create(buffer(), setup_.options()));
        // Everything of a v1 ring was read: it may not tell which frame was the last.
        if (is_v1() && writer_->stats().sequence == 0) { ledger_.end_at(0); }
        demand(writer_->stats().sequence == ledger_.last(), "a new writer goes on behind frame " +
                                                                std::to_string(writer_->stats().sequence) + ", not " +
                                                                std::to_string(ledger_.last()));
    }

    void need_reader() {
        if (!reader_) { reader_.emplace(Reader::create(buffer(), setup_.options())); }
        if (first_unread_ <= ledger_.last()) { expect_last(ledger_.drain(*reader_, first_unread_)); }
        first_unread_ = ledger_.last() + 1;
    }

    void expect_last(std::uint64_t last) const {
        demand(last == ledger_.last(),
               "only frames up to " + std::to_string(last) + " of " + std::to_string(ledger_.last()) + " arrive");
    }

    const LifeCase shape_;
    Setup setup_;
    Ledger ledger_;
    std::uint64_t first_unread_ = 1;
    // the survivor's, or fresh ones
    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
    // the victim's
    std::optional<Reader> victim_reader_;
    std::optional<Writer> victim_writer_;
};

}  // namespace

MakeScenario life(const LifeCase& shape) {
    return [shape](const std::string& buffer) { return std::make_unique<Life>(buffer, shape); };
}

}  // namespace zerobuffer::crash
