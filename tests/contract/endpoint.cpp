// SPDX-License-Identifier: MIT
// An endpoint that is told what to do, one command per line, and answers each with one line. endpoint.py is the same in
// Python; frames are those of support/frames.hpp. A program holds at most one reader and one writer.
//
//   create LAYOUT CAPACITY WAIT NAME    reader create     -> ok | STATUS
//   writer WAIT NAME                    writer open       -> ok LAST_SEQUENCE | STATUS
//   reader WAIT NAME                    reader open       -> ok LAST_SEQUENCE | STATUS
//   send SEED FIRST COUNT LARGEST       write frames      -> sent COUNT LAST_SEQUENCE END
//   take SEED COUNT LARGEST             read and check    -> took COUNT FIRST_SEQUENCE LAST_SEQUENCE END
//   hold                                acquire and keep  -> held SEQUENCE | STATUS
//   echo COUNT                          reader to writer  -> echoed COUNT END
//   call SEED COUNT LARGEST             write, await echo -> called COUNT END
//   close                               both              -> ok
//
// END is ok, or the status that ended it early. WAIT is adaptive, spin or block. Waits last for ever.
#include <exception>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include <zerobuffer/zerobuffer.hpp>

#include "support/frames.hpp"

namespace {

using namespace zerobuffer;
using test::Pattern;

Options options_of(const std::string& wait) {
    static const std::map<std::string, WaitMode> modes = {
        {"adaptive", WaitMode::adaptive}, {"spin", WaitMode::spin}, {"block", WaitMode::block}};
    Options options;
    options.wait_mode = modes.at(wait);
    return options;
}

// The status of what `step` throws; ok if it does not.
template <class Step>
const char* ending(Step&& step) {
    try {
        step();
        return status_name(Status::ok);
    } catch (const Error& error) {
        std::cerr << error.what() << '\n';
        return status_name(error.status());
    }
}

class Endpoint {
public:
    std::string run(const std::string& line) {
        std::istringstream words(line);
        std::string command;
        words >> command;
        static const std::map<std::string, std::string (Endpoint::*)(std::istream&)> commands = {
            {"create", &Endpoint::create}, {"reader", &Endpoint::open_reader}, {"writer", &Endpoint::open_writer},
            {"send", &Endpoint::send},     {"take", &Endpoint::take},          {"hold", &Endpoint::hold},
            {"echo", &Endpoint::echo},     {"call", &Endpoint::call},          {"close", &Endpoint::close}};
        return (this->*commands.at(command))(words);
    }

private:
    std::string create(std::istream& words) {
        std::string layout;
        std::string wait;
        std::string name;
        std::uint64_t capacity = 0;
        words >> layout >> capacity >> wait >> name;
        Options options = options_of(wait);
        options.layout = layout == "v1" ? Layout::v1 : Layout::v2;
        options.capacity = capacity;
        return ending([&] { reader_.emplace(Reader::create(name, options)); });
    }

    std::string open_reader(std::istream& words) {
        std::string wait;
        std::string name;
        words >> wait >> name;
        const std::string end = ending([&] { reader_.emplace(Reader::open(name, options_of(wait))); });
        return end == "ok" ? end + " " + std::to_string(reader_->stats().sequence) : end;
    }

    std::string open_writer(std::istream& words) {
        std::string wait;
        std::string name;
        words >> wait >> name;
        const std::string end = ending([&] { writer_.emplace(Writer::open(name, options_of(wait))); });
        return end == "ok" ? end + " " + std::to_string(writer_->stats().sequence) : end;
    }

    std::string send(std::istream& words) {
        std::uint64_t seed = 0;
        std::uint64_t first = 0;
        std::uint64_t count = 0;
        std::uint64_t largest = 0;
        words >> seed >> first >> count >> largest;
        const Pattern pattern(seed);
        std::uint64_t sent = 0;
        std::uint64_t last = 0;
        const char* const end = ending([&] {
            for (; sent < count; ++sent) {
                const std::uint64_t number = first + sent;
                last = *test::write_frame(*writer_, pattern.size(number, largest), number, forever, pattern);
            }
        });
        return text("sent", sent, last, end);
    }

    std::string take(std::istream& words) {
        std::uint64_t seed = 0;
        std::uint64_t count = 0;
        std::uint64_t largest = 0;
        words >> seed >> count >> largest;
        const Pattern pattern(seed);
        std::uint64_t taken = 0;
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        bool intact = true;
        const char* const end = ending([&] {
            for (; taken < count && intact; ++taken) {
                const auto frame = reader_->acquire();
                const std::uint64_t number = frame->sequence();
                intact = (taken == 0 || number == last + 1) &&
                         test::holds(*frame, pattern.size(number, largest), number, pattern);
                first = taken == 0 ? number : first;
                last = number;
            }
        });
        return text("took", taken, first, last, intact ? end : "wrong");
    }

    std::string hold(std::istream&) {
        const std::string end = ending([&] { held_ = reader_->acquire(); });
        return end == "ok" ? text("held", held_->sequence()) : end;
    }

    std::string echo(std::istream& words) {
        std::uint64_t count = 0;
        words >> count;
        std::uint64_t echoed = 0;
        const char* const end = ending([&] {
            for (; echoed < count; ++echoed) {
                writer_->write(reader_->acquire()->bytes());
            }
        });
        return text("echoed", echoed, end);
    }

    std::string call(std::istream& words) {
        std::uint64_t seed = 0;
        std::uint64_t count = 0;
        std::uint64_t largest = 0;
        words >> seed >> count >> largest;
        const Pattern pattern(seed);
        std::uint64_t called = 0;
        bool intact = true;
        const char* const end = ending([&] {
            for (; called < count && intact; ++called) {
                const std::uint64_t size = pattern.size(called, largest);
                test::write_frame(*writer_, size, called, forever, pattern);
                intact = test::holds(*reader_->acquire(), size, called, pattern);
            }
        });
        return text("called", called, intact ? end : "wrong");
    }

    std::string close(std::istream&) {
        held_.reset();
        writer_.reset();
        reader_.reset();
        return "ok";
    }

    template <class... Words>
    static std::string text(const Words&... words) {
        std::ostringstream out;
        const char* gap = "";
        ((out << gap << words, gap = " "), ...);
        return out.str();
    }

    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
    std::optional<Frame> held_;
};

}  // namespace

int main() {
    try {
        Endpoint endpoint;
        for (std::string line; std::getline(std::cin, line);) {
            std::cout << endpoint.run(line) << std::endl;
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
