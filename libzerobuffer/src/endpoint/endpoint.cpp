// SPDX-License-Identifier: MIT
#include "endpoint/endpoint.hpp"

#include "platform/clock.hpp"
#include "platform/fence.hpp"

namespace zerobuffer::endpoint {

void Endpoint::fail(Status status, const std::string& cause_and_remedy) const {
    throw Error(status, described(role_, name_) + cause_and_remedy);
}

void Endpoint::refuse_interrupted() const {
    fail(Status::interrupted, "the wait was interrupted by a signal; call again");
}

void Endpoint::refuse() const {
    const State found = state();
    std::atomic_thread_fence(std::memory_order_acquire);  // poison edge
    switch (found) {
        case State::closed:
            fail(Status::closed, "is closed; open a new one");
        case State::forked:
            fail(Status::misuse, "belongs to the parent process of this fork; open a new one in the child");
        case State::truncated:
            fail(Status::corrupt, "another process truncated the shared memory; close it and create it with replace");
        case State::corrupt:
        case State::open:
            break;
    }
    fail(Status::corrupt, std::string(violation_.field) + " is " + std::to_string(violation_.found) +
                              " (expected value or limit: " + std::to_string(violation_.expected) +
                              "); the other side is faulty: close both and create the buffer with replace");
}

void Endpoint::poison(const ring::Violation& violation) {
    violation_ = violation;
    auto open = static_cast<std::uint8_t>(State::open);
    // poison edge, pairs with refuse() in another thread: what is wrong is there before the state that says so
    state_.compare_exchange_strong(open, static_cast<std::uint8_t>(State::corrupt), std::memory_order_release);
    refuse();
}

void Endpoint::refuse_wait(Waited how) {
    require_open();  // a truncated segment reads as zeros, and then as a peer that left
    switch (how) {
        case Waited::peer_closed:
            fail(Status::peer_closed,
                 "the " + std::string(noun(other(role_))) +
                     " closed in order and nothing is left to do; close, or wait for the next one");
        case Waited::peer_died:
            fail(Status::peer_died,
                 "the process of the " + std::string(noun(other(role_))) + " died; close, or wait for the next one");
        default:
            break;
    }
    cancelled_.store(false, std::memory_order_relaxed);
    cancel_taken();
    fail(Status::cancelled, "the wait was cancelled; call again to go on");
}

Endpoint::Waiting::Mark::Mark(Endpoint& endpoint) : waiting(endpoint.waiting_) {
    // Not a lock: it catches most mistakes and costs nothing.
    if (waiting.load(std::memory_order_relaxed)) {
        endpoint.fail(Status::misuse, "another thread is waiting in it; use one thread at a time");
    }
    waiting.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // calling edge, pairs with close()
}

Endpoint::Waiting::Waiting(Endpoint& endpoint) : mark_(endpoint) { endpoint.require_open(); }

void Endpoint::cancel() {
    struct Mark {
        explicit Mark(std::atomic<std::uint32_t>& count) : cancelling(count) {
            // Sequentially consistent with close(): either it sees us in here, or we see its state.
            cancelling.fetch_add(1, std::memory_order_seq_cst);
        }
        ~Mark() { cancelling.fetch_sub(1, std::memory_order_release); }
        std::atomic<std::uint32_t>& cancelling;
    };
    const Mark mark(cancelling_);
    if (state_.load(std::memory_order_seq_cst) != static_cast<std::uint8_t>(State::open)) { refuse(); }
    // One that is pending has rung already; in v1 a second ring would be a second token that is no frame's.
    if (!cancelled_.exchange(true, std::memory_order_seq_cst)) { wake_self(); }
}

bool Endpoint::is_in_use() const noexcept {
    return calling_.load(std::memory_order_acquire) || waiting_.load(std::memory_order_acquire) ||
           cancelling_.load(std::memory_order_acquire) != 0;
}

// calling edge: a call that did not see the new state is seen here. Where the kernel offers no barrier across threads, a
// pause does.
void Endpoint::await_calls() noexcept {
    if (!asymmetric_ || !platform::sleeper_fence(true)) {
        platform::sleeper_fence(false);
        platform::sleep_for(platform::stores_show_within);
    }
    while (is_in_use()) {
        wake_self();
        platform::sleep_for(100'000);
    }
}

bool Endpoint::begin_close() noexcept {
    if (closed_.exchange(true, std::memory_order_seq_cst)) { return false; }
    // In a forked child the threads that were inside do not exist.
    if (!is_forked()) {
        auto open = static_cast<std::uint8_t>(State::open);
        state_.compare_exchange_strong(open, static_cast<std::uint8_t>(State::closed), std::memory_order_seq_cst);
        await_calls();
    }
    calls_ended_.store(true, std::memory_order_release);
    return true;
}

// Every call is out, so the leases stand still: who brings one back from now on sees the close.
void Endpoint::end_close() noexcept {
    const std::uint64_t out = leases_;
    if (late_leases_.fetch_add(out, std::memory_order_acq_rel) + out == 0) { finish(); }
}

void Endpoint::settle(std::uint64_t late) noexcept {
    if (late_leases_.fetch_sub(late, std::memory_order_acq_rel) == late) { finish(); }
}

void Endpoint::close() noexcept {
    if (begin_close()) { end_close(); }
}

void Endpoint::dispose() noexcept {
    if (begin_close()) {
        end_close();
    } else {
        // Perhaps another thread is at it: the calls that it waits for must be out when this returns, too. In a forked child
        // that thread does not exist.
        while (!calls_ended_.load(std::memory_order_acquire) && !is_forked()) {
            platform::sleep_for(100'000);
        }
    }
    let_go_of_memory();  // NOLINT(clang-analyzer-cplusplus.NewDelete): until here the owner is one of the holders
}

// Closed, and no lease is out. Once: the count of leases comes to 0 once.
void Endpoint::finish() noexcept {
    let_go();
    let_go_of_memory();
}

void Endpoint::let_go_of_memory() noexcept {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) { delete this; }
}

}  // namespace zerobuffer::endpoint
