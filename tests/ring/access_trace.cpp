// SPDX-License-Identifier: MIT
#include "access_trace.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <array>
#include <stdexcept>

namespace zerobuffer::ring {
namespace {

constexpr greg_t trap_flag = 0x100;        // EFLAGS: stop after the next instruction
constexpr greg_t page_fault_of_write = 2;  // error code of a page fault, bit 1

// For the handlers, which must not allocate.
std::vector<std::span<std::byte>> pages;
std::array<Access, 4096> accesses;
std::size_t count = 0;
struct sigaction previous_fault;
struct sigaction previous_trap;

void protect(int protection) {
    for (const auto& range : pages) {
        ::mprotect(range.data(), range.size(), protection);
    }
}

bool is_watched(const std::byte* address) {
    for (const auto& range : pages) {
        if (address >= range.data() && address < range.data() + range.size()) { return true; }
    }
    return false;
}

void on_fault(int, siginfo_t* information, void* context) {
    const auto* const address = static_cast<const std::byte*>(information->si_addr);
    if (!is_watched(address) || count == accesses.size()) {
        ::sigaction(SIGSEGV, &previous_fault, nullptr);  // a real one: let it happen again
        return;
    }
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    accesses[count++] = {address, (registers[REG_ERR] & page_fault_of_write) != 0};
    protect(PROT_READ | PROT_WRITE);
    registers[REG_EFL] |= trap_flag;
}

void on_trap(int, siginfo_t*, void* context) {
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_EFL] &= ~trap_flag;
    protect(PROT_NONE);
}

void install(int number, void (*handler)(int, siginfo_t*, void*), struct sigaction& previous) {
    struct sigaction action {};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    if (::sigaction(number, &action, &previous) != 0) { throw std::runtime_error("sigaction"); }
}

}  // namespace

AccessTrace::AccessTrace(std::vector<std::span<std::byte>> watched) {
    pages = std::move(watched);
    install(SIGSEGV, on_fault, previous_fault);
    install(SIGTRAP, on_trap, previous_trap);
}

AccessTrace::~AccessTrace() {
    ::sigaction(SIGSEGV, &previous_fault, nullptr);
    ::sigaction(SIGTRAP, &previous_trap, nullptr);
}

void AccessTrace::start() {
    count = 0;
    protect(PROT_NONE);
}

std::vector<Access> AccessTrace::stop() {
    protect(PROT_READ | PROT_WRITE);
    return {accesses.begin(), accesses.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace zerobuffer::ring
