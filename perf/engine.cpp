// SPDX-License-Identifier: MIT
#include "engine.hpp"

#include <cstring>
#include <optional>
#include <stdexcept>
#include <vector>

#include <unistd.h>

#include <zerobuffer/zerobuffer.hpp>

namespace zerobuffer::perf {

namespace {

struct Stream {
    std::uint64_t elapsed;
};

/// One end's way to send and receive frames of a plan. The payload stays where it is, or is copied to and from `local`.
class End {
public:
    explicit End(const Shape& shape) : shape_(shape), local_(scratch(shape.frame)) {}

    void send(Writer& writer) {
        if (shape_.touch == Touch::copy) {
            (void)writer.write(local_);
        } else {
            writer.claim(shape_.frame)->commit();
        }
    }

    /// The optional goes on as acquire() made it: moving the frame out of it would be a copy that users need not make.
    [[nodiscard]] std::optional<Frame> receive(Reader& reader, std::uint64_t number) {
        std::optional<Frame> frame = reader.acquire();
        if (frame->sequence() != number || frame->size() != shape_.frame) { refuse(*frame, number); }
        if (shape_.touch == Touch::copy) { std::memcpy(local_.data(), frame->bytes().data(), frame->size()); }
        return frame;
    }

private:
    [[noreturn]] static void refuse(const Frame& frame, std::uint64_t number) {
        throw std::runtime_error("frame " + std::to_string(frame.sequence()) + " of " + std::to_string(frame.size()) +
                                 " bytes came instead of frame " + std::to_string(number));
    }

    Shape shape_;
    std::vector<std::byte> local_;
};

void call(const EnginePlan& plan, const std::string& there, const std::string& back, Histogram& samples) {
    Reader answers = Reader::create(back, options_of(plan));
    Writer requests = Writer::open(there, options_of(plan));
    End end(plan.shape);
    sample_trips(plan.effort, samples, [&](std::uint64_t number) {
        end.send(requests);
        end.receive(answers, number)->release();
    });
}

void echo(const EnginePlan& plan, const std::string& there, const std::string& back) {
    Reader requests = Reader::create(there, options_of(plan));
    Writer answers = Writer::open(back, options_of(plan));
    End end(plan.shape);
    for (std::uint64_t number = 1; number <= plan.effort.warm_up + plan.effort.frames; ++number) {
        const std::optional<Frame> frame = end.receive(requests, number);
        end.send(answers);
    }
}

void write_stream(const EnginePlan& plan, const std::string& name) {
    Writer writer = Writer::open(name, options_of(plan));
    End end(plan.shape);
    for (std::uint64_t number = 1; number <= plan.effort.warm_up + plan.effort.frames; ++number) {
        end.send(writer);
    }
}

void read_stream(const EnginePlan& plan, const std::string& name, Stream& stream) {
    Reader reader = Reader::create(name, options_of(plan));
    End end(plan.shape);
    stream.elapsed = time_stream(plan.effort, [&](std::uint64_t number) { end.receive(reader, number)->release(); });
}

}  // namespace

Options options_of(const EnginePlan& plan) {
    Options options;
    options.capacity = plan.shape.capacity;
    options.alignment = plan.shape.alignment;
    options.layout = plan.layout;
    options.wait_mode = plan.wait;
    options.wait_for_peer = std::chrono::seconds(10);
    return options;
}

std::string fresh_name() {
    static int count = 0;
    return "zerobuffer-bench-" + std::to_string(getpid()) + '-' + std::to_string(++count);
}

void discard(const std::string& name, Layout layout) noexcept {
    try {
        Options options;
        options.layout = layout;
        options.replace = true;
        const Reader reader = Reader::create(name, options);
    } catch (const Error&) {
        // Nothing more can be done for it, and the failure that led here is the one to report.
    }
}

Figures engine_round_trip(const Cpus& cpus, const EnginePlan& plan) {
    const std::string there = fresh_name();
    const std::string back = fresh_name();
    const Shared<Histogram> samples;
    try {
        run_pair(
            cpus, [&] { call(plan, there, back, *samples); }, [&] { echo(plan, there, back); });
    } catch (...) {
        discard(there, plan.layout);
        discard(back, plan.layout);
        throw;
    }
    return figures_of(*samples, nanoseconds_per_tick());
}

Figures engine_stream(const Cpus& cpus, const EnginePlan& plan) {
    const std::string name = fresh_name();
    const Shared<Stream> stream;
    try {
        run_pair(
            cpus, [&] { write_stream(plan, name); }, [&] { read_stream(plan, name, *stream); });
    } catch (...) {
        discard(name, plan.layout);
        throw;
    }
    return figures_of_stream(stream->elapsed, plan.effort);
}

}  // namespace zerobuffer::perf
