/* SPDX-License-Identifier: MIT */
/**
 * ZeroBuffer: frames from one process to another through a shared-memory ring. The C interface.
 *
 * Rules for every function here
 * - Result: a zb_status. ZB_OK, ZB_TIMEOUT and ZB_INTERRUPTED are values; everything else is an error, and
 *   zb_last_error() of the same thread then says what failed, why, and what to do. Results go into the last arguments,
 *   which are written only as documented. Nothing throws, and nothing ends the process.
 * - Sizes are bytes, times are nanoseconds. A timeout is relative and monotonic: 0 tries once, ZB_FOREVER waits without
 *   end, other negative values are ZB_MISUSE.
 * - Threads: one thread at a time per reader (with its frames) and per writer (with its claim). From any thread, at any time:
 *   *_cancel, *_shutdown, *_close (which must be the last call), and, while another thread waits in *_wait or
 *   *_wait_for_peer (not with a timeout of 0), everything else on that endpoint. Different endpoints are independent.
 * - Ownership: who opens closes. A frame or claim that outlives its endpoint keeps the memory mapped until it is
 *   released, committed or aborted.
 * - A forked child may read the frames that it inherited, and release, abort and close, which change nothing for the parent;
 *   every other call on an inherited endpoint is ZB_MISUSE (only *_properties still answers).
 */
#ifndef ZEROBUFFER_ZEROBUFFER_H
#define ZEROBUFFER_ZEROBUFFER_H

#include <stdint.h>

#include <zerobuffer/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Grows by one whenever a struct or the meaning of a function below changes. Compare with zb_abi_version(). */
#define ZB_ABI_VERSION 1u

/** Timeout without end. A wait still looks for a dead peer every 50 ms. */
#define ZB_FOREVER INT64_C(-1)

/** Longest name, in bytes, without the final NUL: of buffers that old peers made. New buffers: 1 to 200. */
#define ZB_NAME_MAX 245

/* Explanations stand in one column. */
/* clang-format off */

/** What a call came to. Numbers never change their meaning. */
typedef enum zb_status {
    ZB_OK = 0,
    ZB_TIMEOUT = 1,             /**< the time is over; nothing happened */
    ZB_INTERRUPTED = 2,         /**< zb_options.interruptible only: a signal or a wait slice; nothing is lost, call again */
    ZB_CLOSED = 3,              /**< this endpoint was closed, perhaps by another thread while this call waited */
    ZB_CANCELLED = 4,           /**< *_cancel ended this wait; nothing is lost */
    ZB_PEER_CLOSED = 5,         /**< the other side closed in order, and everything it sent was delivered: end of stream */
    ZB_PEER_DIED = 6,           /**< the other side's process died; everything it had committed was delivered */
    ZB_BUSY = 7,                /**< another live reader (or writer) holds this side of the buffer */
    ZB_NOT_FOUND = 8,           /**< no buffer of that name */
    ZB_NOT_READY = 9,           /**< the buffer is half built, or its old-protocol reader is not there (yet) */
    ZB_INCOMPATIBLE = 10,       /**< another layout, version or shape than asked for */
    ZB_CORRUPT = 11,            /**< the shared memory holds something no correct peer writes; this endpoint stays so */
    ZB_TOO_LARGE = 12,          /**< the frame, the metadata or the caller's array cannot fit, ever */
    ZB_NO_SPACE = 13,           /**< the system has no shared memory left for this buffer */
    ZB_PERMISSION_DENIED = 14,  /**< the file permissions of the buffer exclude this user */
    ZB_BAD_NAME = 15,           /**< names are 1 to 200 of [A-Za-z0-9._-], not starting with "." or "sem." */
    ZB_MISUSE = 16,             /**< the call breaks a rule: bad argument, committed twice, used after release, forked */
    ZB_SYSTEM_FAILURE = 17      /**< a system call failed; zb_last_system_error() has its errno */
} zb_status;

typedef enum zb_layout { ZB_LAYOUT_V1 = 1, ZB_LAYOUT_V2 = 2 } zb_layout;

/** How an endpoint waits: predict, spin briefly, sleep / never sleep / never spin. On one CPU nobody spins. */
typedef enum zb_wait_mode { ZB_WAIT_ADAPTIVE = 0, ZB_WAIT_SPIN = 1, ZB_WAIT_BLOCK = 2 } zb_wait_mode;

/** Touch every page when attaching: for rings of at most 64 MiB / always / never. */
typedef enum zb_prefault { ZB_PREFAULT_AUTO = 0, ZB_PREFAULT_ALWAYS = 1, ZB_PREFAULT_NEVER = 2 } zb_prefault;

/** How write() copies: by ring size / through the cache / around it with streaming stores. */
typedef enum zb_copy { ZB_COPY_AUTO = 0, ZB_COPY_CACHED = 1, ZB_COPY_STREAMING = 2 } zb_copy;

/** The other side as this endpoint last saw it. */
typedef enum zb_peer_state {
    ZB_PEER_STATE_NEVER = 0,    /**< nobody has come yet */
    ZB_PEER_STATE_ATTACHED = 1, /**< there now */
    ZB_PEER_STATE_CLOSED = 2,   /**< left in order */
    ZB_PEER_STATE_DIED = 3      /**< its process died without closing */
} zb_peer_state;

/** What an item of an array is. The numbers are the letters of NumPy's type strings, and 'T'. */
typedef enum zb_item_kind {
    ZB_ITEM_KIND_BOOLEAN = 0x62,    /**< 'b', 1 byte, 0 or 1 */
    ZB_ITEM_KIND_INTEGER = 0x69,    /**< 'i', two's complement, 1, 2, 4 or 8 bytes */
    ZB_ITEM_KIND_NATURAL = 0x75,    /**< 'u', unsigned, 1, 2, 4 or 8 bytes */
    ZB_ITEM_KIND_REAL = 0x66,       /**< 'f', floating point, 2, 4, 8 or 16 bytes */
    ZB_ITEM_KIND_COMPLEX = 0x63,    /**< 'c', two reals, 8, 16 or 32 bytes */
    ZB_ITEM_KIND_BYTES = 0x53,      /**< 'S', bytes of a fixed length, filled up with NUL */
    ZB_ITEM_KIND_CHARACTERS = 0x55, /**< 'U', code points of 4 bytes each, a fixed number, filled up with 0 */
    ZB_ITEM_KIND_RECORD = 0x56,     /**< 'V', a struct, its fields in the description; without a description just bytes */
    ZB_ITEM_KIND_DATE = 0x4d,       /**< 'M', 8 bytes, NumPy's datetime64; the description is its unit, as in "[ns]" */
    ZB_ITEM_KIND_DURATION = 0x6d,   /**< 'm', 8 bytes, NumPy's timedelta64; the description is its unit */
    ZB_ITEM_KIND_TEXT = 0x54        /**< 'T', strings of any length: zb_array_text looks at one */
} zb_item_kind;

/** How the items of an array follow each other: the last index fastest / the first index fastest / as its strides say. */
typedef enum zb_array_order { ZB_ARRAY_ORDER_C = 0, ZB_ARRAY_ORDER_FORTRAN = 1, ZB_ARRAY_ORDER_STRIDED = 2 } zb_array_order;

/** Most dimensions that an array has. */
#define ZB_ARRAY_DIMENSIONS 32

/** One side of one buffer. Opaque. */
typedef struct zb_reader zb_reader;
typedef struct zb_writer zb_writer;

/** How to make or attach to a buffer. Fill with zb_options_init, then change what you need. */
typedef struct zb_options {
    uint64_t size;              /**< sizeof(zb_options) of the caller; set by zb_options_init */
    uint64_t capacity;          /**< bytes of the ring; default 16 MiB; v2 rounds up to 64 KiB, v1 to 64 bytes; create only */
    uint64_t metadata_size;     /**< bytes reserved for metadata, 8 of them its length; default 4096; 0 for none; create only */
    int64_t wait_for_peer;      /**< open only: how long to wait for the buffer to appear (and, v1, its reader); default 0 */
    uint32_t layout;            /**< zb_layout to create; open recognises it by itself; default ZB_LAYOUT_V2 */
    uint32_t alignment;         /**< v2: frames start on it, power of two, 16 to 4096, default 64; v1 packs frames (ignored) */
    uint32_t permissions;       /**< file mode bits of a new buffer, whatever the umask; default 0600 */
    uint32_t wait_mode;         /**< zb_wait_mode; default ZB_WAIT_ADAPTIVE */
    uint32_t prefault;          /**< zb_prefault; default ZB_PREFAULT_AUTO */
    uint32_t copy;              /**< zb_copy, writers only; default ZB_COPY_AUTO */
    uint32_t replace;           /**< create only, 1: throw away a buffer of that name that nobody holds; default 0: resume it (v2) */
    uint32_t writable;          /**< readers only, 1: map frames writable, to edit them in place; default 0 */
    uint32_t guarded;           /**< 1: survive a peer that truncates the segment: ZB_CORRUPT instead of SIGBUS; default 0 */
    uint32_t interruptible;     /**< 1: waits return ZB_INTERRUPTED on EINTR and at least every 50 ms; default 0 */
} zb_options;

/** A frame being read. The bytes are valid until zb_reader_release. Do not copy the struct to release it twice. */
typedef struct zb_frame {
    const void* data;           /**< first payload byte; with zb_options.writable it may be written to */
    uint64_t size;              /**< payload bytes, may be 0 (v2) */
    uint64_t sequence;          /**< 1 for the first frame of the buffer, then one more each */
    zb_reader* reader;          /**< owner; NULL once released */
    uint64_t begin;             /**< private: ring positions */
    uint64_t end;
} zb_frame;

/** Room for one frame being written. The bytes are valid until commit or abort. At most one per writer. */
typedef struct zb_claim {
    void* data;                 /**< first payload byte */
    uint64_t size;              /**< bytes claimed */
    zb_writer* writer;          /**< owner; NULL once committed or aborted */
    uint64_t ticket;            /**< private: tells this claim from an earlier one */
} zb_claim;

/** Read-only bytes of the caller: a part of a frame, or a frame of a batch. */
typedef struct zb_slice {
    const void* data;
    uint64_t size;
} zb_slice;

/** An array inside a payload (docs/format.md). Set all of it to 0, then fill in what is not marked (set). */
typedef struct zb_array {
    const char* description;    /**< fields of a record as NumPy's descr in JSON, or the unit of a date; not NUL-terminated */
    uint64_t description_size;  /**< bytes of it, at most 65535; 0 for the other kinds */
    uint64_t item_size;         /**< bytes of one item; 8 for text */
    uint64_t data_offset;       /**< (set) where the items start in the payload; a multiple of 64 */
    uint64_t data_size;         /**< (set) bytes from there on; only for text it is yours to give */
    uint32_t kind;              /**< zb_item_kind */
    uint32_t big_endian;        /**< 1: most significant byte first */
    uint32_t order;             /**< zb_array_order */
    uint32_t dimensions;        /**< 0 to 32; 1 for text */
    uint64_t shape[ZB_ARRAY_DIMENSIONS];
    uint64_t strides[ZB_ARRAY_DIMENSIONS]; /**< bytes between neighbours on each axis; (set) unless ZB_ARRAY_ORDER_STRIDED */
} zb_array;

/** What an endpoint is attached to. Fixed for its life. */
typedef struct zb_properties {
    uint64_t capacity;          /**< bytes of the ring, after rounding */
    uint64_t max_frame;         /**< largest payload that a frame can ever have */
    uint64_t metadata_size;     /**< bytes of the metadata block, 8 of them its length */
    uint32_t layout;            /**< zb_layout */
    uint32_t alignment;         /**< of frame payloads; 1 in v1 */
} zb_properties;

/** Counters of one endpoint since it attached. Only rare events are counted; the rest follows from ring positions. */
typedef struct zb_stats {
    uint64_t frames;            /**< committed by this writer, or taken by this reader (skipped ones included) */
    uint64_t bytes;             /**< ring bytes of those frames: payload, headers, padding */
    uint64_t sequence;          /**< of the last such frame, 0 before the first of the buffer */
    uint64_t used;              /**< ring bytes that hold unreleased frames now */
    uint64_t held;              /**< frames acquired and not yet released, or claims open */
    uint64_t skipped;           /**< frames passed over by acquire_latest */
    uint64_t waits;             /**< calls that waited longer than a brief spin for a frame or for room */
    uint64_t sleeps;            /**< times this side slept in the kernel */
    uint64_t wakes;             /**< times this side woke the other one */
    uint64_t timeouts;          /**< waits that ended with the time */
    uint32_t resumed;           /**< 1: this endpoint took over from an earlier one of its side */
    uint32_t peer;              /**< zb_peer_state now */
} zb_stats;

/** One side of a buffer, seen from outside. */
typedef struct zb_side {
    uint64_t position;          /**< ring bytes produced / released since the buffer was made (v2); offset in the ring (v1) */
    uint64_t sequence;          /**< last frame committed / released (v2); frames and markers counted (v1) */
    uint64_t generation;        /**< v2: odd while attached, even after closing, 0 never attached; v1: 0 */
    uint64_t waits;             /**< v2, as zb_stats, in the life of the buffer; 0 in v1 */
    uint64_t sleeps;
    uint64_t wakes;
    uint64_t timeouts;
    uint32_t pid;               /**< informs people only: other containers count differently */
    uint32_t state;             /**< zb_peer_state */
} zb_side;

/** A buffer seen from outside, by zb_inspect. Taken without disturbing it, so the words may be of slightly different moments. */
typedef struct zb_snapshot {
    char name[ZB_NAME_MAX + 11];
    uint32_t status;            /**< ZB_OK; or ZB_CORRUPT, ZB_NOT_READY, ZB_INCOMPATIBLE, ...: then only name, file_size, mode, uid count */
    uint32_t layout;            /**< zb_layout */
    uint64_t file_size;         /**< bytes of shared memory */
    uint64_t capacity;
    uint64_t max_frame;
    uint64_t metadata_size;
    uint64_t metadata_bytes;    /**< published metadata, 0 if none */
    uint64_t creation_id;       /**< v2: random, tells two buffers of one name apart; v1: 0 */
    uint64_t used;              /**< ring bytes not free, clamped to 0..capacity */
    uint64_t unread;            /**< frames committed and not yet released (v2), markers included (v1) */
    uint32_t alignment;
    uint32_t mode;              /**< file permission bits */
    uint32_t uid;               /**< owner */
    uint32_t metadata_published; /**< 1: there is metadata, perhaps empty */
    zb_side writer;
    zb_side reader;
} zb_snapshot;

/* clang-format on */

/* ---- library ---------------------------------------------------------------------------------------------------- */

/** ZB_ABI_VERSION that the library was built with. */
ZEROBUFFER_API uint32_t zb_abi_version(void);
/** "major.minor.patch" of the library. Static storage. */
ZEROBUFFER_API const char* zb_version(void);
/** Name of a status, such as "peer_died". Static storage; "unknown" for other numbers. */
ZEROBUFFER_API const char* zb_status_name(zb_status status);
/** Message of this thread's last failed call: object, cause, remedy. Never NULL; valid until this thread's next failure. */
ZEROBUFFER_API const char* zb_last_error(void);
/** errno behind this thread's last failed call, 0 if there was none. */
ZEROBUFFER_API int zb_last_system_error(void);
/** Fills in the defaults. `size` is sizeof(zb_options) as the caller compiled it. ZB_MISUSE for a size of no known version. */
ZEROBUFFER_API zb_status zb_options_init(zb_options* options, uint64_t size);

/* ---- reader ----------------------------------------------------------------------------------------------------- */

/**
 * Makes the buffer `name` and attaches as its reader; a v2 buffer of the same shape that a reader left, or that a live
 * writer made, is taken over instead (see zb_stats.resumed). `options` may be NULL for the defaults.
 * ZB_BUSY: a live reader holds it. ZB_INCOMPATIBLE: it has another shape; replace it, or remove it with zb_clean.
 */
ZEROBUFFER_API zb_status zb_reader_create(const char* name, const zb_options* options, zb_reader** reader);
/** v2: attaches to a buffer that a writer made, waiting zb_options.wait_for_peer for it. ZB_NOT_FOUND when it is not there. */
ZEROBUFFER_API zb_status zb_reader_open(const char* name, const zb_options* options, zb_reader** reader);
/**
 * Lets go of the buffer. Calls in other threads end first, waiting ones with ZB_CLOSED. Frames still held stay readable, and the
 * reader counts as attached until the last one is released. The pointer is invalid afterwards but for zb_reader_release. NULL is ignored.
 */
ZEROBUFFER_API void zb_reader_close(zb_reader* reader);
/**
 * As zb_reader_close, but the pointer stays valid: calls in other threads end first, every later one is ZB_CLOSED (only
 * zb_reader_properties still answers), until zb_reader_close frees it. Idempotent, any thread.
 */
ZEROBUFFER_API void zb_reader_shutdown(zb_reader* reader);
/** Waits until a frame can be acquired, without taking it. Same results as zb_reader_acquire. */
ZEROBUFFER_API zb_status zb_reader_wait(zb_reader* reader, int64_t timeout);
/**
 * Takes the next frame. ZB_TIMEOUT: none came. ZB_PEER_CLOSED, ZB_PEER_DIED: none is left and the writer that this reader
 * had met is gone; the call may be repeated, and goes on when a new writer attaches. Any number of frames may be held.
 */
ZEROBUFFER_API zb_status zb_reader_acquire(zb_reader* reader, int64_t timeout, zb_frame* frame);
/** Like zb_reader_acquire, but takes the newest frame there is and releases the older ones unseen (zb_stats.skipped). */
ZEROBUFFER_API zb_status zb_reader_acquire_latest(zb_reader* reader, int64_t timeout, zb_frame* frame);
/** Waits for one frame, then takes all that are there, up to `limit`. `count` gets how many; 0 unless ZB_OK. */
ZEROBUFFER_API zb_status zb_reader_acquire_many(zb_reader* reader, uint64_t limit, int64_t timeout, zb_frame* frames,
                                                uint64_t* count);
/** Gives a frame back, in any order; its space returns to the writer in ring order. ZB_MISUSE: released before. */
ZEROBUFFER_API zb_status zb_reader_release(zb_frame* frame);
/** Gives `count` frames of one reader back and wakes the writer at most once. */
ZEROBUFFER_API zb_status zb_reader_release_many(zb_frame* frames, uint64_t count);
/**
 * Copies the metadata out. `size` gets its length; ZB_TOO_LARGE when `capacity` is less (then nothing is copied).
 * ZB_TIMEOUT: the writer has published none within the timeout.
 */
ZEROBUFFER_API zb_status zb_reader_metadata(zb_reader* reader, int64_t timeout, void* buffer, uint64_t capacity,
                                            uint64_t* size);
/** Waits until a writer is attached, or one came and went and left frames. ZB_TIMEOUT: none. */
ZEROBUFFER_API zb_status zb_reader_wait_for_peer(zb_reader* reader, int64_t timeout);
/** Ends the wait of another thread with ZB_CANCELLED; if none waits, the next call that would have to. Any thread. */
ZEROBUFFER_API zb_status zb_reader_cancel(zb_reader* reader);
/** What this reader is attached to. */
ZEROBUFFER_API zb_status zb_reader_properties(zb_reader* reader, zb_properties* properties);
/** Counters of this reader. */
ZEROBUFFER_API zb_status zb_reader_stats(zb_reader* reader, zb_stats* stats);

/* ---- writer ----------------------------------------------------------------------------------------------------- */

/** v2: makes the buffer and attaches as its writer, or takes over one of the same shape. As zb_reader_create. */
ZEROBUFFER_API zb_status zb_writer_create(const char* name, const zb_options* options, zb_writer** writer);
/**
 * Attaches to the buffer that a reader made, waiting zb_options.wait_for_peer for it. ZB_NOT_FOUND: not there.
 * ZB_NOT_READY: half built (v1). ZB_BUSY: a live writer holds it. Sequence numbers carry on from the last writer's.
 */
ZEROBUFFER_API zb_status zb_writer_open(const char* name, const zb_options* options, zb_writer** writer);
/** Lets go of the buffer; an open claim is aborted, its bytes stay mapped until zb_writer_abort. As zb_reader_close. */
ZEROBUFFER_API void zb_writer_close(zb_writer* writer);
/** As zb_reader_shutdown. */
ZEROBUFFER_API void zb_writer_shutdown(zb_writer* writer);
/** Waits until a frame of `size` bytes can be claimed, without claiming it. Same results as zb_writer_claim. */
ZEROBUFFER_API zb_status zb_writer_wait(zb_writer* writer, uint64_t size, int64_t timeout);
/**
 * Room for a frame of up to `size` bytes, to be filled in place. ZB_TIMEOUT: the ring stayed full. ZB_TOO_LARGE: it can
 * never fit. ZB_PEER_CLOSED, ZB_PEER_DIED: full, and the reader that this writer had met is gone. ZB_MISUSE: a claim is open.
 */
ZEROBUFFER_API zb_status zb_writer_claim(zb_writer* writer, uint64_t size, int64_t timeout, zb_claim* claim);
/** Publishes the first `size` bytes of the claim as one frame. `sequence` (may be NULL) gets its number. */
ZEROBUFFER_API zb_status zb_writer_commit(zb_claim* claim, uint64_t size, uint64_t* sequence);
/** Gives a claim up; nothing is published. */
ZEROBUFFER_API zb_status zb_writer_abort(zb_claim* claim);
/** Copies `size` bytes into one frame. Results as zb_writer_claim. `sequence` may be NULL. */
ZEROBUFFER_API zb_status zb_writer_write(zb_writer* writer, const void* data, uint64_t size, int64_t timeout,
                                         uint64_t* sequence);
/** Copies `count` parts one after the other into one frame (gather). */
ZEROBUFFER_API zb_status zb_writer_writev(zb_writer* writer, const zb_slice* parts, uint64_t count, int64_t timeout,
                                          uint64_t* sequence);
/** Copies `count` frames in order and wakes the reader at most once per full ring. `written` gets how many were committed,
 *  whatever the status; ZB_TIMEOUT when not all of them. */
ZEROBUFFER_API zb_status zb_writer_write_many(zb_writer* writer, const zb_slice* frames, uint64_t count,
                                              int64_t timeout, uint64_t* written);
/** Describes the stream, once per writer (v1: once per buffer). The same bytes again do nothing; others are ZB_MISUSE. */
ZEROBUFFER_API zb_status zb_writer_publish_metadata(zb_writer* writer, const void* data, uint64_t size);
/** Waits until a reader is attached. ZB_TIMEOUT: none. */
ZEROBUFFER_API zb_status zb_writer_wait_for_peer(zb_writer* writer, int64_t timeout);
/** As zb_reader_cancel. */
ZEROBUFFER_API zb_status zb_writer_cancel(zb_writer* writer);
/** As zb_reader_properties. */
ZEROBUFFER_API zb_status zb_writer_properties(zb_writer* writer, zb_properties* properties);
/** As zb_reader_stats. */
ZEROBUFFER_API zb_status zb_writer_stats(zb_writer* writer, zb_stats* stats);

/* ---- arrays ----------------------------------------------------------------------------------------------------- */

/* These look at bytes only: no endpoint, no ring, any thread. */

/** Fills in what is marked (set) in zb_array; `size` (may be NULL) gets the payload bytes of header and items. ZB_MISUSE: no array is like that. */
ZEROBUFFER_API zb_status zb_array_plan(zb_array* array, uint64_t* size);
/**
 * Plans, and writes the header into a payload of at least the planned size, such as zb_claim.data. The items are left alone:
 * fill them from zb_array.data_offset on. ZB_MISUSE: as zb_array_plan, or the payload is too short.
 */
ZEROBUFFER_API zb_status zb_array_write(void* payload, uint64_t size, zb_array* array);
/**
 * Reads the header of a payload, such as zb_frame.data, and checks that everything it names lies inside. The description points
 * into the payload. ZB_INCOMPATIBLE: there is no header, or it lies; zb_last_error() names the field. The endpoint goes on.
 */
ZEROBUFFER_API zb_status zb_array_view(const void* payload, uint64_t size, zb_array* array);
/**
 * Looks at string `index` of an array of text that zb_array_view returned for the same payload. It should be UTF-8, which is for the
 * caller to check. ZB_MISUSE: no text, or no such index. ZB_INCOMPATIBLE: the offsets lie.
 */
ZEROBUFFER_API zb_status zb_array_text(const void* payload, uint64_t size, const zb_array* array, uint64_t index,
                                       zb_slice* text);

/* ---- from outside ----------------------------------------------------------------------------------------------- */

/** Looks at a buffer without attaching and without a store. ZB_NOT_FOUND, ZB_PERMISSION_DENIED, ZB_BAD_NAME, or what is wrong with it. */
ZEROBUFFER_API zb_status zb_inspect(const char* name, zb_snapshot* snapshot);
/** Copies the metadata of a buffer without attaching. As zb_reader_metadata with timeout 0. */
ZEROBUFFER_API zb_status zb_inspect_metadata(const char* name, void* buffer, uint64_t capacity, uint64_t* size);
/** All buffers of both layouts that this user can see, by name. Fills up to `capacity` snapshots; `count` gets how many there are. */
ZEROBUFFER_API zb_status zb_list_buffers(zb_snapshot* snapshots, uint64_t capacity, uint64_t* count);
/** One buffer that zb_clean removed. */
typedef struct zb_name {
    char text[ZB_NAME_MAX + 11];
} zb_name;
/**
 * Removes every buffer that no live process holds, unread frames included, and what creators that died left behind.
 * With dry_run != 0 only says which. Fills up to `capacity` names; `count` gets how many there were.
 */
ZEROBUFFER_API zb_status zb_clean(uint32_t dry_run, zb_name* names, uint64_t capacity, uint64_t* count);

#ifdef __cplusplus
}
#endif

#endif
