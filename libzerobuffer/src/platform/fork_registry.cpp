// SPDX-License-Identifier: MIT
#include "platform/fork_registry.hpp"

#include <pthread.h>

#include <mutex>

namespace zerobuffer::platform {

struct ForkRegistry {
    static inline std::mutex mutex;
    static inline ForkListener* first = nullptr;

    static void add(ForkListener& listener) noexcept {
        listener.listening_ = true;
        listener.next_ = first;
        if (first != nullptr) { first->previous_ = &listener; }
        first = &listener;
    }

    static void remove(ForkListener& listener) noexcept {
        if (!listener.listening_) { return; }
        listener.listening_ = false;
        if (listener.next_ != nullptr) { listener.next_->previous_ = listener.previous_; }
        (listener.previous_ != nullptr ? listener.previous_->next_ : first) = listener.next_;
    }

    static void in_child() {
        for (ForkListener* listener = first; listener != nullptr; listener = listener->next_) {
            listener->forked();
        }
        mutex.unlock();
    }
};

namespace {

// When the library is loaded: at the first use, a fork could be on its way that does not know of the handlers. A child
// inherits them.
[[maybe_unused]] const int registered =
    ::pthread_atfork([] { ForkRegistry::mutex.lock(); }, [] { ForkRegistry::mutex.unlock(); }, ForkRegistry::in_child);

}  // namespace

ForksHeld::ForksHeld() { ForkRegistry::mutex.lock(); }
ForksHeld::~ForksHeld() { ForkRegistry::mutex.unlock(); }

ForkListener::~ForkListener() { stop_listening(); }

void ForkListener::listen(const ForksHeld& /*held*/) noexcept { ForkRegistry::add(*this); }

void ForkListener::stop_listening() noexcept {
    if (listening_) { stop_listening(ForksHeld()); }
}
void ForkListener::stop_listening(const ForksHeld& /*held*/) noexcept { ForkRegistry::remove(*this); }

}  // namespace zerobuffer::platform
