// SPDX-License-Identifier: MIT
// What readers and writers share: their state, who may end a wait, and when the memory goes. An endpoint lives until its
// owner let go and its last lease (frame or claim) is back; closing never invalidates a pointer.
// Threads: one at a time, and one more that waits; cancel() and close() from any. dispose() is the last call.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include <zerobuffer/options.hpp>
#include <zerobuffer/snapshot.hpp>
#include <zerobuffer/status.hpp>

#include "endpoint/role.hpp"
#include "platform/fork_registry.hpp"
#include "ring/violation.hpp"
#include "wire/geometry.hpp"

namespace zerobuffer::endpoint {

// Anything but `open` makes every call fail; the hot path looks at nothing else.
enum class State : std::uint8_t { open, closed, forked, corrupt, truncated };

// How a wait ended.
enum class Waited { ready, timeout, interrupted, stopped, peer_closed, peer_died };

class Endpoint : public platform::ForkListener {
public:
    // Ends the wait that is on, or the next one.
    void cancel();
    // Lets calls in other threads end first, then lets go of the buffer once no lease is out. Idempotent.
    void close() noexcept;
    // The owner will not call again: closes, and frees the memory with the last lease.
    void dispose() noexcept;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const wire::Geometry& geometry() const noexcept { return geometry_; }
    [[nodiscard]] const Options& options() const noexcept { return options_; }
    // Throws the Error that the state means, unless it is open.
    void require_open() const {
        if (state() != State::open) [[unlikely]] { refuse(); }
    }
    [[noreturn]] void fail(Status status, const std::string& cause_and_remedy) const;
    // For the C++ interface: true for ok, false for a timeout; an interruption is an Error there.
    [[nodiscard]] bool in_time(Status status) const {
        if (status == Status::interrupted) [[unlikely]] { refuse_interrupted(); }
        return status == Status::ok;
    }

    [[noreturn]] void refuse_interrupted() const;

    // For the wait loop.
    [[nodiscard]] bool stop_requested() const noexcept {
        return cancelled_.load(std::memory_order_relaxed) || state() != State::open;
    }
    void note_peer(PeerState state) noexcept {
        if (state == PeerState::attached) { peer_seen_.store(true, std::memory_order_relaxed); }
    }
    [[nodiscard]] bool peer_seen() const noexcept { return peer_seen_.load(std::memory_order_relaxed); }

protected:
    Endpoint(Role role, std::string name, const Options& options) noexcept
        : role_(role), name_(std::move(name)), options_(options) {}
    ~Endpoint() override = default;

    // Marks a call that uses the ring, so that close() leaves it alone until the call is out. Two plain stores: the fence
    // that they need is paid by close().
    class Calling {
    public:
        explicit Calling(Endpoint& endpoint) noexcept : endpoint_(endpoint) {
            endpoint.calling_.store(true, std::memory_order_relaxed);
            std::atomic_signal_fence(std::memory_order_seq_cst);  // calling edge, pairs with close()
        }
        ~Calling() { endpoint_.calling_.store(false, std::memory_order_release); }
        Calling(const Calling&) = delete;
        Calling& operator=(const Calling&) = delete;

    private:
        Endpoint& endpoint_;
    };

    // The same for a wait, beside which other calls are allowed. Throws Error if the endpoint is not open, or if another
    // thread waits. Everything that may touch the endpoint after a wait, error messages included, happens inside.
    class Waiting {
    public:
        explicit Waiting(Endpoint& endpoint);

    private:
        // A member, so that it goes after the refusal of the constructor was put into words.
        struct Mark {
            explicit Mark(Endpoint& endpoint);
            ~Mark() { waiting.store(false, std::memory_order_release); }
            Mark(const Mark&) = delete;
            Mark& operator=(const Mark&) = delete;
            std::atomic<bool>& waiting;
        };
        Mark mark_;
    };

    // Takes leases back. Made before the Calling of the same call, so that it ends after it: what is taken back once the
    // endpoint is closed may be the last that holds it, and then this frees it.
    class Returning {
    public:
        explicit Returning(Endpoint& endpoint) noexcept : endpoint_(endpoint) {}
        ~Returning() {
            if (late_ != 0) [[unlikely]] { endpoint_.settle(late_); }
        }
        Returning(const Returning&) = delete;
        Returning& operator=(const Returning&) = delete;

        // Before the close every lease is plainly counted, and close() waits for the call that does it. After it close() may
        // have counted already: this lease keeps the endpoint until the end of the call.
        void lease_back() noexcept {
            if (endpoint_.closed_.load(std::memory_order_acquire)) [[unlikely]] {
                ++late_;
            } else {
                --endpoint_.leases_;
            }
        }

    private:
        Endpoint& endpoint_;
        std::uint64_t late_ = 0;
    };

    [[nodiscard]] State state() const noexcept { return static_cast<State>(state_.load(std::memory_order_relaxed)); }
    // The word that a truncation guard may set.
    [[nodiscard]] std::atomic<std::uint8_t>& state_word() noexcept { return state_; }
    [[noreturn]] void refuse() const;
    [[noreturn]] void poison(const ring::Violation& violation);
    // Turns the end of a wait that is an error into that error.
    [[noreturn]] void refuse_wait(Waited how);
    [[nodiscard]] bool is_forked() const noexcept { return state() == State::forked; }

    void lease_out() noexcept { ++leases_; }
    // Of a lease that the same call took out, or that it knows to be in an open endpoint.
    void lease_back() noexcept { --leases_; }
    [[nodiscard]] std::uint64_t leases() const noexcept { return leases_; }
    void set_geometry(const wire::Geometry& geometry) noexcept { geometry_ = geometry; }
    // Whether close() can run a barrier in the other threads of this process.
    void set_asymmetric(bool asymmetric) noexcept { asymmetric_ = asymmetric; }

    virtual void wake_self() noexcept = 0;
    // A cancelled wait took the wake-up of its canceller.
    virtual void cancel_taken() noexcept = 0;
    // No lease is out: let go of locks, names and memory.
    virtual void let_go() noexcept = 0;

private:
    [[nodiscard]] bool is_in_use() const noexcept;
    void await_calls() noexcept;
    // False: it was closed before, or another thread is at it.
    bool begin_close() noexcept;
    void end_close() noexcept;
    // `late` leases came back after the close.
    void settle(std::uint64_t late) noexcept;
    void finish() noexcept;
    // The memory goes when the owner has let go and so has the last lease.
    void let_go_of_memory() noexcept;

    Role role_;
    std::string name_;
    Options options_;
    wire::Geometry geometry_;
    std::atomic<std::uint8_t> state_{static_cast<std::uint8_t>(State::open)};
    std::atomic<bool> cancelled_{false};
    std::atomic<bool> calling_{false};
    std::atomic<bool> waiting_{false};
    std::atomic<std::uint32_t> cancelling_{0};
    std::atomic<bool> closed_{false};
    std::atomic<bool> calls_ended_{false};       // since the close
    std::atomic<std::uint64_t> late_leases_{0};  // out since the close; modulo 2^64 until close() has added them
    std::atomic<std::uint32_t> holders_{2};      // of the memory: the owner and the buffer
    bool asymmetric_ = false;
    std::atomic<bool> peer_seen_{false};
    std::uint64_t leases_ = 0;
    ring::Violation violation_;

protected:
    void mark_forked() noexcept { state_.store(static_cast<std::uint8_t>(State::forked), std::memory_order_relaxed); }
};

}  // namespace zerobuffer::endpoint
