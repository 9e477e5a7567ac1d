// SPDX-License-Identifier: MIT
#include "stop.hpp"

#include <csignal>

namespace demo {

namespace {

volatile std::sig_atomic_t stop_signal = 0;

void remember(int number) { stop_signal = number; }

}  // namespace

void stop_on_signals() {
    struct sigaction action {};
    action.sa_handler = remember;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool stop_requested() { return stop_signal != 0; }

}  // namespace demo
