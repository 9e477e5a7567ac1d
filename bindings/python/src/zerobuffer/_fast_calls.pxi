# SPDX-License-Identifier: MIT
# The calls that are made for every frame, without the tuple of arguments that Cython 0.29 makes for each of them. They
# are put in the place of the methods that Cython wrote; calls that are out of the ordinary go on to those.

cdef extern from *:
    """
    // The method `name` of the type, which must be there, gives way to the same one behind another entry.
    static PyObject* zerobuffer_replace_method(PyTypeObject* type, PyMethodDef* fast) {
        PyObject* written = PyDict_GetItemString(type->tp_dict, fast->ml_name);
        if (written == NULL || !PyObject_TypeCheck(written, &PyMethodDescr_Type)) {
            PyErr_Format(PyExc_SystemError, "%s has no method %s", type->tp_name, fast->ml_name);
            return NULL;
        }
        fast->ml_doc = ((PyMethodDescrObject*)written)->d_method->ml_doc;
        PyObject* method = PyDescr_NewMethod(type, fast);
        if (method == NULL) { return NULL; }
        Py_INCREF(written);
        const int failed = PyDict_SetItemString(type->tp_dict, fast->ml_name, method);
        Py_DECREF(method);
        if (failed) {
            Py_DECREF(written);
            return NULL;
        }
        PyType_Modified(type);
        return written;
    }
    """
    ctypedef struct PyTypeObject:
        pass
    ctypedef void* PyCFunction
    ctypedef struct PyMethodDef:
        const char* ml_name
        PyCFunction ml_meth
        int ml_flags
    int METH_FASTCALL
    int METH_KEYWORDS
    object zerobuffer_replace_method(PyTypeObject* type, PyMethodDef* fast)

ctypedef PyObject* const* Arguments

cdef str TIMEOUT = sys.intern("timeout")


cdef inline bint only_timeout(PyObject* names) noexcept:
    """Whether the one keyword of a call is `timeout`; names in programs are interned."""
    return PyTuple_GET_SIZE(<object>names) == 1 and PyTuple_GET_ITEM(<object>names, 0) == <PyObject*>TIMEOUT


cdef object call_written(object method, object self, Arguments arguments, Py_ssize_t count, PyObject* names):
    """The method as Cython wrote it: it knows every way to call it, and what to say about the wrong ones."""
    cdef list positional = [self]
    cdef dict keywords = {}
    cdef Py_ssize_t index
    for index in range(count):
        positional.append(<object>arguments[index])
    if names != NULL:
        for index in range(len(<tuple>names)):
            keywords[(<tuple>names)[index]] = <object>arguments[count + index]
    return method(*positional, **keywords)


cdef object fast_acquire(Reader self, Arguments arguments, Py_ssize_t count, PyObject* names):
    if count == 0 and names == NULL:
        return self.take(zb_reader_acquire, None)
    if (count == 1 and names == NULL) or (count == 0 and only_timeout(names)):
        return self.take(zb_reader_acquire, <object>arguments[0])
    return call_written(written_acquire, self, arguments, count, names)


cdef object fast_write(Writer self, Arguments arguments, Py_ssize_t count, PyObject* names):
    if count == 1 and names == NULL:
        return self.write_buffer(<object>arguments[0], None)
    if (count == 2 and names == NULL) or (count == 1 and names != NULL and only_timeout(names)):
        return self.write_buffer(<object>arguments[0], <object>arguments[1])
    return call_written(written_write, self, arguments, count, names)


cdef object fast_claim(Writer self, Arguments arguments, Py_ssize_t count, PyObject* names):
    if count == 1 and names == NULL:
        return self.claim_room(<object>arguments[0], None)
    if (count == 2 and names == NULL) or (count == 1 and names != NULL and only_timeout(names)):
        return self.claim_room(<object>arguments[0], <object>arguments[1])
    return call_written(written_claim, self, arguments, count, names)


cdef object fast_commit(Claim self, Arguments arguments, Py_ssize_t count, PyObject* names):
    if count == 0 and names == NULL:
        return self.publish(None)
    if count == 1 and names == NULL:
        return self.publish(<object>arguments[0])
    return call_written(written_commit, self, arguments, count, names)


cdef object fast_exit_of_frame(Frame self, Arguments arguments, Py_ssize_t count, PyObject* names):
    self.end()


cdef object fast_exit_of_claim(Claim self, Arguments arguments, Py_ssize_t count, PyObject* names):
    if self.state == OPEN and count != 0 and arguments[0] == <PyObject*>None:
        self.publish(None)
    else:
        self.end()


cdef PyMethodDef fast_methods[6]


cdef object put_in_place(int index, PyTypeObject* type, const char* name, PyCFunction entry):
    fast_methods[index].ml_name = name
    fast_methods[index].ml_meth = entry
    fast_methods[index].ml_flags = METH_FASTCALL | METH_KEYWORDS
    return zerobuffer_replace_method(type, &fast_methods[index])


cdef object written_acquire = put_in_place(0, <PyTypeObject*>Reader, "acquire", <PyCFunction>fast_acquire)
cdef object written_write = put_in_place(1, <PyTypeObject*>Writer, "write", <PyCFunction>fast_write)
cdef object written_claim = put_in_place(2, <PyTypeObject*>Writer, "claim", <PyCFunction>fast_claim)
cdef object written_commit = put_in_place(3, <PyTypeObject*>Claim, "commit", <PyCFunction>fast_commit)
put_in_place(4, <PyTypeObject*>Frame, "__exit__", <PyCFunction>fast_exit_of_frame)
put_in_place(5, <PyTypeObject*>Claim, "__exit__", <PyCFunction>fast_exit_of_claim)
