"""The load, in a process of its own: posts activities to a bot and waits until the connector has every answer.

Usage: python bench/generator.py, with a job as JSON on stdin; its figures as JSON on stdout.
"""

import asyncio
import json
import sys
import time
import uuid
from datetime import UTC, datetime

import aiohttp

TENANT = "6f0e1d2c-0000-4000-8000-000000000001"
HELGA = "6f0e1d2c-0000-4000-8000-0000000000a1"
ANSWERS_WITHIN_SECONDS = 60


def activity(text: str, chat: str, app_id: str, service_url: str) -> dict:
    """A message in the 1:1 chat `chat`, shaped as Teams sends it."""
    now = datetime.now(UTC).isoformat()
    return {
        "text": text,
        "textFormat": "plain",
        "attachments": [{"contentType": "text/html", "content": f"<p>{text}</p>"}],
        "type": "message",
        "timestamp": now,
        "localTimestamp": now,
        "localTimezone": "Europe/Berlin",
        "id": str(uuid.uuid4()),
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": "29:helga", "name": "Helga Desk", "aadObjectId": HELGA},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": chat},
        "recipient": {"id": f"28:{app_id}", "name": "Mailroom"},
        "entities": [{"locale": "en-US", "country": "US", "platform": "Web", "timezone": "UTC", "type": "clientInfo"}],
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "en-US",
    }


async def run(job: dict) -> dict:
    timeout = aiohttp.ClientTimeout(total=120)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        wanted = await posts(session, job) + len(job["texts"])
        numbers = iter(range(len(job["texts"])))
        latencies: list[float] = []
        started = time.perf_counter()
        await asyncio.gather(*(worker(session, job, numbers, latencies) for _ in range(job["concurrency"])))
        while await posts(session, job) < wanted:
            if time.perf_counter() - started > ANSWERS_WITHIN_SECONDS:
                raise SystemExit(f"only {await posts(session, job)} of {wanted} answers came")
            await asyncio.sleep(0.005)
        seconds = time.perf_counter() - started
    latencies.sort()
    return {
        "count": len(latencies),
        "seconds": seconds,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
    }


async def worker(session: aiohttp.ClientSession, job: dict, numbers, latencies: list[float]) -> None:
    headers = {"Authorization": f"Bearer {job['token']}"}
    for number in numbers:
        chat = f"a:{uuid.uuid4()}" if job["new_chats"] else f"a:bench-{number % 64}"
        body = activity(job["texts"][number], chat, job["app_id"], job["service_url"])
        sent = time.perf_counter()
        async with session.post(job["url"], json=body, headers=headers) as response:
            text = await response.text()
            if response.status >= 300:
                raise RuntimeError(f"{job['url']} answered {response.status}: {text[:300]}")
        latencies.append(time.perf_counter() - sent)


async def posts(session: aiohttp.ClientSession, job: dict) -> int:
    async with session.get(job["counters_url"]) as response:
        return (await response.json())["posts"]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
