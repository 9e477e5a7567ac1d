// SPDX-License-Identifier: MIT
#include "chaos/supervisor.hpp"

#include <signal.h>
#include <time.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include <zerobuffer/zerobuffer.hpp>

#include "support/event.hpp"

namespace zerobuffer::test {
namespace {

constexpr std::uint64_t microsecond = 1'000;
constexpr std::uint64_t millisecond = 1'000'000;

// What never takes that long unless somebody hangs, on any machine.
constexpr std::uint64_t hung_after = 60'000 * millisecond;

bool exists(const std::string& name) {
    try {
        static_cast<void>(inspect(name));
        return true;
    } catch (const Error& error) { return error.status() != Status::not_found; }
}

std::string text_of_process(pid_t pid, const char* file) {
    std::ifstream stream("/proc/" + std::to_string(pid) + "/" + file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void describe(std::ostream& out, const char* role, const zerobuffer::Side& side) {
    out << "  " << role << ": state " << static_cast<unsigned>(side.state) << ", pid " << side.pid << ", generation "
        << side.generation << ", position " << side.position << ", sequence " << side.sequence << ", sleeps "
        << side.sleeps << ", wakes " << side.wakes << '\n';
}

void describe(std::ostream& out, const char* role, pid_t pid, const SideAccount& account) {
    out << "  " << role << ": incarnation " << account.incarnation << ", attached " << account.attached << ", done "
        << epoch_of(account.done) << ':' << (account.done - begin_of(epoch_of(account.done))) << ", doing "
        << (account.doing - begin_of(epoch_of(account.doing))) << ", taken "
        << (account.taken - begin_of(epoch_of(account.taken))) << ", pace " << account.pace << ", leave "
        << account.leave << ", reports " << account.reports << ", process " << pid << " in state " << thread_state(pid)
        << ", waits in " << text_of_process(pid, "wchan") << '\n';
}

}  // namespace

Supervisor::Supervisor(std::string name, SharedAccount& account, Crew& writers, Crew& readers, std::uint64_t seed)
    : name_(std::move(name)),
      account_(account),
      writer_{Side::writer, writers, account->writer},
      reader_{Side::reader, readers, account->reader},
      random_(seed) {
    account->seed = seed;
    account->epoch = 1;
}

Supervisor::~Supervisor() {
    for (Worker* worker : {&writer_, &reader_}) {
        if (worker->pid == 0) { continue; }
        ::kill(worker->pid, SIGKILL);
        try {
            worker->crew.reap(worker->pid);
        } catch (const std::exception&) {
            // The program that would do it is gone as well.
        }
    }
}

void Supervisor::start() {
    start(reader_);
    start(writer_);
}

void Supervisor::start(Worker& worker) {
    worker.account.wait_mode = one_in(8) ? 1 : 2 * below(2);
    worker.account.random = random_();
    // A v1 buffer lives as long as its reader.
    if (is_v1() && worker.side == Side::reader) { ++account_->epoch; }
    ++worker.account.incarnation;
    worker.pid = worker.crew.start(worker.side);
}

void Supervisor::kill(Worker& worker) {
    worker.account.killed_at = nanoseconds();
    worker.account.harmed = worker.account.incarnation.load();
    ::kill(worker.pid, SIGKILL);
    ++(worker.side == Side::writer ? figures_.writer_kills : figures_.reader_kills);
}

void Supervisor::reap(Worker& worker, bool may_have_left) {
    if (may_have_left) {
        await("a process leaves as told", [&] { return thread_state(worker.pid) == 'Z'; });
    }
    const int status = worker.crew.reap(std::exchange(worker.pid, 0));
    if (status != 128 + SIGKILL && !(may_have_left && status == 0)) {
        fault("a process ended by itself");
        std::fprintf(stderr, "  with status %d\n", status);
    }
}

void Supervisor::restart(Worker& worker) {
    reap(worker, false);
    start(worker);
}

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

// Both are gone. What is read to its end and closed by both takes its name along, and nothing else does.
void Supervisor::notice_new_buffer() {
    if (is_v1() || exists(name_)) { return; }
    const std::uint64_t epoch = account_->epoch;
    if (within(epoch, account_->writer.done) > within(epoch, account_->reader.doing)) {
        fault("a buffer went with frames that nobody had read");
    }
    ++account_->epoch;
    ++figures_.buffers;
}

void Supervisor::collect() {
    figures_.writer_loss.add(account_->reader.detected.exchange(0));
    figures_.reader_loss.add(account_->writer.detected.exchange(0));
    figures_.writer_first.add(account_->writer.first_frame.exchange(0));
    figures_.reader_first.add(account_->reader.first_frame.exchange(0));
    const std::uint64_t taken = account_->reader.taken;
    figures_.frames += taken - within(epoch_of(taken), counted_);
    counted_ = taken;
    figures_.faults += account_->writer.faults.exchange(0) + account_->reader.faults.exchange(0);
}

void Supervisor::finish() {
    account_->writer.pace = account_->reader.pace = 0;
    await_attached();
    await_frames(10);
    account_->drain = 1;
    account_->reader.leave = account_->reader.incarnation.load();
    account_->writer.leave = account_->writer.incarnation.load();
    await("both close", [&] { return thread_state(writer_.pid) == 'Z' && thread_state(reader_.pid) == 'Z'; });
    for (Worker* worker : {&writer_, &reader_}) {
        if (worker->crew.reap(std::exchange(worker->pid, 0)) != 0) { fault("the last process failed"); }
    }
    collect();
    if (account_->reader.taken != account_->writer.done) { fault("the last frames were not taken"); }
    if (account_->reader.done != account_->writer.done) { fault("the last frames were not released"); }
    if (exists(name_)) { fault("the buffer stays behind"); }
}

void Supervisor::await_attached() {
    await("both attach",
          [this] { return is_attached(*account_, writer_.account) && is_attached(*account_, reader_.account); });
}

void Supervisor::await_frames(std::uint64_t count) {
    std::uint64_t seen = account_->reader.taken;
    await("frames flow", [&]() mutable {
        const std::uint64_t taken = account_->reader.taken;
        const std::uint64_t more = taken - within(epoch_of(taken), seen);
        if (more == 0) { return false; }
        count -= std::min(count, more);
        seen = taken;
        return count == 0;
    });
}

void Supervisor::await(const char* what, const std::function<bool()>& happened) const {
    const std::uint64_t end = nanoseconds() + hung_after;
    while (!happened()) {
        if (nanoseconds() > end) { throw Hung(std::string("never happened: ") + what + "\n" + state()); }
        const timespec little{0, 20'000};
        ::nanosleep(&little, nullptr);
    }
}

void Supervisor::fault(const char* what) {
    std::fprintf(stderr, "cycle %llu: %s\n%s", static_cast<unsigned long long>(figures_.cycles), what, state().c_str());
    ++figures_.faults;
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

std::string Supervisor::state() const {
    std::ostringstream out;
    out << "account: cycle " << figures_.cycles << ", epoch " << account_->epoch << ", ready " << account_->ready
        << '\n';
    describe(out, "writer", writer_.pid, account_->writer);
    describe(out, "reader", reader_.pid, account_->reader);
    try {
        const Snapshot buffer = inspect(name_);
        out << "buffer: " << status_name(buffer.status) << ' ' << buffer.problem << ", capacity " << buffer.capacity
            << ", used " << buffer.used << ", unread " << buffer.unread << '\n';
        describe(out, "writer", buffer.writer);
        describe(out, "reader", buffer.reader);
    } catch (const Error& error) { out << "buffer: " << error.what() << '\n'; }
    return out.str();
}

}  // namespace zerobuffer::test
