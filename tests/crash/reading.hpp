// SPDX-License-Identifier: MIT
// Operations of a victim that reads, for the cases of both layouts.
#pragma once

#include <chrono>
#include <stdexcept>

#include "crash/reader_dies.hpp"

namespace zerobuffer::crash {

inline void acquire(Reading& work) { work.acquire(); }

inline void acquire_nothing(Reading& work) {
    if (work.reader.acquire(no_wait)) { throw std::runtime_error("there was a frame"); }
}

inline void acquire_many(Reading& work) {
    work.frames.resize(8);
    if (work.reader.acquire_many(work.frames, no_wait) != 3) { throw std::runtime_error("not all frames"); }
}

// The newest of three: the other two are released unseen.
inline void acquire_latest(Reading& work) {
    work.releases(2, [&] { work.frames.push_back(*work.reader.acquire_latest(no_wait)); });
}

inline void acquire_and_release(Reading& work) {
    work.acquire();
    work.releases(1, [&] { work.frames.back().release(); });
}

inline void release_in_order(Reading& work) {
    for (Frame& frame : work.frames) {
        work.releases(1, [&] { frame.release(); });
    }
}

// Frames 3, 1, 2: space returns with 1, and then with 2 and 3 together.
inline void release_out_of_order(Reading& work) {
    work.frames[2].release();
    work.releases(1, [&] { work.frames[0].release(); });
    work.releases(2, [&] { work.frames[1].release(); });
}

inline void release_all_but_the_first(Reading& work) {
    work.frames[1].release();
    work.frames[2].release();
}

inline void release_many(Reading& work) {
    work.releases(work.frames.size(), [&] { work.reader.release_many(work.frames); });
}

// Into the kernel and out again: longer than the steps to the sleep take, and than one slice of it.
inline void sleep_in_vain(Reading& work) {
    if (work.reader.acquire(std::chrono::milliseconds(60))) { throw std::runtime_error("there was a frame"); }
}

}  // namespace zerobuffer::crash
