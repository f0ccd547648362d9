"""Who may ask the page's server, before anything answers: an application around another one.

A foreign site that a browser visits can send requests to this machine. It cannot name this host in them
(the Host header; so a name that it lets point here does not help it), cannot read the page's token, and
cannot claim another origin than its own. Reached from this machine alone, that is enough; else every request
must show the token.
"""

import hmac
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from paribus.serving.listening import is_loopback


@dataclass(frozen=True)
class Guard:
    app: ASGIApp
    host: str  # that is listened on
    token: str
    open_paths: frozenset[str]  # the same for everybody, whoever asks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refuse(scope) if scope["type"] == "http" else None
        if refused is None:
            await self.app(scope, receive, send)
            return
        code, why = refused
        await JSONResponse({"error": why}, code, {"cache-control": "no-store"})(scope, receive, send)

    def _refuse(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        if len(named) != 1 or not self._is_me(named[0]):
            return 421, "this server does not answer to that name; use the address that it printed"
        if not is_loopback(self.host) and scope["path"] not in self.open_paths:
            asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
            if not self._knows(asked[0]):
                return 403, "the address has no token, or an old one; use the address that the server printed"
        if scope["method"] not in {"GET", "HEAD"}:
            if headers.getlist("origin") != [f"http://{named[0]}"]:
                return 403, "only the page itself may ask for this"
            if not self._knows(headers.get("x-paribus-token", "")):
                return 403, "the page is older than its server; load it anew"
        return None

    def _knows(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token.encode())

    def _is_me(self, named: str) -> bool:
        """A number cannot be made to point elsewhere; of names, only those that are surely this machine's."""
        try:
            name = urlsplit(f"//{named}").hostname or ""
        except ValueError:
            return False
        if is_loopback(self.host):
            return is_loopback(name)
        return is_loopback(name) or _is_number(name) or name in {self.host, *_own_names()}


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _own_names() -> set[str]:
    return {socket.gethostname().lower(), socket.getfqdn().lower()}
