"""What goes out comes in again as the same."""

import tempfile
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctor.crm.export import FolderNotEmpty, export_folder, guarded
from auctor.crm.import_folder import import_folder
from auctor.crm.importing.columns import texts
from auctor.crm.importing.form import FORMS
from auctor.crm.importing.problems import Problems
from auctor.crm.importing.reading import read_csv
from auctor.crm.models.deals import Deal, DealChange, DealContact, StageInterval
from auctor.crm.vocabulary import ChangedField
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import ACTIVITIES, STAGES, write_folder


def carry_over(giver: Company, taker: Company, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Rows that left one workspace and rows that were made in another."""
    with scope.enter(giver.owner):
        left = export_folder(giver.owner, folder=folder, now=NOW)
    with scope.enter(taker.owner):
        report = import_folder(taker.owner, folder=folder, now=NOW)
    assert not report.is_refused, [str(problem) for problem in report.problems]
    return left, {name: count.create for name, count in report.files.items()}


def facts_of(company: Company) -> list[tuple[object, ...]]:
    """What matters of deals, whichever workspace they are in."""
    with scope.enter(company.owner):
        stays = dict.fromkeys(Deal.objects.values_list("id", flat=True), 0)
        for interval in StageInterval.objects.all():
            stays[interval.deal_id] += 1
        rows = Deal.objects.order_by("remote_id")
        return [
            (d.remote_id, d.name, d.amount, d.currency, d.close_on, d.stage_kind, d.closed_at, d.known, stays[d.id])
            for d in rows
        ] + sorted(
            # Codes of custom values are the workspace's own.
            DealChange.objects.exclude(field=ChangedField.CUSTOM).values_list(
                "field", "effective_at", "old_value", "place"
            ),
            key=str,
        )


class TestExportFolder:
    def test_leaves_as_many_rows_as_come_in_elsewhere(self, acme: Company, borealis: Company, tmp_path: Path) -> None:
        with scope.enter(acme.owner):
            import_folder(acme.owner, folder=write_folder(tmp_path / "in"), now=NOW)
        left, came = carry_over(acme, borealis, tmp_path / "out")
        assert left == came
        assert facts_of(acme) == facts_of(borealis)

    def test_changes_nothing_where_it_came_from(self, acme: Company, tmp_path: Path) -> None:
        with scope.enter(acme.owner):
            import_folder(acme.owner, folder=write_folder(tmp_path / "in"), now=NOW)
            export_folder(acme.owner, folder=tmp_path / "out", now=NOW)
            again = import_folder(acme.owner, folder=tmp_path / "out", now=NOW + timedelta(days=1))
        assert {name: (count.create, count.update) for name, count in again.files.items()} == dict.fromkeys(
            FORMS, (0, 0)
        )

    def test_changes_nothing_where_less_was_said(self, acme: Company, tmp_path: Path) -> None:
        """Who recorded an activity when was concluded, and so was the only pipeline."""
        activities = "activity_id,deal_id,kind,occurred_at,due_at\na1,d1,email,2026-02-01T09:00:00Z,\n"
        activities += "a2,d1,task,,2026-04-01T09:00:00Z\n"
        deals = "deal_id,stage_id,created_at\nd1,new,2026-01-01T00:00:00Z\n"
        folder = write_folder(tmp_path / "in", {"activities": activities, "deals": deals, "stages": STAGES})
        with scope.enter(acme.owner):
            import_folder(acme.owner, folder=folder, now=NOW)
            export_folder(acme.owner, folder=tmp_path / "out", now=NOW)
            later = NOW + timedelta(days=1)
            again = import_folder(acme.owner, folder=tmp_path / "out", now=later, is_rehearsal=True)
        assert again.files["activities"].unchanged == 2
        assert again.writes == 0

    def test_takes_since_when_somebody_is_on_a_deal_along(
        self, acme: Company, borealis: Company, tmp_path: Path
    ) -> None:
        """Who never said it is there since we saw it first, here and wherever it is carried."""
        with scope.enter(acme.owner):
            import_folder(acme.owner, folder=write_folder(tmp_path / "in"), now=NOW - timedelta(days=3))
            export_folder(acme.owner, folder=tmp_path / "out", now=NOW)
            again = import_folder(acme.owner, folder=tmp_path / "out", now=NOW)
        assert (again.files["deal_contacts"].update, again.files["deal_contacts"].unchanged) == (0, 3)
        with scope.enter(borealis.owner):
            import_folder(borealis.owner, folder=tmp_path / "out", now=NOW)
            assert DealContact.objects.filter(since=NOW - timedelta(days=3)).count() == 1

    def test_lets_a_source_correct_when_something_was_recorded(self, acme: Company, tmp_path: Path) -> None:
        with scope.enter(acme.owner):
            import_folder(acme.owner, folder=write_folder(tmp_path / "in"), now=NOW)
            corrected = ACTIVITIES.replace("2026-02-01T09:00:05Z", "2026-02-01T09:30:00Z")
            folder = write_folder(tmp_path / "again", activities=corrected)
            again = import_folder(acme.owner, folder=folder, now=NOW)
        assert again.files["activities"].update == 1

    def test_leaves_out_inputs_that_never_came(self, acme: Company, tmp_path: Path) -> None:
        folder = write_folder(tmp_path / "in", activities="", activity_participants="", companies="", contacts="")
        with scope.enter(acme.owner):
            import_folder(acme.owner, folder=folder, now=NOW)
            left = export_folder(acme.owner, folder=tmp_path / "out", now=NOW)
        assert set(left) == {"owners", "stages", "deals", "deal_contacts", "deal_changes"}

    def test_keeps_formulas_from_being_formulas(self, acme: Company, tmp_path: Path) -> None:
        with scope.enter(acme.owner):
            import_folder(acme.owner, folder=write_folder(tmp_path / "in"), now=NOW)
            export_folder(acme.owner, folder=tmp_path / "out", now=NOW)
        assert "'=cmd|" in (tmp_path / "out" / "deals.csv").read_text()

    def test_does_not_mix_with_other_files(self, acme: Company, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("mine")
        with scope.enter(acme.owner), pytest.raises(FolderNotEmpty):
            export_folder(acme.owner, folder=tmp_path, now=NOW)


class TestGuarded:
    @given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12), min_size=1))
    def test_comes_back_as_it_was(self, cells: list[str]) -> None:
        plain = texts(pl.Series("name", cells), 1000).values
        frame = guarded(pl.DataFrame({"id": ["x"] * len(cells), "name": plain}))
        problems = Problems()
        table = read_csv("deals.csv", frame.write_csv().encode(), problems)
        assert table is not None, problems.shown
        assert texts(table.frame["name"], 1000).values.to_list() == plain.to_list()


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=20)


class TestRoundTrip:
    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        deals=st.lists(
            st.tuples(NAMES, st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD"]), NAMES),
            min_size=1,
            max_size=4,
        )
    )
    def test_keeps_whatever_a_deal_is_called_and_worth(
        self, acme: Company, borealis: Company, deals: list[tuple[str, int, str, str]]
    ) -> None:
        frame = pl.DataFrame(
            {
                "deal_id": [f"{hash(tuple(deals))}-{number}" for number in range(len(deals))],
                "name": [name for name, *_ in deals],
                "pipeline_id": "sales",
                "stage_id": "new",
                "created_at": "2026-01-01T00:00:00Z",
                "amount": [str(amount) for _, amount, *_ in deals],
                "currency": [currency for _, _, currency, _ in deals],
                "custom.Mood": [mood for *_, mood in deals],
            }
        )
        with tempfile.TemporaryDirectory() as name:
            folder = write_folder(Path(name) / "in", deals="", deal_changes="", activities="")
            guarded(frame).write_csv(folder / "deals.csv")
            for file in ("deal_contacts", "activity_participants"):
                (folder / f"{file}.csv").unlink()
            with scope.enter(acme.owner):
                report = import_folder(acme.owner, folder=folder, now=NOW)
            assert not report.is_refused, [str(problem) for problem in report.problems]
            left, came = carry_over(acme, borealis, Path(name) / "out")
        assert left["deals"] >= len(deals)
        assert came["deals"] <= left["deals"]
        assert facts_of(acme) == facts_of(borealis)
