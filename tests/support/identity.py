"""The endpoint from which a container in Azure gets the tokens of its managed identity, as azure-identity asks it.

    with IdentityEndpoint() as endpoint:      # its variables are endpoint.environment
        endpoint.tokens["https://api.botframework.com"] = "to-teams"

learn.microsoft.com/azure/container-apps/managed-identity, "REST endpoint reference"
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

HEADER = "a secret of this container"
ANY_TOKEN = "from-azure"


class IdentityEndpoint:
    """`tokens` by resource; others get ANY_TOKEN. `asked` has the parameters of each request."""

    def __init__(self) -> None:
        self.status = 200
        self.tokens: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def environment(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self._server.server_port}/msi/token"
        return {"IDENTITY_ENDPOINT": url, "IDENTITY_HEADER": HEADER}

    def __enter__(self) -> "IdentityEndpoint":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def answer(self, asked: dict[str, str], header: str) -> tuple[int, dict[str, str]]:
        self.asked.append(asked)
        if header != HEADER or self.status != 200:
            return (self.status if header == HEADER else 401), {}
        token = self.tokens.get(asked["resource"], ANY_TOKEN)
        ends = str(int(time.time()) + 3600)
        return 200, {
            "access_token": token,
            "expires_on": ends,
            "resource": asked["resource"],
            "token_type": "Bearer",
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = dict(parse_qsl(urlsplit(self.path).query))
                status, body = endpoint.answer(asked, self.headers.get("X-IDENTITY-HEADER", ""))
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Nothing: tests look at `asked`."""

        return Handler
