"""OData $filter: a small recursive-descent parser and evaluator, as far as directory queries need it.

or_expr  := and_expr ('or' and_expr)*
and_expr := unary ('and' unary)*
unary    := 'not' unary | '(' or_expr ')' | function | lambda | comparison | membership
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.failures import GraphFailure

Read = Callable[[str], Any]
Test = Callable[[Read], bool]

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<punct>[(),:])|(?P<word>[^\s(),:']+))")
_FUNCTIONS = ("startswith", "endswith", "contains")
_PUNCTUATION = ("(", ")", ",", ":")
_COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")


@dataclass(frozen=True)
class Filter:
    """`equals` are the comparisons with eq that every hit must fulfil: what an index can use."""

    test: Test
    operators: frozenset[str]
    equals: tuple[tuple[str, str], ...]
    properties: frozenset[str]

    @property
    def needs_advanced(self) -> str:
        """The first operator that only advanced queries support, or ""."""
        return next((name for name in ("endsWith", "ne", "not", "contains") if name.lower() in self.operators), "")


def parse(text: str) -> Filter:
    """Raises Graph's 400 for what is no filter."""
    parser = _Parser(_tokens(text))
    test = parser.either()
    parser.end()
    equals = () if "or" in parser.operators or "not" in parser.operators else tuple(parser.equals)
    return Filter(test, frozenset(parser.operators), equals, frozenset(parser.properties))


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise invalid()
        tokens.append(match[0].strip() if match["text"] is None else match["text"])
        at = match.end()
    return tokens


def invalid(detail: str = "") -> GraphFailure:
    return GraphFailure(400, "Request_UnsupportedQuery" if detail else "BadRequest", detail or "Invalid filter clause")


class _Parser:
    """`prefix` is the range variable while inside any(x:…)."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self.operators: set[str] = set()
        self.equals: list[tuple[str, str]] = []
        self.properties: set[str] = set()

    def either(self) -> Test:
        tests = [self._both()]
        while self._take_word("or"):
            tests.append(self._both())
        if len(tests) == 1:
            return tests[0]
        return lambda read: any(test(read) for test in tests)

    def end(self) -> None:
        if self._at != len(self._tokens):
            raise invalid()

    def _both(self) -> Test:
        tests = [self._unary()]
        while self._take_word("and"):
            tests.append(self._unary())
        if len(tests) == 1:
            return tests[0]
        return lambda read: all(test(read) for test in tests)

    def _unary(self) -> Test:
        self._depth += 1
        if self._depth > 50:
            raise invalid()
        try:
            return self._simple()
        finally:
            self._depth -= 1

    def _simple(self) -> Test:
        if self._take_word("not"):
            inner = self._unary()
            return lambda read: not inner(read)
        if self._take("("):
            group = self.either()
            self._expect(")")
            return group
        word = self._word()
        if word.lower() in _FUNCTIONS and self._take("("):
            return self._function(word.lower())
        if word.lower().endswith("/any") and self._take("("):
            return self._lambda(word[: -len("/any")])
        return self._comparison(word)

    def _function(self, name: str) -> Test:
        self.operators.add(name)
        path = self._property(self._word())
        self._expect(",")
        wanted = str(self._value()).lower()
        self._expect(")")
        return lambda read: _text_test(name, str(read(path) or "").lower(), wanted)

    def _lambda(self, collection: str) -> Test:
        """any(x:x eq 'a') over plain values, or any(x:x/prop eq 'a') over objects."""
        variable = self._word()
        self._expect(":")
        inner = _Parser(self._tokens)
        inner._at, inner._depth = self._at, self._depth + 1
        test = inner.either()
        self._at = inner._at
        self._expect(")")
        self.properties.add(collection)
        self.operators |= inner.operators
        self.equals += [(collection, value) for name, value in inner.equals if name == variable]
        return lambda read: any(test(_item_reader(item, variable)) for item in read(collection) or ())

    def _comparison(self, word: str) -> Test:
        path = self._property(word)
        operator = self._word().lower()
        if operator == "in":
            return self._membership(path)
        if operator not in _COMPARISONS:
            raise invalid()
        self.operators.add(operator)
        wanted = self._value()
        if operator == "eq" and isinstance(wanted, str):
            self.equals.append((path, wanted))
        return lambda read: _compare(operator, read(path), wanted)

    def _membership(self, path: str) -> Test:
        self._expect("(")
        wanted = [self._value()]
        while self._take(","):
            wanted.append(self._value())
        self._expect(")")
        return lambda read: any(_compare("eq", read(path), value) for value in wanted)

    def _property(self, word: str) -> str:
        if not re.fullmatch(r"[A-Za-z_][\w/]*", word):
            raise invalid()
        self.properties.add(word)
        return word

    def _value(self) -> Any:
        token = self._next()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        literals = {"true": True, "false": False, "null": None}
        if token.lower() in literals:
            return literals[token.lower()]
        # A time has colons, which are tokens of their own: put it together again.
        while self._at + 1 < len(self._tokens) and self._tokens[self._at] == ":":
            token += self._next() + self._next()
        if not re.fullmatch(r"-?[\w.:+-]+", token):
            raise invalid()
        return int(token) if re.fullmatch(r"-?\d+", token) else token

    def _word(self) -> str:
        word = self._next()
        if word.startswith("'") or word in _PUNCTUATION:
            raise invalid()
        return word

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise invalid()
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, token: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at] == token
        self._at += found
        return found

    def _take_word(self, word: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at].lower() == word
        self._at += found
        if found:
            self.operators.add(word)
        return found

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise invalid()


def _item_reader(item: Any, variable: str) -> Read:
    def read(path: str) -> Any:
        if path.lower() == variable.lower():
            return item
        name = path.partition("/")[2]
        return item.get(name) if isinstance(item, dict) else None

    return read


def _text_test(name: str, given: str, wanted: str) -> bool:
    if name == "startswith":
        return given.startswith(wanted)
    return given.endswith(wanted) if name == "endswith" else wanted in given


def _compare(operator: str, given: Any, wanted: Any) -> bool:
    """Texts compare without case, as in the directory; null equals null only."""
    given, wanted = _folded(given), _folded(wanted)
    if operator in ("eq", "ne"):
        return bool(given == wanted) is (operator == "eq")
    if given is None or wanted is None or type(given) is not type(wanted):
        return False
    results = {"gt": given > wanted, "ge": given >= wanted, "lt": given < wanted, "le": given <= wanted}
    return bool(results[operator])


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
