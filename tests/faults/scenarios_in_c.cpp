// SPDX-License-Identifier: MIT
#include <zerobuffer/zerobuffer.h>

#include "faults/scenarios.hpp"

namespace zerobuffer::test {
namespace {

void require(zb_status status) {
    if (status != ZB_OK) { throw Error(static_cast<Status>(status), zb_last_error(), zb_last_system_error()); }
}

zb_options options_of(const Stage& stage) {
    zb_options options;
    zb_options_init(&options, sizeof options);
    options.layout = static_cast<std::uint32_t>(stage.layout);
    options.capacity = 64U << 10U;
    return options;
}

/// Makes a reader, waits in vain, closes it.
void use_a_reader(Stage& stage) {
    const zb_options options = options_of(stage);
    zb_reader* reader = nullptr;
    require(zb_reader_create(stage.name.c_str(), &options, &reader));
    ASSERT_NE(reader, nullptr);
    zb_frame frame;
    EXPECT_EQ(zb_reader_acquire(reader, 1'000'000, &frame), ZB_TIMEOUT);
    zb_reader_close(reader);
}

/// Opens a writer, describes the stream, writes a frame, closes it.
void use_a_writer(Stage& stage) {
    zb_writer* writer = nullptr;
    require(zb_writer_open(stage.name.c_str(), nullptr, &writer));
    ASSERT_NE(writer, nullptr);
    EXPECT_EQ(zb_writer_publish_metadata(writer, "x", 1), ZB_OK);
    const std::vector<std::byte> bytes = Pattern().bytes(100, 1);
    EXPECT_EQ(zb_writer_write(writer, bytes.data(), bytes.size(), ZB_FOREVER, nullptr), ZB_OK);
    zb_writer_close(writer);
}

void look(Stage& stage) {
    zb_snapshot snapshot;
    require(zb_inspect(stage.name.c_str(), &snapshot));
    EXPECT_EQ(snapshot.status, ZB_OK);
}

}  // namespace

std::vector<Scenario> in_c() {
    std::vector<Scenario> all;
    for (const Layout layout : {Layout::v1, Layout::v2}) {
        all.push_back({"ReaderInC", layout, [](Stage&) {}, use_a_reader, [](Stage& stage) { stage.exchange(); }});
        all.push_back({"WriterInC", layout, [](Stage& stage) { stage.create(); }, use_a_writer,
                       [](Stage& stage) { stage.expect_next(1); }});
        all.push_back(
            {"InspectsInC", layout, [](Stage& stage) { stage.pair(); }, look, [](Stage& stage) { stage.exchange(); }});
    }
    return all;
}

}  // namespace zerobuffer::test
