// SPDX-License-Identifier: MIT
// Two fresh processes, each pinned to a CPU of its own, and memory that they share with the process that started them.
// Google Benchmark and its kin measure one process; a ring needs two, so pairs and measuring loops here are our own.
// Only for programs of one thread: the children are forked and run on.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace zerobuffer::perf {

/// A pair that could not do its work; the message says which process and why.
class PairFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The user ended the benchmark. An exception, so that what a pair had made is removed on the way out.
class Interrupted : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

/// From here on SIGINT and SIGTERM end the running pair, or else the next one, with Interrupted.
void take_interrupts();

struct Cpus {
    int first = 0;
    int second = 1;
};

/// The CPUs that this process may use, ascending.
std::vector<int> allowed_cpus();

/// Binds the calling thread to one CPU. Errors: std::system_error.
void pin(int cpu);

/// Runs both bodies, each in its own process on its own CPU, and returns when both have ended. A body fails by throwing,
/// or by a non-zero exit of the program that it became; then, or at the limit, the other one is killed: PairFailure.
void run_pair(const Cpus& cpus, const std::function<void()>& first, const std::function<void()>& second,
              std::chrono::seconds limit = std::chrono::seconds(120));

namespace detail {
void* map_shared(std::size_t size);
void unmap_shared(void* address, std::size_t size) noexcept;
}  // namespace detail

/// One zero-initialised T that forked children share with their parent, at the same address.
template <class T>
class Shared {
    static_assert(std::is_trivially_destructible_v<T>);

public:
    Shared() : value_(new (detail::map_shared(sizeof(T))) T{}) {}
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { detail::unmap_shared(value_, sizeof(T)); }

    T& operator*() const noexcept { return *value_; }
    T* operator->() const noexcept { return value_; }

private:
    T* value_;
};

}  // namespace zerobuffer::perf
