// SPDX-License-Identifier: MIT
// pipe(2), one each way. As large as the system lets everybody make them: 1 MiB by default.
#include <algorithm>
#include <array>

#include <fcntl.h>

#include "descriptor.hpp"
#include "registry.hpp"

namespace zerobuffer::perf {

namespace {

constexpr int largest = 1 << 20;

class Pipe {
public:
    static constexpr bool inherited = true;

    explicit Pipe(const EndpointSetup& setup) {
        ignore_broken_pipes();
        const int wanted = static_cast<int>(std::min<std::uint64_t>(setup.capacity, largest));
        for (Way& way : ways_) {
            std::array<int, 2> ends{};
            if (pipe2(ends.data(), O_CLOEXEC) != 0) { throw_errno("pipe"); }
            way = {Descriptor(ends[0]), Descriptor(ends[1])};
            // Refused where the user has many pipes; then it stays as it is.
            fcntl(ends[1], F_SETPIPE_SZ, wanted);
        }
    }

    /// Keeps the two ends of that role, so that the end of the other process shows.
    void connect(Role role) {
        const std::size_t out = is_first(role) ? 1 : 0;
        sender_ = std::move(ways_[out].writer);
        receiver_ = std::move(ways_[1 - out].reader);
        for (Way& way : ways_) {
            way.reader.reset();
            way.writer.reset();
        }
    }

    void send(std::span<const std::byte> bytes) { sender_.send(bytes); }
    void receive(std::span<std::byte> bytes) { receiver_.receive(bytes); }

private:
    struct Way {
        Descriptor reader;
        Descriptor writer;
    };

    std::array<Way, 2> ways_;
    Descriptor sender_;
    Descriptor receiver_;
};

const Registration registered = register_transport<Pipe>("pipe");

}  // namespace

}  // namespace zerobuffer::perf
