"""Accounts that Mailroom never changes, whoever asks: holders of directory roles, and whoever the settings name."""

from support.trust_site import HELGA, answers_to, buttons, running_trust_site, text_of


def test_an_administrator_is_not_changed_by_an_order(site):
    before = site.effects()
    (answer,) = site.say(HELGA, 'provision adam@contoso.com license=E3 location=US department="Mine"')
    assert "holds the directory role Global Administrator" in text_of(answer["attachments"][0]["content"])
    assert site.effects() == before
    assert any("adam@contoso.com" in entry["subject"] for entry in site.audit() if entry["kind"] == "refusal")


def test_diagnosis_of_an_administrator_stays_possible(site):
    assert "adam@contoso.com" in text_of(site.diagnosis(HELGA, "adam@contoso.com"))


def test_who_is_protected_after_the_question_is_not_changed(tmp_path):
    """The check is made at the time of the write, not only when the card was drawn."""
    with running_trust_site(tmp_path, OPERATORS=HELGA.id) as site:
        vips = site.graph("GET", "/groups?$filter=displayName eq 'Mailroom Admins'".replace(" ", "%20"))["value"][0][
            "id"
        ]
        site.restart_bot(MAILROOM_PROTECTED=vips)
        fix, *_ = buttons(site.diagnosis(HELGA, "nora.lind@contoso.com"), "fix")
        asked = site.click(HELGA, fix)["value"]
        confirm, *_ = buttons(asked, "fix-confirmed")
        nora = site.graph("GET", "/users/nora.lind@contoso.com")["id"]
        reference = {"@odata.id": f"{site.sandbox_url}/v1.0/directoryObjects/{nora}"}
        site.graph("POST", f"/groups/{vips}/members/$ref", reference)
        before = site.effects()
        assert "protect" in text_of(site.click(HELGA, confirm, **answers_to(asked))).lower()
        assert site.effects() == before


def test_a_break_glass_account_is_not_repaired(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=HELGA.id) as site:
        nora = site.graph("GET", "/users/nora.lind@contoso.com")["id"]
        site.restart_bot(MAILROOM_PROTECTED=nora)
        fix, *_ = buttons(site.diagnosis(HELGA, "nora.lind@contoso.com"), "fix")
        before = site.effects()
        assert "protect" in text_of(site.click(HELGA, fix)).lower()
        assert site.effects() == before


def test_when_it_cannot_be_told_who_is_protected_nothing_is_written(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=HELGA.id) as site:
        fix, *_ = buttons(site.diagnosis(HELGA, "nora.lind@contoso.com"), "fix")
        site.fault(path="transitiveMemberOf", status=403)
        before = site.effects()
        assert "could not be checked" in text_of(site.click(HELGA, fix))
        assert site.effects() == before
