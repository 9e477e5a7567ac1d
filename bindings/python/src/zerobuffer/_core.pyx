# SPDX-License-Identifier: MIT
# distutils: language = c++
# Without binding, calls of methods make no bound method.
# cython: language_level=3, binding=False, embedsignature=True, annotation_typing=False, auto_pickle=False
"""The binding: one class per C object, one function that turns a status into an exception. No wire knowledge.

Rules that every line here keeps
- C calls run under the GIL, which makes the calls of one endpoint exclude each other. Only five kinds leave it: making and
  attaching, closing, *_wait and *_wait_for_peer, a wait for metadata, and copies of more than 32 KiB.
- A wait leaves everything else on the endpoint open. A long copy or a wait for metadata makes it `exclusive`: the C
  interface allows nobody else but cancel and shutdown meanwhile.
- close() shuts the handle down, which ends the calls of other threads; the handle is freed with its object.
- Calls that may wait try under the GIL first, then wait without it, then try again.
"""
cimport cython
from cpython.buffer cimport (
    PyBUF_ANY_CONTIGUOUS,
    PyBUF_FORMAT,
    PyBUF_ND,
    PyBUF_SIMPLE,
    PyBUF_STRIDES,
    PyBUF_WRITABLE,
    PyBuffer_IsContiguous,
    PyBuffer_Release,
    PyObject_CheckBuffer,
    PyObject_GetBuffer,
)
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.exc cimport PyErr_CheckSignals, PyErr_Clear
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_AsDouble, PyFloat_CheckExact
from cpython.long cimport PyLong_CheckExact
from cpython.number cimport PyNumber_Index
from cpython.object cimport PyObject
from cpython.pythread cimport (
    PyThread_acquire_lock,
    PyThread_allocate_lock,
    PyThread_free_lock,
    PyThread_release_lock,
    PyThread_type_lock,
    WAIT_LOCK,
)
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM
from libc.errno cimport EAGAIN, errno
from libc.stdint cimport INT64_MAX, UINT32_MAX, UINT64_MAX, int64_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memset, strchr
from libcpp.vector cimport vector
from zerobuffer._abi cimport *

import atexit
import json
import os
import sys
import warnings
import weakref

from zerobuffer import errors
from zerobuffer.errors import BadName, Closed, Incompatible, Misuse, PeerClosed, TooLarge
from zerobuffer.snapshot import Side, Snapshot, Stats

include "_arguments.pxi"
include "_endpoint.pxi"
include "_watch.pxi"
include "_lease.pxi"
include "_frame.pxi"
include "_reader.pxi"
include "_iterators.pxi"
include "_claim.pxi"
include "_writer.pxi"
include "_gather.pxi"
include "_dtype.pxi"
include "_array.pxi"
include "_list.pxi"
include "_strings.pxi"
include "_object.pxi"
include "_pack.pxi"
include "_text.pxi"
include "_observe.pxi"
include "_fast_calls.pxi"
include "_coroutines.pxi"
