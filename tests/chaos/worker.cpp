// SPDX-License-Identifier: MIT
#include "chaos/worker.hpp"

#include <time.h>

#include <cstdio>

#include "chaos/duty.hpp"

namespace zerobuffer::test {

void Duty::fault(const char* what, std::uint64_t found, std::uint64_t expected) const {
    std::fprintf(stderr, "%s %llu: %s: %llu:%llu, expected %llu:%llu\n", role_,
                 static_cast<unsigned long long>(incarnation_), what, static_cast<unsigned long long>(epoch_of(found)),
                 static_cast<unsigned long long>(found - begin_of(epoch_of(found))),
                 static_cast<unsigned long long>(epoch_of(expected)),
                 static_cast<unsigned long long>(expected - begin_of(epoch_of(expected))));
    ++own_.faults;
}

void Duty::say_attached(std::uint64_t first_number) const {
    own_.first_number = first_number;
    own_.attached_at = nanoseconds();
    own_.attached = incarnation_;
}

void Duty::pause(std::uint64_t number) const {
    while (own_.hold == incarnation_) {
        const timespec little{0, 200'000};
        ::nanosleep(&little, nullptr);
    }
    const std::uint64_t longest = own_.pace;
    if (longest == 0) { return; }
    const timespec length{0, static_cast<long>(mixed(number) % longest)};
    ::nanosleep(&length, nullptr);
}

void Duty::judge(const Sight& before, Status status) {
    const bool was_there = before.attached && account_.epoch == epoch_;
    if (status == Status::peer_died && was_there && peer_.harmed < before.incarnation) {
        fault("a living peer was reported dead", before.incarnation, 0);
    }
    if (status == Status::peer_closed && was_there && peer_.leave < before.incarnation) {
        fault("a peer that did not close was reported closed", before.incarnation, 0);
    }
    const bool died = status == Status::peer_died && was_there && peer_.incarnation == before.incarnation;
    if (died && before.at < peer_.killed_at && sampled_ != before.incarnation) {
        sampled_ = before.incarnation;
        own_.detected = nanoseconds() - peer_.killed_at;
    }
    ++own_.reports;
}

Duty::Sight Duty::look() const {
    const bool attached = is_attached(account_, peer_);
    const std::uint64_t incarnation = peer_.incarnation;
    return {incarnation, nanoseconds(), attached && peer_.attached == incarnation};
}

}  // namespace zerobuffer::test
