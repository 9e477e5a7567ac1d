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
    switch (state()) {
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
    state_.compare_exchange_strong(open, static_cast<std::uint8_t>(State::corrupt), std::memory_order_relaxed);
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

Endpoint::Waiting::Waiting(Endpoint& endpoint) : endpoint_(endpoint) {
    // Not a lock: it catches most mistakes and costs nothing.
    if (endpoint.waiting_.load(std::memory_order_relaxed)) {
        endpoint.fail(Status::misuse, "another thread is waiting in it; use one thread at a time");
    }
    endpoint.waiting_.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // calling edge, pairs with close()
    if (endpoint.state() != State::open) {
        endpoint.waiting_.store(false, std::memory_order_release);
        endpoint.refuse();
    }
}

void Endpoint::cancel() {
    // Sequentially consistent with close(): either it sees us in here, or we see its state.
    cancelling_.fetch_add(1, std::memory_order_seq_cst);
    const bool open = state_.load(std::memory_order_seq_cst) == static_cast<std::uint8_t>(State::open);
    // One that is pending has rung already; in v1 a second ring would be a second token that is no frame's.
    if (open && !cancelled_.exchange(true, std::memory_order_seq_cst)) { wake_self(); }
    cancelling_.fetch_sub(1, std::memory_order_release);
    if (!open) { refuse(); }
}

bool Endpoint::is_in_use() const noexcept {
    return calling_.load(std::memory_order_acquire) || waiting_.load(std::memory_order_acquire) ||
           cancelling_.load(std::memory_order_acquire) != 0;
}

// calling edge: a call that did not see the new state is seen here. Where the kernel offers no barrier across threads, the
// pause does: no processor keeps a store to itself for anything near a millisecond.
void Endpoint::await_calls() noexcept {
    if (!asymmetric_ || !platform::sleeper_fence(true)) {
        platform::sleeper_fence(false);
        platform::sleep_for(1'000'000);
    }
    while (is_in_use()) {
        wake_self();
        platform::sleep_for(100'000);
    }
}

bool Endpoint::end_calls() noexcept {
    if (closed_.exchange(true, std::memory_order_acq_rel)) { return false; }
    // In a forked child the threads that were inside do not exist.
    if (!is_forked()) {
        auto open = static_cast<std::uint8_t>(State::open);
        state_.compare_exchange_strong(open, static_cast<std::uint8_t>(State::closed), std::memory_order_seq_cst);
        await_calls();
    }
    return true;
}

void Endpoint::close() noexcept {
    if (end_calls() && leases_ == 0) { finish(); }
}

void Endpoint::dispose() noexcept {
    end_calls();
    disposed_.store(true, std::memory_order_relaxed);
    if (leases_ == 0) { finish(); }
}

// Closed, and no lease is out.
void Endpoint::finish() noexcept {
    if (!gone_.exchange(true, std::memory_order_acq_rel)) { let_go(); }
    if (disposed_.load(std::memory_order_relaxed)) { delete this; }
}

}  // namespace zerobuffer::endpoint
