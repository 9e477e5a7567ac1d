// SPDX-License-Identifier: MIT
// Arrays through a ring: planned, claimed, filled in place, viewed in place; and what a view refuses.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <complex>
#include <cstring>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <zerobuffer/zerobuffer.hpp>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Arrays : public EveryLayout {
protected:
    void SetUp() override {
        EveryLayout::SetUp();
        reader_.emplace(Reader::create(name_, options()));
        writer_.emplace(Writer::open(name_));
    }
    void TearDown() override {
        writer_.reset();
        reader_.reset();
        EveryLayout::TearDown();
    }

    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Arrays, layouts(), layout_name);

auto refused(Status status, const std::string& words) {
    return testing::AllOf(has(status), testing::Field("message", &Failure::message, HasSubstr(words)));
}

TEST_P(Arrays, ArriveAsTheyWereFilledInPlace) {
    const ArrayInfo plan = plan_items<std::uint8_t>({2, 3});
    auto claim = writer_->claim(plan.frame_size());
    const auto items = write_array_header(claim->bytes(), plan).as<std::uint8_t>();
    std::iota(items.begin(), items.end(), std::uint8_t{1});
    claim->commit();

    const auto frame = reader_->acquire(no_wait);
    const Array array = view_array(*frame);
    EXPECT_THAT(array.shape(), ElementsAre(2, 3));
    EXPECT_THAT(array.strides(), ElementsAre(3, 1));
    EXPECT_THAT(array.as<std::uint8_t>(), ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_EQ(array.info().kind, ItemKind::natural);
}

TEST_P(Arrays, OfDoublesNeedAFrameThatIsAligned) {
    for (int round = 0; round < 3; ++round) {
        const ArrayInfo plan = plan_items<double>({3}, ArrayOrder::fortran);
        auto claim = writer_->claim(plan.frame_size());
        const MutableArray array = write_array_header(claim->bytes(), plan);
        const std::array<double, 3> values{0.5, 1.5, 2.5};
        std::memcpy(array.bytes().data(), values.data(), array.bytes().size());
        claim->commit();
        const std::array<std::byte, 1> odd{};
        writer_->write(odd);
    }
    bool refused = false;
    while (const auto frame = reader_->acquire(no_wait)) {
        if (frame->size() == 1) { continue; }
        try {
            EXPECT_THAT(view_array(*frame).as<double>(), ElementsAre(0.5, 1.5, 2.5));
        } catch (const Error& error) {
            refused = true;
            EXPECT_EQ(error.status(), Status::incompatible);
            EXPECT_THAT(error.what(), HasSubstr("multiple of 8"));
        }
    }
    // Layout v1 packs frames: bytes alone are aligned everywhere.
    EXPECT_EQ(refused, is_v1());
}

TEST_P(Arrays, MessageNamesTheFrame) {
    write_frame(*writer_, 100, 1);
    const auto frame = reader_->acquire(no_wait);
    EXPECT_THAT(failure_of([&] { return view_array(*frame); }),
                refused(Status::incompatible, "frame 1: array header: the frame has none"));
    EXPECT_TRUE(holds(*frame, 100, 1));
}

TEST_P(Arrays, AClaimThatIsTooSmallIsMisuse) {
    const ArrayInfo plan = plan_items<float>({100});
    auto claim = writer_->claim(plan.frame_size() - 1);
    EXPECT_THAT(failure_of([&] { return write_array_header(claim->bytes(), plan); }),
                refused(Status::misuse, "claim that many"));
    claim->abort();
    EXPECT_TRUE(writer_->claim(plan.frame_size()).has_value());
}

TEST_P(Arrays, OfTextAreReadOneByOne) {
    ArrayInfo text;
    text.kind = ItemKind::text;
    text.item_size = 8;
    text.dimensions = 1;
    text.shape[0] = 2;
    text.data_size = 24 + 5;
    auto claim = writer_->claim(plan_array(text).frame_size());
    const MutableArray array = write_array_header(claim->bytes(), text);
    const std::array<std::uint64_t, 3> offsets{0, 3, 5};
    std::memcpy(array.bytes().data(), offsets.data(), 24);
    std::memcpy(array.bytes().data() + 24, "sunup", 5);
    claim->commit();

    const auto frame = reader_->acquire(no_wait);
    const Array arrived = view_array(*frame);
    EXPECT_EQ(text_of(arrived, 0), "sun");
    EXPECT_EQ(text_of(arrived, 1), "up");
    EXPECT_THAT(failure_of([&] { return text_of(arrived, 2); }), refused(Status::misuse, "no string 2"));
}

// Aligned as a frame of layout v2.
struct alignas(64) Payload {
    std::array<std::byte, 512> bytes{};
};

TEST(ArrayView, TakesEachTypeForItself) {
    Payload payload;
    (void)write_array_header(payload.bytes, plan_items<std::int32_t>({4}));
    const Array array = view_array(payload.bytes);
    EXPECT_EQ(array.as<std::int32_t>().size(), 4U);
    EXPECT_THAT(failure_of([&] { return array.as<std::uint32_t>(); }),
                refused(Status::incompatible, "'i' of 4 bytes, asked for 'u' of 4"));
    EXPECT_THAT(failure_of([&] { return array.as<float>(); }), refused(Status::incompatible, "asked for 'f' of 4"));
    EXPECT_THAT(failure_of([&] { return array.as<std::int64_t>(); }),
                refused(Status::incompatible, "asked for 'i' of 8"));
    EXPECT_EQ(item_kind<bool>(), ItemKind::boolean);
    EXPECT_EQ(item_kind<std::complex<float>>(), ItemKind::complex);
    EXPECT_EQ(item_kind<std::byte>(), ItemKind::natural);
}

TEST(ArrayView, RefusesForeignByteOrderAndGaps) {
    Payload payload;
    ArrayInfo info = plan_items<std::uint16_t>({4});
    info.big_endian = true;
    (void)write_array_header(payload.bytes, info);
    EXPECT_THAT(failure_of([&] { return view_array(payload.bytes).as<std::uint16_t>(); }),
                refused(Status::incompatible, "big-endian"));
    info.big_endian = false;
    info.order = ArrayOrder::strided;
    info.strides[0] = 6;
    const MutableArray strided = write_array_header(payload.bytes, info);
    EXPECT_EQ(strided.bytes().size(), 3U * 6 + 2);
    EXPECT_THAT(failure_of([&] { return view_array(payload.bytes).as<std::uint16_t>(); }),
                refused(Status::incompatible, "strides()"));
}

TEST(ArrayView, ZeroDimensionsAreOneItemAndAnAxisOf0None) {
    Payload payload;
    EXPECT_EQ(write_array_header(payload.bytes, plan_items<float>({})).info().count(), 1U);
    EXPECT_EQ(view_array(payload.bytes).as<float>().size(), 1U);
    EXPECT_EQ(write_array_header(payload.bytes, plan_items<float>({5, 0})).info().count(), 0U);
    EXPECT_TRUE(view_array(payload.bytes).as<float>().empty());
}

TEST(ArrayPlan, RefusesMoreThan32Dimensions) {
    const std::vector<std::uint64_t> shape(1000, 1);
    EXPECT_THAT(failure_of([&] { return plan_items<float>(shape); }),
                refused(Status::misuse, "dimensions is 33, expected at most 32"));
}

}  // namespace
}  // namespace zerobuffer::test
