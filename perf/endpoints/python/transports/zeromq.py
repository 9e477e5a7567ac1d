# SPDX-License-Identifier: MIT
"""pyzmq: a pair of sockets over ipc. Frames are received in place; sending copies, as the buffer is written again."""
from __future__ import annotations

import sys
from typing import Any

import zmq

from setup import PATIENCE, Setup

from . import Copying, transport


@transport("pyzmq")
class ZeroMq(Copying):
    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.PAIR)
        # It says nothing of an end that died; and the last frame has to leave before the socket goes.
        for option in (zmq.RCVTIMEO, zmq.SNDTIMEO, zmq.LINGER):
            self.socket.setsockopt(option, round(PATIENCE * 1000))
        self.gone = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self.gone.setsockopt(zmq.RCVTIMEO, round(PATIENCE * 1000))
        self.socket.set_hwm(min(max(setup.capacity // setup.size, 2), 1000))
        # Abstract: no file stays behind.
        self.address = f"ipc://@{setup.name}"
        if setup.role in ("echo", "sink"):
            self.socket.bind(self.address)

    def connect(self, role: str) -> None:
        if role in ("ping", "source"):
            self.socket.connect(self.address)
        self.send = self.socket.send
        receive = self.socket.recv

        def received() -> Any:
            return receive(copy=False).buffer

        self.receive = received

    def close(self) -> None:
        # What has arrived but was not taken yet is thrown away when the sender leaves, so the end that sent last lets
        # the other one go first; but not when this one failed.
        if self.setup.role in ("echo", "source") and sys.exc_info()[0] is None:
            self.gone.recv_multipart()
        self.socket.disable_monitor()
        self.gone.close()
        self.socket.close()
        self.context.term()
