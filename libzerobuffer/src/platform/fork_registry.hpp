// SPDX-License-Identifier: MIT
// Tells every living endpoint of a process that it now is in a forked child: it must let go of locks that it would
// otherwise share with its parent, and never touch the ring again. man 3 pthread_atfork. Any thread.
#pragma once

namespace zerobuffer::platform {

class ForkListener {
public:
    ForkListener(const ForkListener&) = delete;
    ForkListener& operator=(const ForkListener&) = delete;

    // Runs in the child, where only async-signal-safe calls are allowed.
    virtual void forked() noexcept = 0;

protected:
    ForkListener();
    virtual ~ForkListener();

private:
    friend struct ForkRegistry;
    ForkListener* next_ = nullptr;
    ForkListener* previous_ = nullptr;
};

}  // namespace zerobuffer::platform
