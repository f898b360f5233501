"""Raw Teams text to a Command: pure, and never surprised. What it cannot understand is a BadOrder with a sentence.

provision "Jane Doe" <jane@contoso.com> license=E3 location=US
name      label      args               options
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import dropwhile

from email_validator import EmailNotValidError, validate_email
from rapidfuzz import process

from handlers.text import plain_text, tidy
from provisioning.errors import BadOrder
from provisioning.words import say

MESSAGE_LIMIT = 4000
ADDRESS_LIMIT = 254  # RFC 5321 4.5.3.1.3, less the brackets
SHOWN = 80  # characters of a person's own words that a sentence repeats

_DOUBLE = '"“”„‟«»″'
_SINGLE = "'‘’‚‛‹›`´"
_QUOTED = rf"[{_DOUBLE}](?P<double>[^{_DOUBLE}]*)[{_DOUBLE}]|[{_SINGLE}](?P<single>.*?)[{_SINGLE}](?=[\s,;.!?]|$)"
_KEY = re.compile(r"(?P<key>[^\W\d][\w-]*)\s*=\s*")
_VALUE = re.compile(rf"{_QUOTED}|(?P<bare>(?![{_DOUBLE}])\S+)")
_DOUBLE_MARK = re.compile(rf"[{_DOUBLE}]")
_CLOSES_SINGLE = re.compile(rf"[{_SINGLE}](?=[\s,;.!?]|$)")
_WORD = re.compile(rf"<(?P<angle>[^<>\s]*@[^<>\s]*)>|{_QUOTED}|(?P<bare>[^\s<]+|<)")
_WHOLE = re.compile(rf"[{_DOUBLE}](?P<inside>[^{_DOUBLE}]*)[{_DOUBLE}]")
_EDGES = ".,;:!?…"
_WRAPPING = _DOUBLE + _SINGLE + "<>()[]{}" + _EDGES + " "
_COURTESY = frozenset({"please", "pls", "thanks", "thx", "bitte", "danke"})
_CLAUSES = frozenset({"as", "at", "on"})  # begin what is said behind an address: handlers/clauses.py
_GREETINGS = _COURTESY | {"hi", "hello", "hey", "hallo"}


@dataclass(frozen=True)
class Command:
    """What was typed. `label` is the name in front of an <address>; `options` are as typed, in order."""

    name: str
    args: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    label: str = ""

    @property
    def text(self) -> str:
        """The command as it could be typed; understood again, it is the same command."""
        first, *others = [_quote(arg) if " " in arg else arg for arg in self.args] or [""]
        who = f"{_quote(self.label)} <{first}>" if self.label else first
        options = (f"{key}={_quote(value)}" for key, value in self.options)
        return " ".join(word for word in (self.name, who, *others, *options) if word)


@dataclass(frozen=True)
class _Token:
    kind: str  # word, phrase (in quotes), address (in angle brackets), option
    text: str
    value: str = ""


def parse(raw: str) -> Command:
    """The command in `raw`; its name is "" when nothing is said. Raises BadOrder with what is wrong."""
    if len(raw) > MESSAGE_LIMIT:
        raise BadOrder(
            say(
                "The message has {count} characters; I read up to {limit}. Send a shorter one.",
                count=f"{len(raw):,}",
                limit=f"{MESSAGE_LIMIT:,}",
            )
        )
    text = plain_text(raw)
    quoted = _WHOLE.fullmatch(text)
    tokens = list(_tokens(quoted["inside"] if quoted else text))
    options = tuple((token.text, token.value) for token in tokens if token.kind == "option")
    words = list(dropwhile(_is_greeting, (token for token in tokens if token.kind != "option")))
    if not words:
        return Command("", options=options)
    label, args = _split_label([word for word in words[1:] if not _is_courtesy(word)])
    return Command(words[0].text.lower().lstrip("/"), args, options, label)


def first_word(line: str) -> tuple[str, str]:
    """What a plain line asks for, past greetings, and what comes after it."""
    rest = line.strip()
    while rest:
        word, _, rest = rest.partition(" ")
        name = word.strip(_WRAPPING).lower()
        if name not in _GREETINGS:
            return name.lstrip("/"), rest.strip()
    return "", ""


def options_of(command: Command, names: Mapping[str, str]) -> dict[str, str]:
    """The options under their real names; `names` maps every accepted spelling to one. Raises BadOrder."""
    found: dict[str, str] = {}
    for key, value in command.options:
        name = names.get(key)
        if name is None:
            raise BadOrder(_unknown_option(key, names))
        if name in found:
            raise BadOrder(
                say(
                    "The option {option} is there twice, with “{typed}” and “{also_typed}”. Keep one of them.",
                    option=key,
                    typed=clip(found[name]),
                    also_typed=clip(value),
                )
            )
        found[name] = value
    return found


def address_of(command: Command) -> str:
    """The one address that the command is about, lower case. Raises BadOrder when it is not exactly one."""
    addresses = addresses_of(command)
    if not addresses:
        raise BadOrder(_no_address(command))
    if len(addresses) > 1:
        *others, last = [clip(address) for address in addresses[:5]]
        raise BadOrder(
            say(
                "I can take one person at a time. You named {others} and {last}: send one message for each.",
                others=" and ".join(others),
                last=last,
            )
        )
    strays = " ".join(arg for arg in command.args if "@" not in arg)
    if strays:
        raise BadOrder(
            say('I do not know what “{typed}” means here. Options look like name="Jane Doe".', typed=clip(strays))
        )
    return addresses[0]


def addresses_of(command: Command) -> list[str]:
    """Every address, lower case, each once. Raises BadOrder for what is none."""
    pieces = [piece for arg in command.args for piece in re.split("[,;]", arg) if "@" in piece]
    return list(dict.fromkeys(check_address(piece) for piece in pieces))


def check_address(text: str) -> str:
    """`text` as a lower-case address, without mailto: and whatever stood around it. Raises BadOrder."""
    bare = unicodedata.normalize("NFKC", tidy(text)).strip(_WRAPPING).lower()
    bare = bare.removeprefix("mailto:").partition("?")[0]
    if len(bare) > ADDRESS_LIMIT:
        raise BadOrder(
            say(
                "“{address}” is too long for an address: at most {limit} characters are possible.",
                address=clip(bare),
                limit=ADDRESS_LIMIT,
            )
        )
    if "@" not in bare:
        raise BadOrder(_no_full_address(bare))
    try:
        return validate_email(bare, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        reason = str(error)
        reason = f"{reason[:1].lower()}{reason[1:]}"
        raise BadOrder(say("“{address}” is not an address: {reason}", address=clip(bare), reason=reason)) from None


def clip(text: str) -> str:
    """A person's own words, short enough for a sentence."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    after_bare = ""  # the option before, when its value had no quotes
    while position < len(text):
        if text[position] == " ":
            position += 1
            continue
        key = _KEY.match(text, position)
        found = _option_value(text, key) if key else _WORD.match(text, position)
        if found is None:  # cannot be: _WORD takes any character but a space
            return
        position = found.end()
        token = _option(key, found) if key else _word(found)
        if after_bare and token.kind == "word" and "@" not in token.text and not _goes_on(token):
            name, _, value = after_bare.partition("=")
            words = clip(f"{value} {token.text}")
            raise BadOrder(
                say('Put quotation marks around a value with spaces: {option}="{typed}".', option=name, typed=words)
            )
        after_bare = f"{token.text}={token.value}" if key and found["bare"] else ""
        if token.text:
            yield token


def _option_value(text: str, key: re.Match[str]) -> re.Match[str]:
    start = key.end()
    is_next_option = text[start - 1] == " " and _KEY.match(text, start)
    if start == len(text) or is_next_option:
        raise BadOrder(_no_value(key["key"]))
    found = _VALUE.match(text, start)
    if found is None:
        raise BadOrder(say("The quotation mark after {option}= is never closed.", option=clip(key["key"])))
    return found


def _option(key: re.Match[str], found: re.Match[str]) -> _Token:
    bare = found["bare"]
    value = bare.rstrip(_EDGES) if bare else (found["double"] or found["single"] or "").strip()
    if not value:
        raise BadOrder(_no_value(key["key"]))
    return _Token("option", key["key"].lower(), value)


def _word(found: re.Match[str]) -> _Token:
    kind = "address" if found["angle"] else "word" if found["bare"] else "phrase"
    text = found["angle"] or found["bare"] or found["double"] or found["single"] or ""
    return _Token(kind, text.strip(_WRAPPING + "="))  # a stray "=" would make an option of the word before it


def _split_label(words: list[_Token]) -> tuple[str, tuple[str, ...]]:
    """`Jane Doe <jane@contoso.com>`, as mail programs copy it: the label, and the rest."""
    texts = [word.text for word in words]
    angle = next((index for index, word in enumerate(words) if word.kind == "address"), 0)
    if angle and not any("@" in text for text in texts[:angle]):
        return " ".join(texts[:angle]), tuple(texts[angle:])
    return "", tuple(texts)


def _is_greeting(token: _Token) -> bool:
    return token.kind == "word" and token.text.lower() in _GREETINGS


def _is_courtesy(token: _Token) -> bool:
    return token.kind == "word" and token.text.lower() in _COURTESY


def _goes_on(token: _Token) -> bool:
    """A word that is no part of the value before it, whatever that is."""
    return _is_courtesy(token) or token.text.lower() in _CLAUSES


def _quote(value: str) -> str:
    if not _DOUBLE_MARK.search(value):
        return f'"{value}"'
    if not _CLOSES_SINGLE.search(value):
        return f"'{value}'"
    return f'"{_DOUBLE_MARK.sub("", value)}"'


def _no_value(key: str) -> str:
    return say(
        'The option {option} has no value. Write it like name="Jane Doe", or leave it out.',
        option=clip(key),
    )


def _unknown_option(key: str, names: Mapping[str, str]) -> str:
    near = process.extractOne(key, list(names), score_cutoff=70)
    options = ", ".join(dict.fromkeys(names.values()))
    if not near:
        return say("There is no option “{option}”. The options are {options}.", option=clip(key), options=options)
    return say(
        "There is no option “{option}”. Did you mean {near}? The options are {options}.",
        option=clip(key),
        near=near[0],
        options=options,
    )


def _no_address(command: Command) -> str:
    if not command.args:
        return say("For whom? Write the address as well, such as {command} jane@contoso.com.", command=command.name)
    return _no_full_address(" ".join(command.args))


def _no_full_address(text: str) -> str:
    return say("“{address}” is not an address. Write it in full, such as jane@contoso.com.", address=clip(text))
