// SPDX-License-Identifier: MIT
// Isolated: work in a process of its own, with an answer in plain data. Whatever happens to that process is a failure of
// the work, and nothing that it had taken is left but what it was to leave: names and the bytes behind them.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace zerobuffer::crash {

/// A page that this process and its children share.
class SharedPage {
public:
    SharedPage();
    SharedPage(const SharedPage&) = delete;
    SharedPage& operator=(const SharedPage&) = delete;
    ~SharedPage();

    template <class Content>
    [[nodiscard]] Content& as() const {
        return *static_cast<Content*>(start_);
    }
    void clear() const;

private:
    void* start_;
};

/// Runs the work in a fork and waits for its end. What went wrong, or nothing. `may_be_killed`: the work may end itself with
/// SIGKILL, as a process that has endpoints and is to die.
std::string run_isolated(const std::function<void()>& work, bool may_be_killed = false);

}  // namespace zerobuffer::crash
