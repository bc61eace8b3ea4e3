"""Ports of this machine for servers that cannot be told to take a free one."""

import socket


def free_port() -> int:
    """One that was free a moment ago: another program may take it before the server does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
