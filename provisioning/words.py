"""Mailroom's own sentences outside the cards: English, which is how they are stored, logged and audited.

`say` marks a sentence for the catalogue (`make translations`). The cards know a finished sentence again by its
template and say it in the reader's language (cards/language.py), so that a document stays plain text which every
version can read, whatever language its readers have.
"""


def say(template: str, /, **values: object) -> str:
    """`template` with its `{values}`. It must be a literal, and whole: a sentence that is glued together has no
    translation. Raises KeyError where a value is missing.
    """
    return template.format(**values)


def marked(template: str, /) -> str:
    """A sentence of a table that is made before anyone reads; where it has values, `format` fills them in later."""
    return template


def counted(one: str, many: str, n: int, /, **values: object) -> str:
    """`one` for 1, else `many`, in which `{n}` is the number, such as "10,000"."""
    return (one if n == 1 else many).format(n=f"{n:,}", **values)
