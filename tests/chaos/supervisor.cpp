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
#include "support/patience.hpp"

namespace zerobuffer::test {
namespace {

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
    Patience patience({writer_.pid, reader_.pid});
    while (!happened()) {
        if (patience.over()) { throw Hung(std::string("never happened: ") + what + "\n" + state()); }
        const timespec little{0, 20'000};
        ::nanosleep(&little, nullptr);
    }
}

void Supervisor::fault(const char* what) {
    std::fprintf(stderr, "cycle %llu: %s\n%s", static_cast<unsigned long long>(figures_.cycles), what, state().c_str());
    ++figures_.faults;
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
