// SPDX-License-Identifier: MIT
// iceoryx 2: in place both ways. The end that is connected to starts its daemon. With `--wait spin` it polls, else it sleeps
// in a WaitSet; a sender for whom there is no room waits as iceoryx does.
#include <csignal>
#include <optional>

#include <iceoryx_posh/popo/wait_set.hpp>
#include <iceoryx_posh/runtime/posh_runtime.hpp>

#include "iceoryx_chunks.hpp"
#include "names.hpp"
#include "registry.hpp"
#include "roudi.hpp"

namespace zerobuffer::perf {

namespace {

using iox::capro::IdString_t;

constexpr std::uint64_t most_queued = 128;
constexpr std::uint64_t spare_chunks = 24;  // on loan, held, and kept back by iceoryx

iox::capro::ServiceDescription service(const EndpointSetup& setup, bool request) {
    const IdString_t way = request ? IdString_t("request") : IdString_t("response");
    return {"zerobuffer-bench", way, IdString_t(iox::cxx::TruncateToCapacity, setup.name.c_str())};
}

class Iceoryx {
public:
    static constexpr bool polling = true;

    explicit Iceoryx(const EndpointSetup& setup) : setup_(setup), depth_(depth_of(setup, 2, most_queued)) {
        const bool first = is_first(setup.role);
        if (first) { start_roudi(setup.size + 2 * setup.alignment, 2 * depth_ + spare_chunks); }
        // A daemon that ends asks its clients to end, too: they do so anyway.
        std::signal(SIGTERM, SIG_IGN);
        const std::string name = setup.name + (first ? "-first" : "-second");
        iox::runtime::PoshRuntime::initRuntime(iox::RuntimeName_t(iox::cxx::TruncateToCapacity, name.c_str()));
        if (setup.role != Role::source) { subscribe(); }
        if (setup.role != Role::sink) { offer(); }
    }

    void connect(Role /*role*/) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        const auto connected = [&] {
            return (!subscriber_ || subscriber_->getSubscriptionState() == iox::SubscribeState::SUBSCRIBED) &&
                   (!publisher_ || publisher_->hasSubscribers());
        };
        while (!connected()) {
            if (std::chrono::steady_clock::now() > deadline) { throw std::runtime_error("the other end did not come"); }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    LoanedChunk claim(std::size_t size) {
        auto room = publisher_->loan(static_cast<std::uint32_t>(size), setup_.alignment);
        if (room.has_error()) { throw std::runtime_error("iceoryx has no chunk left"); }
        return {*publisher_, {static_cast<std::byte*>(room.value()), size}};
    }

    TakenChunk acquire() {
        while (true) {
            auto taken = subscriber_->take();
            if (!taken.has_error()) { return {*subscriber_, taken.value()}; }
            if (setup_.wait != WaitMode::spin) { waits_->wait(); }
        }
    }

    [[nodiscard]] std::int64_t helpers_cpu_ns() const { return roudi_cpu_ns(); }

private:
    void subscribe() {
        iox::popo::SubscriberOptions options;
        options.queueCapacity = depth_;
        options.queueFullPolicy = iox::popo::QueueFullPolicy::BLOCK_PRODUCER;
        subscriber_.emplace(service(setup_, setup_.role != Role::ping), options);
        waits_.emplace();
        if (waits_->attachState(*subscriber_, iox::popo::SubscriberState::HAS_DATA).has_error()) {
            throw std::runtime_error("iceoryx refused the wait set");
        }
    }

    void offer() {
        iox::popo::PublisherOptions options;
        options.subscriberTooSlowPolicy = iox::popo::ConsumerTooSlowPolicy::WAIT_FOR_CONSUMER;
        publisher_.emplace(service(setup_, setup_.role != Role::echo), options);
    }

    EndpointSetup setup_;
    std::uint64_t depth_;
    std::optional<iox::popo::WaitSet<1>> waits_;
    std::optional<iox::popo::UntypedPublisher> publisher_;
    std::optional<iox::popo::UntypedSubscriber> subscriber_;
};

const Registration registered = register_transport<Iceoryx>("iceoryx");

}  // namespace

}  // namespace zerobuffer::perf
