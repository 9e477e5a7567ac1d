// SPDX-License-Identifier: MIT
// Boost.Interprocess message_queue, one each way. It cannot tell that the other end died.
#include <boost/interprocess/ipc/message_queue.hpp>

#include "names.hpp"
#include "registry.hpp"

namespace zerobuffer::perf {

namespace {

namespace ipc = boost::interprocess;

constexpr unsigned priority = 0;

class Channel {
public:
    Channel(const std::string& name, const EndpointSetup& setup, bool make)
        : name_(name), made_(make), queue_(opened(name, setup, make)) {}
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() {
        if (made_) { ipc::message_queue::remove(name_.c_str()); }
    }

    void send(std::span<const std::byte> bytes) { queue_.send(bytes.data(), bytes.size(), priority); }

    void receive(std::span<std::byte> bytes) {
        ipc::message_queue::size_type got = 0;
        unsigned ignored = 0;
        queue_.receive(bytes.data(), bytes.size(), got, ignored);
        if (got != bytes.size()) { throw std::runtime_error("a frame of another size came"); }
    }

private:
    static ipc::message_queue opened(const std::string& name, const EndpointSetup& setup, bool make) {
        if (!make) { return {ipc::open_only, name.c_str()}; }
        return {ipc::create_only, name.c_str(), depth_of(setup, 2, 1024), setup.size, ipc::permissions(0600)};
    }

    std::string name_;
    bool made_;
    ipc::message_queue queue_;
};

class BoostQueue : public TwoWays<Channel> {
public:
    using TwoWays::TwoWays;
    void send(std::span<const std::byte> bytes) { out().send(bytes); }
    void receive(std::span<std::byte> bytes) { in().receive(bytes); }
};

const Registration registered = register_transport<BoostQueue>("boost-mq");

}  // namespace

}  // namespace zerobuffer::perf
