/* SPDX-License-Identifier: MIT
 * Functions of the C library that this program defines in place of the real ones, for everything in it, the library under
 * test included. Each forwards, unless the calling thread has a plan for it: then it fails with a chosen errno, or an action
 * runs first. Threads without a plan are not touched. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* One per thing that can fail by itself: fcntl, open and syscall are told apart by what they are asked for. */
typedef enum InterposedCall {
    CALL_ACCESS,
    CALL_CHMOD,
    CALL_CLOSE,
    CALL_CLOSEDIR,
    CALL_FCHMOD,
    CALL_FCNTL_LOCK,
    CALL_FCNTL_QUERY,
    CALL_FCNTL_UNLOCK,
    CALL_FLOCK,
    CALL_FSTAT,
    CALL_FUTEX_WAIT,
    CALL_FUTEX_WAKE,
    CALL_GETRANDOM,
    CALL_KILL,
    CALL_LINKAT,
    CALL_LSTAT,
    CALL_MADVISE,
    CALL_MEMBARRIER,
    CALL_MKDIR,
    CALL_MMAP,
    CALL_MUNMAP,
    CALL_NANOSLEEP,
    CALL_OPEN,
    CALL_OPEN_UNNAMED,
    CALL_OPENDIR,
    CALL_POSIX_FALLOCATE,
    CALL_PREAD,
    CALL_READ,
    CALL_READDIR,
    CALL_RENAMEAT2,
    CALL_SCHED_GETAFFINITY,
    CALL_SEM_CLOCKWAIT,
    CALL_SEM_CLOSE,
    CALL_SEM_GETVALUE,
    CALL_SEM_OPEN,
    CALL_SEM_POST,
    CALL_SEM_TRYWAIT,
    CALL_SEM_UNLINK,
    CALL_SHM_OPEN,
    CALL_SIGACTION,
    CALL_SYSCALL, /* any other number: the library has none */
    CALL_UNLINK,
    CALL_COUNT,
    CALL_ANY = CALL_COUNT
} InterposedCall;

typedef struct CallPlan {
    InterposedCall call;  /* which calls are counted */
    unsigned nth;         /* the first of them that is hit, from 1 */
    unsigned times;       /* how many in a row */
    int error;            /* errno that they fail with; 0: they go through */
    void (*action)(void); /* runs before the first that is hit; may be null */
    unsigned seen;        /* filled in: calls counted */
    unsigned hit;         /* filled in: calls that were hit */
    const void* site;     /* filled in: where the first of those returns to */
} CallPlan;

/* Sets or, with null, ends the plan of this thread. It must live until then. */
void follow_plan(CallPlan* plan);
/* With true, files without a name cannot be made, in this process: new files get a hidden name first. */
void refuse_unnamed_files(int refuse);
/* With true, sleeps of less than a second take a twentieth of their time, in this process. */
void hurry(int yes);
/* Bytes that were mapped and not unmapped again, in this process. */
long long mapped_bytes(void);
/* Unmaps what a failed munmap left. */
void settle_mappings(void);
/* The functions that are defined here, ending with null. */
extern const char* const interposed_names[];
const char* call_name(InterposedCall call);

#ifdef __cplusplus
}
#endif
