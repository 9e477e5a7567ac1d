// SPDX-License-Identifier: MIT
// What the supervisor does in a cycle, and when.
#include <signal.h>
#include <time.h>

#include <zerobuffer/zerobuffer.hpp>

#include "chaos/supervisor.hpp"
#include "support/event.hpp"

namespace zerobuffer::test {
namespace {

constexpr std::uint64_t microsecond = 1'000;
constexpr std::uint64_t millisecond = 1'000'000;

}  // namespace

void Supervisor::cycle() {
    if (figures_.cycles % 32 == 0) { change_pace(); }
    const std::uint64_t act = below(1000);
    Worker& one = one_in(2) ? writer_ : reader_;
    if (act < 8) {
        kill_and_see(one, &one == &writer_ ? reader_ : writer_);
    } else if (act < 10) {
        stop_for_a_while(one);
    } else if (act < 40) {
        close_one(one);
    } else if (act < 50) {
        close_both();
    } else {
        kill_some();
    }
    collect();
    ++figures_.cycles;
}

// Both fast; or one so slow that the other one sleeps.
void Supervisor::change_pace() {
    const std::uint64_t choice = below(10);
    account_->writer.pace = choice == 6 || choice == 7 ? 500 * microsecond : choice == 8 ? 10 * millisecond : 0;
    account_->reader.pace = choice == 9 ? millisecond : 0;
}

// From the fork over the attaching to the stream, and, rarely, into a sleep.
void Supervisor::let_pass() {
    // A runtime that comes up would be all that is hit.
    const bool slow_start = writer_.crew.starts_slowly() || reader_.crew.starts_slowly();
    if (slow_start && !one_in(4)) { await_attached(); }
    const std::uint64_t choice = below(400);
    if (choice < 160) {
        const bool slow = account_->writer.pace + account_->reader.pace != 0;
        await_frames(1 + below(slow ? 3 : 50));
        spend(below(20 * microsecond));
    } else if (choice < 240) {
        spend(below(100 * microsecond));
    } else if (choice < 350) {
        spend(below(600 * microsecond));
    } else if (choice < 399) {
        spend(below(3 * millisecond));
    } else {
        await_attached();
        spend(below(120 * millisecond));
    }
}

void Supervisor::kill_some() {
    let_pass();
    const std::uint64_t choice = below(5);
    Worker& first = choice % 2 == 0 ? writer_ : reader_;
    Worker& second = &first == &writer_ ? reader_ : writer_;
    kill(first);
    if (choice == 4) { kill(second); }
    restart(first);
    if (choice == 4) { restart(second); }
}

// The survivor has nothing to do, sleeps, and has to notice. Half of the time the dead one is still a zombie then.
void Supervisor::kill_and_see(Worker& victim, Worker& survivor) {
    await_attached();
    ++account_->stops;
    victim.account.hold = victim.account.incarnation.load();
    const bool spins = survivor.account.wait_mode == static_cast<std::uint64_t>(WaitMode::spin);
    await("the survivor goes to sleep", [&] { return spins || thread_state(survivor.pid) == 'S'; });
    spend(below(60 * millisecond));
    const std::uint64_t reports = survivor.account.reports;
    kill(victim);
    const bool at_once = one_in(2);
    if (at_once) { reap(victim, false); }
    await("a death is noticed", [&] { return survivor.account.reports != reports; });
    if (!at_once) { reap(victim, false); }
    start(victim);
}

// No death: nobody may report one. Longer than several slices of a wait.
void Supervisor::stop_for_a_while(Worker& worker) {
    await_attached();
    ++account_->stops;
    ::kill(worker.pid, SIGSTOP);
    await("a process stops", [&] { return thread_state(worker.pid) == 'T'; });
    ++figures_.stops;
    spend((100 + below(150)) * millisecond);
    if (one_in(4)) {
        kill(worker);
        restart(worker);
        return;
    }
    ::kill(worker.pid, SIGCONT);
    await_frames(1);
}

// Who closes may be killed in the middle of it.
void Supervisor::close_one(Worker& worker) {
    await_attached();
    worker.account.leave = worker.account.incarnation.load();
    ++figures_.closings;
    if (one_in(2)) {
        spend(below(one_in(2) ? 100 * microsecond : millisecond));
        kill(worker);
    }
    reap(worker, true);
    start(worker);
}

void Supervisor::close_both() {
    await_attached();
    account_->drain = 1;
    account_->reader.leave = account_->reader.incarnation.load();
    account_->writer.leave = account_->writer.incarnation.load();
    figures_.closings += 2;
    for (Worker* worker : {&writer_, &reader_}) {
        if (!one_in(4)) { continue; }
        spend(below(one_in(2) ? 100 * microsecond : millisecond));
        kill(*worker);
    }
    reap(writer_, true);
    reap(reader_, true);
    account_->drain = 0;
    notice_new_buffer();
    start();
}

// Short ones awake: a sleep has no such grain.
void Supervisor::spend(std::uint64_t nanoseconds_) {
    if (nanoseconds_ > 200 * microsecond) {
        const timespec length{0, static_cast<long>(nanoseconds_)};
        ::nanosleep(&length, nullptr);
        return;
    }
    const std::uint64_t end = nanoseconds() + nanoseconds_;
    while (nanoseconds() < end) {}
}

}  // namespace zerobuffer::test
