/* SPDX-License-Identifier: MIT
 *
 * Names of layout v2: who builds, attaches, closes and cleans, with a kill before every system call. Follows
 * endpoint/segment_v2.cpp (create(), open(), leave()), endpoint/clean.cpp and platform/shared_file.cpp; a step is one
 * system call, which the kernel does as a whole. docs/format.md, "Names and locks".
 *
 * Abstracted: one name; an inode is free again when neither a name nor a process has it, as in the kernel. A busy byte is
 * tried without end, or given up (20 ms are some number of tries). Whether frames are unread when a writer closes is
 * chosen freely. What is in the segment is either whole or not. -DHIDDEN: the way without /proc, where files are built
 * under a hidden name. An attach that fails after it took its byte (no memory, a corrupt ring) counts as a kill: the name
 * may stay for clean().
 */
#ifndef ENDPOINTS
#define ENDPOINTS 2   /* live at the same time, of any role */
#endif
#ifndef LIVES
#define LIVES 2       /* endpoints in all */
#endif
#ifndef CLEANERS
#define CLEANERS 1
#endif
#ifndef PASSES
#define PASSES 1      /* of a cleaner */
#endif
#ifndef KILLS
#define KILLS 1
#endif

#define READER 0
#define WRITER 1
#define NOBODY 0
#define INODES 5  /* as many as can be open at the same time, and 0 */

/* The file system and its locks: name and inodes count from 1, 0 is none; holders are process numbers. */
byte name;
bool veiled[INODES];            /* has a hidden name of its own */
bool whole[INODES];
byte opened[INODES];            /* descriptors */
byte reader_byte[INODES], writer_byte[INODES];

/* What an observer outside knows. */
byte kills, lives, ended;
byte users[INODES];             /* endpoints that are attached to it */
bool leftover_allowed;          /* somebody was killed, or left frames to a reader to come */

#define is_free(inode) (name != inode && !veiled[inode] && opened[inode] == 0)
#define byte_free(role, inode) (role == READER -> reader_byte[inode] == NOBODY : writer_byte[inode] == NOBODY)
#define mine_or_free(holder) (holder == NOBODY || holder == _pid)

#define SYSCALL(body) \
    if \
    :: d_step { body } \
    :: atomic { kills < KILLS -> kills++; leftover_allowed = true; goto killed } \
    fi

/* The process ends, or lets go: its descriptors close, and with them go its locks. */
#define LET_GO(inode) \
    if \
    :: inode != 0 -> \
        reader_byte[inode] = (reader_byte[inode] == _pid -> NOBODY : reader_byte[inode]); \
        writer_byte[inode] = (writer_byte[inode] == _pid -> NOBODY : writer_byte[inode]); \
        opened[inode]--; \
        inode = 0 \
    :: else \
    fi

#define LOCK_OWN(inode) \
    got = byte_free(role, inode); \
    if \
    :: got && role == READER -> reader_byte[inode] = _pid \
    :: got && role == WRITER -> writer_byte[inode] = _pid \
    :: else \
    fi

#ifdef MUTANT_unlink_with_one_byte
#define both_takeable(inode) (mine_or_free(reader_byte[inode]) || mine_or_free(writer_byte[inode]))
#else
#define both_takeable(inode) (mine_or_free(reader_byte[inode]) && mine_or_free(writer_byte[inode]))
#endif
#ifdef MUTANT_both_bytes_by_two_calls
#define TRY_BOTH(inode, first, second) \
    SYSCALL(got = mine_or_free(first[inode]); first[inode] = (got -> _pid : first[inode])); \
    if \
    :: got -> SYSCALL(got = mine_or_free(second[inode]); second[inode] = (got -> _pid : second[inode])) \
    :: else \
    fi
#else
#define TRY_BOTH(inode, first, second) \
    SYSCALL(got = both_takeable(inode); \
            reader_byte[inode] = (got && mine_or_free(reader_byte[inode]) -> _pid : reader_byte[inode]); \
            writer_byte[inode] = (got && mine_or_free(writer_byte[inode]) -> _pid : writer_byte[inode]))
#endif

/* Whatever has the name now loses it. */
#define UNLINK \
    SYSCALL(assert(name == 0 || users[name] == 0); name = 0)

/* With both bytes or not at all. */
#if defined(MUTANT_no_comparison_before_unlink)
#define REMOVE_IF_SAME(inode, first, second) \
    TRY_BOTH(inode, first, second); \
    if \
    :: got -> UNLINK \
    :: else \
    fi
#elif defined(MUTANT_comparison_before_lock)
#define REMOVE_IF_SAME(inode, first, second) \
    SYSCALL(same = name == inode); \
    TRY_BOTH(inode, first, second); \
    if \
    :: got && same -> UNLINK \
    :: else \
    fi
#else
#define REMOVE_IF_SAME(inode, first, second) \
    TRY_BOTH(inode, first, second); \
    if \
    :: got -> \
        SYSCALL(same = name == inode); \
        if \
        :: same -> UNLINK \
        :: else \
        fi \
    :: else \
    fi
#endif

mtype = { creates, replaces, opens, asks_other_shape };

/* A file without a name, or with a hidden one. */
#ifdef HIDDEN
#define NAME_AT_FIRST(inode) veiled[inode] = true
#define still_there(inode) veiled[inode]
#define UNHIDE(inode) veiled[inode] = false
#else
#define NAME_AT_FIRST(inode) skip
#define still_there(inode) true
#define UNHIDE(inode) skip
#endif

#define BUILD \
    SYSCALL(assert(is_free(1) || is_free(2) || is_free(3) || is_free(4)); \
            file = (is_free(1) -> 1 : (is_free(2) -> 2 : (is_free(3) -> 3 : 4))); \
            whole[file] = false; \
            opened[file]++; \
            NAME_AT_FIRST(file))
#define LOCK_NEW \
    SYSCALL(got = still_there(file)); \
    if \
    :: got -> SYSCALL(LOCK_OWN(file)) \
    :: else \
    fi; \
    if \
    :: !got -> goto start_again \
    :: else \
    fi
#define FORMAT SYSCALL(whole[file] = true)
#ifdef MUTANT_link_replaces
#define may_link true
#else
#define may_link (name == 0 && still_there(file))
#endif
#define LINK \
    SYSCALL(got = may_link; \
            if \
            :: got -> \
                assert(name == 0 || users[name] == 0); \
                name = file; \
                users[file]++; \
                UNHIDE(file) \
            :: else \
            fi); \
    if \
    :: !got -> goto start_again \
    :: else \
    fi

proctype endpoint() {
    byte file, second;
    bit role;
    bool got, same, attached;
    mtype way;

come:
    atomic {
        if
        :: lives < LIVES -> lives++
        :: goto end
        fi;
        if
        :: role = READER
        :: role = WRITER
        fi;
        if
        :: way = creates
        :: way = replaces
        :: way = opens
        :: way = asks_other_shape
        fi
    }

round:
    SYSCALL(file = name; opened[file] = opened[file] + (file != 0));
    if
    :: file == 0 && way == opens -> goto go_away
    :: file == 0 && way != opens ->
#if defined(MUTANT_link_before_whole)
        BUILD;
        LOCK_NEW;
        LINK;
        FORMAT;
#elif defined(MUTANT_link_before_lock)
        BUILD;
        FORMAT;
        LINK;
        LOCK_NEW;
#else
        BUILD;
        LOCK_NEW;
        FORMAT;
        LINK;
#endif
        goto use
    :: file != 0 && way == replaces ->
        SYSCALL(second = name; opened[second] = opened[second] + (second != 0));
        if
        :: second == 0 -> goto start_again
        :: else
        fi;
        REMOVE_IF_SAME(second, reader_byte, writer_byte);
        if
        :: got && same -> same = false; goto start_again
        :: else -> d_step { LET_GO(second); same = false }
        fi
    :: else
    fi;

    SYSCALL(assert(whole[file]));  /* reads the control block: a name means a whole segment */
#ifndef MUTANT_refused_shape_takes_the_byte
    if
    :: way == asks_other_shape -> goto go_away  /* whether the byte is held is asked, not tried */
    :: else
    fi;
#endif
#ifdef MUTANT_attach_compares_before_lock
    SYSCALL(same = name == file);
#endif
patience:
    SYSCALL(LOCK_OWN(file));
    if
    :: !got -> goto patience
    :: !got -> goto go_away
    :: else
    fi;
#if defined(MUTANT_no_comparison_at_attach)
    users[file]++;
#elif defined(MUTANT_attach_compares_before_lock)
    if
    :: same -> users[file]++
    :: else -> goto start_again
    fi;
#else
    SYSCALL(same = name == file; users[file] = users[file] + same);
    if
    :: same -> same = false
    :: else -> goto start_again
    fi;
#endif
#ifdef MUTANT_refused_shape_takes_the_byte
    if
    :: way == asks_other_shape -> users[file]--; goto go_away
    :: else
    fi;
#endif

use:
    attached = true;
    /* Never live without its name, and never without its byte. */
    SYSCALL(assert(name == file && (role == READER -> reader_byte[file] : writer_byte[file]) == _pid));

    /* leave() */
#ifndef MUTANT_tries_both_before_letting_go
    SYSCALL(attached = false; users[file]--;
            reader_byte[file] = (role == READER -> NOBODY : reader_byte[file]);
            writer_byte[file] = (role == WRITER -> NOBODY : writer_byte[file]));
#else
    SYSCALL(attached = false; users[file]--);
#endif
    if
    :: role == READER -> REMOVE_IF_SAME(file, reader_byte, writer_byte)
    :: role == WRITER -> REMOVE_IF_SAME(file, writer_byte, reader_byte)
    :: role == WRITER -> leftover_allowed = true  /* unread frames, for a reader to come */
    fi;

go_away:
    skip;
    d_step { LET_GO(file); got = false; same = false; role = 0; way = 0 }
    goto come;

start_again:
    skip;
    d_step { UNHIDE(file); LET_GO(file); LET_GO(second); got = false; same = false }
    goto round;

killed:
    skip;
    d_step {
        users[file] = users[file] - attached;
        attached = false;
        LET_GO(file);
        LET_GO(second);
        got = false; same = false; role = 0; way = 0
    }
    goto come;

end:
    ended++
}

/* clean(), once for the name and once for what is hidden. */
proctype cleaner() {
    byte file;
    bool got, same;
    byte passes;

    do
#ifdef HIDDEN
    :: passes < PASSES ->
        /* A hidden name: its number means one file for ever. */
        atomic {
            passes++;
            if
            :: veiled[1] -> file = 1
            :: veiled[2] -> file = 2
            :: veiled[3] -> file = 3
            :: else
            fi;
            opened[file] = opened[file] + (file != 0)
        }
        if
        :: file != 0 ->
            TRY_BOTH(file, reader_byte, writer_byte);
            if
            :: got && veiled[file] -> SYSCALL(assert(users[file] == 0); veiled[file] = false)
            :: got && !veiled[file] -> leftover_allowed = true  /* it got its name, and its maker may just have failed to lock */
            :: else
            fi
        :: else
        fi;
        d_step { LET_GO(file); got = false }
#endif
    :: passes < PASSES ->
        passes++;
        SYSCALL(file = name; opened[file] = opened[file] + (file != 0));
        if
        :: file != 0 ->
            SYSCALL(assert(whole[file]));
#ifdef MUTANT_cleaner_does_not_lock
            SYSCALL(same = name == file);
            if
            :: same -> UNLINK
            :: else
            fi
#else
            if
            :: REMOVE_IF_SAME(file, reader_byte, writer_byte)
#ifdef MUTANT_dry_run_takes_the_bytes
            :: TRY_BOTH(file, reader_byte, writer_byte)
#endif
            fi
#endif
        :: else
        fi;
        d_step { LET_GO(file); got = false; same = false }
    :: else -> break
    od;
    goto end;

killed:
    skip;
    d_step { LET_GO(file); got = false; same = false }

end:
    passes = 0;
    ended++
}

/* When all are gone, nothing is held; and nothing is left, unless somebody was killed or left frames behind. */
init {
    byte count;
    atomic {
        do
        :: count < ENDPOINTS -> run endpoint(); count++
        :: else -> break
        od;
        count = 0;
        do
        :: count < CLEANERS -> run cleaner(); count++
        :: else -> break
        od;
        count = 0
    }
    ended == ENDPOINTS + CLEANERS;
    assert(name == 0 || (leftover_allowed && whole[name]));
    assert(opened[1] + opened[2] + opened[3] + opened[4] == 0);
    assert(name == 0 || (reader_byte[name] == NOBODY && writer_byte[name] == NOBODY))
}
