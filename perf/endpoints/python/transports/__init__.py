# SPDX-License-Identifier: MIT
"""What a transport offers to the loops, and which there are.

A transport is a class. Making one makes what the other end connects to (roles echo, sink), or what both ends inherit
(pair roles); after it the endpoint says that it is ready. `connect(role)` waits for the other end, or connects to it,
for at most PATIENCE; in a pair each process is told which end it plays. `close()` removes what was made. `inherited`:
only by pair roles. After connect() the instance has the calls as attributes, best the very bound methods that are
measured:

    InPlace     claim(size)      -> writable buffer with commit()
                acquire()        -> readable buffer with size and release()
                write(buffer)    copies one frame in
    Copying     send(buffer)     one frame; keeps nothing of the buffer, which is overwritten next
                receive()        -> bytes-like, exactly one frame

A round trip end has both directions, a source only sends, a sink only receives. All wait without end and raise when
they cannot go on.

A file in this folder defines its class and decorates it: `@transport("pipe")`; it is listed in MODULES. A module that
cannot be imported (ImportError) is left out.
"""
from __future__ import annotations

import importlib
from typing import Any, Callable, ClassVar, Type, TypeVar, Union

from setup import Setup

MODULES = ("ring",)

Calls = Callable[..., Any]


class _Base:
    inherited: ClassVar[bool] = False

    def __init__(self, setup: Setup) -> None:
        self.setup = setup

    def connect(self, role: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class InPlace(_Base):
    claim: Calls
    acquire: Calls
    write: Calls


class Copying(_Base):
    send: Calls
    receive: Calls


Transport = Union[InPlace, Copying]
_Kind = TypeVar("_Kind", Type[InPlace], Type[Copying])
_registered: dict[str, Union[Type[InPlace], Type[Copying]]] = {}


def transport(name: str) -> Callable[[_Kind], _Kind]:
    def register(kind: _Kind) -> _Kind:
        _registered[name] = kind
        return kind

    return register


def available() -> dict[str, Union[Type[InPlace], Type[Copying]]]:
    for module in MODULES:
        try:
            importlib.import_module(f"{__name__}.{module}")
        except ImportError:
            continue
    return dict(sorted(_registered.items()))
