// SPDX-License-Identifier: MIT
#include "publisher.hpp"

#include <cstring>
#include <ctime>
#include <sstream>

#include "stop.hpp"
#include "stream.hpp"

namespace demo {

namespace {

using namespace std::chrono_literals;

zerobuffer::Writer open_writer(const std::string& buffer_name) {
    zerobuffer::Options options;
    options.wait_for_peer = 10s;
    return zerobuffer::Writer::open(buffer_name, options);
}

std::chrono::nanoseconds interval_of(double rate) {
    return rate > 0 ? std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / rate)) : 0ns;
}

// In slices, so that a signal is noticed while the ring is full.
std::optional<zerobuffer::Claim> claim_until_stopped(zerobuffer::Writer& writer, std::size_t size) {
    while (!stop_requested()) {
        if (auto claim = writer.claim(size, 100ms)) { return claim; }
    }
    return std::nullopt;
}

}  // namespace

Publisher::Publisher(const std::string& buffer_name, double rate, const std::string& metadata)
    : writer_(open_writer(buffer_name)), segment_(buffer_name), interval_(interval_of(rate)) {
    writer_.publish_metadata(std::as_bytes(std::span(metadata)));
}

bool Publisher::publish(std::size_t payload_size, std::chrono::nanoseconds media_time, const Fill& fill) {
    keep_pace();
    auto claim = claim_until_stopped(writer_, sizeof(Preface) + payload_size);
    if (!claim) { return false; }
    const std::span<std::byte> payload = claim->bytes().subspan(sizeof(Preface));
    const auto written = fill(payload);
    if (!written) { return false; }
    const std::optional<std::uint64_t> place = segment_.place_of(*written);

    Preface preface{};
    preface.place = place.value_or(nowhere);
    preface.checksum = checksum(payload);
    preface.media_ns = static_cast<std::uint64_t>(media_time.count());
    // Last of all, so that the consumer's latency is that of the ring and not of the checksum.
    preface.committed_ns = static_cast<std::uint64_t>(Clock::now().time_since_epoch() / 1ns);
    std::memcpy(claim->bytes().data(), &preface, sizeof preface);
    claim->commit();

    ++frames_;
    bytes_ += payload_size;
    checksum_ += frames_ * preface.checksum;
    copied_frames_ += place ? 0 : 1;
    return true;
}

void Publisher::keep_pace() {
    if (frames_ == 0) { started_ = Clock::now(); }
    if (interval_ == 0ns) { return; }
    const auto due = (started_ + static_cast<std::int64_t>(frames_) * interval_).time_since_epoch();
    const timespec deadline{.tv_sec = due / 1s, .tv_nsec = due % 1s / 1ns};
    // A signal ends the sleep early, which is what it is for.
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr);
}

std::string Publisher::account() const {
    const zerobuffer::Stats stats = writer_.stats();
    const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    std::ostringstream json;
    json << "{\"frames\": " << frames_ << ", \"bytes\": " << bytes_ << ", \"checksum\": " << checksum_
         << ", \"copied\": " << copied_frames_ << ", \"seconds\": " << seconds << ", \"waits\": " << stats.waits
         << ", \"sleeps\": " << stats.sleeps << ", \"wakes\": " << stats.wakes << '}';
    return json.str();
}

}  // namespace demo
