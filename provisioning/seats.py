"""Which licenses of the tenant are running out. Pure."""

from collections.abc import Sequence

from provisioning.directory import Sku


def with_mailbox(skus: Sequence[Sku]) -> list[Sku]:
    """Those that carry a mailbox: the most used first."""
    return sorted((sku for sku in skus if sku.mailbox_plans), key=lambda sku: (-sku.consumed, sku.name))


def is_usable(sku: Sku) -> bool:
    """A subscription in its grace period (Warning) still gives seats."""
    return sku.capability_status in ("Enabled", "Warning")


def is_low(sku: Sku, warning: int) -> bool:
    """A subscription without any seat was not bought for people: it cannot run out."""
    return is_usable(sku) and sku.enabled > 0 and sku.free <= warning


def low_ones(skus: Sequence[Sku], warning: int) -> list[Sku]:
    """The scarcest first."""
    return sorted((sku for sku in skus if is_low(sku, warning)), key=lambda sku: (sku.free, sku.name))
