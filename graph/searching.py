"""Who could be meant by what somebody typed: one `$batch`, and the reason of every match found again here.

An answer is never taken at its word: `$search` compares parts of words, and an index may be older than the account.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient

from graph import errors, queries, requests
from graph.answers import Answer, Json
from graph.client import GraphClient
from graph.surroundings import DELETED_PREFIX
from graph.values import ident, objects, text, texts
from provisioning.addresses import is_sign_in_name, local_part, smtp_addresses
from provisioning.directory import Match

LONGEST_TEXT = 120
MOST_WORDS = 4
MOST_MATCHES = 10
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ADDRESS_PREFIXES = ("smtp:", "mailto:")
EXACT = 3  # ranks below are an address or the id itself


@dataclass(frozen=True)
class Hit:
    """`rank`: lower is better."""

    rank: int
    match: Match

    @property
    def order(self) -> tuple[int, bool, str]:
        return self.rank, self.match.is_deleted, self.match.display_name.casefold()


async def search(client: GraphClient, typed: str) -> tuple[Match, ...]:
    wanted = _tidy(typed)
    words = wanted.split()[:MOST_WORDS]
    if not _words(wanted):
        return ()
    asked = _questions(client.api, wanted, words)
    answers = dict(zip(asked, await client.batch(list(asked.values())), strict=True))
    hits = [hit for key, answer in answers.items() for hit in _hits(key, answer, wanted)]
    return tuple(hit.match for hit in _best(hits))[:MOST_MATCHES]


def _questions(api: GraphServiceClient, wanted: str, words: Sequence[str]) -> dict[str, RequestInformation]:
    """Keys with "deleted" look into the recycle bin; those with "optional" may be refused."""
    if GUID.fullmatch(wanted):
        return {"id": requests.account(api, wanted), "deleted optional": queries.deleted_by_id(api, wanted)}
    if "@" in wanted:
        by_name = {"upn": requests.account(api, wanted)} if is_sign_in_name(wanted) else {}
        return by_name | {
            "address": queries.users_with(api, wanted, queries.PERSON_PROPERTIES),
            "deleted optional": queries.deleted_with(api, [DELETED_PREFIX.sub("", wanted)])[0],
        }
    asked = {
        "names": queries.people_by_name(api, words),
        "words optional": queries.people_by_words(api, words),
        "deleted optional": queries.deleted_people(api, words),
    }
    return {"alias": queries.people_by_alias(api, wanted), **asked} if len(words) == 1 else asked


def _hits(key: str, answer: Answer, wanted: str) -> Iterable[Hit]:
    if not answer.ok:
        if answer.status == 404 or "optional" in key:
            return
        raise errors.error_of(answer)
    body = answer.body or {}
    for item in objects(body["value"]) if "value" in body else [body]:
        hit = _hit(item, wanted, is_deleted="deleted" in key)
        if hit:
            yield hit


def _best(hits: Iterable[Hit]) -> list[Hit]:
    """Each person once, by the best reason. Whoever has the very address is not shown beside mere namesakes."""
    found: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda hit: hit.order):
        found.setdefault(hit.match.id, hit)
    ordered = list(found.values())
    exact = [hit for hit in ordered if hit.rank < EXACT]
    return [hit for hit in exact if not hit.match.is_deleted] or exact or ordered


def _hit(item: Json, wanted: str, is_deleted: bool) -> Hit | None:
    full_upn = text(item.get("userPrincipalName"))
    upn = DELETED_PREFIX.sub("", full_upn) if is_deleted else full_upn
    reason = _reason(item, {full_upn.lower(), upn.lower()}, wanted)
    if reason is None:
        return None
    rank, matched = reason
    match = Match(ident(item.get("id")), upn, text(item.get("displayName")), matched, is_deleted)
    return Hit(rank, match)


def _reason(item: Json, upns: set[str], wanted: str) -> tuple[int, str] | None:
    """By what it matches and how well, or None."""
    mail, proxies = text(item.get("mail")).lower(), smtp_addresses(texts(item.get("proxyAddresses")))
    nickname = text(item.get("mailNickname")).lower()
    if wanted in upns:
        return 0, "sign-in name"
    if wanted == ident(item.get("id")):
        return 0, "object id"
    if wanted == mail:
        return 1, "mail address"
    if wanted in proxies:
        return 2, "proxy address"
    if wanted == nickname or wanted in {local_part(address) for address in (*upns, mail, *proxies)}:
        return EXACT, "alias"
    return _name_reason(item, wanted)


def _name_reason(item: Json, wanted: str) -> tuple[int, str] | None:
    names = [text(item.get(name)) for name in ("displayName", "givenName", "surname")]
    if _words(wanted) == _words(names[0]):
        return EXACT + 1, "display name"
    known = {word for name in names for word in _words(name)}
    if known.issuperset(_words(wanted)):
        return EXACT + 2, "display name"
    if all(any(word.startswith(start) for word in known) for start in _words(wanted)):
        return EXACT + 3, "display name"
    return None


def _tidy(typed: str) -> str:
    wanted = " ".join(typed.split())[:LONGEST_TEXT].lower()
    for prefix in ADDRESS_PREFIXES:
        wanted = wanted.removeprefix(prefix)
    return wanted.strip("<> ")


def _words(name: str) -> list[str]:
    """Without accents, case and signs."""
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(ch))
    return re.findall(r"\w+", plain)
