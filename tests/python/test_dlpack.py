# SPDX-License-Identifier: MIT
"""DLPack both ways: in place where DLPack can say what the memory is, refused with the remedy where it cannot."""
import gc

import numpy
import pytest

import zerobuffer


@pytest.fixture
def editable(name):
    """A reader with writable frames, and its writer."""
    with zerobuffer.Reader(name, capacity=1 << 16, writable=True) as reader, zerobuffer.Writer(name) as writer:
        yield reader, writer


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="torch is not installed")


def test_frame_says_that_it_is_in_memory(pair):
    pair.writer.write_array([1.5])
    assert pair.reader.acquire(0).__dlpack_device__() == (1, 0)


def test_numpy_takes_a_writable_frame_in_place(editable):
    reader, writer = editable
    writer.write_array(numpy.arange(6.0).reshape(2, 3))
    frame = reader.acquire(0)
    taken = numpy.from_dlpack(frame)
    assert taken.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert numpy.shares_memory(taken, frame.array())


def test_capsule_keeps_the_place_until_it_goes(editable):
    reader, writer = editable
    writer.write_array([1.0, 2.0])
    frame = reader.acquire(0)
    capsule = frame.__dlpack__()
    with pytest.warns(ResourceWarning, match=r"1 view\(s\)"):
        frame.release()
    assert reader.stats().held == 1
    del capsule, frame
    gc.collect()
    assert reader.stats().held == 0


def test_strings_have_no_type_in_dlpack(editable):
    reader, writer = editable
    writer.write_array(["a", "b"])
    frame = reader.acquire(0)
    with pytest.raises(BufferError, match=rf"buffer '{reader.name}': frame 1: holds strings.*tolist"):
        frame.__dlpack__()


def test_read_only_frame_says_what_to_do(pair):
    pair.writer.write_array([1.0, 2.0])
    frame = pair.reader.acquire(0)
    words = rf"buffer '{pair.name}': frame 1: is read-only.*writable=True.*array\(\)\.copy\(\)"
    with pytest.raises(BufferError, match=words):
        numpy.from_dlpack(frame)
    with pytest.raises(BufferError, match=words):
        frame.__dlpack__(max_version=(0, 8))
    assert frame.array().tolist() == [1, 2]


def test_copy_of_a_read_only_frame_may_leave(pair):
    pair.writer.write_array([1.0, 2.0])
    frame = pair.reader.acquire(0)
    capsule = frame.__dlpack__(copy=True)
    frame.release()
    assert pair.reader.stats().held == 0

    class Copied:
        def __dlpack__(self, **options):
            return capsule

        def __dlpack_device__(self):
            return (1, 0)

    assert numpy.from_dlpack(Copied()).tolist() == [1, 2]


def test_newer_dlpack_takes_a_read_only_frame_where_numpy_can(pair):
    pair.writer.write_array([1.0])
    read_only = pair.reader.acquire(0)
    if tuple(map(int, numpy.__version__.split(".")[:2])) >= (2, 1):
        assert "dltensor_versioned" in repr(read_only.__dlpack__(max_version=(1, 0)))
    else:
        with pytest.raises(BufferError, match="writable=True"):
            read_only.__dlpack__(max_version=(1, 0))


def test_newer_dlpack_takes_a_writable_frame(editable):
    reader, writer = editable
    writer.write_array([1.0])
    assert "dltensor" in repr(reader.acquire(0).__dlpack__(max_version=(1, 0)))


def test_streams_and_other_devices_are_refused(editable):
    reader, writer = editable
    writer.write_array([1.0])
    frame = reader.acquire(0)
    with pytest.raises(BufferError, match="no streams"):
        frame.__dlpack__(stream=1)
    with pytest.raises(BufferError, match=r"not on \(2, 0\)"):
        frame.__dlpack__(dl_device=(2, 0))
    assert "dltensor" in repr(frame.__dlpack__(dl_device=(1, 0)))


def test_frame_that_is_gone_is_refused(editable):
    reader, writer = editable
    writer.write_array([1.0])
    frame = reader.acquire(0)
    frame.release()
    for gone in (frame, zerobuffer.Frame()):
        for stream in (None, 1):
            with pytest.raises(zerobuffer.Misuse):
                gone.__dlpack__(stream=stream)


def test_frame_without_header_is_refused(editable):
    reader, writer = editable
    writer.write(b"plain")
    with pytest.raises(zerobuffer.Incompatible, match="has none"):
        numpy.from_dlpack(reader.acquire(0))


def test_big_endian_has_no_place_in_dlpack(editable):
    reader, writer = editable
    writer.write_array(numpy.arange(3, dtype=">i4"))
    with pytest.raises(BufferError):
        numpy.from_dlpack(reader.acquire(0))


class OnlyDLPack:
    """An array of a library that has nothing else."""

    def __init__(self, content, device=(1, 0)):
        self.content, self.device = content, device

    def __dlpack__(self, **options):
        return self.content.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.device


def test_writer_takes_dlpack(pair):
    pair.writer.write_array(OnlyDLPack(numpy.arange(6).reshape(2, 3)))
    assert pair.reader.acquire(0).array().tolist() == [[0, 1, 2], [3, 4, 5]]


def test_writer_refuses_memory_of_a_device(pair):
    with pytest.raises(TypeError, match=r"OnlyDLPack is on device \(2, 1\).*\.cpu\(\)"):
        pair.writer.write_array(OnlyDLPack(numpy.arange(6), (2, 1)))
    assert pair.writer.write_array([1]) == 1


def test_writer_takes_a_tensor(pair, torch):
    turned = torch.arange(12).reshape(3, 4).t()
    for tensor in (torch.arange(6.0).reshape(2, 3), turned, torch.tensor([True]), torch.tensor(5)):
        pair.writer.write_array(tensor)
        arrived = pair.reader.acquire(0).array()
        assert arrived.dtype == tensor.numpy().dtype
        assert arrived.tolist() == tensor.tolist()


def test_tensor_is_a_view_of_a_writable_frame(editable, torch):
    reader, writer = editable
    writer.write_array(numpy.arange(4.0))
    frame = reader.acquire(0)
    tensor = torch.from_dlpack(frame)
    tensor[1] = 70
    assert frame.array().tolist() == [0, 70, 2, 3]


def test_tensor_fills_a_claim(pair, torch):
    with pair.writer.claim_array((2, 2), "float32") as claim:
        tensor = torch.from_dlpack(claim.array())
        torch.mul(torch.ones(2, 2), 3, out=tensor)
        del tensor
    assert pair.reader.acquire(0).array().tolist() == [[3, 3], [3, 3]]


def test_tensor_of_a_read_only_frame_is_refused(pair, torch):
    pair.writer.write_array([1.0])
    with pytest.raises(BufferError, match="writable=True"):
        torch.from_dlpack(pair.reader.acquire(0))
