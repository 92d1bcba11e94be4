"""Ports of this machine, each for one process at a time."""

from __future__ import annotations

import errno
import json
import socket
import subprocess
import sys
from contextlib import ExitStack, closing

import pytest

from fal_emulator.engine.free_ports import PortLease

# So few that two who choose by chance would choose the same, and enough for other programs to have some.
_AMONG = (16_000, 16_300)
_Socket = socket.socket
_NEIGHBOUR = """
import json, sys
from fal_emulator.engine.free_ports import PortLease
print(json.dumps(PortLease(60, tuple(json.loads(sys.argv[1]))).ports))
"""
exclusive = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere chance alone keeps leases apart")


def test_a_lease_has_as_many_ports_as_were_asked_for() -> None:
    with closing(PortLease(3)) as lease:
        assert len(set(lease.ports)) == 3
        assert all(20_000 <= port < 32_000 for port in lease.ports)


@exclusive
def test_no_port_is_leased_twice() -> None:
    with closing(PortLease(60, _AMONG)) as one, closing(PortLease(60, _AMONG)) as other:
        assert not {*one.ports} & {*other.ports}


@exclusive
def test_another_process_gets_other_ports() -> None:
    with closing(PortLease(60, _AMONG)) as lease:
        command = [sys.executable, "-c", _NEIGHBOUR, json.dumps(_AMONG)]
        neighbour = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert len(neighbour) == 60
    assert not {*lease.ports} & {*neighbour}


def test_what_something_listens_on_is_not_leased() -> None:
    with ExitStack() as open_ports:
        with closing(PortLease(60, _AMONG)) as lease:
            taken = lease.ports
            for port in taken:
                open_ports.enter_context(socket.create_server(("127.0.0.1", port)))
        with closing(PortLease(60, _AMONG)) as lease:
            assert not {*taken} & {*lease.ports}


def test_ports_are_bounded_and_those_of_a_lease_that_failed_come_back() -> None:
    few = (16_300, 16_310)
    with pytest.raises(OSError, match="no port from 16300 to 16309 is free"):
        PortLease(11, few)
    with closing(PortLease(5, few)):
        pass


def test_a_lease_for_which_no_more_files_may_be_open_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sockets: list[socket.socket] = []

    def at_most(*arguments: int) -> socket.socket:
        if len(sockets) == 4:
            raise OSError(errno.EMFILE, "Too many open files")
        sockets.append(_Socket(*arguments))
        return sockets[-1]

    monkeypatch.setattr(socket, "socket", at_most)
    with pytest.raises(OSError, match="Too many open files"):
        PortLease(60, _AMONG)
    assert all(each.fileno() == -1 for each in sockets), "they are closed"


def test_ports_are_given_back() -> None:
    for _ in range(20):  # more than there are, if none came back
        with closing(PortLease(60, _AMONG)):
            pass
