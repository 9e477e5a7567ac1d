// SPDX-License-Identifier: MIT
// Writer and reader are killed at random moments, hundreds of times. Nothing committed is lost, nothing comes twice but
// what was not released at the kill, nobody hangs, nothing stays behind.
#include <sys/mman.h>

#include <atomic>
#include <deque>
#include <memory>
#include <random>

#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

constexpr std::uint64_t seed = 42;
constexpr std::uint64_t largest = 6000;

// What each side knows to be done, kept where no kill reaches it. Each word follows the act that it tells of.
struct Account {
    std::atomic<std::uint64_t> committed;
    std::atomic<std::uint64_t> taken;
    std::atomic<std::uint64_t> released;
    std::atomic<std::uint64_t> faults;
    std::atomic<bool> last_writer;
};

class SharedAccount {
public:
    SharedAccount()
        : account_(new (::mmap(nullptr, sizeof(Account), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
                       Account{}) {}
    SharedAccount(const SharedAccount&) = delete;
    SharedAccount& operator=(const SharedAccount&) = delete;
    ~SharedAccount() { ::munmap(account_, sizeof(Account)); }
    Account* operator->() const { return account_; }

private:
    Account* account_;
};

class Chaos : public BufferTest {
protected:
    [[nodiscard]] std::unique_ptr<Child> start_writer() const {
        return std::make_unique<Child>([this](const Line&) { write_until_told(); });
    }
    [[nodiscard]] std::unique_ptr<Child> start_reader() const {
        return std::make_unique<Child>([this](const Line&) { read_to_the_end(); });
    }
    /// Throws when neither comes forward.
    void await_progress(std::uint64_t committed, std::uint64_t taken) const {
        await([&] { return account_->committed >= committed || account_->taken >= taken; }, "progress");
    }

    static Options shape() { return make_options(Layout::v2); }

    SharedAccount account_;

private:
    void fault(const char* what, std::uint64_t found, std::uint64_t expected) const {
        std::fprintf(stderr, "%s: %llu, expected %llu\n", what, static_cast<unsigned long long>(found),
                     static_cast<unsigned long long>(expected));
        ++account_->faults;
    }

    void write_until_told() const {
        auto writer = Writer::create(name_, shape());
        const Pattern pattern(seed);
        std::uint64_t last = writer.stats().sequence;
        // A kill may come between a commit and the note of it.
        if (last != account_->committed && last != account_->committed + 1) {
            fault("writer resumes behind frame", last, account_->committed);
        }
        account_->committed = last;
        while (!account_->last_writer) {
            const std::uint64_t size = pattern.size(last + 1, largest);
            const auto sequence = write_frame_patiently(writer, size, last + 1, pattern);
            if (sequence != last + 1) { fault("sequence", sequence, last + 1); }
            account_->committed = last = sequence;
        }
    }

    static std::uint64_t write_frame_patiently(Writer& writer, std::uint64_t size, std::uint64_t number,
                                               const Pattern& pattern) {
        for (;;) {
            try {
                return *write_frame(writer, size, number, forever, pattern);
            } catch (const Error& error) {
                if (error.status() != Status::peer_died) { throw; }
            }
        }
    }

    void read_to_the_end() const {
        auto reader = Reader::create(name_, shape());
        const Pattern pattern(seed);
        std::deque<Frame> held;
        std::uint64_t expected = 0;
        for (;;) {
            auto frame = acquire_patiently(reader);
            if (!frame) { break; }
            const std::uint64_t number = frame->sequence();
            if (expected == 0) { check_resumed(number); }
            if (expected != 0 && number != expected) { fault("frame", number, expected); }
            if (!holds(*frame, pattern.size(number, largest), number, pattern)) { fault("bytes of frame", number, 0); }
            expected = number + 1;
            if (number > account_->taken) { account_->taken = number; }
            held.push_back(std::move(*frame));
            if (held.size() > 3) {
                const std::uint64_t oldest = held.front().sequence();
                held.pop_front();
                account_->released = oldest;
            }
        }
        held.clear();
    }

    // Between what was surely released, or just so, and what was taken, or just not yet noted.
    void check_resumed(std::uint64_t number) const {
        if (number < account_->released + 1) { fault("released frame again", number, account_->released + 1); }
        if (number > account_->taken + 1) { fault("frames lost before", number, account_->taken + 1); }
    }

    static std::optional<Frame> acquire_patiently(Reader& reader) {
        for (;;) {
            try {
                return reader.acquire();
            } catch (const Error& error) {
                if (error.status() == Status::peer_closed) { return std::nullopt; }
                if (error.status() != Status::peer_died) { throw; }
            }
        }
    }
};

TEST_F(Chaos, LosesNothingAndRepeatsOnlyWhatWasNotReleased) {
    std::mt19937_64 random(testing::UnitTest::GetInstance()->random_seed());
    auto writer = start_writer();
    auto reader = start_reader();
    for (int cycle = 0; cycle < 300; ++cycle) {
        await_progress(account_->committed + random() % 50, account_->taken + random() % 50);
        const std::uint64_t victims = random() % 3;
        if (victims != 0) { writer->kill(); }
        if (victims != 1) { reader->kill(); }
        if (victims != 0) { writer = start_writer(); }
        if (victims != 1) { reader = start_reader(); }
    }
    await_progress(account_->committed + 50, ~std::uint64_t{0});
    account_->last_writer = true;
    EXPECT_EQ(writer->wait(), 0);
    EXPECT_EQ(reader->wait(), 0);
    EXPECT_EQ(account_->faults, 0);
    EXPECT_EQ(account_->taken, account_->committed);
}

}  // namespace
}  // namespace zerobuffer::test
