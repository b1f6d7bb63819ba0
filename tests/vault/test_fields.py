"""Sealed fields against PostgreSQL."""

import pickle

import pytest
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from auctor.vault import fields
from auctor.vault.fields import Sealed, SealedFieldMisused
from auctor.vault.keyring import Keyring, Purpose, ValueMoved, VaultError
from tests.vault.conftest import ACME, BOREALIS
from tests.vault.models import TABLE, Note

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("note_table", "installed", "in_acme")]

CHARACTERS = st.characters(codec="utf-8")
TITLE = "Acme – Renewal 2026"


@pytest.fixture
def in_acme(db: None) -> object:
    with scope.enter(Actor.system(ACME, "test")):
        yield


def make(title: str | None = TITLE, **values: object) -> Note:
    note = Note(workspace_id=ACME, title=title, **values)
    note.save()
    return note


def in_database(column: str, note: Note) -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {TABLE} WHERE id = %s", [note.id])
        (value,) = cursor.fetchone()
    return None if value is None else bytes(value)


class TestSealedTextField:
    def test_is_ciphertext_in_the_database_and_text_on_the_instance(self) -> None:
        note = make()
        stored = in_database("title", note)
        assert stored is not None
        assert b"Acme" not in stored
        assert stored[0] == 1
        assert note.title == TITLE
        assert Note.objects.get(id=note.id).title == TITLE

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
    @given(title=st.text(CHARACTERS, max_size=200))
    def test_keeps_every_text(self, title: str) -> None:
        assert Note.objects.get(id=make(title).id).title == title

    def test_keeps_null_and_an_empty_text_apart(self) -> None:
        absent, empty = make(None), make("")
        assert in_database("title", absent) is None
        assert in_database("title", empty) is not None
        assert [Note.objects.get(id=note.id).title for note in (absent, empty)] == [None, ""]

    def test_refuses_what_is_no_text(self) -> None:
        with pytest.raises(SealedFieldMisused, match=r"Note\.title takes text, not int"):
            make(5)  # type: ignore[arg-type]

    def test_is_opened_when_it_is_read_and_not_before(self) -> None:
        note = Note.objects.get(id=make().id)
        assert repr(note.__dict__["title"]).startswith("<sealed")
        assert note.title == TITLE
        assert note.__dict__["title"] == TITLE

    def test_writes_an_unread_value_as_it_stands(self) -> None:
        note = Note.objects.get(id=make().id)
        before = in_database("title", note)
        note.number = 7
        note.save()
        assert in_database("title", note) == before
        again = Note.objects.get(id=note.id)
        assert (again.number, again.title) == (7, TITLE)

    def test_can_be_deferred(self) -> None:
        note = Note.objects.defer("title", "workspace_id").get(id=make().id)
        assert "title" not in note.__dict__
        assert note.title == TITLE

    def test_comes_back_by_refresh(self) -> None:
        note = make()
        note.title = "changed"
        note.refresh_from_db()
        assert note.title == TITLE
        del note.title
        assert note.title == TITLE

    def test_survives_pickling_unread(self) -> None:
        frozen = pickle.dumps(Note.objects.get(id=make().id).__dict__["title"])
        assert b"Renewal" not in frozen
        assert isinstance(pickle.loads(frozen), Sealed)

    def test_is_written_by_bulk_create(self) -> None:
        notes = [Note(workspace_id=ACME, title=f"Deal {n}" if n % 3 else None, number=n) for n in range(20)]
        Note.objects.bulk_create(notes)
        found = list(Note.objects.order_by("number"))
        assert [note.title for note in found] == [f"Deal {n}" if n % 3 else None for n in range(20)]
        assert [note.title for note in Note.objects.filter(title_index="deal 4")] == ["Deal 4"]


class TestACopiedValue:
    @pytest.fixture
    def copied(self) -> Note:
        source, target = make(), make("Other")
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {TABLE} SET title = (SELECT title FROM {TABLE} WHERE id = %s) WHERE id = %s",
                [source.id, target.id],
            )
        found: Note = Note.objects.get(id=target.id)
        return found

    def test_does_not_open_in_another_row(self, copied: Note) -> None:
        with pytest.raises(ValueMoved, match=rf"{TABLE}\.title, row {copied.id}"):
            _ = copied.title

    def test_is_not_written_on_by_a_save(self, copied: Note) -> None:
        with pytest.raises(ValueMoved):
            copied.save()

    def test_does_not_open_in_a_copied_instance(self) -> None:
        note = Note.objects.get(id=make().id)
        note.id = uuid7()
        with pytest.raises(ValueMoved):
            note.save(force_insert=True)

    def test_is_sealed_anew_when_it_was_opened_before(self) -> None:
        note = Note.objects.get(id=make().id)
        assert note.title == TITLE
        note.id = uuid7()
        note.save(force_insert=True)
        assert Note.objects.get(id=note.id).title == TITLE

    def test_does_not_open_in_another_workspace(self) -> None:
        note = Note.objects.get(id=make().id)
        fields.seal_many(Note, "title", workspace_id=BOREALIS, rows=[note.id], values=["x"])
        note.workspace_id = BOREALIS
        with pytest.raises(VaultError):
            _ = note.title


class TestSealedJSONField:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(CHARACTERS),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(CHARACTERS), inner),
            max_leaves=8,
        )
    )
    def test_keeps_every_value(self, value: object) -> None:
        assert Note.objects.get(id=make(details=value).id).details == value

    def test_seals_a_value_that_was_changed_in_place(self) -> None:
        note = Note.objects.get(id=make(details={"stages": [1]}).id)
        note.details["stages"].append(2)
        note.save()
        assert Note.objects.get(id=note.id).details == {"stages": [1, 2]}

    @pytest.mark.parametrize("value", [{1, 2}, float("nan"), object()])
    def test_refuses_what_json_cannot_hold(self, value: object) -> None:
        with pytest.raises(SealedFieldMisused, match="JSON"):
            make(details=value)

    def test_uses_the_keys_of_its_own_purpose(self, installed: Keyring) -> None:
        make(details={})
        assert {row.purpose for row in installed.keystore.rows()} == {Purpose.CRM, Purpose.SUMMARIES}


class TestAQuery:
    @pytest.mark.parametrize(
        "condition",
        [
            {"title": TITLE},
            {"title__contains": "Acme"},
            {"title__in": [TITLE]},
            {"title__gt": "A"},
            {"title__length": 3},
            {"details__stages": 1},
            {"title": None},
        ],
    )
    def test_cannot_filter_by_a_sealed_value(self, condition: dict[str, object]) -> None:
        with pytest.raises(SealedFieldMisused, match="BlindIndexField"):
            Note.objects.filter(**condition).exists()

    def test_can_ask_whether_there_is_a_value(self) -> None:
        make(None)
        note = make()
        assert [found.id for found in Note.objects.filter(title__isnull=False)] == [note.id]

    def test_cannot_write_plain_text(self) -> None:
        note = make()
        with pytest.raises(SealedFieldMisused, match=r"Note\.title is sealed and bound to its row"):
            Note.objects.update(title="x")
        with pytest.raises(SealedFieldMisused):
            Note.objects.bulk_update([note], ["title"])

    def test_can_write_what_was_sealed_for_the_row(self) -> None:
        note = make()
        (sealed,) = fields.seal_many(Note, "title", workspace_id=ACME, rows=[note.id], values=["New"])
        Note.objects.filter(id=note.id).update(title=sealed)
        assert Note.objects.get(id=note.id).title == "New"

    def test_shows_ciphertext_in_values(self) -> None:
        make()
        (value,) = Note.objects.values_list("title", flat=True)
        assert isinstance(value, Sealed)
        assert str(value) == repr(value) == f"<sealed, {len(value)} bytes>"


class TestSealMany:
    def test_is_opened_by_open_many_and_by_the_instance(self) -> None:
        values = ["a", None, "", "ä"]
        notes = [make(None) for _ in values]
        rows = [note.id for note in notes]
        sealed = fields.seal_many(Note, "title", workspace_id=ACME, rows=rows, values=values)
        assert fields.open_many(Note, "title", workspace_id=ACME, rows=rows, values=sealed) == values
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {TABLE} SET title = %s WHERE id = %s",
                [(s and bytes(s), r) for s, r in zip(sealed, rows, strict=True)],
            )
        assert [Note.objects.get(id=row).title for row in rows] == values

    def test_writes_json_too(self) -> None:
        row = uuid7()
        sealed = fields.seal_many(Note, "details", workspace_id=ACME, rows=[row], values=[{"a": 1}])
        assert fields.open_many(Note, "details", workspace_id=ACME, rows=[row], values=sealed) == [{"a": 1}]


class TestSealedField:
    def test_needs_a_workspace_before_it_is_saved(self) -> None:
        with pytest.raises(SealedFieldMisused, match="no workspace"):
            Note(title="x").save()

    def test_takes_ids_as_text_too(self) -> None:
        row = uuid7()
        Note(id=str(row), workspace_id=str(ACME), title=TITLE).save()
        assert Note.objects.get(id=row).title == TITLE

    def test_refuses_rows_whose_key_the_database_makes(self) -> None:
        class Counted(models.Model):
            id = models.BigAutoField(primary_key=True)
            text = fields.SealedTextField()

            class Meta:
                app_label = "vaulttest"
                apps = Note._meta.apps

        assert [error.id for error in Counted._meta.get_field("text").check()] == ["vault.E001"]

    def test_is_not_dumped(self) -> None:
        with pytest.raises(SealedFieldMisused):
            Note._meta.get_field("title").value_to_string(make())

    def test_comes_back_from_a_migration(self) -> None:
        _, path, _, options = Note._meta.get_field("details").deconstruct()
        assert path == "auctor.vault.fields.SealedJSONField"
        assert fields.SealedJSONField(**options).purpose is Purpose.SUMMARIES


class TestADump:
    def test_holds_no_text(self) -> None:
        make(details={"secret": "Renewal"})
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT to_jsonb(n)::text FROM {TABLE} n")
            (row,) = cursor.fetchone()
        assert "enewal" not in row
        assert b"enewal".hex() not in row
