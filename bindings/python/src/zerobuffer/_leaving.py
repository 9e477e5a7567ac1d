# SPDX-License-Identifier: MIT
"""The end of a process of multiprocessing: it runs its handlers first, and waits for its threads only after them."""

import threading


def join_threads() -> None:
    """For a handler that takes away what threads may still be at work with. Daemon threads are not waited for."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join()
