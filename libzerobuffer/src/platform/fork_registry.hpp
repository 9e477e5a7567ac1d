// SPDX-License-Identifier: MIT
// Tells objects of a process that they now are in a forked child: they must let go of locks that they would otherwise
// share with the parent, and never touch a ring again. man 3 pthread_atfork. Any thread.
#pragma once

#include <memory>
#include <utility>

#include "platform/file_descriptor.hpp"

namespace zerobuffer::platform {

// While one of these lives, this process does not fork.
class ForksHeld {
public:
    ForksHeld();
    ~ForksHeld();
    ForksHeld(const ForksHeld&) = delete;
    ForksHeld& operator=(const ForksHeld&) = delete;
};

class ForkListener {
public:
    ForkListener(const ForkListener&) = delete;
    ForkListener& operator=(const ForkListener&) = delete;

    // Runs in the child, where only async-signal-safe calls are allowed.
    virtual void forked() noexcept = 0;

protected:
    ForkListener() noexcept = default;
    virtual ~ForkListener();

    // From now on forked() may be called: the last thing that the constructor of the class that overrides it does.
    void listen(const ForksHeld& held) noexcept;
    // From now on it is not: the first thing that its destructor does.
    void stop_listening() noexcept;
    void stop_listening(const ForksHeld& held) noexcept;

private:
    friend struct ForkRegistry;
    bool listening_ = false;
    ForkListener* next_ = nullptr;
    ForkListener* previous_ = nullptr;
};

// Owns a descriptor that holds locks. A forked child would share them, so it closes its copy at once.
class LockDescriptor {
public:
    LockDescriptor() noexcept = default;
    // Calls `open`, which gives a FileDescriptor; no fork comes between its birth and its registration.
    template <class Open>
    explicit LockDescriptor(Open open) {
        const ForksHeld held;
        node_ = std::make_unique<Node>(open(), held);
    }

    [[nodiscard]] int number() const noexcept { return node_ ? node_->file.number() : -1; }
    explicit operator bool() const noexcept { return node_ && node_->file; }
    void reset() noexcept { node_.reset(); }

private:
    struct Node final : ForkListener {
        Node(FileDescriptor descriptor, const ForksHeld& held) noexcept : file(std::move(descriptor)) { listen(held); }
        ~Node() override {
            const ForksHeld held;  // until the file is closed
            stop_listening(held);
            file.reset();
        }
        Node(const Node&) = delete;
        Node& operator=(const Node&) = delete;
        void forked() noexcept override { file.reset(); }

        FileDescriptor file;
    };

    std::unique_ptr<Node> node_;
};

}  // namespace zerobuffer::platform
