// SPDX-License-Identifier: MIT
// Operations of a victim that writes, for the cases of both layouts.
#pragma once

#include <array>
#include <stdexcept>

#include "crash/writer_dies.hpp"

namespace zerobuffer::crash {

inline void claim_fill_commit(Writing& work) {
    work.claim_next();
    work.fill();
    work.commits(1, [&] { work.claim->commit(); });
}

inline void two_frames(Writing& work) {
    claim_fill_commit(work);
    claim_fill_commit(work);
}

// Content of the frames in flight, made where nobody counts.
inline void make_content(Writing& work) {
    for (std::uint64_t sequence = work.next; sequence <= work.ledger.last(); ++sequence) {
        work.content.push_back(work.ledger.content(sequence));
    }
}

inline void write_by_copy(Writing& work) {
    work.commits(1, [&] { work.writer.write(work.content.front(), no_wait); });
}

inline void write_batch(Writing& work) {
    const std::vector<Bytes> frames(work.content.begin(), work.content.end());
    work.commits(work.ledger.last() + 1 - work.next, [&] { work.writer.write_many(frames, no_wait); });
}

inline void fill_but_end(Writing& work) {
    make_content(work);
    work.claim_next();
    std::ranges::copy(std::span(work.content.front()).first(work.claim->size() - 16), work.claim->bytes().begin());
}

// One fill step, and then the commit.
inline void finish_and_commit(Writing& work) {
    work.fill_end();
    work.commits(1, [&] { work.claim->commit(); });
}

inline void commit_less(Writing& work) {
    work.claim = work.writer.claim(120, no_wait);
    work.fill();
    work.commits(1, [&] { work.claim->commit(40); });
}

inline void claim_and_abort(Writing& work) {
    work.claim = work.writer.claim(40, no_wait);
    work.fill();
    work.claim->abort();
}

inline void abort_and_commit(Writing& work) {
    work.claim = work.writer.claim(200, no_wait);
    work.ledger.fill(work.claim->bytes().first(24), 1);
    work.claim.reset();
    claim_fill_commit(work);
}

}  // namespace zerobuffer::crash
