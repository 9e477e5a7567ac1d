// SPDX-License-Identifier: MIT
// Duty: what the writer and the reader of a chaos run have in common: their words in the account, faults, pauses, and the
// judgement whether a loss that the library reported was one.
#pragma once

#include <cstdint>
#include <thread>
#include <utility>

#include <zerobuffer/zerobuffer.hpp>

#include "chaos/account.hpp"
#include "support/event.hpp"
#include "support/frames.hpp"

namespace zerobuffer::test {

class Duty {
protected:
    /// The other side, seen before a call that may report its loss.
    struct Sight {
        std::uint64_t incarnation;
        std::uint64_t at;
        bool attached;
    };

    Duty(const char* role, Account& account, SideAccount& own, SideAccount& peer)
        : account_(account),
          own_(own),
          peer_(peer),
          role_(role),
          incarnation_(own.incarnation),
          epoch_(account.epoch),
          pattern_(account.seed) {}

    [[nodiscard]] bool is_v1() const { return account_.layout == 1; }
    [[nodiscard]] bool shall_leave() const { return own_.leave == incarnation_; }
    [[nodiscard]] Options options() const {
        Options options;
        options.layout = is_v1() ? Layout::v1 : Layout::v2;
        options.capacity = account_.capacity;
        options.wait_mode = static_cast<WaitMode>(own_.wait_mode.load());
        return options;
    }
    [[nodiscard]] std::uint64_t size_of(std::uint64_t number) const {
        return sizeof number + pattern_.size(number, account_.largest);
    }

    void fault(const char* what, std::uint64_t found, std::uint64_t expected) const;
    void say_attached(std::uint64_t first_number) const;
    /// As long as it is held, and a moment of the pace.
    void pause(std::uint64_t number) const;
    [[nodiscard]] Sight look() const;
    /// Of a loss that the call after `before` reported.
    void judge(const Sight& before, Status status);

    /// What `make` returns, as soon as the predecessor is taken apart and, v1, the reader is there.
    template <class Make>
    auto attach_patiently(Make&& make) const -> std::optional<decltype(make())> {
        while (!shall_leave()) {
            try {
                return make();
            } catch (const Error& error) {
                const Status status = error.status();
                const bool early = status == Status::not_found || status == Status::not_ready;
                if (status != Status::busy && !(is_v1() && early)) { throw; }
            }
            std::this_thread::yield();
        }
        return std::nullopt;
    }

    Account& account_;
    SideAccount& own_;
    SideAccount& peer_;
    const char* const role_;
    const std::uint64_t incarnation_;
    std::uint64_t epoch_;
    const Pattern pattern_;
    /// How long a wait lasts before it looks whether to leave.
    static constexpr std::chrono::seconds patience{1};

private:
    std::uint64_t sampled_ = 0;
};

}  // namespace zerobuffer::test
