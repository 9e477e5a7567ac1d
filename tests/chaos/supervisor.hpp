// SPDX-License-Identifier: MIT
// Supervisor: keeps one writer and one reader alive on one buffer, does harm to them at random moments, and sees to it that
// they carry on. Throws Hung when they do not.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

#include "chaos/account.hpp"
#include "chaos/crew.hpp"
#include "chaos/figures.hpp"

namespace zerobuffer::test {

class Hung : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Supervisor {
public:
    Supervisor(std::string name, SharedAccount& account, Crew& writers, Crew& readers, std::uint64_t seed);
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;
    /// Kills who is still there.
    ~Supervisor();

    void start();
    /// One harm, and the restart after it.
    void cycle();
    /// Lets both close in order and checks that everything arrived.
    void finish();

    [[nodiscard]] const Figures& figures() const { return figures_; }
    [[nodiscard]] Figures& figures() { return figures_; }
    /// All that is known about a run that stands still.
    [[nodiscard]] std::string state() const;

private:
    struct Worker {
        Side side;
        Crew& crew;
        SideAccount& account;
        pid_t pid = 0;
    };

    void start(Worker& worker);
    void kill(Worker& worker);
    void reap(Worker& worker, bool may_have_left);
    void restart(Worker& worker);

    void change_pace();
    void let_pass();
    void kill_some();
    void kill_and_see(Worker& victim, Worker& survivor);
    void stop_for_a_while(Worker& worker);
    void close_one(Worker& worker);
    void close_both();
    void notice_new_buffer();
    void collect();

    void await_attached();
    void await_frames(std::uint64_t count);
    void await(const char* what, const std::function<bool()>& happened) const;
    void fault(const char* what);
    [[nodiscard]] bool is_v1() const { return account_->layout == 1; }
    [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    [[nodiscard]] bool one_in(std::uint64_t count) { return below(count) == 0; }
    static void spend(std::uint64_t nanoseconds);

    std::string name_;
    SharedAccount& account_;
    Worker writer_;
    Worker reader_;
    std::mt19937_64 random_;
    Figures figures_;
    std::uint64_t counted_ = 0;  // the last number in the count of frames
};

}  // namespace zerobuffer::test
