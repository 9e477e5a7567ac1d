# SPDX-License-Identifier: MIT
# The C interface, as zerobuffer.h declares it. The comments there hold here; nothing else may declare a part of it.
from libc.stdint cimport int64_t, uint32_t, uint64_t

cdef extern from "zerobuffer/zerobuffer.h" nogil:
    const int64_t ZB_FOREVER
    enum:
        ZB_NAME_MAX
        ZB_ARRAY_DIMENSIONS

    ctypedef enum zb_status:
        ZB_OK
        ZB_TIMEOUT
        ZB_INTERRUPTED
        ZB_CLOSED
        ZB_CANCELLED
        ZB_PEER_CLOSED
        ZB_PEER_DIED
        ZB_BUSY
        ZB_NOT_FOUND
        ZB_NOT_READY
        ZB_INCOMPATIBLE
        ZB_CORRUPT
        ZB_TOO_LARGE
        ZB_NO_SPACE
        ZB_PERMISSION_DENIED
        ZB_BAD_NAME
        ZB_MISUSE
        ZB_SYSTEM_FAILURE

    ctypedef enum zb_layout:
        ZB_LAYOUT_V1
        ZB_LAYOUT_V2

    ctypedef enum zb_wait_mode:
        ZB_WAIT_ADAPTIVE
        ZB_WAIT_SPIN
        ZB_WAIT_BLOCK

    ctypedef enum zb_prefault:
        ZB_PREFAULT_AUTO
        ZB_PREFAULT_ALWAYS
        ZB_PREFAULT_NEVER

    ctypedef enum zb_copy:
        ZB_COPY_AUTO
        ZB_COPY_CACHED
        ZB_COPY_STREAMING

    ctypedef enum zb_peer_state:
        ZB_PEER_STATE_NEVER
        ZB_PEER_STATE_ATTACHED
        ZB_PEER_STATE_CLOSED
        ZB_PEER_STATE_DIED

    ctypedef enum zb_item_kind:
        ZB_ITEM_KIND_BOOLEAN
        ZB_ITEM_KIND_INTEGER
        ZB_ITEM_KIND_NATURAL
        ZB_ITEM_KIND_REAL
        ZB_ITEM_KIND_COMPLEX
        ZB_ITEM_KIND_BYTES
        ZB_ITEM_KIND_CHARACTERS
        ZB_ITEM_KIND_RECORD
        ZB_ITEM_KIND_DATE
        ZB_ITEM_KIND_DURATION
        ZB_ITEM_KIND_TEXT

    ctypedef enum zb_array_order:
        ZB_ARRAY_ORDER_C
        ZB_ARRAY_ORDER_FORTRAN
        ZB_ARRAY_ORDER_STRIDED

    ctypedef struct zb_reader:
        pass

    ctypedef struct zb_writer:
        pass

    ctypedef struct zb_options:
        uint64_t size
        uint64_t capacity
        uint64_t metadata_size
        int64_t wait_for_peer
        uint32_t layout
        uint32_t alignment
        uint32_t permissions
        uint32_t wait_mode
        uint32_t prefault
        uint32_t copy
        uint32_t replace
        uint32_t writable
        uint32_t guarded
        uint32_t interruptible

    ctypedef struct zb_frame:
        const void* data
        uint64_t size
        uint64_t sequence
        zb_reader* reader
        uint64_t begin
        uint64_t end

    ctypedef struct zb_claim:
        void* data
        uint64_t size
        zb_writer* writer
        uint64_t ticket

    ctypedef struct zb_slice:
        const void* data
        uint64_t size

    ctypedef struct zb_array:
        const char* description
        uint64_t description_size
        uint64_t item_size
        uint64_t data_offset
        uint64_t data_size
        uint32_t kind
        uint32_t big_endian
        uint32_t order
        uint32_t dimensions
        uint64_t shape[ZB_ARRAY_DIMENSIONS]
        uint64_t strides[ZB_ARRAY_DIMENSIONS]

    ctypedef struct zb_properties:
        uint64_t capacity
        uint64_t max_frame
        uint64_t metadata_size
        uint32_t layout
        uint32_t alignment

    ctypedef struct zb_stats:
        uint64_t frames
        uint64_t bytes
        uint64_t sequence
        uint64_t used
        uint64_t held
        uint64_t skipped
        uint64_t waits
        uint64_t sleeps
        uint64_t wakes
        uint64_t timeouts
        uint32_t resumed
        uint32_t peer

    ctypedef struct zb_side:
        uint64_t position
        uint64_t sequence
        uint64_t generation
        uint64_t waits
        uint64_t sleeps
        uint64_t wakes
        uint64_t timeouts
        uint32_t pid
        uint32_t state

    ctypedef struct zb_snapshot:
        char name[ZB_NAME_MAX + 11]
        uint32_t status
        uint32_t layout
        uint64_t file_size
        uint64_t capacity
        uint64_t max_frame
        uint64_t metadata_size
        uint64_t metadata_bytes
        uint64_t creation_id
        uint64_t used
        uint64_t unread
        uint32_t alignment
        uint32_t mode
        uint32_t uid
        uint32_t metadata_published
        zb_side writer
        zb_side reader

    ctypedef struct zb_name:
        char text[ZB_NAME_MAX + 11]

    uint32_t zb_abi_version()
    const char* zb_version()
    const char* zb_status_name(zb_status status)
    const char* zb_last_error()
    int zb_last_system_error()
    zb_status zb_options_init(zb_options* options, uint64_t size)

    zb_status zb_reader_create(const char* name, const zb_options* options, zb_reader** reader)
    zb_status zb_reader_open(const char* name, const zb_options* options, zb_reader** reader)
    void zb_reader_close(zb_reader* reader)
    void zb_reader_shutdown(zb_reader* reader)
    zb_status zb_reader_wait(zb_reader* reader, int64_t timeout)
    zb_status zb_reader_acquire(zb_reader* reader, int64_t timeout, zb_frame* frame)
    zb_status zb_reader_acquire_latest(zb_reader* reader, int64_t timeout, zb_frame* frame)
    zb_status zb_reader_acquire_many(zb_reader* reader, uint64_t limit, int64_t timeout, zb_frame* frames, uint64_t* count)
    zb_status zb_reader_release(zb_frame* frame)
    zb_status zb_reader_release_many(zb_frame* frames, uint64_t count)
    zb_status zb_reader_metadata(zb_reader* reader, int64_t timeout, void* buffer, uint64_t capacity, uint64_t* size)
    zb_status zb_reader_wait_for_peer(zb_reader* reader, int64_t timeout)
    zb_status zb_reader_cancel(zb_reader* reader)
    zb_status zb_reader_properties(zb_reader* reader, zb_properties* properties)
    zb_status zb_reader_stats(zb_reader* reader, zb_stats* stats)

    zb_status zb_writer_create(const char* name, const zb_options* options, zb_writer** writer)
    zb_status zb_writer_open(const char* name, const zb_options* options, zb_writer** writer)
    void zb_writer_close(zb_writer* writer)
    void zb_writer_shutdown(zb_writer* writer)
    zb_status zb_writer_wait(zb_writer* writer, uint64_t size, int64_t timeout)
    zb_status zb_writer_claim(zb_writer* writer, uint64_t size, int64_t timeout, zb_claim* claim)
    zb_status zb_writer_commit(zb_claim* claim, uint64_t size, uint64_t* sequence)
    zb_status zb_writer_abort(zb_claim* claim)
    zb_status zb_writer_write(zb_writer* writer, const void* data, uint64_t size, int64_t timeout, uint64_t* sequence)
    zb_status zb_writer_writev(zb_writer* writer, const zb_slice* parts, uint64_t count, int64_t timeout, uint64_t* sequence)
    zb_status zb_writer_write_many(zb_writer* writer, const zb_slice* frames, uint64_t count, int64_t timeout, uint64_t* written)
    zb_status zb_writer_publish_metadata(zb_writer* writer, const void* data, uint64_t size)
    zb_status zb_writer_wait_for_peer(zb_writer* writer, int64_t timeout)
    zb_status zb_writer_cancel(zb_writer* writer)
    zb_status zb_writer_properties(zb_writer* writer, zb_properties* properties)
    zb_status zb_writer_stats(zb_writer* writer, zb_stats* stats)

    zb_status zb_array_plan(zb_array* array, uint64_t* size)
    zb_status zb_array_write(void* payload, uint64_t size, zb_array* array)
    zb_status zb_array_view(const void* payload, uint64_t size, zb_array* array)
    zb_status zb_array_text(const void* payload, uint64_t size, const zb_array* array, uint64_t index, zb_slice* text)

    zb_status zb_inspect(const char* name, zb_snapshot* snapshot)
    zb_status zb_inspect_metadata(const char* name, void* buffer, uint64_t capacity, uint64_t* size)
    zb_status zb_list_buffers(zb_snapshot* snapshots, uint64_t capacity, uint64_t* count)
    zb_status zb_clean(uint32_t dry_run, zb_name* names, uint64_t capacity, uint64_t* count)
