// SPDX-License-Identifier: MIT
// Which functions of other libraries the library calls: each enters the kernel and is put to the test here, or is known not to
// fail. A new one makes this test fail until it is added to the one or the other.
#include <elf.h>
#include <gmock/gmock.h>
#include <link.h>

#include <cstring>
#include <set>
#include <string>

#include "faults/expected.hpp"
#include "faults/interposed.h"

namespace zerobuffer::test {
namespace {

// Functions of C that enter no kernel, or cannot fail with the arguments that they get: the clock is read through the vDSO.
const std::set<std::string> harmless = {
    "__cxa_atexit",
    "__cxa_finalize",
    "__errno_location",
    "__gmon_start__",
    "__register_atfork",
    "__sched_cpucount",
    "__tls_get_addr",
    "clock_gettime",
    "getenv",
    "getpid",
    "memchr",
    "memcmp",
    "memcpy",
    "memmove",
    "memset",
    "pthread_mutex_lock",
    "raise",
    "sem_init",  // fails only for a value that is too large
    "sigemptyset",
    "snprintf",
    "strerror",
    "strlen",
    "pthread_mutex_unlock",
    "strncpy",
    "sysconf",
    "vsnprintf",
    "abort",
    "__stack_chk_fail",
    "strcmp",
    "__memcpy_chk",
    "shmdt",  // of System V segments, which Boost can map and the library has none of
};

std::set<std::string> interposed() {
    std::set<std::string> names;
    for (const char* const* name = interposed_names; *name != nullptr; ++name) {
        names.insert(*name);
    }
    return names;
}

// Symbols that are defined elsewhere come before those in the hash table. System V ABI, "GNU hash".
void add_undefined(const ElfW(Dyn) * entry, std::set<std::string>& names) {
    const ElfW(Sym)* symbols = nullptr;
    const char* text = nullptr;
    std::uint32_t defined = 0;
    for (; entry->d_tag != DT_NULL; ++entry) {
        // NOLINTNEXTLINE(performance-no-int-to-ptr): so the dynamic linker hands them out
        const auto* const address = reinterpret_cast<const void*>(entry->d_un.d_ptr);
        if (entry->d_tag == DT_SYMTAB) { symbols = static_cast<const ElfW(Sym)*>(address); }
        if (entry->d_tag == DT_STRTAB) { text = static_cast<const char*>(address); }
        if (entry->d_tag == DT_GNU_HASH) { defined = static_cast<const std::uint32_t*>(address)[1]; }
    }
    for (std::uint32_t i = 1; i < defined; ++i) {
        names.insert(text + symbols[i].st_name);
    }
}

int look_at_object(dl_phdr_info* object, std::size_t, void* names) {
    if (std::strstr(object->dlpi_name, "libzerobuffer.so") == nullptr) { return 0; }
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr)& header = object->dlpi_phdr[i];
        if (header.p_type != PT_DYNAMIC) { continue; }
        // NOLINTNEXTLINE(performance-no-int-to-ptr): a load address is a number
        add_undefined(reinterpret_cast<const ElfW(Dyn)*>(object->dlpi_addr + header.p_vaddr),
                      *static_cast<std::set<std::string>*>(names));
    }
    return 1;
}

// Without those of C++ itself.
std::set<std::string> called() {
    std::set<std::string> all;
    ::dl_iterate_phdr(look_at_object, &all);
    std::erase_if(all, [](const std::string& name) {
        return name.starts_with("_Z") || name.starts_with("_ITM") || name.starts_with("_Unwind") ||
               (name.starts_with("__cxa_") && name != "__cxa_atexit" && name != "__cxa_finalize") ||
               name == "__gxx_personality_v0";
    });
    return all;
}

TEST(KnownCalls, EveryFunctionOfTheLibraryIsHarmlessOrPutToTheTest) {
#ifdef ZEROBUFFER_COVERAGE
    GTEST_SKIP() << "counters of branches bring calls of their own";
#endif
    const std::set<std::string> tested = interposed();
    std::set<std::string> seen = called();
    ASSERT_THAT(seen, testing::IsSupersetOf({std::string("mmap"), std::string("syscall"), std::string("linkat")}))
        << "the symbols of the library were not found";
    std::erase_if(seen, [&](const std::string& name) { return harmless.contains(name) || tested.contains(name); });
    EXPECT_THAT(seen, testing::IsEmpty()) << "new calls: add them to interposed.c, or to the harmless ones";
}

TEST(KnownCalls, NothingIsTestedThatTheLibraryDoesNotCall) {
    const std::set<std::string> seen = called();
    for (const std::string& name : interposed()) {
        EXPECT_TRUE(seen.contains(name)) << name;
    }
}

TEST(KnownCalls, EveryOneHasErrors) {
    for (int call = 0; call < CALL_COUNT; ++call) {
        if (call == CALL_SYSCALL) { continue; }
        EXPECT_FALSE(errors_of(static_cast<InterposedCall>(call)).empty())
            << call_name(static_cast<InterposedCall>(call));
    }
}

}  // namespace
}  // namespace zerobuffer::test
