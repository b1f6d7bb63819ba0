"""Finding sealed values by digests."""

from collections.abc import Iterator

import pytest
from django.db import models

from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from auctor.vault import blind
from auctor.vault.blindfields import BlindIndexField, BlindIndexForgotten
from auctor.vault.fields import SealedFieldMisused, SealedTextField
from auctor.vault.keyring import Keyring, Purpose
from tests.vault.conftest import ACME, BOREALIS
from tests.vault.models import Note

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("note_table", "installed", "in_acme")]


@pytest.fixture
def in_acme(db: None) -> Iterator[None]:
    with scope.enter(Actor.system(ACME, "test")):
        yield


@pytest.fixture
def notes(note_table: None, installed: Keyring, in_acme: None) -> list[Note]:
    titles = ["Acme Renewal", "acme  RENEWAL", "Renewal of Borealis", "Ärztehaus", "", None]
    made = [Note(workspace_id=ACME, title=title, number=n) for n, title in enumerate(titles)]
    for note in made:
        note.save()
    return made


def numbers(found: models.QuerySet[Note]) -> list[int]:
    return sorted(note.number for note in found)


@pytest.mark.usefixtures("notes")
class TestBlindIndexField:
    def test_finds_equal_values_however_they_are_written(self) -> None:
        assert numbers(Note.objects.filter(title_index="ACME renewal")) == [0, 1]
        assert numbers(Note.objects.filter(title_index="ÄRZTEHAUS")) == [3]
        assert numbers(Note.objects.filter(title_index="Renewal")) == []

    def test_finds_any_of_several(self) -> None:
        assert numbers(Note.objects.filter(title_index__in=["acme renewal", "ärztehaus", "nothing"])) == [0, 1, 3]
        assert numbers(Note.objects.filter(title_index__in=[])) == []

    def test_finds_a_digest_that_was_computed_before(self) -> None:
        digest = blind.digest(ACME, Purpose.CRM, "Ärztehaus")
        assert numbers(Note.objects.filter(title_index=digest)) == [3]

    def test_is_null_for_blank_and_absent_values(self) -> None:
        assert numbers(Note.objects.filter(title_index__isnull=True)) == [4, 5]
        assert numbers(Note.objects.filter(title_index="")) == []
        assert numbers(Note.objects.filter(title_index=None)) == [4, 5]

    def test_excludes_too(self) -> None:
        assert numbers(Note.objects.filter(title_index__isnull=False).exclude(title_index="acme renewal")) == [2, 3]

    def test_finds_nothing_for_another_workspace(self) -> None:
        with scope.enter(Actor.system(BOREALIS, "test")):
            assert numbers(Note.objects.filter(title_index="acme renewal")) == []

    @pytest.mark.parametrize("lookup", ["contains", "gt", "startswith", "iexact", "range"])
    def test_refuses_what_digests_cannot_answer(self, lookup: str) -> None:
        with pytest.raises(SealedFieldMisused, match=lookup):
            Note.objects.filter(**{f"title_index__{lookup}": "acme"}).exists()

    def test_follows_the_source(self) -> None:
        note = Note.objects.get(number=0)
        note.title = "Something else"
        note.save(update_fields=["title", "title_index", "title_words"])
        assert numbers(Note.objects.filter(title_index="something else")) == [0]
        assert numbers(Note.objects.filter(title_index="acme renewal")) == [1]

    def test_refuses_to_be_left_behind(self) -> None:
        note = Note.objects.get(number=0)
        note.title = "Something else"
        with pytest.raises(BlindIndexForgotten, match="'title_index' to update_fields"):
            note.save(update_fields=["title", "title_words"])
        note.save(update_fields=["number"])

    def test_finds_old_and_new_rows_while_keys_rotate(self, installed: Keyring) -> None:
        installed.change(ACME, Purpose.CRM, lambda keys: keys.announce().switch())
        Note(workspace_id=ACME, title="Acme renewal", number=9).save()
        assert numbers(Note.objects.filter(title_index="acme renewal")) == [0, 1, 9]
        assert numbers(Note.objects.filter(title_words__matches="acme")) == [0, 1, 9]

    def test_needs_a_sealed_source_of_its_own_purpose(self) -> None:
        class Wrong(models.Model):
            plain = models.TextField()
            sealed = SealedTextField(purpose=Purpose.CRM)
            plain_index = BlindIndexField(source="plain")
            sealed_index = BlindIndexField(source="sealed", purpose=Purpose.AUDIT)
            right_index = BlindIndexField(source="sealed", purpose=Purpose.CRM)

            class Meta:
                app_label = "vaulttest"
                apps = Note._meta.apps

        names = ("plain_index", "sealed_index", "right_index")
        fields = {field.name: field for field in Wrong._meta.concrete_fields}
        found = [[error.id for error in fields[name].check()] for name in names]
        assert found == [["vault.E002"], ["vault.E002"], []]

    def test_comes_back_from_a_migration(self) -> None:
        _, path, _, options = Note._meta.get_field("title_index").deconstruct()
        assert path == "auctor.vault.blindfields.BlindIndexField"
        assert BlindIndexField(**options).null


@pytest.mark.usefixtures("notes")
class TestBlindWordsField:
    @pytest.mark.parametrize(
        ("question", "expected"),
        [("renewal", [0, 1, 2]), ("RENEWAL, acme!", [0, 1]), ("renew", []), ("ärztehaus", [3]), ("", []), ("–", [])],
    )
    def test_finds_rows_with_all_words(self, question: str, expected: list[int]) -> None:
        assert numbers(Note.objects.filter(title_words__matches=question)) == expected

    def test_refuses_other_questions(self) -> None:
        with pytest.raises(SealedFieldMisused):
            Note.objects.filter(title_words__contains=[1]).exists()

    def test_holds_sorted_numbers_only(self) -> None:
        words = Note.objects.get(number=0).title_words
        assert words == blind.word_digests(ACME, Purpose.CRM, "renewal acme")
        assert Note.objects.get(number=4).title_words == []
        assert Note.objects.get(number=5).title_words is None
