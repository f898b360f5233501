"""A reverse proxy between the bot and the sandbox that kills the bot at one chosen request.

"before": the request never reaches the sandbox. "after": the sandbox carries it out, and the bot dies
without ever seeing the answer, which is the harder case.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "host", "keep-alive", "accept-encoding"}


@dataclass
class Trap:
    """The request at which to kill: the first whose method, path and body match."""

    method: str
    path: str
    body: str = ""
    when: str = "after"
    sprung: threading.Event = field(default_factory=threading.Event)

    def matches(self, method: str, path: str, body: bytes) -> bool:
        if self.sprung.is_set() or method != self.method:
            return False
        return bool(re.search(self.path, path) and re.search(self.body, body.decode(errors="replace")))


class KillingProxy:
    """Serves on a free port of 127.0.0.1 until closed. `kill` is what a sprung trap calls."""

    def __init__(self, upstream: str, trap: Trap) -> None:
        self.upstream = upstream.rstrip("/")
        self.trap = trap
        self.kill: Callable[[], None] = lambda: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
        request = Request(self.upstream + path, data=body or None, headers=kept, method=method)
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.headers, refusal.read()


def _handler(proxy: KillingProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_trap = proxy.trap.matches(self.command, self.path, body)
            if is_trap and proxy.trap.when == "before":
                return self._spring()
            status, headers, answer = proxy.forward(self.command, self.path, dict(self.headers), body)
            if is_trap:
                return self._spring()
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in {*HOP_BY_HOP, "date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            return None

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve  # noqa: N815

        def _spring(self) -> None:
            proxy.trap.sprung.set()
            proxy.kill()
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Quiet: the bot's and the sandbox's logs tell enough."""

    return Handler
