# SPDX-License-Identifier: MIT
"""What can go wrong: one class per status of the library.

Every message names the object, the cause and the remedy. A timeout is never an error: calls that can time out return
``None``, ``False`` or a smaller count. Each class is also the built-in exception that fits, so that code which knows
nothing of ZeroBuffer may catch ``FileNotFoundError``, ``PermissionError``, ``ConnectionError`` or ``ValueError``.
"""

from __future__ import annotations

__all__ = [
    "BadName",
    "Busy",
    "Cancelled",
    "Closed",
    "Corrupt",
    "Incompatible",
    "Misuse",
    "NoSpace",
    "NotFound",
    "NotReady",
    "PeerClosed",
    "PeerDied",
    "PeerLost",
    "PermissionDenied",
    "SystemFailure",
    "TooLarge",
    "ZeroBufferError",
]


class ZeroBufferError(Exception):
    """Everything that this package raises, but for ``TypeError`` on an argument of a wrong type."""

    status: str = ""
    """Name of the status, such as ``"peer_died"``; the same in every language. Empty in the two abstract classes."""

    system_error: int = 0
    """errno of the system call that failed, 0 if none did."""


class Closed(ZeroBufferError, ValueError):
    """This endpoint was closed, perhaps by another thread while this call waited. A ``ValueError``, as for files."""

    status = "closed"


class Cancelled(ZeroBufferError):
    """``cancel()`` of another thread ended this wait. Nothing is lost; the call may be repeated."""

    status = "cancelled"


class PeerLost(ZeroBufferError, ConnectionError):
    """The other side is gone, and everything that it had committed was delivered. A new peer may attach: call again."""


class PeerClosed(PeerLost, EOFError):
    """The other side closed in order: end of the stream. Iteration ends here."""

    status = "peer_closed"


class PeerDied(PeerLost, ConnectionResetError):
    """The process of the other side died without closing."""

    status = "peer_died"


class Busy(ZeroBufferError, OSError):
    """Another live reader (or writer) holds this side of the buffer."""

    status = "busy"


class NotFound(ZeroBufferError, FileNotFoundError):
    """There is no buffer of that name."""

    status = "not_found"


class NotReady(ZeroBufferError, OSError):
    """The buffer is half built, or its reader of the older protocol is not there (yet)."""

    status = "not_ready"


class Incompatible(ZeroBufferError, ValueError):
    """The buffer has another layout, version or shape than asked for."""

    status = "incompatible"


class Corrupt(ZeroBufferError, OSError):
    """The shared memory holds something that no correct peer writes. This endpoint stays so."""

    status = "corrupt"


class TooLarge(ZeroBufferError, ValueError):
    """The frame or the metadata can never fit into this buffer."""

    status = "too_large"


class NoSpace(ZeroBufferError, OSError):
    """The system has no shared memory left for this buffer."""

    status = "no_space"


class PermissionDenied(ZeroBufferError, PermissionError):
    """The file permissions of the buffer exclude this user."""

    status = "permission_denied"


class BadName(ZeroBufferError, ValueError):
    """Names are 1 to 200 of ``A-Z a-z 0-9 . _ -``, not starting with ``.`` or ``sem.``."""

    status = "bad_name"


class Misuse(ZeroBufferError, ValueError):
    """The call breaks a rule: a bad argument, committed twice, used after release, used in a forked child."""

    status = "misuse"


class SystemFailure(ZeroBufferError, OSError):
    """A system call failed; ``errno`` and ``system_error`` say how."""

    status = "system_failure"


_by_status: dict[str, type[ZeroBufferError]] = {
    cls.status: cls
    for cls in (
        Closed,
        Cancelled,
        PeerClosed,
        PeerDied,
        Busy,
        NotFound,
        NotReady,
        Incompatible,
        Corrupt,
        TooLarge,
        NoSpace,
        PermissionDenied,
        BadName,
        Misuse,
        SystemFailure,
    )
}


def from_status(status: str, message: str, system_error: int = 0) -> ZeroBufferError:
    """The exception for a status of the library; not raised here."""
    error = _by_status[status](message)
    if system_error:
        error.system_error = system_error
        if hasattr(error, "errno"):
            setattr(error, "errno", system_error)
    return error
