"""Mutated tokens, activities and card payloads against a real bot: no 500, nothing unanswered, nothing changed.

At least 5,000 requests in one test, so that one process counts them all; `pytest -s tests/trust/test_fuzz.py` shows
the counts.
"""

import copy
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.activities import activity
from support.trust_site import ADAM, GROUP, HELGA, OTTO, TrustSite, button

BATCHES = 120  # of each kind, with BATCH requests in each
BATCH = 14

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False),
    st.text(max_size=40),
    st.sampled_from(
        ["", "\0", "\ud800", "{{DATE(x)}}", "<at>Mailroom</at>", "../../x", "'; DROP TABLE cases;--", "x" * 5000]
    ),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)


def places(value, path=()):
    """Every place inside a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield from places(member, (*path, key))


def mutated(body, draw):
    """The body with one to four places changed, removed, doubled or moved."""
    body = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from([path for path in places(body) if path]))
        target = body
        for key in path[:-1]:
            target = target[key]
        match draw(st.sampled_from(["replace", "remove", "nest", "copy"])):
            case "replace":
                target[path[-1]] = draw(ODD)
            case "remove":
                del target[path[-1]]
            case "nest":
                target[path[-1]] = {"x": target[path[-1]]}
            case _ if isinstance(target, dict):
                target[draw(st.text(max_size=8))] = copy.deepcopy(target[path[-1]])
        if not isinstance(body, dict) or len(list(places(body))) < 2:
            break
    return body


@st.composite
def batches(draw, bases):
    return [mutated(draw(st.sampled_from(bases)), draw) for _ in range(BATCH)]


@pytest.fixture(scope="module")
def bases(site: TrustSite):
    """What people really send: words, and clicks on cards that the bot made."""
    site.say(HELGA, 'provision fuzzed@contoso.com name="Fuzz" license=E3 location=US')
    live = site.sees("Fuzz", "preparing", button="Cancel")
    diagnosis = site.say(HELGA, "diagnose nora.lind@contoso.com")[-1]["attachments"][0]["content"]
    buttons = [button(live, title) for title in ("Check now", "Diagnose", "Cancel")]
    buttons += _executes(diagnosis)
    words = ["help", "status", "diagnose fuzzed@contoso.com", "history fuzzed@contoso.com", "cancel", "provision"]
    clicks = [site.invoke(HELGA, one) for one in buttons] + [site.invoke(ADAM, one, GROUP) for one in buttons]
    messages = [site.message(who, text) for who in (HELGA, OTTO) for text in words]
    events = [activity(site.service_url, type="installationUpdate", action="add", text=None)]
    return messages, clicks, events


def _executes(card):
    from support.site import actions_of

    return [one for one in actions_of(card) if one["type"] == "Action.Execute"]


def state(site):
    return site.effects(), site.rows("cases", "repairs")


def judge(counts, kind, answers):
    for status, body in answers:
        counts[f"{kind} {status}"] += 1
        assert status < 500 or status == 501, (status, body)  # 501: an invoke that is not a card's


quick = settings(max_examples=BATCHES, suppress_health_check=list(HealthCheck), deadline=None)


def mutate_activities(site, bases, counts):
    """With a good token."""
    messages, _, events = bases

    @quick
    @given(batches([*messages, *events]))
    def run(batch):
        judge(counts, "activity", site.post_many([(one, {"Authorization": site.header()}) for one in batch]))

    run()


def mutate_clicks(site, bases, counts):
    _, clicks, _ = bases
    values = [(click, click["value"]) for click in clicks]

    @st.composite
    def forged(draw):
        batch = []
        for _ in range(BATCH):
            click, value = draw(st.sampled_from(values))
            changed = mutated({"value": value}, draw)
            batch.append({**click, **changed})
        return batch

    @quick
    @given(forged())
    def run(batch):
        answers = site.post_many([(one, {"Authorization": site.header()}) for one in batch])
        judge(counts, "click", answers)
        assert all(isinstance(body, dict) and body.get("statusCode") for status, body in answers if status == 200)

    run()


def mutate_tokens(site, bases, counts):
    messages, clicks, _ = bases
    good = site.header()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= "

    @st.composite
    def tokens(draw):
        batch = []
        for _ in range(BATCH):
            letters = list(good)
            for _ in range(draw(st.integers(1, 6))):
                # The last letter of a signature has bits that mean nothing: a change there may be none.
                at = draw(st.integers(7, len(letters) - 3))
                match draw(st.sampled_from(["change", "cut", "add"])):
                    case "change":
                        letters[at] = draw(st.sampled_from(alphabet.replace(letters[at], "")))
                    case "cut":
                        del letters[at]
                    case _:
                        letters.insert(at, draw(st.sampled_from(alphabet)))
            batch.append("".join(letters).strip())
        return batch

    @quick
    @given(tokens(), st.randoms(use_true_random=False))
    def run(batch, chance: random.Random):
        forged = [token for token in batch if token.split() != good.split()]  # more spaces before it are allowed
        posts = [(chance.choice([*messages, *clicks]), {"Authorization": token}) for token in forged]
        answers = site.post_many(posts)
        judge(counts, "token", answers)
        assert {status for status, _ in answers} <= {401}

    run()


@pytest.mark.timeout(600)
def test_mutations_by_the_thousand_change_nothing(site, bases):
    counts: Counter[str] = Counter()
    before = state(site)
    mutate_tokens(site, bases, counts)
    mutate_activities(site, bases, counts)
    mutate_clicks(site, bases, counts)
    print(f"\n{counts.total()} requests: {dict(sorted(counts.items()))}")
    assert state(site) == before
    assert counts.total() >= 5000
    assert site.bot.is_alive
    assert [line for line in site.bot.printed.splitlines() if "Traceback" in line] == []
