// SPDX-License-Identifier: MIT
// The ring classes of both layouts on memory between inaccessible pages, exact to the byte, while a liar stores what it
// likes between any two calls. Nothing outside of the ring may be touched, whatever it says.
#include <array>
#include <memory>
#include <vector>

#include <zerobuffer/status.hpp>

#include "endpoint/metadata.hpp"
#include "guarded.hpp"
#include "ring/consumer_v1.hpp"
#include "ring/consumer_v2.hpp"
#include "ring/producer_v1.hpp"
#include "ring/producer_v2.hpp"

namespace zerobuffer::fuzz {
namespace {

// What the two layouts have under different names. `window` is how much may be touched from the payload's start on.
struct V1 {
    using Layout = wire::LayoutV1;
    using Producer = ring::ProducerV1;
    using Consumer = ring::ConsumerV1;
    static constexpr std::uint64_t smallest = 1;
    static constexpr std::uint64_t fields = sizeof(wire::ControlV1) / 8;
    static constexpr std::array<std::uint64_t, 12> capacities = {16,  17,  31,  32,  48,   64,
                                                                 100, 128, 256, 255, 1000, 4096};

    explicit V1(const Record& setup)
        : capacity(capacities[setup.b % capacities.size()]),
          bytes(&guarded(capacity, edge_of(setup))),
          payload(bytes->data()),
          window(capacity) {
        std::memset(bytes->data(), 0, bytes->bytes().size());
        geometry.layout = zerobuffer::Layout::v1;
        geometry.capacity = capacity;
        geometry.max_frame = Layout::largest_frame(capacity);
        // Whether the mapping goes on behind the ring.
        geometry.file_size = setup.number % 2 == 0 ? 4096 : 4096 + 64;
    }
    void format(wire::ControlV1& control) const { Layout::format(control, geometry, 1); }
    [[nodiscard]] bool canaries_live() const { return bytes->canaries_live(); }
    // What no reader can overlook.
    [[nodiscard]] bool lies_openly(const wire::ControlV1& control) const {
        return control.payload_write_pos > capacity;
    }
    static bool look(ring::ConsumerV1& consumer, ring::Taken& taken, ring::Take& result) {
        result = consumer.take_without_token(taken);
        return true;
    }

    std::uint64_t capacity;
    GuardedBytes* bytes;
    std::byte* payload;
    std::uint64_t window;
    wire::Geometry geometry;
};

struct V2 {
    using Layout = wire::LayoutV2;
    using Producer = ring::ProducerV2;
    using Consumer = ring::ConsumerV2;
    static constexpr std::uint64_t smallest = 0;
    static constexpr std::uint64_t fields = 0x380 / 8;  // up to the end of the statistics

    explicit V2(const Record& setup) : capacity(ring::page_size()), window(2 * capacity) {
        static const ring::MirroredBytes bytes(ring::page_size());
        std::memset(bytes.data(), 0, bytes.bytes().size());
        payload = bytes.data();
        geometry.capacity = capacity;
        geometry.alignment = 16U << setup.b % 7U;
        geometry.max_frame = Layout::largest_frame(capacity, geometry.alignment);
        geometry.file_size = 65536 + capacity;
    }
    void format(wire::ControlV2& control) const { Layout::format(control, geometry, 1); }
    [[nodiscard]] static bool canaries_live() { return true; }
    [[nodiscard]] static bool lies_openly(const wire::ControlV2&) { return false; }
    static bool look(ring::ConsumerV2& consumer, ring::Taken&, ring::Take&) {
        consumer.prefetch_payload();
        return false;
    }

    std::uint64_t capacity;
    std::byte* payload = nullptr;
    std::uint64_t window;
    wire::Geometry geometry;
};

template <class Kind>
class Session {
    using Control = typename Kind::Layout::Control;

public:
    explicit Session(const Record& setup)
        : kind_(setup), block_(&guarded(sizeof(Control), edge_of(setup))), metadata_(&metadata_block(setup)) {
        std::memset(block_->data(), 0, block_->bytes().size());
        kind_.format(control());
        geometry().metadata_size = metadata_->bytes().size();
        geometry().metadata_offset = 0;
    }

    void run(Records& records) {
        while (const auto record = records.next()) {
            step(*record);
        }
        require(block_->canaries_live() && kind_.canaries_live() && metadata_->canaries_live(),
                "nothing is stored outside of the segment");
    }

private:
    struct Held {
        ring::Taken frame;
        bool back = false;
    };

    static GuardedBytes& metadata_block(const Record& setup) {
        constexpr std::array<std::uint64_t, 5> sizes = {8, 9, 16, 64, 61};
        const std::uint64_t size = sizes[setup.a / 2 % sizes.size()];
        return guarded(size, size % 8 == 0 ? edge_of(setup) : Edge::front);
    }

    Control& control() const { return *reinterpret_cast<Control*>(block_->data()); }
    wire::Geometry& geometry() { return kind_.geometry; }
    std::uint64_t size_of(const Record& record) const {
        return record.c % 4 == 0 ? lie(record.b, record.number, 0, kind_.capacity)
                                 : record.number % (kind_.capacity + 32);
    }

    void step(const Record& record) {
        switch (record.step % 16) {
            case 0:
            case 1:
                return lie_about_field(record);
            case 2:
            case 3:
                return lie_in_ring(record);
            case 4:
                kind_.payload[record.number % kind_.capacity] = static_cast<std::byte>(record.c);
                return;
            case 5:
                return attach_producer();
            case 6:
                return attach_consumer();
            case 7:
                return claim(record);
            case 8:
                return commit(record);
            case 9:
            case 10:
                return take(record.a % 8 == 0);
            case 11:
                return release(record);
            case 12:
                return look(record);
            case 13:
                return check_block(record);
            case 14:
                return load_metadata(record);
            default:
                return write(record);
        }
    }

    void lie_about_field(const Record& record) {
        auto* const word = reinterpret_cast<std::uint64_t*>(block_->data()) + record.a % Kind::fields;
        *word = lie(record.b, record.number, *word, kind_.capacity);
    }

    // Where a side will look next, or anywhere.
    void lie_in_ring(const Record& record) {
        std::uint64_t at = record.number % kind_.capacity;
        if (record.c % 4 == 0 && consumer_) { at = consumer_->position() % kind_.capacity; }
        if (record.c % 4 == 1 && frames_ != 0) { at = last_begin_ % kind_.capacity; }
        at += record.a % 2 * 8;
        if (at + 8 > kind_.capacity) { return; }
        std::uint64_t word = 0;
        std::memcpy(&word, kind_.payload + at, sizeof word);
        word = lie(record.b, record.number, word, kind_.capacity);
        std::memcpy(kind_.payload + at, &word, sizeof word);
    }

    // An endpoint is not used any more once it has found a violation.
    void attach_producer() {
        producer_ = std::make_unique<typename Kind::Producer>(control(), kind_.payload, geometry());
        claimed_.reset();
        if (!producer_->attach()) { refused(producer_); }
    }
    void attach_consumer() {
        consumer_ = std::make_unique<typename Kind::Consumer>(control(), kind_.payload, geometry());
        held_.clear();
        frames_ = 0;
        if (!consumer_->attach()) { refused(consumer_); }
    }
    template <class End>
    void refused(std::unique_ptr<End>& end) {
        require(end->violation().field != nullptr, "a violation has a name");
        end.reset();
    }

    bool claim_bytes(std::uint64_t size) {
        if (!producer_ || size < Kind::smallest) { return false; }
        std::byte* data = nullptr;
        claimed_.reset();
        const ring::Room room = producer_->claim(size, data);
        if (room == ring::Room::corrupt) { refused(producer_); }
        if (room != ring::Room::there) { return false; }
        require_inside(data, size);
        require(producer_->free_bytes() <= kind_.capacity, "no more is free than the ring has");
        std::memset(data, 0xa5, size);
        claimed_ = size;
        return true;
    }
    void claim(const Record& record) { claim_bytes(size_of(record)); }

    void commit(const Record& record) {
        if (!producer_ || !claimed_) { return; }
        producer_->commit(std::max(Kind::smallest, record.number % (*claimed_ + 1)));
        producer_->prepare_next();
        claimed_.reset();
    }

    void write(const Record& record) {
        if (claim_bytes(std::max<std::uint64_t>(1, record.number % (kind_.capacity / 2)))) { commit(record); }
    }

    void take(bool release_at_once) {
        if (!consumer_) { return; }
        consumer_->reserve(held_.size() + 1);
        ring::Taken taken{};
        const bool lied = kind_.lies_openly(control());
        const ring::Take result = consumer_->take(taken);
        require(!lied || result == ring::Take::corrupt, "a position outside of the ring is noticed");
        keep(result, taken);
        if (release_at_once && consumer_ && !held_.empty()) { release_frame(held_.back()); }
    }

    void keep(ring::Take result, const ring::Taken& taken) {
        if (result == ring::Take::corrupt) { return refused(consumer_); }
        if (result == ring::Take::none) { return; }
        require_inside(taken.data, taken.size);
        read_all(taken.data, taken.size);
        require(taken.size <= geometry().max_frame, "no frame is larger than the largest");
        std::uint64_t bytes = 0;
        for (const Held& other : held_) {
            if (other.back) { continue; }
            bytes += other.frame.extent.end - other.frame.extent.begin;
            const std::byte* const end = other.frame.data + other.frame.size;
            require(taken.data + taken.size <= other.frame.data || taken.data >= end, "held frames do not overlap");
        }
        require(bytes + (taken.extent.end - taken.extent.begin) <= kind_.capacity, "no more is held than the ring has");
        held_.push_back({taken});
        last_begin_ = taken.extent.end;
        ++frames_;
    }

    void release(const Record& record) {
        if (consumer_ && !held_.empty()) { release_frame(held_[record.number % held_.size()]); }
    }
    void release_frame(Held& held) {
        using Outcome = ring::ReleaseOrder::Outcome;
        const Outcome outcome = consumer_->release(held.frame.extent);
        require((outcome == Outcome::misuse) == held.back, "a frame can be released once");
        held.back = true;
    }

    void look(const Record& record) {
        if (producer_) {
            static_cast<void>(producer_->has_room(record.number % (kind_.capacity + 1)));
            require(producer_->used() <= kind_.capacity, "no more is used than the ring has");
            if (record.a % 2 == 0 && !producer_->refresh()) { refused(producer_); }
        }
        if (!consumer_) { return; }
        static_cast<void>(consumer_->ready());
        static_cast<void>(consumer_->produced());
        require(consumer_->used() <= kind_.capacity, "no more is used than the ring has");
        consumer_->reserve(held_.size() + 1);
        ring::Taken taken{};
        ring::Take result = ring::Take::none;
        if (Kind::look(*consumer_, taken, result)) { keep(result, taken); }
    }

    // What is opened is what was checked: inside the file, whatever the block says.
    void check_block(const Record& record) {
        const std::uint64_t file_size = lie(record.b, record.number, 65536, kind_.capacity);
        try {
            const wire::Geometry found = Kind::Layout::check("liar", control(), file_size);
            require(found.payload_offset <= file_size && found.capacity <= file_size - found.payload_offset,
                    "the ring lies in the file");
            require(found.metadata_offset <= found.payload_offset &&
                        found.metadata_size <= found.payload_offset - found.metadata_offset,
                    "the metadata lies before the ring");
            require(found.max_frame < found.capacity, "a frame is smaller than the ring");
        } catch (const Error& error) {
            const Status status = error.status();
            require(status == Status::corrupt || status == Status::incompatible || status == Status::not_ready,
                    "a block is corrupt, incompatible or not ready");
        }
    }

    void load_metadata(const Record& record) {
        if (record.a % 2 == 0) {
            const std::array<std::byte, 64> bytes{};
            const std::uint64_t most = metadata_->bytes().size() - wire::metadata_prefix;
            const auto part = std::span(bytes).first(record.number % (most + 1));
            endpoint::store_metadata(control(), metadata_->data(), geometry(), part, record.b % 2 == 0);
        } else if (record.c % 4 == 0) {
            auto& length = *reinterpret_cast<std::uint64_t*>(metadata_->data());
            length = lie(record.b, record.number, length, metadata_->bytes().size());
        }
        ring::Violation violation;
        const auto metadata = endpoint::load_metadata(control(), metadata_->data(), geometry(), violation);
        require(!metadata || metadata->size() <= metadata_->bytes().size() - wire::metadata_prefix,
                "no more metadata than its block has");
    }

    void require_inside(const std::byte* data, std::uint64_t size) const {
        require(data >= kind_.payload && size <= kind_.window &&
                    static_cast<std::uint64_t>(data - kind_.payload) <= kind_.window - size,
                "a frame lies in the ring");
    }

    Kind kind_;
    GuardedBytes* block_;
    GuardedBytes* metadata_;
    std::unique_ptr<typename Kind::Producer> producer_;
    std::unique_ptr<typename Kind::Consumer> consumer_;
    std::optional<std::uint64_t> claimed_;
    std::vector<Held> held_;
    std::uint64_t frames_ = 0;
    std::uint64_t last_begin_ = 0;
};

}  // namespace
}  // namespace zerobuffer::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace zerobuffer::fuzz;
    Records records(data, size);
    const auto setup = records.next();
    if (!setup) { return 0; }
    if (setup->a % 2 == 0) {
        Session<V2>(*setup).run(records);
    } else {
        Session<V1>(*setup).run(records);
    }
    return 0;
}
