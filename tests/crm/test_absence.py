"""Who is away, from the label of a message."""

import pytest

from auctor.crm.absence import is_away


class TestIsAway:
    @pytest.mark.parametrize(
        "label",
        [
            "Out of office: back on Monday",
            "Automatic reply: Offer",
            "Auto-Reply: Offer",
            "Abwesenheitsnotiz: Angebot",
            "Automatische Antwort: Angebot",
            "Réponse automatique : offre",
            "[Respuesta automática] Oferta",
            "RE: Out of the office",
            "I'm currently out of office",
        ],
    )
    def test_knows_what_mail_programs_write(self, label: str) -> None:
        assert is_away(label)

    @pytest.mark.parametrize(
        "label",
        ["", "Offer", "Re: Offer", "Our out of office policy", "Automation offer", "Leave a comment", "\0", "'"],
    )
    def test_takes_an_ordinary_subject_for_one(self, label: str) -> None:
        assert not is_away(label)
