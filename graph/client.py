"""The line to Microsoft Graph: msgraph's builders and adapter, our connection pool, plain JSON out of it.

The typed models are never touched: the first typed answer imports some 1,200 modules on the event loop, and every
object costs milliseconds after that. So the SDK builds and sends every request, and the native response is read here.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
from azure.core.exceptions import AzureError
from httpx_aiohttp import AiohttpTransport
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware.options import RedirectHandlerOption, ResponseHandlerOption, RetryHandlerOption
from msgraph import GraphServiceClient
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_request_adapter import options as graph_options
from msgraph_core import GraphClientFactory

from graph import batch, errors
from graph.answers import Answer, Call, Json, from_http
from graph.credentials import Credential, is_loopback, scope_of
from graph.limits import BATCHES, cost_of, total
from graph.pacing import Pacer
from graph.retry import ONCE, RETRIED_STATUSES, Patience, Policy
from graph.watching import watched
from provisioning.errors import GraphError
from provisioning.pacing import Cost
from provisioning.tally import NOBODY, Tally

log = logging.getLogger(__name__)

TIMEOUT = 20.0
CONNECT_TIMEOUT = 5.0
KEEP_ALIVE = 120.0  # longer than the spacing of readiness checks, so that they need no new TLS handshake
CONNECTIONS = 32


@dataclass(frozen=True)
class Traffic:
    """What went over the line since the client was opened. `requests` counts the members of a `$batch` singly."""

    round_trips: int = 0
    requests: int = 0


class GraphClient:
    """`api` has the SDK's request builders; `send` and `batch` put what they build on the line, at the pacer's pace.

    `traffic` may be read at any time.
    """

    def __init__(
        self,
        adapter: GraphRequestAdapter,
        credential: Credential,
        close: Callable[[], Any],
        timeout: float = TIMEOUT,
        policy: Policy = Policy(),  # noqa: B008 (frozen)
        pacer: Pacer | None = None,
        tally: Tally = NOBODY,
    ) -> None:
        self.api = GraphServiceClient(request_adapter=adapter)
        self.base_url = str(adapter.base_url)
        self._adapter = adapter
        self._credential = credential
        self._close = close
        self._timeout = timeout
        self._policy = policy
        self._pacer = pacer or Pacer(tally=tally)
        self._tally = tally
        self.traffic = Traffic()

    async def send(self, request: RequestInformation, about: Call | None = None) -> Json | None:
        """The JSON of the answer, None where it has none. A GET may be tried again; everything else is sent once.

        `about` names the call for the error's sentence where the path alone does not tell (see permissions.py).
        """
        return (await self.ask(request, about)).body

    async def ask(self, request: RequestInformation, about: Call | None = None) -> Answer:
        """As `send`, with the answer's headers."""
        patience = Patience(self._policy if batch.is_read(request) else ONCE)
        cost = cost_of(request)
        while True:
            try:
                return await self._ask(request, cost, about=about)
            except GraphError as error:
                await self._wait_or_raise(patience, error)

    async def batch(
        self, requests: Sequence[RequestInformation], *, in_order: bool = False, again: bool = True
    ) -> list[Answer]:
        """The answers, in the order of `requests`, whatever their status. One post after the other, 20 in each.

        Reads that were throttled or unlucky are asked again, alone; not so without `again`, where an answer in
        part is better than a late one.
        """
        answers: dict[int, Answer] = {}
        for keys in batch.chunks(len(requests)):
            answers |= await self._post({key: requests[key] for key in keys}, in_order, again)
        return [answers[key] for key in range(len(requests))]

    async def token(self) -> str:
        """The token that goes with every request, from the credential's cache or from Entra."""
        try:
            return str((await self._credential.get_token(scope_of(self.base_url))).token)
        except AzureError as error:
            raise errors.no_token(Call("GET", "token"), error) from error

    async def aclose(self) -> None:
        await self._close()

    async def __aenter__(self) -> "GraphClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _post(self, requests: Mapping[int, RequestInformation], in_order: bool, again: bool) -> dict[int, Answer]:
        """One `$batch`, and more of them for what is asked again while patience lasts."""
        patience = Patience(self._policy if all(map(batch.is_read, requests.values())) else ONCE)
        answers: dict[int, Answer] = {}
        pending = dict(requests)
        while pending:
            try:
                answers |= await self._ask_together(pending, in_order)
            except GraphError as error:
                await self._wait_or_raise(patience, error)
                continue
            unlucky = batch.unanswered({key: answers[key] for key in pending}, RETRIED_STATUSES) if again else ()
            wait = patience.wait_after(_slowest([answers[key] for key in unlucky])) if unlucky else None
            if wait is None:
                break
            await asyncio.sleep(wait)
            pending = {key: requests[key] for key in unlucky}
        return answers

    async def _ask_together(self, requests: Mapping[int, RequestInformation], in_order: bool) -> dict[int, Answer]:
        """One attempt. What would have to wait too long is answered in Graph's place, the rest goes without it."""
        costs = {key: cost_of(request) for key, request in requests.items()}
        late = {key: wait for key, cost in costs.items() if (wait := self._pacer.too_long(cost)) is not None}
        if late and in_order:
            raise errors.held_back(max(late.values()))
        answers = {key: errors.answer_held_back(batch.call_of(requests[key]), wait) for key, wait in late.items()}
        sent = {key: request for key, request in requests.items() if key not in late}
        if sent:
            cost = total([{BATCHES: 1}, *(costs[key] for key in sent)])
            calls = {key: batch.call_of(request) for key, request in sent.items()}
            members = batch.members_of(await self._ask(self._envelope(sent, in_order), cost, calls), sent)
            for key, member in members.items():
                self._pacer.hear(costs[key], member)
            answers |= members
        return answers

    def _envelope(self, requests: Mapping[int, RequestInformation], in_order: bool) -> RequestInformation:
        post = RequestInformation(Method.POST, "{+baseurl}/$batch", {})
        post.headers.try_add("Accept", "application/json")
        body = batch.envelope(requests, self.base_url, in_order)
        post.set_stream_content(json.dumps(body).encode(), "application/json")
        return post

    async def _ask(
        self,
        request: RequestInformation,
        cost: Cost,
        carried: Mapping[int, Call] | None = None,
        about: Call | None = None,
    ) -> Answer:
        """One attempt; `carried` is what a `$batch` carries. Raises the error of an answer that is not a success."""
        late = self._pacer.too_long(cost)
        if late is not None:
            raise errors.held_back(late)
        async with self._pacer.turn(cost):
            answer = await self._exchange(request, about or batch.call_of(request), carried)
        self._pacer.hear(cost, answer)
        if not answer.ok:
            raise errors.error_of(answer)
        return answer

    async def _exchange(self, request: RequestInformation, call: Call, carried: Mapping[int, Call] | None) -> Answer:
        carried = carried or {0: batch.call_of(request)}
        self.traffic = Traffic(self.traffic.round_trips + 1, self.traffic.requests + len(carried))
        with watched(request, carried, self._tally) as exchange:
            exchange.answer = await self._answer(request, call)
        return exchange.answer

    async def _answer(self, request: RequestInformation, call: Call) -> Answer:
        request.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._adapter.send_primitive_async(request, "bytes", None)
        except TimeoutError as error:
            raise errors.timed_out(call, self._timeout) from error
        except AzureError as error:
            raise errors.no_token(call, error) from error
        except errors.TRANSPORT_ERRORS as error:
            raise errors.broken(call, error, self._timeout) from error
        return from_http(call, response.status_code, response.headers, response.content)

    async def _wait_or_raise(self, patience: Patience, error: GraphError) -> None:
        wait = patience.wait_after(error)
        if wait is None:
            raise error
        log.info("asking Graph again in %.1f s: %s %s", wait, error.trace.status, error.trace.request_id)
        await asyncio.sleep(wait)


def open_client(
    base_url: str,
    credential: Credential,
    *,
    timeout: float = TIMEOUT,
    policy: Policy = Policy(),  # noqa: B008 (frozen)
    pacer: Pacer | None = None,
    tally: Tally = NOBODY,
) -> GraphClient:
    """A client for `base_url` (with the version, e.g. https://graph.microsoft.com/v1.0). It owns `credential`.

    Without a `pacer` it keeps the published limits by itself.
    """
    base = base_url.rstrip("/")
    if urlsplit(base).scheme != "https" and not is_loopback(base):
        raise ValueError(f"{base} must be https: a token never goes over plain HTTP to another machine")
    transport = AiohttpTransport(
        trust_env=False, limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEEP_ALIVE)
    )
    http = httpx.AsyncClient(
        transport=transport, trust_env=False, timeout=httpx.Timeout(timeout, connect=min(CONNECT_TIMEOUT, timeout))
    )
    http = GraphClientFactory.create_with_default_middleware(client=http, options=_options())
    adapter = GraphRequestAdapter(_authentication(base, credential), http)
    adapter.base_url = base  # without the slash: the SDK's own default makes //users

    async def close() -> None:
        await http.aclose()
        await transport.aclose()  # the SDK's transport wrapper does not pass the closing on
        await credential.close()

    return GraphClient(adapter, credential, close, timeout, policy, pacer, tally)


def _options() -> dict[str, Any]:
    """Graph's own options; the SDK's retries are off (they repeat POSTs), and so are redirects (Graph needs none)."""
    return {
        **graph_options,
        RetryHandlerOption.get_key(): RetryHandlerOption(should_retry=False),
        RedirectHandlerOption.get_key(): RedirectHandlerOption(should_redirect=False),
    }


def _authentication(base_url: str, credential: Credential) -> AzureIdentityAuthenticationProvider:
    """Scope and host are named: without them the SDK takes the scope from, and sends the token to, any host."""
    parts = urlsplit(base_url)
    return AzureIdentityAuthenticationProvider(
        credential, scopes=[scope_of(base_url)], allowed_hosts=[parts.hostname or parts.netloc]
    )


def _slowest(answers: Sequence[Answer]) -> GraphError:
    """The error that asks for the longest wait: json-batching says to honour the longest Retry-After."""
    return max(
        (errors.error_of(answer) for answer in answers),
        key=lambda error: getattr(error, "retry_after", None) or 0.0,
    )
