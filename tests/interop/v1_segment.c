/* SPDX-License-Identifier: MIT */
#include "v1_wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint64_t* at(const struct v1_segment* segment, enum v1_word word) {
    return (_Atomic uint64_t*)(void*)(segment->base + word);
}

uint64_t v1_load(const struct v1_segment* segment, enum v1_word word) {
    return atomic_load_explicit(at(segment, word), memory_order_seq_cst);
}

void v1_store(struct v1_segment* segment, enum v1_word word, uint64_t value) {
    atomic_store_explicit(at(segment, word), value, memory_order_seq_cst);
}

void v1_add(struct v1_segment* segment, enum v1_word word, uint64_t value) {
    atomic_fetch_add_explicit(at(segment, word), value, memory_order_seq_cst);
}

unsigned char* v1_payload(const struct v1_segment* segment) {
    return segment->base + V1_BLOCK_SIZE + segment->metadata_size;
}

static const char* lock_folder(enum v1_style style) {
    return style == V1_STYLE_CSHARP ? "/tmp/zerobuffer/locks" : "/tmp/zerobuffer";
}

void v1_lock_path(const struct v1_segment* segment, char* path, size_t capacity) {
    snprintf(path, capacity, "%s/%s.lock", lock_folder(segment->style), segment->name);
}

void v1_semaphore_name(const struct v1_segment* segment, char side, char* name, size_t capacity) {
    snprintf(name, capacity, "/sem-%c-%s", side, segment->name);
}

const char* v1_take_lock(struct v1_segment* segment) {
    char path[V1_NAME_CAPACITY + 64];
    v1_lock_path(segment, path, sizeof path);
    mkdir("/tmp/zerobuffer", 0777);
    mkdir(lock_folder(segment->style), 0777);
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) { return "system"; }
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        close(file);
        return "locked";
    }
    segment->lock = file + 1;
    return "ok";
}

const char* v1_open_semaphore(struct v1_segment* segment, char side, int flags) {
    char name[V1_NAME_CAPACITY + 16];
    v1_semaphore_name(segment, side, name, sizeof name);
    sem_t* const semaphore = sem_open(name, flags, 0666, 0);
    if (semaphore == SEM_FAILED) { return errno == ENOENT ? "no-semaphore" : "semaphore-exists"; }
    *(side == 'w' ? &segment->data : &segment->space) = semaphore;
    return "ok";
}

const char* v1_map(struct v1_segment* segment) {
    struct stat status;
    if (fstat(segment->file - 1, &status) != 0 || status.st_size < V1_BLOCK_SIZE) { return "too-small"; }
    segment->size = (size_t)status.st_size;
    void* const base = mmap(NULL, segment->size, PROT_READ | PROT_WRITE, MAP_SHARED, segment->file - 1, 0);
    if (base == MAP_FAILED) { return "system"; }
    segment->base = base;
    return "ok";
}

void v1_unmap(struct v1_segment* segment) {
    if (segment->base != NULL) { munmap(segment->base, segment->size); }
    if (segment->file != 0) { close(segment->file - 1); }
    if (segment->data != NULL) { sem_close(segment->data); }
    if (segment->space != NULL) { sem_close(segment->space); }
    segment->base = NULL;
    segment->file = 0;
    segment->data = NULL;
    segment->space = NULL;
}

void v1_remove(const struct v1_segment* segment, char what) {
    char name[V1_NAME_CAPACITY + 64];
    switch (what) {
        case 'm':
            shm_unlink(segment->name);
            break;
        case 's':
            v1_semaphore_name(segment, 'w', name, sizeof name);
            sem_unlink(name);
            v1_semaphore_name(segment, 'r', name, sizeof name);
            sem_unlink(name);
            break;
        default:
            v1_lock_path(segment, name, sizeof name);
            unlink(name);
            break;
    }
}

int v1_alive(uint64_t pid) { return pid != 0 && kill((pid_t)pid, 0) == 0; }

int v1_take_token(sem_t* semaphore, int timeout_ms) {
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += timeout_ms / 1000;
    deadline.tv_nsec += (timeout_ms % 1000) * 1000000L;
    if (deadline.tv_nsec >= 1000000000L) {
        deadline.tv_sec += 1;
        deadline.tv_nsec -= 1000000000L;
    }
    return sem_timedwait(semaphore, &deadline) == 0;
}

static int abandoned(const char* name) {
    const int file = shm_open(name, O_RDONLY, 0);
    uint64_t pids[2] = {0, 0};
    if (file < 0) { return 1; }
    const int complete = pread(file, pids, sizeof pids, V1_WRITER_PID) == (ssize_t)sizeof pids;
    close(file);
    return !complete || (!v1_alive(pids[0]) && !v1_alive(pids[1]));
}

unsigned v1_scan(enum v1_style style, const char* prefix) {
    unsigned removed = 0;
    DIR* const folder = opendir(lock_folder(style));
    if (folder == NULL) { return 0; }
    for (struct dirent* entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const size_t length = strlen(entry->d_name);
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 || length < 6) { continue; }
        if (strcmp(entry->d_name + length - 5, ".lock") != 0) { continue; }
        struct v1_segment found = {.style = style};
        memcpy(found.name, entry->d_name, length - 5 < V1_NAME_CAPACITY ? length - 5 : V1_NAME_CAPACITY - 1);
        if (strcmp(v1_take_lock(&found), "ok") != 0) { continue; }
        v1_remove(&found, 'l');
        if (abandoned(found.name)) {
            v1_remove(&found, 'm');
            v1_remove(&found, 's');
        }
        close(found.lock - 1);
        ++removed;
    }
    closedir(folder);
    return removed;
}

static char armed[32];

void v1_arm(const char* point) { snprintf(armed, sizeof armed, "%s", point); }

void v1_point(const char* point) {
    if (strcmp(armed, point) == 0) { raise(SIGKILL); }
}
