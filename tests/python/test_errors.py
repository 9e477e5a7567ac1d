# SPDX-License-Identifier: MIT
"""One class per status, each also the built-in that fits."""
import errno
import pickle

import pytest

import zerobuffer
from zerobuffer import errors

BUILT_IN = {
    "Closed": ValueError,
    "Cancelled": Exception,
    "PeerClosed": EOFError,
    "PeerDied": ConnectionResetError,
    "Busy": OSError,
    "NotFound": FileNotFoundError,
    "NotReady": OSError,
    "Incompatible": ValueError,
    "Corrupt": OSError,
    "TooLarge": ValueError,
    "NoSpace": OSError,
    "PermissionDenied": PermissionError,
    "BadName": ValueError,
    "Misuse": ValueError,
    "SystemFailure": OSError,
}
CLASSES = [getattr(zerobuffer, name) for name in BUILT_IN]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_class_of_a_status(cls):
    error = errors.from_status(cls.status, "buffer 'x': cause; remedy")
    assert type(error) is cls
    assert isinstance(error, zerobuffer.ZeroBufferError) and isinstance(error, BUILT_IN[cls.__name__])
    assert str(error) == "buffer 'x': cause; remedy"
    assert error.system_error == 0


def test_every_status_has_one_class():
    assert len({cls.status for cls in CLASSES}) == len(CLASSES) == len(zerobuffer.errors.__all__) - 2


def test_lost_peers_have_a_class_in_common():
    assert issubclass(zerobuffer.PeerClosed, zerobuffer.PeerLost)
    assert issubclass(zerobuffer.PeerDied, zerobuffer.PeerLost)
    assert issubclass(zerobuffer.PeerLost, ConnectionError)


def test_errno_is_kept():
    error = errors.from_status("no_space", "buffer 'x': full; clean", errno.ENOSPC)
    assert (error.errno, error.system_error, str(error)) == (errno.ENOSPC, errno.ENOSPC, "buffer 'x': full; clean")
    error = errors.from_status("incompatible", "buffer 'x': other; replace", errno.EINVAL)
    assert error.system_error == errno.EINVAL


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_errors_travel_between_processes(cls):
    error = pickle.loads(pickle.dumps(errors.from_status(cls.status, "buffer 'x': cause; remedy", errno.EIO)))
    assert (type(error), str(error), error.system_error) == (cls, "buffer 'x': cause; remedy", errno.EIO)
