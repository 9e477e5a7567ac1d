// SPDX-License-Identifier: MIT
// Chunks of iceoryx's memory: one on loan, to be filled and published, and one that was taken.
#pragma once

#include <cstddef>
#include <span>

#include <iceoryx_posh/popo/untyped_publisher.hpp>
#include <iceoryx_posh/popo/untyped_subscriber.hpp>

namespace zerobuffer::perf {

struct LoanedChunk {
    iox::popo::UntypedPublisher& publisher;
    std::span<std::byte> room;
    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return room; }
    void commit() { publisher.publish(room.data()); }
};

class TakenChunk {
public:
    TakenChunk(iox::popo::UntypedSubscriber& subscriber, const void* payload)
        : subscriber_(subscriber),
          bytes_(static_cast<const std::byte*>(payload),
                 iox::mepoo::ChunkHeader::fromUserPayload(payload)->userPayloadSize()) {}
    TakenChunk(const TakenChunk&) = delete;
    TakenChunk& operator=(const TakenChunk&) = delete;
    ~TakenChunk() { subscriber_.release(bytes_.data()); }

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

private:
    iox::popo::UntypedSubscriber& subscriber_;
    std::span<const std::byte> bytes_;
};

}  // namespace zerobuffer::perf
