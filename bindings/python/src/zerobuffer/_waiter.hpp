// SPDX-License-Identifier: MIT
// One thread that waits for an endpoint, so that an event loop need not: it waits until a frame is there (a reader) or room
// (a writer), takes nothing, and makes eventfds readable. It knows no Python and needs no interpreter lock.
// Two parties may ask at once, each with an eventfd of its own: a task of an event loop, and whoever holds fileno(). The
// thread starts with the first question and ends with stop().
// Threads: every call under the interpreter's lock, but for make_way() and stop(), which wait and are called without it.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <zerobuffer/zerobuffer.h>

namespace zerobuffer_python {

enum Party { for_task = 0, for_descriptor = 1 };

class Waiter {
public:
    using Wait = zb_status (*)(void* handle, std::uint64_t size, std::int64_t timeout);
    using Cancel = zb_status (*)(void* handle);

    Waiter(void* handle, Wait wait, Cancel cancel) noexcept : handle_(handle), wait_(wait), cancel_(cancel) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    // After stop(), and not in a forked child.
    ~Waiter() {
        close_descriptor(for_task);
        close_descriptor(for_descriptor);
    }

    // The eventfd of this party, made when there is none; -1 and errno when that fails. Readable from the beginning: nobody
    // has looked yet.
    int open_descriptor(Party party) noexcept {
        const std::lock_guard lock(mutex_);
        Asker& asker = askers_[party];
        if (asker.descriptor < 0) {
            asker.descriptor = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
            asker.rung = true;
        }
        return asker.descriptor;
    }

    void close_descriptor(Party party) noexcept {
        const std::lock_guard lock(mutex_);
        Asker& asker = askers_[party];
        asker.wanted.reset();
        if (asker.descriptor >= 0) { close(asker.descriptor); }
        asker.descriptor = -1;
    }

    // From now on the eventfd is not readable, until what is asked for has come or can no longer come. Returns an errno: no
    // thread could be made.
    int ask(Party party, std::uint64_t size) noexcept {
        const std::lock_guard lock(mutex_);
        Asker& asker = askers_[party];
        if (stopping_) {
            ring_locked(asker);  // who looks again learns that it is closed
            return 0;
        }
        if (asker.wanted == size) { return 0; }
        if (const int problem = start()) { return problem; }
        silence(asker);
        asker.wanted = size;
        outcome_of_[party].reset();
        if (busy_ && size < waiting_for_) { knock(); }
        changed_.notify_all();
        return 0;
    }

    void take_back(Party party) noexcept {
        const std::lock_guard lock(mutex_);
        askers_[party].wanted.reset();
        if (busy_ && !least()) { knock(); }
    }

    // Not readable, though nothing was asked for: somebody else will ring.
    void hush(Party party) noexcept {
        const std::lock_guard lock(mutex_);
        askers_[party].wanted.reset();
        silence(askers_[party]);
    }

    // Readable without a reason: look again.
    void ring(Party party) noexcept {
        const std::lock_guard lock(mutex_);
        ring_locked(askers_[party]);
    }

    // Whether the thread waits, or is about to.
    [[nodiscard]] bool engaged() noexcept {
        const std::lock_guard lock(mutex_);
        return busy_ || least();
    }

    // Another wait may begin when this returns. Who holds fileno() has to look again.
    void make_way() noexcept {
        std::unique_lock lock(mutex_);
        Asker& asker = askers_[for_descriptor];
        if (asker.wanted) { ring_locked(asker); }
        while (busy_) {
            knock();
            idle_.wait(lock);
        }
    }

    // The error with which the last wait for this party ended, once. False: there was none.
    bool take_outcome(Party party, zb_status& status, std::string& message, int& system_error) {
        const std::lock_guard lock(mutex_);
        if (!outcome_of_[party]) { return false; }
        status = outcome_of_[party]->status;
        message = outcome_of_[party]->message;
        system_error = outcome_of_[party]->system_error;
        outcome_of_[party].reset();
        return true;
    }

    // Ends the thread. The endpoint was shut down before, which ended its wait.
    void stop() noexcept {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            if (busy_) { knock(); }
            changed_.notify_all();
            if (!started_ || joined_) { return; }
            joined_ = true;
        }
        pthread_join(thread_, nullptr);
    }

    // In a forked child, where the thread is not and the mutex may be held for ever: lets go of the eventfds. The rest stays.
    void abandon() noexcept {
        for (Asker& asker : askers_) {
            if (asker.descriptor >= 0) { close(asker.descriptor); }
            asker.descriptor = -1;
        }
    }

private:
    struct Asker {
        int descriptor = -1;
        bool rung = false;
        std::optional<std::uint64_t> wanted;
    };
    struct Outcome {
        zb_status status;
        std::string message;
        int system_error;
    };

    int start() noexcept {
        if (stopping_ || started_) { return 0; }
        // Signals are for the threads of the program; faults are for whom they happen to.
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        for (const int fault : {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) {
            sigdelset(&all, fault);
        }
        pthread_sigmask(SIG_SETMASK, &all, &before);
        const int problem = pthread_create(
            &thread_, nullptr,
            [](void* self) -> void* {
                static_cast<Waiter*>(self)->run();
                return nullptr;
            },
            this);
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        if (problem != 0) { return problem; }
        pthread_setname_np(thread_, "zerobuffer-wait");
        started_ = true;
        return 0;
    }

    // The smallest that anybody asks for: who asks for more looks again and asks again.
    [[nodiscard]] std::optional<std::uint64_t> least() const noexcept {
        const auto& task = askers_[for_task].wanted;
        const auto& descriptor = askers_[for_descriptor].wanted;
        return task && descriptor ? std::min(*task, *descriptor) : task ? task : descriptor;
    }

    void run() noexcept {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return stopping_ || least(); });
            if (stopping_) { return; }
            waiting_for_ = *least();
            knocked_ = false;
            busy_ = true;
            lock.unlock();
            // Interrupted after 50 ms at the latest.
            const zb_status status = wait_(handle_, waiting_for_, ZB_FOREVER);
            lock.lock();
            busy_ = false;
            idle_.notify_all();
            if (status == ZB_INTERRUPTED || knocked_) { continue; }
            report(status);
        }
    }

    void report(zb_status status) noexcept {
        for (const Party party : {for_task, for_descriptor}) {
            if (!askers_[party].wanted) { continue; }
            outcome_of_[party].reset();
            // A cancelled wait is looked into: it may have been a knock. Out of memory: asked again.
            try {
                if (status != ZB_OK && status != ZB_CANCELLED) {
                    outcome_of_[party] = Outcome{status, zb_last_error(), zb_last_system_error()};
                }
            } catch (...) { outcome_of_[party].reset(); }
            ring_locked(askers_[party]);
        }
    }

    // Ends the wait that is on. Where it ends by itself just then, a later one is cancelled for nothing: whoever gets that
    // knows whether the program has asked for it.
    void knock() noexcept {
        if (!knocked_) { cancel_(handle_); }
        knocked_ = true;
    }

    static void ring_locked(Asker& asker) noexcept {
        asker.wanted.reset();
        if (asker.descriptor >= 0 && !asker.rung) { eventfd_write(asker.descriptor, 1); }
        asker.rung = true;
    }

    static void silence(Asker& asker) noexcept {
        eventfd_t count = 0;
        if (asker.descriptor >= 0) { eventfd_read(asker.descriptor, &count); }
        asker.rung = false;
    }

    void* handle_;
    Wait wait_;
    Cancel cancel_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::condition_variable idle_;
    std::array<Asker, 2> askers_;
    std::array<std::optional<Outcome>, 2> outcome_of_;
    std::uint64_t waiting_for_ = 0;
    pthread_t thread_{};
    bool started_ = false;
    bool joined_ = false;
    bool stopping_ = false;
    bool busy_ = false;
    bool knocked_ = false;
};

}  // namespace zerobuffer_python
