"""A real web server on this machine, that behaves as badly as it is told to."""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Web:
    """What it serves, how, and what it was asked."""

    files: dict = field(default_factory=dict)  # path -> content
    asked: list = field(default_factory=list)  # path and Range of each request
    ranges: bool = True  # whether it understands Range
    cut_after: int | None = None  # bytes of each answer until it hangs up
    hang: float = 0.0  # seconds before it says anything
    pause: float = 0.0  # seconds between blocks of 10,000 bytes
    sized: bool = True  # whether it says how long an answer is
    shift: int = 0  # how far from where it was asked a part begins
    address: str = ""

    def url(self, path):
        return self.address + path


class _Handler(BaseHTTPRequestHandler):
    web: Web

    def do_GET(self):
        web = self.web
        path = "/" + self.path.split("/", 3)[-1] if self.path.startswith("http") else self.path
        web.asked.append((path, self.headers.get("Range")))
        time.sleep(web.hang)
        content = web.files.get(path)
        if content is None:
            self.send_error(404)
            return
        start = self._start(len(content))
        part = content[start:]
        if web.sized:
            self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self._send(part[: web.cut_after])

    def _start(self, size):
        """Says the status too."""
        asked = self.headers.get("Range")
        if not asked or not self.web.ranges:
            self.send_response(200)
            return 0
        start = int(asked.removeprefix("bytes=").removesuffix("-")) + self.web.shift
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        return start

    def _send(self, part):
        for start in range(0, len(part), 10_000):
            time.sleep(self.web.pause)
            try:
                self.wfile.write(part[start : start + 10_000])
            except OSError:  # whoever asked has gone
                return

    def log_message(self, *_):
        pass


@contextmanager
def serving(**behaviour):
    web = Web(**behaviour)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"web": web}))
    server.daemon_threads = True
    server.block_on_close = False
    web.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
