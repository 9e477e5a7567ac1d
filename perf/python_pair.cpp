// SPDX-License-Identifier: MIT
#include "python_pair.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "engine.hpp"

namespace zerobuffer::perf {

namespace {

[[noreturn]] void throw_system(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Memory that the client, another program, writes its time stamps into: a pipe would fill up before anybody reads it.
class StampFile {
public:
    StampFile() : descriptor_(memfd_create("zerobuffer_bench_stamps", 0)) {
        if (descriptor_ < 0) { throw_system("memfd_create"); }
    }
    StampFile(const StampFile&) = delete;
    StampFile& operator=(const StampFile&) = delete;
    ~StampFile() { close(descriptor_); }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    [[nodiscard]] std::vector<std::int64_t> read(std::size_t count) const {
        std::vector<std::int64_t> stamps(count);
        const std::size_t size = count * sizeof(std::int64_t);
        if (pread(descriptor_, stamps.data(), size, 0) != static_cast<ssize_t>(size)) {
            throw PairFailure("the Python client left fewer time stamps than round trips");
        }
        return stamps;
    }

private:
    int descriptor_;
};

[[noreturn]] void become(const PythonSetup& setup, const std::vector<std::string>& arguments) {
    if (!setup.package_path.empty()) { setenv("PYTHONPATH", setup.package_path.c_str(), 1); }
    std::vector<const char*> argv{setup.interpreter.c_str(), setup.script.c_str()};
    for (const std::string& argument : arguments) {
        argv.push_back(argument.c_str());
    }
    argv.push_back(nullptr);
    execvp(argv[0], const_cast<char* const*>(argv.data()));
    throw_system(setup.interpreter);
}

Figures figures_of_stamps(const std::vector<std::int64_t>& stamps) {
    const auto samples = std::make_unique<Histogram>();
    for (std::size_t trip = 1; trip < stamps.size(); ++trip) {
        samples->add(static_cast<std::uint64_t>(stamps[trip] - stamps[trip - 1]));
    }
    return figures_of(*samples, 1.0);
}

std::vector<std::string> arguments_of(const char* role, const std::string& name, const Shape& shape,
                                      const Effort& effort) {
    return {role,
            "--name",
            name,
            "--size",
            std::to_string(shape.frame),
            "--alignment",
            std::to_string(shape.alignment),
            "--capacity",
            std::to_string(shape.capacity),
            "--touch",
            shape.touch == Touch::copy ? "copy" : "none",
            "--warm-up",
            std::to_string(effort.warm_up),
            "--rounds",
            std::to_string(effort.frames)};
}

}  // namespace

Figures python_round_trip(const Cpus& cpus, const PythonSetup& setup, const Shape& shape, const Effort& effort) {
    const std::string name = fresh_name();
    const StampFile stamps;
    auto client = arguments_of("client", name, shape, effort);
    client.insert(client.end(), {"--stamps", std::to_string(stamps.descriptor())});
    const auto server = arguments_of("server", name, shape, effort);
    try {
        run_pair(
            cpus, [&] { become(setup, client); }, [&] { become(setup, server); });
    } catch (...) {
        discard(name + "-request", Layout::v2);
        discard(name + "-response", Layout::v2);
        throw;
    }
    return figures_of_stamps(stamps.read(effort.frames + 1));
}

}  // namespace zerobuffer::perf
