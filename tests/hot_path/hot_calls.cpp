// SPDX-License-Identifier: MIT
// The ring's calls, each as a function of its own that is compiled with the library's flags: test_double_fetch.py reads the
// machine code. Nothing runs this.
#include "ring/consumer_v1.hpp"
#include "ring/consumer_v2.hpp"
#include "ring/producer_v1.hpp"
#include "ring/producer_v2.hpp"

using namespace zerobuffer::ring;

extern "C" {
Take v2_take(ConsumerV2& ring, Taken& taken) { return ring.take(taken); }
bool v2_ready(const ConsumerV2& ring) { return ring.ready(); }
Room v2_claim(ProducerV2& ring, std::uint64_t size, std::byte*& data) { return ring.claim(size, data); }
bool v2_has_room(const ProducerV2& ring, std::uint64_t size) { return ring.has_room(size); }
bool v2_refresh(ProducerV2& ring) { return ring.refresh(); }
std::uint64_t v2_commit(ProducerV2& ring, std::uint64_t size) { return ring.commit(size); }
ReleaseOrder::Outcome v2_release(ConsumerV2& ring, const Extent& extent) { return ring.release(extent); }

Take v1_take(ConsumerV1& ring, Taken& taken) { return ring.take(taken); }
bool v1_ready(const ConsumerV1& ring) { return ring.ready(); }
Room v1_claim(ProducerV1& ring, std::uint64_t size, std::byte*& data) { return ring.claim(size, data); }
bool v1_has_room(const ProducerV1& ring, std::uint64_t size) { return ring.has_room(size); }
bool v1_refresh(ProducerV1& ring) { return ring.refresh(); }
std::uint64_t v1_commit(ProducerV1& ring, std::uint64_t size) { return ring.commit(size); }
ReleaseOrder::Outcome v1_release(ConsumerV1& ring, const Extent& extent) { return ring.release(extent); }
}
