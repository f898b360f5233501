"""Side-effect counters per person, so that a test can prove that each thing happened exactly once."""

from collections import Counter
from enum import StrEnum


class Effect(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    RESTORED = "restored"
    LICENSES_ASSIGNED = "licenses_assigned"  # calls that changed something
    LICENSES_REMOVED = "licenses_removed"
    MANAGERS_SET = "managers_set"
    PASSWORDS_SET = "passwords_set"
    ACCESS_PASSES = "access_passes"
    MAILS_SENT = "mails_sent"
    SETTINGS_CHANGED = "mailbox_settings_changed"
    GROUPS_JOINED = "groups_joined"
    RETRIED = "provisioning_retried"
    REPROCESSED = "licenses_reprocessed"


class Effects:
    """Counted under the UPN in lower case."""

    def __init__(self) -> None:
        self._by_user: dict[str, Counter[Effect]] = {}

    def count(self, upn: str, effect: Effect) -> None:
        self._by_user.setdefault(upn.lower(), Counter())[effect] += 1

    def of(self, upn: str) -> dict[str, int]:
        return {effect.value: n for effect, n in self._by_user.get(upn.lower(), Counter()).items()}

    def as_json(self) -> dict[str, dict[str, dict[str, int]] | dict[str, int]]:
        total: Counter[Effect] = Counter()
        for counter in self._by_user.values():
            total.update(counter)
        return {
            "users": {upn: self.of(upn) for upn in self._by_user},
            "total": {effect.value: total[effect] for effect in Effect},
        }
