"""From what Teams sends to the plain line that the person meant: no markup, entities, odd spaces or unseen marks."""

import html
import re
import unicodedata

# U+FF01..U+FF5E are ASCII at full width, as East Asian keyboards type it.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MENTION = re.compile(r"<at\b[^<>]*>.*?</at\s*>", re.IGNORECASE | re.DOTALL)
_ANCHOR = re.compile(r"<a\s([^<>]*)>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*(mailto:[^()\s]*)\s*\)", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:([^\s\"'?<>]*)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])\s*>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]\s*>(?!\s*</tr)", re.IGNORECASE)  # but the last of its row
_INLINE = re.compile(r"</?(?:span|b|i|u|s|em|strong|font|code|strike|sub|sup|a|at)(?:\s[^<>]*)?/?>", re.IGNORECASE)
# A tag's name is never followed by an @: <jane@contoso.com> is an address.
_TAG = re.compile(r"</?[a-z][a-z0-9:-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_JOINERS = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
_ROUNDS = 8  # nobody nests entities deeper by accident
_NO_MARKUP = str.maketrans("&<>[]", "     ")
_KEPT_FORMATS = frozenset("\u200c\u200d")  # Persian, Indic scripts and emoji need them between letters


def plain_text(raw: str) -> str:
    """One line, idempotent: markup is undone until none is left, so that nothing hides behind `&amp;lt;`."""
    text = tidy(raw)
    for _ in range(_ROUNDS):
        cleaned = tidy(html.unescape(_without_markup(text)))
        if cleaned == text:
            return text
        text = cleaned
    return tidy(text.translate(_NO_MARKUP))


def lines_of(raw: str) -> list[str]:
    """Each line plain; the cells of a pasted table with tabs between them."""
    lines = _BREAK.sub("\n", _CELL.sub("\t", raw)).splitlines()
    return ["\t".join(plain_text(cell) for cell in line.split("\t")) for line in lines]


def tidy(text: str) -> str:
    """One line of plain text: composed letters, ASCII at normal width, single spaces, nothing unseen."""
    visible = "".join(map(_visible, text.translate(_FULL_WIDTH)))
    return " ".join(_JOINERS.sub("", unicodedata.normalize("NFC", visible)).split())


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category == "Cs" or (category == "Cf" and character not in _KEPT_FORMATS):
        return ""
    return character


def _without_markup(text: str) -> str:
    text = _COMMENT.sub("", _MENTION.sub(" ", text))
    text = _ANCHOR.sub(lambda link: _link_words(link.group(2), link.group(1)), text)
    text = _MARKDOWN_LINK.sub(lambda link: _link_words(link.group(1), link.group(2)), text)
    return _TAG.sub(" ", _INLINE.sub("", text))


def _link_words(words: str, target: str) -> str:
    """What the person sees; the link's target only where that is no address."""
    mailto = _MAILTO.search(target)
    return mailto.group(1) if mailto and "@" not in words else words
