// SPDX-License-Identifier: MIT
// Scenario: one operation of one side, in the middle of which that side is killed, and how everybody else carries on. An
// object of it lives in three processes: the survivor's, the victim's, and, where both are to die, that of two fresh peers.
// What all of them have to know follows from its constructor.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace zerobuffer::crash {

/// How far the victim came with what takes effect for others, such as a commit: `begun` of them, `finished` returned.
struct Progress {
    std::atomic<std::uint64_t> begun;
    std::atomic<std::uint64_t> finished;
};

/// What no kill may bring about.
struct Anomaly : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void demand(bool holds, const std::string& otherwise) {
    if (!holds) { throw Anomaly(otherwise); }
}

/// Who comes first after the kill. In the second two the survivor is killed as well.
enum class Aftermath { survivor, successor, fresh_reader, fresh_writer };
constexpr bool survivor_dies(Aftermath aftermath) {
    return aftermath == Aftermath::fresh_reader || aftermath == Aftermath::fresh_writer;
}
constexpr const char* name_of(Aftermath aftermath) {
    constexpr std::array names = {"the survivor first", "the successor first", "a fresh reader, then a fresh writer",
                                  "a fresh writer, then a fresh reader"};
    return names.at(static_cast<std::size_t>(aftermath));
}

class Scenario {
public:
    static constexpr int rounds = 3;

    explicit Scenario(std::string buffer) : buffer_(std::move(buffer)) {}
    Scenario(const Scenario&) = delete;
    Scenario& operator=(const Scenario&) = delete;
    virtual ~Scenario() = default;

    /// Survivor and victim arrange the state in turns, the survivor first.
    virtual void arrange_survivor(int /*round*/) {}
    virtual void arrange_victim(int /*round*/) {}
    /// In the victim, instruction by instruction.
    virtual void operate(Progress& progress) = 0;

    [[nodiscard]] virtual std::span<const Aftermath> aftermaths() const {
        static constexpr std::array all = {Aftermath::survivor, Aftermath::successor, Aftermath::fresh_reader,
                                           Aftermath::fresh_writer};
        return all;
    }
    /// After the kill, in the survivor's process or, if the survivor dies, too, in a new one. Returns how many of the
    /// victim's effects are there, if that can be told. Leaves nothing behind. Throws Anomaly.
    virtual std::optional<std::uint64_t> carry_on(Aftermath aftermath) = 0;

protected:
    [[nodiscard]] const std::string& buffer() const { return buffer_; }

private:
    std::string buffer_;
};

/// Makes a scenario for the buffer of that name.
using MakeScenario = std::function<std::unique_ptr<Scenario>(const std::string& buffer)>;

}  // namespace zerobuffer::crash
