// SPDX-License-Identifier: MIT
// Arrays in frames whose header lies, in payloads between inaccessible pages, at any alignment. What view_array() accepts lies
// inside the payload with every item, string and letter of its description, and what a writer plans comes back the same.
#include <array>
#include <cstring>

#include <zerobuffer/array.hpp>
#include <zerobuffer/status.hpp>

#include "guarded.hpp"
#include "wire/array_header.hpp"

namespace zerobuffer::fuzz {
namespace {

constexpr std::array<std::uint64_t, 16> sizes = {2, 1, 7, 8, 63, 64, 65, 72, 127, 128, 129, 192, 256, 320, 700, 1024};
constexpr std::string_view kinds = "biufcSUVMmT";
constexpr std::string_view descriptions = "[ns][('x', '<f4', (2,))]";

class Session {
public:
    explicit Session(const Record& setup) : block_(&guarded(sizes[setup.a % sizes.size()], edge_of(setup))) {
        std::memset(block_->data(), 0, block_->bytes().size());
        write(setup);
    }

    void run(Records& records) {
        while (const auto record = records.next()) {
            step(*record);
        }
        look(0);
        require(block_->canaries_live(), "nothing is stored outside of the payload");
    }

private:
    [[nodiscard]] std::span<std::byte> payload() const { return block_->bytes(); }

    void step(const Record& record) {
        switch (record.step % 8) {
            case 0:
                return write(record);
            case 1:
                return look(record.number);
            case 2:
                return store_byte(record);
            default:
                return store_word(record);
        }
    }

    void store_byte(const Record& record) {
        if (!payload().empty()) { payload()[record.number % payload().size()] = std::byte{record.c}; }
    }

    // Near the front, where the header is, but for strings.
    void store_word(const Record& record) {
        const std::uint64_t at = record.c % 4 == 0 ? 64 + record.a : 8U * (record.a % 24U);
        if (payload().size() < 8 || at > payload().size() - 8) { return; }
        std::uint64_t now = 0;
        std::memcpy(&now, payload().data() + at, sizeof now);
        const std::uint64_t value = lie(record.b, record.number, now, payload().size());
        std::memcpy(payload().data() + at, &value, sizeof value);
    }

    // Whatever a program may ask for, mostly what is possible.
    static ArrayInfo wish(const Record& record) {
        ArrayInfo array;
        array.kind = static_cast<ItemKind>(kinds[record.a % kinds.size()]);
        array.big_endian = record.number % 2 != 0;
        array.order = static_cast<ArrayOrder>(record.b % 4);
        array.dimensions = array.kind == ItemKind::text ? 1 : record.c % 8 == 7 ? record.number % 40 : record.c % 4;
        array.item_size = record.c % 16 == 15 ? lie(record.b, record.number, 8, 64) : std::uint64_t{1} << record.c % 5U;
        if (record.number % 4 == 0) {
            array.description = descriptions.substr(record.a % 4 * 4U, record.b % descriptions.size());
        }
        for (std::uint32_t axis = 0; axis < most_dimensions; ++axis) {
            const std::uint32_t bits = record.number >> axis % 24U;
            array.shape[axis] = bits % 32 == 31 ? lie(record.b, bits, 3, 64) : bits % 4;
            array.strides[axis] = bits % 64 == 63 ? lie(record.a, bits, 8, 64) : 8U * (bits % 8);
        }
        array.data_size = 8 * (array.shape[0] + 1) + record.b % 16U;  // of text; other kinds say it themselves
        return array;
    }

    void write(const Record& record) {
        const ArrayInfo wished = wish(record);
        try {
            const ArrayInfo written = write_array_header(payload(), wished).info();
            if (written.kind == ItemKind::text) {  // its offsets are the writer's to fill in
                std::memset(payload().data() + written.data_offset, 0, written.data_size);
            }
            const ArrayInfo found = view_array(payload()).info();
            require(is_same(written, found), "what was written is what is found");
        } catch (const Error& error) {
            require(error.status() == Status::misuse, "a writer is told that it is at fault");
        }
    }

    static bool is_same(const ArrayInfo& a, const ArrayInfo& b) {
        return a.kind == b.kind && a.big_endian == b.big_endian && a.order == b.order && a.dimensions == b.dimensions &&
               a.item_size == b.item_size && a.data_offset == b.data_offset && a.data_size == b.data_size &&
               a.description == b.description &&
               std::equal(a.shape.begin(), a.shape.begin() + a.dimensions, b.shape.begin()) &&
               std::equal(a.strides.begin(), a.strides.begin() + a.dimensions, b.strides.begin());
    }

    void look(std::uint32_t number) const {
        try {
            const Array array = view_array(payload());
            require_inside(array.bytes());
            require_inside(std::as_bytes(std::span(array.info().description)));
            require(array.info().dimensions <= most_dimensions, "no more dimensions than there is room for");
            require_reachable(array.info());
            look_at_values(array);
            if (array.info().kind == ItemKind::text) { look_at_strings(array, number); }
        } catch (const Error& error) {
            require(error.status() == Status::incompatible, "a reader is told that its peer is at fault");
        }
    }

    static void require_reachable(const ArrayInfo& array) {
        if (array.kind == ItemKind::text || array.count() == 0) { return; }
        std::uint64_t last = array.item_size;
        for (std::uint32_t axis = 0; axis < array.dimensions; ++axis) {
            std::uint64_t span = 0;
            require(!__builtin_mul_overflow(array.shape[axis] - 1, array.strides[axis], &span) &&
                        !__builtin_add_overflow(last, span, &last),
                    "no sum of strides overflows");
        }
        require(last <= array.data_size, "every item lies inside the data");
    }

    void look_at_strings(const Array& array, std::uint32_t number) const {
        const std::uint64_t count = array.shape()[0];
        for (const std::uint64_t index : {std::uint64_t{0}, count / 2, count - 1, std::uint64_t{number}}) {
            try {
                require_inside(std::as_bytes(std::span(text_of(array, index))));
            } catch (const Error& error) {
                require(error.status() == (index < count ? Status::incompatible : Status::misuse),
                        "who is at fault is known");
            }
        }
    }

    void look_at_values(const Array& array) const {
        look_as<bool>(array);
        look_as<std::int16_t>(array);
        look_as<std::uint8_t>(array);
        look_as<float>(array);
        look_as<std::complex<double>>(array);
    }
    template <class T>
    void look_as(const Array& array) const {
        try {
            const auto values = array.as<T>();
            require(reinterpret_cast<std::uintptr_t>(values.data()) % alignof(T) == 0, "values are aligned");
            require_inside(std::as_bytes(values));
        } catch (const Error& error) {
            require(error.status() == Status::incompatible, "items of another type are refused");
        }
    }

    void require_inside(std::span<const std::byte> part) const {
        if (part.empty()) { return; }
        const std::byte* const begin = payload().data();
        require(part.data() >= begin && part.size() <= payload().size() &&
                    static_cast<std::uint64_t>(part.data() - begin) <= payload().size() - part.size(),
                "what is shown lies in the payload");
        read_all(part.data(), part.size());
    }

    GuardedBytes* block_;
};

}  // namespace
}  // namespace zerobuffer::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace zerobuffer::fuzz;
    Records records(data, size);
    const auto setup = records.next();
    if (setup) { Session(*setup).run(records); }
    return 0;
}
