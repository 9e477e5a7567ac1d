# SPDX-License-Identifier: MIT
# The thread that waits for event loops: see _waiter.hpp.
from libcpp.string cimport string
from posix.unistd cimport getpid

cdef extern from "_waiter.hpp" namespace "zerobuffer_python" nogil:
    cdef enum Party "zerobuffer_python::Party":
        for_task "zerobuffer_python::for_task"
        for_descriptor "zerobuffer_python::for_descriptor"

    cdef cppclass Waiter:
        Waiter(void* handle, Wait wait, zb_status (*cancel)(void* handle) noexcept nogil)
        int open_descriptor(Party party)
        void close_descriptor(Party party)
        int ask(Party party, uint64_t size)
        void take_back(Party party)
        void hush(Party party)
        void ring(Party party)
        bint engaged()
        void make_way()
        bint take_outcome(Party party, zb_status& status, string& message, int& system_error) except +
        void stop()
        void abandon()
