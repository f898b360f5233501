"""Files in 1:1 chats, and the OneDrive of each person as far as a bot sees it.

    GET /onedrive/{id}/{name}?tempauth=…      what was attached: a link that needs no token; 401 without its tempauth
    PUT /onedrive/upload/{id}?tempauth=…      an upload session: Content-Range is needed; 201 with the item

As learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4 has them: a file that a person attaches is put
into their OneDrive, and the bot gets its download link; a file that a bot offers is put there by the bot, once the
person agreed. Upload sessions: learn.microsoft.com/graph/api/driveitem-createuploadsession.
"""

import base64
import binascii
import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.chat.arguments import BadRequest, Body
from sandbox.connector import shapes
from sandbox.connector.state import Message

DOWNLOAD_INFO = "application/vnd.microsoft.teams.file.download.info"
CONSENT = "application/vnd.microsoft.teams.card.file.consent"
MOST_BYTES = 5 * 1024 * 1024
_RANGE = re.compile(r"bytes 0-(\d+)/(\d+)")


@dataclass
class StoredFile:
    """`is_open`: an upload session, whose content is still to come."""

    id: str
    name: str
    content: bytes = b""
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    is_open: bool = False

    @property
    def file_type(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    def link(self, base: str) -> str:
        return f"{base}/onedrive/{self.id}/{quote(self.name)}?tempauth={self.key}"


FILES = web.AppKey("onedrive", dict[str, StoredFile])


def add_routes(app: web.Application) -> None:
    app[FILES] = {}
    app.router.add_put("/onedrive/upload/{id}", upload)
    app.router.add_get("/onedrive/{id}/{name}", download)


def read_files(body: Body) -> list[tuple[str, bytes]]:
    """`files`: [{name, content}], the content in base64."""
    found = body.get("files") or []
    if not isinstance(found, list):
        raise BadRequest("files is a list.")
    return [_read_file(one) for one in found]


def _read_file(one: object) -> tuple[str, bytes]:
    if not isinstance(one, Mapping) or not isinstance(one.get("name"), str) or not one["name"]:
        raise BadRequest("A file has a name and a content.")
    try:
        content = base64.b64decode(str(one.get("content", "")), validate=True)
    except binascii.Error as wrong:
        raise BadRequest("The content of a file is base64.") from wrong
    if len(content) > MOST_BYTES:
        raise BadRequest("The file is too large.", 413)
    return one["name"].replace("/", "_"), content


def attach(app: web.Application, base: str, name: str, content: bytes) -> dict[str, Any]:
    """Put the file into the person's OneDrive; answers the attachment that Teams makes of it."""
    stored = StoredFile(str(uuid.uuid4()).upper(), name, content)
    app[FILES][stored.id] = stored
    info = {"downloadUrl": stored.link(base), "uniqueId": stored.id, "fileType": stored.file_type}
    return {
        "contentType": DOWNLOAD_INFO,
        "contentUrl": f"{base}/onedrive/{stored.id}/{quote(name)}",
        "name": name,
        "content": info,
    }


def consent_value(app: web.Application, base: str, message: Message, answer: str) -> dict[str, Any]:
    """The value of `fileConsent/invoke` for the question in `message`."""
    asked = next((one for one in message.activity.get("attachments") or [] if one.get("contentType") == CONSENT), None)
    if asked is None:
        raise BadRequest("This message does not ask for a file.")
    content = asked.get("content") or {}
    if answer == "decline":
        return {"type": "fileUpload", "action": answer, "context": content.get("declineContext")}
    stored = StoredFile(str(uuid.uuid4()).upper(), str(asked.get("name") or "file"), is_open=True)
    app[FILES][stored.id] = stored
    info = {
        "contentUrl": stored.link(base),
        "name": stored.name,
        "uploadUrl": f"{base}/onedrive/upload/{stored.id}?tempauth={stored.key}",
        "uniqueId": stored.id,
        "fileType": stored.file_type,
    }
    return {"type": "fileUpload", "action": answer, "context": content.get("acceptContext"), "uploadInfo": info}


async def download(request: web.Request) -> web.Response:
    stored = _stored(request)
    if stored is None or stored.is_open:
        return shapes.error(401, "unauthenticated", "The link is no longer good.")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.name)}"}
    return web.Response(body=stored.content, content_type="application/octet-stream", headers=headers)


async def upload(request: web.Request) -> web.Response:
    """In one piece: all that a small file needs."""
    stored = _stored(request)
    if stored is None or not stored.is_open:
        return shapes.error(404, "itemNotFound", "The upload session was not found.")
    content = await request.read()
    said = _RANGE.fullmatch(request.headers.get("Content-Range", ""))
    if said is None or (int(said[1]) + 1, int(said[2])) != (len(content), len(content)):
        return shapes.error(400, "invalidRequest", "The Content-Range header is missing or wrong.")
    stored.content, stored.is_open = content, False
    item = {"id": stored.id, "name": stored.name, "size": len(content)}
    return web.json_response(item, status=201)


def _stored(request: web.Request) -> StoredFile | None:
    stored = request.app[FILES].get(request.match_info["id"])
    return stored if stored and secrets.compare_digest(stored.key, request.query.get("tempauth", "")) else None
