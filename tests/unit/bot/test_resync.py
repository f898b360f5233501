"""The webhook for directory sync: called once, and its URL, which holds a token, is told to nobody."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.resync import WebhookResync
from provisioning.errors import MailroomError


async def call(status: int) -> list[str]:
    calls: list[str] = []

    async def webhook(request: web.Request) -> web.Response:
        calls.append(request.method)
        return web.json_response({"JobIds": ["1"]}, status=status)

    app = web.Application()
    app.router.add_post("/webhooks", webhook)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        await WebhookResync(session, f"{server.make_url('/webhooks')}?token=secret").start()
    return calls


async def test_it_is_called_once():
    assert await call(202) == ["POST"]


@pytest.mark.parametrize("status", [302, 404, 410, 500])
async def test_a_refusal_is_one_sentence_without_the_url(status):
    with pytest.raises(MailroomError) as caught:
        await call(status)
    assert str(status) in caught.value.sentence
    assert "secret" not in caught.value.sentence


async def test_no_answer_is_one_sentence_without_the_url(unused_tcp_port):
    async with aiohttp.ClientSession() as session:
        with pytest.raises(MailroomError) as caught:
            await WebhookResync(session, f"http://127.0.0.1:{unused_tcp_port}/?token=secret").start()
    assert "secret" not in caught.value.sentence
    assert caught.value.__suppress_context__
