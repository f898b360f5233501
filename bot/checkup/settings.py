"""The settings: what runs, but perhaps not as its operator believes."""

from pathlib import Path

from bot.checkup import Found, ok, warning
from bot.settings import ENV_FILE, AppType, Settings

OTHERS = 0o077  # of a file's mode: what anybody but its owner may do


def check_settings(settings: Settings, env_file: Path = Path(ENV_FILE)) -> list[Found]:
    return [_identity(settings), _roles(settings), _second_person(settings), _kept(settings), *_file(env_file)]


def _identity(settings: Settings) -> Found:
    if settings.app_type is AppType.ANONYMOUS:
        return warning(
            "settings",
            "MAILROOM_APP_TYPE is Anonymous: nobody's token is checked, and nothing real is reached.",
            "For a real tenant set SingleTenant or UserAssignedMSI, and MAILROOM_APP_ID.",
        )
    return ok("settings", f"Complete: {settings.app_type.value}, app {settings.app_id}, tenant {settings.tenant_id}.")


def _roles(settings: Settings) -> Found:
    if settings.operators or settings.admins:
        return ok("settings.roles", "Only those whom the settings name may order.")
    return warning(
        "settings.roles",
        "Neither MAILROOM_OPERATORS nor MAILROOM_ADMINS is set: every member of the tenant may order.",
        "Set them to the object ids of groups.",
    )


def _second_person(settings: Settings) -> Found:
    if settings.approval_risk == "never" or settings.approvers or settings.admins:
        return ok("settings.approvers", f"A second person is asked from risk {settings.approval_risk} on.")
    return warning(
        "settings.approvers",
        "Nobody is there to approve risky fixes: they run without a second person.",
        "Set MAILROOM_ADMINS or MAILROOM_APPROVERS.",
    )


def _kept(settings: Settings) -> Found:
    kept, trail = _days(settings.retention_days), _days(settings.audit_retention_days)
    return ok("settings.retention", f"What has ended is kept {kept}, the audit trail {trail}.")


def _file(env_file: Path) -> list[Found]:
    """The file with the secrets, where there is one."""
    if not env_file.is_file():
        return []
    mode = env_file.stat().st_mode & 0o777
    if mode & OTHERS:
        return [
            warning("settings.file", f"Others than its owner may read {env_file} ({mode:o}).", f"chmod 600 {env_file}")
        ]
    return [ok("settings.file", f"Only its owner may read {env_file}.")]


def _days(days: int) -> str:
    return f"for {days} days" if days else "without end"
