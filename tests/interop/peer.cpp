// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <system_error>

namespace zerobuffer::interop {

namespace {

constexpr int answer_deadline_ms = 40'000;

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    // Close-on-exec, or one peer would keep another one's standard input open.
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) { throw std::system_error(errno, std::generic_category(), "pipe2"); }
    return ends;
}

}  // namespace

std::string Reply::text(std::string_view key) const {
    std::string marker(1, '"');
    marker.append(key).append("\":");
    const std::size_t found = line_.find(marker);
    if (found == std::string::npos) { throw std::runtime_error("no " + std::string(key) + " in " + line_); }
    std::size_t begin = found + marker.size();
    if (line_[begin] == '"') { ++begin; }
    return line_.substr(begin, line_.find_first_of(",\"}", begin) - begin);
}

std::uint64_t Reply::number(std::string_view key) const { return std::stoull(text(key)); }

Peer::Peer(const std::string& style) {
    const std::array<int, 2> commands = make_pipe();
    const std::array<int, 2> answers = make_pipe();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, commands[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, answers[1], STDOUT_FILENO);
    std::string path = V1_PEER_PATH;
    std::array<char*, 2> arguments = {path.data(), nullptr};
    const int error = ::posix_spawn(&pid_, path.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(commands[0]);
    ::close(answers[1]);
    commands_ = commands[1];
    answers_ = answers[0];
    if (error != 0) { throw std::system_error(error, std::generic_category(), path); }
    ask("style " + style);
}

Peer::~Peer() {
    ::close(commands_);
    wait();
    ::close(answers_);
}

void Peer::send(const std::string& command) {
    const std::string line = command + "\n";
    if (::write(commands_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw std::system_error(errno, std::generic_category(), "write to the peer");
    }
}

Reply Peer::answer() {
    for (std::size_t end = unread_.find('\n'); true; end = unread_.find('\n')) {
        if (end != std::string::npos) {
            Reply reply(unread_.substr(0, end));
            unread_.erase(0, end + 1);
            return reply;
        }
        pollfd ready{answers_, POLLIN, 0};
        std::array<char, 4096> block{};
        if (::poll(&ready, 1, answer_deadline_ms) == 0) { throw std::runtime_error("the peer does not answer"); }
        const ssize_t count = ::read(answers_, block.data(), block.size());
        if (count == 0) { throw std::runtime_error("the peer is gone"); }
        if (count > 0) { unread_.append(block.data(), static_cast<std::size_t>(count)); }
    }
}

Reply Peer::ask(const std::string& command) {
    send(command);
    return answer();
}

void Peer::kill() {
    ::kill(pid_, SIGKILL);
    wait();
}

void Peer::kill_unburied() {
    ::kill(pid_, SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
}

int Peer::wait() {
    if (pid_ == 0) { return 0; }
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    pid_ = 0;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace zerobuffer::interop
