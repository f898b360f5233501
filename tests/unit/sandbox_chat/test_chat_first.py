from support.chat import Teams


async def test_message_and_answer(teams: Teams) -> None:
    sent = await teams.say("helga", "personal", "card")
    assert sent["delivery"] == "sent"
    _, card = await teams.messages("helga", "personal")
    assert card["preview"] == "40%"
    assert [a["type"] for a in teams.bot.received] == ["conversationUpdate", "installationUpdate", "message"]
