"""PowerShell: filled in with the user's values, and no name can break out of its quotes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import causes
from support.snapshots import stuck, synced

from provisioning.directory import Snapshot
from provisioning.fixes import FIXES, fix
from provisioning.powershell import QUOTES, filter_on, quoted

HOSTILE = [
    "O'Brien",
    "$(Remove-Mailbox *)",
    "`whoami`",
    "a\nRemove-Item C:\\ -Recurse",
    "x'; rm *; '",
    "y\u2019; rm; \u2018",
]


def literals(script: str) -> tuple[list[str], str]:
    """The single-quoted strings of a script as PowerShell reads them, and all that is outside of them."""
    strings, outside, i = [], [], 0
    while i < len(script):
        if script[i] not in QUOTES:
            outside.append(script[i])
            i += 1
            continue
        text, i = [], i + 1
        while not (script[i] in QUOTES and script[i + 1 : i + 2] not in tuple(QUOTES)):
            step = 2 if script[i] in QUOTES else 1
            text.append(script[i])
            i += step
        strings.append("".join(text))
        i += 1
    return strings, "".join(outside)


def hostile(name: str) -> Snapshot:
    """Every value that a script may use has the name in it."""
    snapshot = causes.c34(causes.c20(causes.c19(stuck())))
    assert snapshot.account
    holders = tuple(
        replace(one, id=name, name=name, proxy_addresses=(f"smtp:{name}@contoso.com",))
        for one in snapshot.holders or ()
    )
    errors = tuple(replace(error, value=name) for error in snapshot.account.sync_errors)
    upn = f"{name}@contoso.com"
    proxies = (f"SMTP:{upn}",)
    account = replace(
        snapshot.account, id=name, upn=upn, mail=upn, sam_account_name=name, sync_errors=errors, proxy_addresses=proxies
    )
    return replace(snapshot, account=account, holders=holders, name=upn)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("fix_id", sorted(FIXES))
def test_a_hostile_name_never_leaves_its_quotes(fix_id: str, name: str) -> None:
    tame, wild = fix(fix_id, hostile("jane")).script, fix(fix_id, hostile(name)).script
    assert literals(wild)[1] == literals(tame)[1]


@given(st.text())
def test_quoting_gives_back_the_visible_text(text: str) -> None:
    literal = quoted(text)
    strings, outside = literals(literal)
    assert (len(strings), outside) == (1, "")
    assert "\n" not in literal
    assert "\r" not in literal


@given(st.text())
def test_a_filter_is_one_string_with_one_value(text: str) -> None:
    strings, outside = literals(filter_on("EmailAddresses", text))
    assert (len(strings), outside) == (1, "")
    assert strings[0].startswith("EmailAddresses -eq '")
    inner = strings[0].removeprefix("EmailAddresses -eq '").removesuffix("'")
    assert "'" not in inner.replace("''", "")


def test_scripts_carry_the_users_own_values() -> None:
    script = fix("release-address", causes.c19(stuck())).script
    assert "-eq ''smtp:jane@contoso.com''" in script
    assert "Set-DistributionGroup -Identity 'g1' -EmailAddresses @{remove='smtp:jane@contoso.com'}" in script
    assert "Start-ADSyncSyncCycle -PolicyType Delta" in fix("resync-directory", synced(stuck())).script
    assert "-Recipients 'jane@contoso.com'" in fix("run-diagnostic", stuck()).script
    assert "Get-MailUser -Identity 'jane@contoso.com'" in fix("inspect-recipient", stuck()).script
