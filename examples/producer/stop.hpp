// SPDX-License-Identifier: MIT
// Lets a producer end its stream in order on Ctrl-C: what is committed is delivered, and the consumer sees an end.
#pragma once

namespace demo {

/// From now on SIGINT and SIGTERM only set the flag. Call once, before the first frame.
void stop_on_signals();

[[nodiscard]] bool stop_requested();

}  // namespace demo
