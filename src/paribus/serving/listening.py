"""Where the web application listens: on this machine alone, unless somebody says otherwise."""

import ipaddress
import os
import socket

import uvicorn
from starlette.types import ASGIApp

from paribus.errors import ParibusError

LOOPBACK = "127.0.0.1"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(host: str = LOOPBACK, port: int = 0) -> socket.socket:
    """A socket that listens; port 0 is any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        code = error.errno or 0  # negative where the name of the host is the trouble
        told = os.strerror(code) if code > 0 else f"no address is known for '{host}'"
        raise ParibusError(
            f"{host}:{port}: cannot be listened on: {told}; name another --port (0 is any free one) or --host"
        ) from error
    # Each connection inherits it: head and body are two writes, of which the second waited 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(app: ASGIApp, listening: socket.socket) -> None:
    """Answers until it is interrupted."""
    make_server(app).run(sockets=[listening])


def make_server(app: ASGIApp) -> uvicorn.Server:
    """For who does something beside answering."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    return uvicorn.Server(config)
