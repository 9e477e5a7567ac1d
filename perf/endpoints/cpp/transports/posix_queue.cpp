// SPDX-License-Identifier: MIT
// mq_open(3): one queue each way, ten messages deep. A queue cannot tell that the other end died.
#include <fstream>

#include <mqueue.h>

#include "descriptor.hpp"
#include "names.hpp"
#include "registry.hpp"

namespace zerobuffer::perf {

namespace {

constexpr std::uint64_t most_messages = 10;  // what everybody may have by default
constexpr unsigned priority = 0;

std::string limit_of_messages() {
    std::string limit;
    std::ifstream("/proc/sys/fs/mqueue/msgsize_max") >> limit;
    return limit;
}

class Channel {
public:
    Channel(const std::string& name, const EndpointSetup& setup, bool make) : name_('/' + name), made_(make) {
        mq_attr shape{};
        shape.mq_maxmsg = static_cast<long>(most_messages);
        shape.mq_msgsize = static_cast<long>(setup.size);
        queue_ = make ? mq_open(name_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600, &shape)
                      : mq_open(name_.c_str(), O_RDWR | O_CLOEXEC);
        if (queue_ >= 0) { return; }
        if (make && (errno == EINVAL || errno == EMFILE || errno == ENOMEM)) {
            throw NotPossibleHere("the system gives no POSIX message queue for 10 frames of " +
                                  std::to_string(setup.size) + " bytes (fs.mqueue.msgsize_max is " +
                                  limit_of_messages() + ", and ulimit -q limits their sum)");
        }
        throw_errno("mq_open " + name_);
    }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() {
        mq_close(queue_);
        if (made_) { mq_unlink(name_.c_str()); }
    }

    void send(std::span<const std::byte> bytes) {
        while (mq_send(queue_, reinterpret_cast<const char*>(bytes.data()), bytes.size(), priority) != 0) {
            if (errno != EINTR) { throw_errno("mq_send"); }
        }
    }

    void receive(std::span<std::byte> bytes) {
        ssize_t got = 0;
        do {
            got = mq_receive(queue_, reinterpret_cast<char*>(bytes.data()), bytes.size(), nullptr);
        } while (got < 0 && errno == EINTR);
        if (got < 0) { throw_errno("mq_receive"); }
        if (static_cast<std::size_t>(got) != bytes.size()) { throw std::runtime_error("a frame of another size came"); }
    }

private:
    std::string name_;
    bool made_;
    mqd_t queue_;
};

class PosixQueue : public TwoWays<Channel> {
public:
    using TwoWays::TwoWays;
    void send(std::span<const std::byte> bytes) { out().send(bytes); }
    void receive(std::span<std::byte> bytes) { in().receive(bytes); }
};

const Registration registered = register_transport<PosixQueue>("posix-mq");

}  // namespace

}  // namespace zerobuffer::perf
