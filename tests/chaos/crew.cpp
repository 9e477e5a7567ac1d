// SPDX-License-Identifier: MIT
#include "chaos/crew.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>

#include "chaos/worker.hpp"
#include "support/footprint.hpp"
#include "support/program.hpp"

namespace zerobuffer::test {
namespace {

// Makes its processes itself.
class ParentCrew : public Crew {
public:
    pid_t start(Side side) override {
        const pid_t parent = ::getpid();
        const pid_t pid = ::fork();
        if (pid < 0) { throw std::system_error(errno, std::generic_category(), "fork"); }
        if (pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::getppid() != parent) { ::_exit(3); }
            ::_exit(work(side));
        }
        return pid;
    }

    int reap(pid_t pid) override {
        int status = 0;
        while (::waitpid(pid, &status, 0) < 0) {
            if (errno != EINTR) { throw std::system_error(errno, std::generic_category(), "waitpid"); }
        }
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }

private:
    /// In the new process.
    [[nodiscard]] virtual int work(Side side) const = 0;
};

class ForkingCrew : public ParentCrew {
public:
    ForkingCrew(std::string name, SharedAccount& account) : name_(std::move(name)), account_(account) {}

    pid_t start(Side side) override {
        // Of this process; a worker that leaves must have no more.
        if (descriptors_.empty()) { descriptors_ = footprint().descriptors; }
        return ParentCrew::start(side);
    }

private:
    [[nodiscard]] int work(Side side) const override {
        try {
            const int status = side == Side::writer ? write_frames(name_, *account_) : read_frames(name_, *account_);
            const Footprint left = footprint();
            if (left.descriptors == descriptors_ && left.mappings.empty()) { return status; }
            std::fprintf(stderr, "%s left descriptors or mappings behind\n",
                         side == Side::writer ? "writer" : "reader");
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s %d: %s\n", side == Side::writer ? "writer" : "reader", ::getpid(), error.what());
        }
        return 1;
    }

    std::string name_;
    SharedAccount& account_;
    std::vector<std::string> descriptors_;
};

class SpawningCrew : public ParentCrew {
public:
    explicit SpawningCrew(std::vector<std::string> command) : command_(std::move(command)) {}
    [[nodiscard]] bool starts_slowly() const override { return true; }

private:
    [[nodiscard]] int work(Side side) const override {
        std::vector<std::string> words = command_;
        words.insert(words.end() - 2, side == Side::writer ? "writer" : "reader");
        std::vector<char*> arguments;
        for (std::string& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        ::execv(arguments[0], arguments.data());
        std::perror(arguments[0]);
        return 127;
    }

    std::vector<std::string> command_;
};

class ProgramCrew : public Crew {
public:
    explicit ProgramCrew(std::vector<std::string> command) : program_(std::move(command)) {}
    pid_t start(Side side) override {
        return std::stoi(program_.ask(side == Side::writer ? "start writer" : "start reader"));
    }
    int reap(pid_t pid) override { return std::stoi(program_.ask("reap " + std::to_string(pid))); }

private:
    Program program_;
};

std::vector<std::string> with_arguments(std::vector<std::string> command, const std::string& name,
                                        const SharedAccount& account) {
    command.push_back("/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(account.descriptor()));
    command.push_back(name);
    return command;
}

}  // namespace

std::unique_ptr<Crew> make_forking_crew(const std::string& name, SharedAccount& account) {
    return std::make_unique<ForkingCrew>(name, account);
}

std::unique_ptr<Crew> make_program_crew(std::vector<std::string> command, const std::string& name,
                                        const SharedAccount& account) {
    return std::make_unique<ProgramCrew>(with_arguments(std::move(command), name, account));
}

std::unique_ptr<Crew> make_spawning_crew(std::vector<std::string> command, const std::string& name,
                                         const SharedAccount& account) {
    return std::make_unique<SpawningCrew>(with_arguments(std::move(command), name, account));
}

}  // namespace zerobuffer::test
