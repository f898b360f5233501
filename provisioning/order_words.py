"""What the sentences about an order name in them: licenses with their seats, and a person's own words, in short."""

from collections.abc import Sequence

from provisioning.directory import Sku
from provisioning.words import say

SHOWN = 80  # characters of a person's own words that a sentence repeats
MOST_SHOWN = 8  # names in a sentence that lists them


def in_use(skus: Sequence[Sku]) -> str:
    """One within the other, so that each is known again in another language."""
    sku, *others = skus
    if not others:
        return say("{license} ({used} of {seats} in use)", license=sku.name, used=sku.consumed, seats=sku.enabled)
    return say(
        "{license} ({used} of {seats} in use), {others}",
        license=sku.name,
        used=sku.consumed,
        seats=sku.enabled,
        others=in_use(others),
    )


def all_in_use(sku: Sku, others: Sequence[Sku]) -> str:
    if not others:
        return say(
            "No seats are free: {license} has {used} of {seats} in use. Free or buy one.",
            license=sku.name,
            used=sku.consumed,
            seats=sku.enabled,
        )
    return say(
        "No seats are free: {license} has {used} of {seats} in use. Free: {others}. Free or buy one.",
        license=sku.name,
        used=sku.consumed,
        seats=sku.enabled,
        others=", ".join(f"{other.name} ({other.free})" for other in others[:MOST_SHOWN]),
    )


def listed(skus: Sequence[Sku]) -> str:
    names = ", ".join(sku.name for sku in skus[:MOST_SHOWN]) or say("none")
    return say("{names}, and more", names=names) if len(skus) > MOST_SHOWN else names


def clip(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
