# SPDX-License-Identifier: MIT
# The coroutines are written in Python, which awaits its own faster than Cython's, and become methods here.

cdef extern from *:
    """
    static int zerobuffer_add_method(PyTypeObject* type, PyObject* name, PyObject* function) {
        const int failed = PyDict_SetItem(type->tp_dict, name, function);
        PyType_Modified(type);
        return failed;
    }
    """
    int zerobuffer_add_method(PyTypeObject* type, object name, object function) except -1

from zerobuffer import _tasks

zerobuffer_add_method(<PyTypeObject*>Reader, "acquire_async", _tasks.acquire_async)
zerobuffer_add_method(<PyTypeObject*>Writer, "claim_async", _tasks.claim_async)
zerobuffer_add_method(<PyTypeObject*>Writer, "write_async", _tasks.write_async)
