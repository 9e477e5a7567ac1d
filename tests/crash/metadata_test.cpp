// SPDX-License-Identifier: MIT
// A writer is killed at every instruction of the publication of its metadata: they are there whole, or not at all, and the
// next writer may publish.
#include <optional>

#include "crash/crash_test.hpp"
#include "crash/ledger.hpp"

namespace zerobuffer::crash {
namespace {

class PublisherDies : public Scenario {
public:
    PublisherDies(const std::string& buffer, Layout layout)
        : Scenario(buffer), setup_(layout == Layout::v1 ? at_v1(0) : at(0)) {}

    void arrange_survivor(int round) override {
        if (round != 0) { return; }
        reader_.emplace(Reader::create(buffer(), setup_.options()));
        if (!is_v1()) { Writer::open(buffer()).publish_metadata(earlier_); }
    }
    void arrange_victim(int round) override {
        if (round == 0) { writer_.emplace(Writer::open(buffer())); }
    }
    void operate(Progress& progress) override {
        progress.begun = 1;
        writer_->publish_metadata(content_);
        progress.finished = 1;
    }

    std::optional<std::uint64_t> carry_on(Aftermath aftermath) override {
        const auto found = inspect(buffer()).metadata;
        demand(!found || *found == content_ || (!is_v1() && *found == earlier_), "metadata are torn");
        if (is_v1() && !reader_) {
            all_afresh();  // a v1 buffer goes with its reader
        } else if (aftermath == Aftermath::successor || aftermath == Aftermath::fresh_writer) {
            Writer writer = Writer::open(buffer());
            need_reader(found);
            go_on(writer, found);
        } else {
            need_reader(found);
            Writer writer = Writer::open(buffer());
            go_on(writer, found);
        }
        return found == content_ ? 1 : 0;
    }

private:
    using Metadata = std::optional<std::vector<std::byte>>;

    [[nodiscard]] bool is_v1() const { return setup_.layout == Layout::v1; }

    void need_reader(const Metadata& found) {
        if (!reader_) { reader_.emplace(Reader::open(buffer())); }
        demand(reader_->metadata() == found, "the reader sees other metadata than an observer");
    }

    // v1 has one description per buffer.
    void go_on(Writer& writer, const Metadata& found) {
        const auto next = is_v1() && found ? *found : test::Pattern().bytes(31, 2);
        writer.publish_metadata(next);
        demand(reader_->metadata() == next, "the reader does not see the metadata of the next writer");
        flow(buffer(), writer, *reader_, ledger_);
    }

    void all_afresh() {
        Reader reader = Reader::create(buffer(), setup_.options());
        Writer writer = Writer::open(buffer());
        flow(buffer(), writer, reader, ledger_);
    }

    const Setup setup_;
    const std::vector<std::byte> earlier_ = test::Pattern().bytes(11, 3);  // of an earlier writer; v2
    const std::vector<std::byte> content_ = test::Pattern().bytes(8, 1);
    Ledger ledger_;
    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
};

class MetadataWriter : public StepTest, public testing::WithParamInterface<Layout> {};

TEST_P(MetadataWriter, MayDieAnywhere) {
    const auto make = [layout = GetParam()](const std::string& buffer) {
        return std::make_unique<PublisherDies>(buffer, layout);
    };
    // Length, bytes one by one, free and written bytes; in v2 the version twice.
    expect_no_anomaly(make, 1 + 1 + 8 + 2 + (GetParam() == Layout::v2 ? 2 : 0));
}

INSTANTIATE_TEST_SUITE_P(Cases, MetadataWriter, test::layouts(), test::layout_name);

}  // namespace
}  // namespace zerobuffer::crash
