/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "faults/interposed.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))
#define HERE __builtin_return_address(0)

static _Thread_local CallPlan* plan;
static atomic_int unnamed_refused;
static atomic_int hurried;
static atomic_llong mapped;

/* What a failed munmap left. */
enum { MOST_LEFT = 64 };
static struct {
    void* begin;
    size_t size;
} left[MOST_LEFT];
static atomic_int left_count;

void follow_plan(CallPlan* next) { plan = next; }
void refuse_unnamed_files(int refuse) { unnamed_refused = refuse; }
void hurry(int yes) { hurried = yes; }
long long mapped_bytes(void) { return mapped; }

/* The errno that this call is to fail with; 0: it goes through. */
static int planned(InterposedCall call, const void* site) {
    CallPlan* const current = plan;
    if (current == NULL || (current->call != call && current->call != CALL_ANY)) { return 0; }
    if (++current->seen < current->nth || current->hit >= current->times) { return 0; }
    if (current->hit++ == 0) {
        current->site = site;
        if (current->action != NULL) {
            plan = NULL; /* the action makes calls of its own */
            current->action();
            plan = current;
        }
    }
    return current->error;
}

/* The real function; written through a pointer to an object, as man 3 dlsym explains. */
#define REAL(result, name, ...)         \
    static result (*real)(__VA_ARGS__); \
    if (real == NULL) { *(void**)&real = dlsym(RTLD_NEXT, name); }

/* Fails as planned. */
#define FAIL_AS_PLANNED(call, failed)                  \
    do {                                               \
        const int planned_error = planned(call, HERE); \
        if (planned_error != 0) {                      \
            errno = planned_error;                     \
            return failed;                             \
        }                                              \
    } while (0)

EXPORTED int access(const char* path, int mode) {
    FAIL_AS_PLANNED(CALL_ACCESS, -1);
    REAL(int, "access", const char*, int)
    return real(path, mode);
}

EXPORTED int chmod(const char* path, mode_t mode) {
    FAIL_AS_PLANNED(CALL_CHMOD, -1);
    REAL(int, "chmod", const char*, mode_t)
    return real(path, mode);
}

/* Linux has closed the descriptor when it reports an error. man 2 close */
EXPORTED int close(int descriptor) {
    REAL(int, "close", int)
    const int result = real(descriptor);
    FAIL_AS_PLANNED(CALL_CLOSE, -1);
    return result;
}

EXPORTED int closedir(DIR* directory) {
    REAL(int, "closedir", DIR*)
    const int result = real(directory);
    FAIL_AS_PLANNED(CALL_CLOSEDIR, -1);
    return result;
}

EXPORTED int fchmod(int descriptor, mode_t mode) {
    FAIL_AS_PLANNED(CALL_FCHMOD, -1);
    REAL(int, "fchmod", int, mode_t)
    return real(descriptor, mode);
}

EXPORTED int fcntl(int descriptor, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    REAL(int, "fcntl", int, int, ...)
    if (command == F_OFD_SETLK) {
        const int unlocks = ((const struct flock*)argument)->l_type == F_UNLCK;
        FAIL_AS_PLANNED(unlocks ? CALL_FCNTL_UNLOCK : CALL_FCNTL_LOCK, -1);
    }
    if (command == F_OFD_GETLK) { FAIL_AS_PLANNED(CALL_FCNTL_QUERY, -1); }
    return real(descriptor, command, argument);
}

EXPORTED int flock(int descriptor, int operation) {
    FAIL_AS_PLANNED(CALL_FLOCK, -1);
    REAL(int, "flock", int, int)
    return real(descriptor, operation);
}

EXPORTED int fstat(int descriptor, struct stat* status) {
    FAIL_AS_PLANNED(CALL_FSTAT, -1);
    REAL(int, "fstat", int, struct stat*)
    return real(descriptor, status);
}

EXPORTED ssize_t getrandom(void* buffer, size_t size, unsigned flags) {
    FAIL_AS_PLANNED(CALL_GETRANDOM, -1);
    REAL(ssize_t, "getrandom", void*, size_t, unsigned)
    return real(buffer, size, flags);
}

EXPORTED int kill(pid_t process, int number) {
    FAIL_AS_PLANNED(CALL_KILL, -1);
    REAL(int, "kill", pid_t, int)
    return real(process, number);
}

EXPORTED int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
    FAIL_AS_PLANNED(CALL_LINKAT, -1);
    REAL(int, "linkat", int, const char*, int, const char*, int)
    return real(from_folder, from, to_folder, to, flags);
}

EXPORTED int lstat(const char* path, struct stat* status) {
    FAIL_AS_PLANNED(CALL_LSTAT, -1);
    REAL(int, "lstat", const char*, struct stat*)
    return real(path, status);
}

EXPORTED int madvise(void* begin, size_t size, int advice) {
    FAIL_AS_PLANNED(CALL_MADVISE, -1);
    REAL(int, "madvise", void*, size_t, int)
    return real(begin, size, advice);
}

EXPORTED int mkdir(const char* path, mode_t mode) {
    FAIL_AS_PLANNED(CALL_MKDIR, -1);
    REAL(int, "mkdir", const char*, mode_t)
    return real(path, mode);
}

EXPORTED void* mmap(void* begin, size_t size, int protection, int flags, int descriptor, off_t offset) {
    FAIL_AS_PLANNED(CALL_MMAP, MAP_FAILED);
    REAL(void*, "mmap", void*, size_t, int, int, int, off_t)
    void* const result = real(begin, size, protection, flags, descriptor, offset);
    /* What is mapped over something else is given back with that. */
    if (result != MAP_FAILED && (flags & MAP_FIXED) == 0) { mapped += (long long)size; }
    return result;
}

static int unmap(void* begin, size_t size) {
    REAL(int, "munmap", void*, size_t)
    const int result = real(begin, size);
    if (result == 0) { mapped -= (long long)size; }
    return result;
}

EXPORTED int munmap(void* begin, size_t size) {
    const int error = planned(CALL_MUNMAP, HERE);
    if (error == 0) { return unmap(begin, size); }
    const int slot = left_count++;
    if (slot >= MOST_LEFT) { abort(); }
    left[slot].begin = begin;
    left[slot].size = size;
    errno = error;
    return -1;
}

void settle_mappings(void) {
    while (left_count > 0) {
        const int slot = --left_count;
        unmap(left[slot].begin, left[slot].size);
    }
}

EXPORTED int nanosleep(const struct timespec* time, struct timespec* remaining) {
    FAIL_AS_PLANNED(CALL_NANOSLEEP, -1);
    REAL(int, "nanosleep", const struct timespec*, struct timespec*)
    if (!hurried || time->tv_sec != 0) { return real(time, remaining); }
    const struct timespec brief = {0, time->tv_nsec / 20};
    return real(&brief, remaining);
}

EXPORTED int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    const int unnamed = (flags & O_TMPFILE) == O_TMPFILE;
    if (unnamed && unnamed_refused) {
        errno = EOPNOTSUPP;
        return -1;
    }
    FAIL_AS_PLANNED(unnamed ? CALL_OPEN_UNNAMED : CALL_OPEN, -1);
    REAL(int, "open", const char*, int, ...)
    return real(path, flags, mode);
}

EXPORTED DIR* opendir(const char* path) {
    FAIL_AS_PLANNED(CALL_OPENDIR, NULL);
    REAL(DIR*, "opendir", const char*)
    return real(path);
}

/* Returns its error. */
EXPORTED int posix_fallocate(int descriptor, off_t offset, off_t size) {
    const int error = planned(CALL_POSIX_FALLOCATE, HERE);
    if (error != 0) { return error; }
    REAL(int, "posix_fallocate", int, off_t, off_t)
    return real(descriptor, offset, size);
}

EXPORTED ssize_t pread(int descriptor, void* buffer, size_t size, off_t offset) {
    FAIL_AS_PLANNED(CALL_PREAD, -1);
    REAL(ssize_t, "pread", int, void*, size_t, off_t)
    return real(descriptor, buffer, size, offset);
}

EXPORTED ssize_t read(int descriptor, void* buffer, size_t size) {
    FAIL_AS_PLANNED(CALL_READ, -1);
    REAL(ssize_t, "read", int, void*, size_t)
    return real(descriptor, buffer, size);
}

EXPORTED struct dirent* readdir(DIR* directory) {
    FAIL_AS_PLANNED(CALL_READDIR, NULL);
    REAL(struct dirent*, "readdir", DIR*)
    return real(directory);
}

EXPORTED int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
    FAIL_AS_PLANNED(CALL_RENAMEAT2, -1);
    REAL(int, "renameat2", int, const char*, int, const char*, unsigned)
    return real(from_folder, from, to_folder, to, flags);
}

EXPORTED int sched_getaffinity(pid_t process, size_t size, cpu_set_t* set) {
    FAIL_AS_PLANNED(CALL_SCHED_GETAFFINITY, -1);
    REAL(int, "sched_getaffinity", pid_t, size_t, cpu_set_t*)
    return real(process, size, set);
}

EXPORTED int sem_clockwait(sem_t* restrict semaphore, clockid_t clock, const struct timespec* restrict until) {
    FAIL_AS_PLANNED(CALL_SEM_CLOCKWAIT, -1);
    REAL(int, "sem_clockwait", sem_t*, clockid_t, const struct timespec*)
    return real(semaphore, clock, until);
}

EXPORTED int sem_close(sem_t* semaphore) {
    REAL(int, "sem_close", sem_t*)
    const int result = real(semaphore);
    FAIL_AS_PLANNED(CALL_SEM_CLOSE, -1);
    return result;
}

EXPORTED int sem_getvalue(sem_t* restrict semaphore, int* restrict value) {
    FAIL_AS_PLANNED(CALL_SEM_GETVALUE, -1);
    REAL(int, "sem_getvalue", sem_t*, int*)
    return real(semaphore, value);
}

EXPORTED sem_t* sem_open(const char* name, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    const unsigned value = (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    FAIL_AS_PLANNED(CALL_SEM_OPEN, SEM_FAILED);
    REAL(sem_t*, "sem_open", const char*, int, ...)
    return real(name, flags, mode, value);
}

/* It fails only when the semaphore is full, and then whoever waits finds a token: so it does here. */
EXPORTED int sem_post(sem_t* semaphore) {
    REAL(int, "sem_post", sem_t*)
    const int result = real(semaphore);
    FAIL_AS_PLANNED(CALL_SEM_POST, -1);
    return result;
}

EXPORTED int sem_trywait(sem_t* semaphore) {
    FAIL_AS_PLANNED(CALL_SEM_TRYWAIT, -1);
    REAL(int, "sem_trywait", sem_t*)
    return real(semaphore);
}

EXPORTED int sem_unlink(const char* name) {
    FAIL_AS_PLANNED(CALL_SEM_UNLINK, -1);
    REAL(int, "sem_unlink", const char*)
    return real(name);
}

EXPORTED int shm_open(const char* name, int flags, mode_t mode) {
    FAIL_AS_PLANNED(CALL_SHM_OPEN, -1);
    REAL(int, "shm_open", const char*, int, mode_t)
    return real(name, flags, mode);
}

EXPORTED int sigaction(int number, const struct sigaction* restrict action, struct sigaction* restrict previous) {
    FAIL_AS_PLANNED(CALL_SIGACTION, -1);
    REAL(int, "sigaction", int, const struct sigaction*, struct sigaction*)
    return real(number, action, previous);
}

static InterposedCall call_of(long number, long operation) {
    if (number == SYS_membarrier) { return CALL_MEMBARRIER; }
    if (number != SYS_futex) { return CALL_SYSCALL; }
    return (operation & FUTEX_CMD_MASK) == FUTEX_WAIT ? CALL_FUTEX_WAIT : CALL_FUTEX_WAKE;
}

EXPORTED long syscall(long number, ...) {
    long values[6];
    va_list arguments;
    va_start(arguments, number);
    for (int i = 0; i < 6; ++i) {
        values[i] = va_arg(arguments, long);
    }
    va_end(arguments);
    FAIL_AS_PLANNED(call_of(number, values[1]), -1);
    REAL(long, "syscall", long, ...)
    return real(number, values[0], values[1], values[2], values[3], values[4], values[5]);
}

EXPORTED int unlink(const char* path) {
    FAIL_AS_PLANNED(CALL_UNLINK, -1);
    REAL(int, "unlink", const char*)
    return real(path);
}

const char* const interposed_names[] = {
    "access",        "chmod",      "close",        "closedir",  "fchmod",
    "fcntl",         "flock",      "fstat",        "getrandom", "kill",
    "linkat",        "lstat",      "madvise",      "mkdir",     "mmap",
    "munmap",        "nanosleep",  "open",         "opendir",   "posix_fallocate",
    "pread",         "read",       "readdir",      "renameat2", "sched_getaffinity",
    "sem_clockwait", "sem_close",  "sem_getvalue", "sem_open",  "sem_post",
    "sem_trywait",   "sem_unlink", "shm_open",     "sigaction", "syscall",
    "unlink",        NULL,
};

const char* call_name(InterposedCall call) {
    static const char* const names[CALL_COUNT] = {
        "access",
        "chmod",
        "close",
        "closedir",
        "fchmod",
        "fcntl(lock)",
        "fcntl(query)",
        "fcntl(unlock)",
        "flock",
        "fstat",
        "futex(wait)",
        "futex(wake)",
        "getrandom",
        "kill",
        "linkat",
        "lstat",
        "madvise",
        "membarrier",
        "mkdir",
        "mmap",
        "munmap",
        "nanosleep",
        "open",
        "open(unnamed)",
        "opendir",
        "posix_fallocate",
        "pread",
        "read",
        "readdir",
        "renameat2",
        "sched_getaffinity",
        "sem_clockwait",
        "sem_close",
        "sem_getvalue",
        "sem_open",
        "sem_post",
        "sem_trywait",
        "sem_unlink",
        "shm_open",
        "sigaction",
        "syscall",
        "unlink",
    };
    return call < CALL_COUNT ? names[call] : "any call";
}
