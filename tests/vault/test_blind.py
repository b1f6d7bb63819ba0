"""Digests that find without opening."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctor.vault import blind
from auctor.vault.keyring import Keyring, Purpose
from tests.vault.conftest import ACME, BOREALIS

CRM = Purpose.CRM


class TestNormalise:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Alice@Example.COM", " alice@example.com "),
            ("STRASSE", "straße"),
            ("Ａｃｍｅ　Inc", "acme inc"),
            ("Cafe\u0301", "café"),
            ("ﬁne\tprint", "FINE  PRINT"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ],
    )
    def test_makes_equal_what_people_call_equal(self, one: str, other: str) -> None:
        assert blind.normalise(one) == blind.normalise(other)

    def test_keeps_accents_apart(self) -> None:
        assert blind.normalise("Müller") != blind.normalise("Muller")

    @given(st.text())
    def test_does_not_change_its_own_result(self, value: str) -> None:
        once = blind.normalise(value)
        assert blind.normalise(once) == once

    @given(st.text())
    def test_gives_the_same_for_every_composition(self, value: str) -> None:
        forms = {blind.normalise(unicodedata.normalize(form, value)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
        assert len(forms) == 1


class TestWords:
    def test_are_runs_of_letters_and_digits_once_each_in_order(self) -> None:
        assert blind.words("Acme – Renewal 2026 (acme_EMEA)!") == ["2026", "acme", "emea", "renewal"]

    def test_keep_their_marks(self) -> None:
        assert blind.words("हिन्दी भाषा") == sorted([blind.normalise("हिन्दी"), blind.normalise("भाषा")])

    @given(st.text())
    def test_are_the_same_in_any_case(self, value: str) -> None:
        assert blind.words(value) == blind.words(blind.normalise(value))


@pytest.mark.usefixtures("installed")
class TestDigest:
    def test_is_equal_for_equal_values_only(self) -> None:
        assert blind.digest(ACME, CRM, "Bob@x.io") == blind.digest(ACME, CRM, " bob@X.io")
        assert blind.digest(ACME, CRM, "bob@x.io") != blind.digest(ACME, CRM, "rob@x.io")

    def test_tells_nothing_across_workspaces_and_purposes(self) -> None:
        made = {blind.digest(w, p, "bob") for w in (ACME, BOREALIS) for p in (CRM, Purpose.CONTACTS)}
        assert len(made) == 4

    @pytest.mark.parametrize("value", ["", "  ", "\u3000"])
    def test_gives_nothing_for_a_blank_value(self, value: str) -> None:
        assert blind.digest(ACME, CRM, value) is None
        assert blind.digests(ACME, CRM, value) == []


@pytest.mark.usefixtures("installed")
class TestDigestMany:
    def test_gives_what_single_calls_would(self) -> None:
        values = ["bob", None, "", "Ärzte"]
        assert blind.digest_many(ACME, CRM, values) == [
            blind.digest(ACME, CRM, "bob"),
            None,
            None,
            blind.digest(ACME, CRM, "ärzte"),
        ]


class TestDigests:
    def test_finds_under_both_keys_while_a_rotation_is_under_way(self, installed: Keyring) -> None:
        before = blind.digest(ACME, CRM, "bob")
        installed.change(ACME, CRM, lambda keys: keys.announce())
        assert blind.digest(ACME, CRM, "bob") == before
        installed.change(ACME, CRM, lambda keys: keys.switch())
        after = blind.digest(ACME, CRM, "bob")
        assert blind.digests(ACME, CRM, "bob") == [after, before]
        assert after != before


@pytest.mark.usefixtures("installed")
class TestWordDigests:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
    @given(st.text())
    def test_are_sorted_bigints_one_for_each_word(self, value: str) -> None:
        made = blind.word_digests(ACME, CRM, value)
        assert made == sorted(made)
        assert len(made) == len(blind.words(value))
        assert all(-(2**63) <= number < 2**63 for number in made)

    def test_of_a_question_are_among_those_of_the_text(self) -> None:
        text = set(blind.word_digests(ACME, CRM, "Acme renewal for EMEA"))
        (question,) = blind.word_searches(ACME, CRM, "emea ACME")
        assert set(question) < text
        assert not set(blind.word_digests(ACME, CRM, "emeas")) & text
