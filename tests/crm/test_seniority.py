"""Titles of seven languages say how much power they speak of."""

import pytest

from auctor.crm.seniority import seniority_of
from auctor.signals.vocabulary import Seniority

RANKS = {
    Seniority.CHIEF: [
        "CEO",
        "Chief Revenue Officer",
        "Co-Founder & CTO",
        "Owner",
        "Managing Director",
        "President",
        "Geschäftsführerin",
        "Vorstandsmitglied",
        "Inhaber",
        "Directeur Général",
        "PDG",
        "Director General",
        "Consejero Delegado",
        "Diretor Executivo",
        "Sócio fundador",
        "Amministratore Delegato",
        "Titolare",
        "Algemeen directeur",
        "Eigenaar",
    ],
    Seniority.HEAD: [
        "VP Engineering",
        "Vice President, Sales",
        "SVP",
        "Head of IT",
        "General Manager",
        "Chief of Staff",
        "Leiter Einkauf",
        "Abteilungsleiterin Finanzen",
        "Prokurist",
        "Vicepresidente",
        "Hoofd inkoop",
    ],
    Seniority.DIRECTOR: [
        "Director of Sales",
        "Vertriebsdirektor Direktor",
        "Directrice des achats",
        "Director de compras",
        "Diretora comercial",
        "Direttore commerciale",
    ],
    Seniority.MANAGER: [
        "Account Manager",
        "Teamleiter",
        "Projektleiterin",
        "Responsable des achats",
        "Jefe de compras",
        "Gerente de TI",
        "Responsabile acquisti",
        "Teamleider",
    ],
    Seniority.OTHER: [
        "Software engineer",
        "Einkäufer",
        "Product Owner",
        "Executive Assistant to the CEO",
        "Assistentin der Geschäftsführung",
        "former CEO",
        "Comptable",
        "Inkoper",
    ],
}


class TestSeniorityOf:
    @pytest.mark.parametrize(("title", "rank"), [(title, rank) for rank, titles in RANKS.items() for title in titles])
    def test_knows(self, title: str, rank: Seniority) -> None:
        assert seniority_of(title) is rank

    @pytest.mark.parametrize("nothing", [None, "", "  ", "–"])
    def test_knows_nothing_without_a_title(self, nothing: str | None) -> None:
        assert seniority_of(nothing) is None

    def test_puts_a_deputy_one_rank_lower(self) -> None:
        assert seniority_of("Deputy Head of Purchasing") is Seniority.DIRECTOR

    def test_takes_the_highest_rank_of_several(self) -> None:
        assert seniority_of("Sales Manager and Founder") is Seniority.CHIEF
