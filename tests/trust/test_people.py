"""Who may do what, by who they are in the verified activity and in Entra, never by what they write."""

from support.trust_site import ADAM, GROUP, HELGA, MONA, VERA, button, buttons, running_trust_site, text_of

ORDER = 'provision {} name="No Body" license=E3 location=US'


def test_somebody_without_a_role_can_neither_order_nor_look(site):
    before = site.rows("cases")
    for text in (ORDER.format("n1@contoso.com"), "status", "diagnose adam@contoso.com", "cancel n1@contoso.com"):
        (answer,) = site.say(VERA, text)
        assert "You need to be" in text_of(answer["attachments"][0]["content"])
    assert site.rows("cases") == before
    refused = [entry["sentence"] for entry in site.audit() if entry["kind"] == "refusal"]
    assert any("Vera Viewer was refused “provision”" in sentence for sentence in refused)


def test_a_name_in_the_text_or_in_a_cards_data_makes_nobody_somebody_else(site):
    before = site.rows("cases")
    site.say(VERA, f"{ORDER.format('n2@contoso.com')} as={ADAM.id} aadObjectId={ADAM.id}")
    forged = {
        "verb": "order",
        "data": {"verb": "order", "upn": "n2@contoso.com", "person": ADAM.id, "from": ADAM.account},
    }
    answer = site.click(VERA, forged)
    assert "n2@contoso.com" not in text_of(answer)
    assert site.rows("cases") == before


def test_a_viewer_sees_only_what_looks(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=HELGA.id, VIEWERS=MONA.id) as site:
        site.say(HELGA, ORDER.format("seen@contoso.com"))
        site.sees("No Body", "preparing the mailbox")
        card = site.say(MONA, "status seen@contoso.com")[-1]["attachments"][0]["content"]
        assert [one["title"] for one in buttons(card)] == ["Diagnose"]


def test_guests_are_refused(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=f"{HELGA.id},{MONA.id}") as site:
        site.graph("PATCH", f"/users/{MONA.id}", {"userType": "Guest"})
        (answer,) = site.say(MONA, ORDER.format("n3@contoso.com"))
        assert "Guests may not use Mailroom" in text_of(answer["attachments"][0]["content"])
        assert site.rows("cases") == {"cases": 0}


def test_in_a_group_only_those_who_may_act_see_buttons(site):
    site.say(HELGA, ORDER.format("shown@contoso.com"), GROUP)
    everyones = site.sees("No Body", "preparing the mailbox", conversation=GROUP["id"])
    own = button(everyones, "Show my buttons")
    titles = [one["title"] for one in buttons(everyones)]
    assert titles == ["Show my buttons"]
    helgas = site.click(HELGA, own, GROUP)["value"]
    assert {"Check now", "Diagnose", "Cancel"} <= {one["title"] for one in buttons(helgas)}
    refused = site.click(VERA, own, GROUP)
    assert "You need to be" in text_of(refused)
