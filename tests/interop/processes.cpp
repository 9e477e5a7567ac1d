// SPDX-License-Identifier: MIT
#include "processes.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <optional>

#include "interop_test.hpp"

namespace zerobuffer::interop {

namespace {

enum class Step : std::uint64_t { open, write, publish, create, read, release, close };

void put(const Line& line, Step step) { line.put(static_cast<std::uint64_t>(step)); }

void put(const Line& line, Status status) { line.put(static_cast<std::uint64_t>(status)); }

Status take_status(const Line& line) { return static_cast<Status>(line.take()); }

Timeout milliseconds(std::uint64_t count) { return std::chrono::milliseconds(count); }

Status write_frames(Writer& writer, const Line& line) {
    const std::uint64_t count = line.take();
    const std::uint64_t size = line.take();
    const std::uint64_t first = line.take();
    const Timeout timeout = milliseconds(line.take());
    return status_of([&] {
        for (std::uint64_t frame = first; frame < first + count; ++frame) {
            if (!write_pattern(writer, size, 0, frame, timeout)) {
                throw Error(Status::timeout, "the ring stayed full");
            }
        }
    });
}

/// Runs in the child until it is killed.
[[noreturn]] void serve_writer(const std::string& name, const Line& line) {
    std::optional<Writer> writer;
    while (true) {
        switch (static_cast<Step>(line.take())) {
            case Step::open:
                put(line, status_of([&] { writer.emplace(Writer::open(name)); }));
                break;
            case Step::write:
                put(line, write_frames(*writer, line));
                break;
            case Step::publish: {
                const auto content = pattern(line.take(), 0, 0);
                put(line, status_of([&] { writer->publish_metadata(content); }));
                break;
            }
            default:
                writer.reset();
                put(line, Status::ok);
        }
    }
}

ReadResult read_frame(Reader& reader, std::deque<Frame>& held, Timeout timeout) {
    ReadResult result{Status::timeout, 0, 0, false};
    const Status status = status_of([&] {
        auto frame = reader.acquire(timeout);
        if (frame) {
            result = {Status::ok, frame->sequence(), frame->size(), matches(frame->bytes(), 0, frame->sequence())};
            held.push_back(std::move(*frame));
        }
    });
    if (status != Status::ok) { result.status = status; }
    return result;
}

Reader create_from(const std::string& name, const Line& line) {
    const auto layout = static_cast<Layout>(line.take());
    const std::uint64_t capacity = line.take();
    return Reader::create(name, make_options(layout, capacity, line.take()));
}

/// Runs in the child until it is killed.
[[noreturn]] void serve_reader(const std::string& name, const Line& line) {
    std::optional<Reader> reader;
    std::deque<Frame> held;
    while (true) {
        switch (static_cast<Step>(line.take())) {
            case Step::create:
                put(line, status_of([&] { reader.emplace(create_from(name, line)); }));
                break;
            case Step::read: {
                const ReadResult result = read_frame(*reader, held, milliseconds(line.take()));
                put(line, result.status);
                line.put(result.sequence);
                line.put(result.size);
                line.put(result.intact ? 1 : 0);
                break;
            }
            case Step::release:
                put(line, held.empty() ? Status::misuse : Status::ok);
                if (!held.empty()) { held.pop_front(); }
                break;
            default:
                held.clear();
                reader.reset();
                put(line, Status::ok);
        }
    }
}

}  // namespace

WriterProcess::WriterProcess(const std::string& name)
    : child_([name](const Line& line) { serve_writer(name, line); }) {}

Status WriterProcess::result() const { return take_status(child_.line()); }

Status WriterProcess::open() {
    put(child_.line(), Step::open);
    return result();
}

Status WriterProcess::write(std::uint64_t size, std::uint64_t frame, std::uint64_t timeout_ms) {
    start_writes(1, size, frame, timeout_ms);
    return result();
}

void WriterProcess::start_writes(std::uint64_t count, std::uint64_t size, std::uint64_t first,
                                 std::uint64_t timeout_ms) {
    put(child_.line(), Step::write);
    for (const std::uint64_t number : {count, size, first, timeout_ms}) {
        child_.line().put(number);
    }
}

Status WriterProcess::publish(std::uint64_t size) {
    put(child_.line(), Step::publish);
    child_.line().put(size);
    return result();
}

Status WriterProcess::close() {
    put(child_.line(), Step::close);
    return result();
}

void WriterProcess::finish() {
    if (child_.pid() == 0) { return; }
    close();
    child_.kill();
}

ReaderProcess::ReaderProcess(const std::string& name)
    : child_([name](const Line& line) { serve_reader(name, line); }) {}

Status ReaderProcess::create(Layout layout, std::uint64_t capacity, std::uint64_t metadata_size) {
    put(child_.line(), Step::create);
    for (const std::uint64_t number : {static_cast<std::uint64_t>(layout), capacity, metadata_size}) {
        child_.line().put(number);
    }
    return take_status(child_.line());
}

ReadResult ReaderProcess::read(std::uint64_t timeout_ms) {
    put(child_.line(), Step::read);
    child_.line().put(timeout_ms);
    const Line& line = child_.line();
    ReadResult result{take_status(line), 0, 0, false};
    result.sequence = line.take();
    result.size = line.take();
    result.intact = line.take() == 1;
    return result;
}

Status ReaderProcess::release() {
    put(child_.line(), Step::release);
    return take_status(child_.line());
}

Status ReaderProcess::close() {
    put(child_.line(), Step::close);
    return take_status(child_.line());
}

}  // namespace zerobuffer::interop
