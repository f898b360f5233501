"""A tiny bot in aiohttp that answers with cards, for trying and testing the chat page without the real one.

It keeps every activity it gets in `received`. It understands a few words: hello, card, form, refresh, submit, slow,
typing, many, elements. Run it by hand with `python tests/support/fake_bot.py [PORT]`.
"""

import asyncio
import json
import sys
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

Json = dict[str, Any]
ADAPTIVE = "application/vnd.microsoft.card.adaptive"


def card(*body: Json, actions: list[Json] | None = None, **more: Any) -> Json:
    buttons = [{"type": "ActionSet", "actions": actions}] if actions else []
    return {"type": "AdaptiveCard", "version": "1.5", "body": [*body, *buttons], **more}


def text(words: str, **more: Any) -> Json:
    return {"type": "TextBlock", "text": words, "wrap": True, **more}


def execute(title: str, verb: str, **data: Any) -> Json:
    """As Mailroom writes its buttons: Execute, with the same Submit for clients that lack it."""
    payload = {"verb": verb, **data}
    fallback = {"type": "Action.Submit", "title": title, "data": payload}
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": payload, "fallback": fallback}


def message(content: Json, summary: str = "") -> Json:
    return {"type": "message", "summary": summary, "attachments": [{"contentType": ADAPTIVE, "content": content}]}


def progress_card(percent: int, **more: Any) -> Json:
    bar = {"type": "ProgressBar", "value": percent, "max": 100, "fallback": text(f"{percent}%")}
    return card(
        text("Jane Doe", weight="bolder", size="large", style="heading"),
        text(f"{percent}% done"),
        bar,
        actions=[execute("Check now", "check"), execute("Fail", "fail"), execute("Say", "say")],
        **more,
    )


def form_card(title: str = "What is missing?") -> Json:
    places = [{"title": "United States", "value": "US"}, {"title": "Germany", "value": "DE"}]
    return card(
        text(title, weight="bolder"),
        {"type": "Input.Text", "id": "display_name", "label": "Display name"},
        {
            "type": "Input.ChoiceSet",
            "id": "usage_location",
            "label": "Usage location",
            "value": "US",
            "choices": places,
        },
        {"type": "TextBlock", "id": "details", "text": "The details", "isVisible": False},
        actions=[
            execute("Order", "order", upn="jane@contoso.com"),
            {"type": "Action.ToggleVisibility", "title": "Details", "targetElements": ["details"]},
            {"type": "Action.ShowCard", "title": "More", "card": card({"type": "Input.Text", "id": "note"})},
        ],
    )


@dataclass
class FakeBot:
    """`failing` makes it answer 500; `invoke_delay` slows its answers to buttons."""

    received: list[Json] = field(default_factory=list)
    answers: dict[str, Json] = field(default_factory=dict)  # to invokes of other names than a button's
    failing: bool = False
    invoke_delay: float = 0
    last_card: Json = field(default_factory=dict)
    has_card: asyncio.Event = field(default_factory=asyncio.Event)

    def application(self) -> web.Application:
        app = web.Application()
        app.cleanup_ctx.append(self._session)
        app.router.add_post("/api/messages", self.receive)
        return app

    async def _session(self, app: web.Application) -> Any:
        async with aiohttp.ClientSession() as self.session:
            yield

    async def receive(self, request: web.Request) -> web.Response:
        if self.failing:
            return web.Response(status=500)
        activity = await request.json()
        self.received.append(activity)
        if activity["type"] == "invoke":
            await asyncio.sleep(self.invoke_delay)
            is_click = activity["name"] == "adaptiveCard/action"
            return web.json_response(self.clicked(activity) if is_click else self.answers.get(activity["name"], {}))
        if activity["type"] == "message":
            await self.answer(activity)
        return web.Response(status=201)

    def of_type(self, kind: str) -> list[Json]:
        return [activity for activity in self.received if activity["type"] == kind]

    # Speaking

    async def call(self, method: str, activity: Json, path: str, body: Json | None = None) -> Json:
        conversation = activity["conversation"]["id"]
        url = f"{activity['serviceUrl']}/v3/conversations/{conversation}/activities{path}"
        async with self.session.request(method, url, json=body) as response:
            return await response.json()

    async def send(self, to: Json, body: Json) -> str:
        return (await self.call("POST", to, f"/{to['id']}", body))["id"]

    async def send_card(self, to: Json, body: Json) -> None:
        self.last_card = {"to": to, "id": await self.send(to, body)}
        self.has_card.set()

    async def first_card(self) -> Json:
        """Awaited, since a client may see the card before the bot has read the answer that names its id."""
        await self.has_card.wait()
        return self.last_card

    async def update(self, to: Json, message_id: str, body: Json) -> None:
        await self.call("PUT", to, f"/{message_id}", body)

    async def answer(self, activity: Json) -> None:
        if "text" not in activity:
            await self.send(activity, {"type": "message", "text": f"Submitted {json.dumps(activity['value'])}"})
            return
        words = activity["text"].replace("<at>Mailroom</at>", "").split() or [""]
        if words[0] == "card":
            await self.send_card(activity, message(progress_card(40), "40%"))
        elif words[0] == "form":
            await self.send_card(activity, message(form_card(), "A form"))
        elif words[0] == "refresh":
            await self.send(activity, message(self.refreshing(activity), "A card that refreshes"))
        elif words[0] == "typing":
            await self.send(activity, {"type": "typing"})
        else:
            await self.send(activity, {"type": "message", "text": f"You said **{' '.join(words)}**"})

    def refreshing(self, activity: Json) -> Json:
        action = {"type": "Action.Execute", "verb": "refresh", "data": {"verb": "refresh"}}
        return progress_card(10, refresh={"action": action, "userIds": [activity["from"]["id"]]})

    def clicked(self, activity: Json) -> Json:
        action = activity["value"]["action"]
        if action["verb"] == "say":
            return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Working on it"}
        if action["verb"] == "fail":
            value = {"code": "NoSeats", "message": "No seats are left"}
            return {"statusCode": 400, "type": "application/vnd.microsoft.error", "value": value}
        name = activity["from"]["name"]
        if action["verb"] == "order":
            body = card(text(f"Ordered {json.dumps(action['data'], sort_keys=True)}"))
        else:
            body = card(text(f"{action['verb']} by {name} ({activity['value']['trigger']})"))
        return {"statusCode": 200, "type": ADAPTIVE, "value": body}


if __name__ == "__main__":
    web.run_app(FakeBot().application(), host="127.0.0.1", port=int(sys.argv[1]) if sys.argv[1:] else 3978)
