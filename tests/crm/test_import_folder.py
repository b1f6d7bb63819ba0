"""A folder comes in whole or not at all, and a second time changes nothing."""

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from auctor.crm.import_folder import import_folder
from auctor.crm.importing.mapping import preset
from auctor.crm.models.activities import Activity, Participant
from auctor.crm.models.deals import CustomValue, Deal, DealChange, StageInterval
from auctor.crm.models.people import Address, Company, Contact, ContactPoint, Owner
from auctor.crm.models.pipelines import StageVersion
from auctor.crm.models.sources import Coverage, Import, Raw
from auctor.crm.records import ImportReport
from auctor.crm.vocabulary import ChangedField, Input, RecordState
from auctor.signals.vocabulary import Seniority, StageKind
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from auctor.tenancy.records import Actor
from tests.cast import NOW
from tests.cast import Company as Cast
from tests.conftest import superuser
from tests.crm import folders
from tests.crm.folders import with_line, write_folder


def bring(cast: Cast, folder: Path, *, now: datetime = NOW, actor: Actor | None = None) -> ImportReport:
    """Import as the admin, in their scope."""
    who = actor or cast.admin
    with scope.enter(who):
        return import_folder(who, folder=folder, now=now)


def problems_of(cast: Cast, folder: Path) -> list[tuple[str, int, str]]:
    """File, line and column of everything that is wrong."""
    report = bring(cast, folder)
    assert report.is_refused
    return [(problem.file, problem.line, problem.column) for problem in report.problems]


class TestImportFolder:
    def test_brings_everything_in(self, acme: Cast, tmp_path: Path) -> None:
        report = bring(acme, write_folder(tmp_path / "in"))
        assert not report.is_refused, [str(problem) for problem in report.problems]
        assert {name: count.create for name, count in report.files.items()} == {
            "owners": 3,
            "companies": 2,
            "contacts": 3,
            "stages": 5,
            "deals": 3,
            "deal_contacts": 3,
            "deal_changes": 13,
            "activities": 5,
            "activity_participants": 8,
        }

    def test_changes_nothing_the_second_time(self, acme: Cast, tmp_path: Path) -> None:
        folder = write_folder(tmp_path / "in")
        bring(acme, folder)
        again = bring(acme, folder, now=NOW + timedelta(hours=1))
        assert again.writes == 0
        assert again.touched_deals == 0

    def test_writes_nothing_in_a_rehearsal_and_counts_the_same(self, acme: Cast, tmp_path: Path) -> None:
        folder = write_folder(tmp_path / "in")
        with scope.enter(acme.admin):
            rehearsed = import_folder(acme.admin, folder=folder, now=NOW, is_rehearsal=True)
            assert not Deal.objects.exists()
        assert rehearsed.files == bring(acme, folder).files

    def test_updates_what_changed_and_only_that(self, acme: Cast, tmp_path: Path) -> None:
        bring(acme, write_folder(tmp_path / "in"))
        changed = folders.DEALS.replace("Initech renewal", "Initech extension").replace("12500.50", "13000")
        report = bring(acme, write_folder(tmp_path / "again", deals=changed), now=NOW + timedelta(hours=1))
        assert (report.files["deals"].update, report.files["deals"].unchanged) == (1, 2)
        with scope.enter(acme.admin):
            deal = Deal.objects.get(remote_id="d1")
            assert (deal.name, deal.amount) == ("Initech extension", 1_300_000)
            assert Deal.objects.get(name_words__matches="extension").id == deal.id
            assert not Deal.objects.filter(name_words__matches="renewal").exists()

    def test_takes_what_history_implies(self, acme: Cast, tmp_path: Path) -> None:
        bring(acme, write_folder(tmp_path / "in"))
        with scope.enter(acme.admin):
            open_deal, won = Deal.objects.get(remote_id="d1"), Deal.objects.get(remote_id="d3")
            assert open_deal.stage_since == datetime(2026, 1, 10, 8, tzinfo=UTC)
            # It was lost, open again, and won at last.
            assert (won.stage_kind, won.closed_at) == (StageKind.WON, datetime(2025, 7, 20, 8, tzinfo=UTC))
            assert StageInterval.objects.filter(deal_id=won.id).count() == 4

    def test_goes_on_with_history_that_came_before(self, acme: Cast, tmp_path: Path) -> None:
        bring(acme, write_folder(tmp_path / "in"))
        more = "deal_id,field,old,new,changed_at,actor\nd1,stage,talks,won,2026-03-01T08:00:00Z,u1\n"
        only = {"deals": "deal_id,created_at\n", "deal_changes": more}
        report = bring(acme, write_folder(tmp_path / "more", only), now=NOW + timedelta(hours=1))
        assert not report.is_refused, [str(problem) for problem in report.problems]
        with scope.enter(acme.admin):
            deal = Deal.objects.get(remote_id="d1")
            assert (deal.stage_kind, deal.closed_at) == (StageKind.WON, datetime(2026, 3, 1, 8, tzinfo=UTC))
            assert StageInterval.objects.filter(deal_id=deal.id).count() == 4

    def test_derives_ranks_and_recognises_people(self, acme: Cast, tmp_path: Path) -> None:
        bring(acme, write_folder(tmp_path / "in"))
        with scope.enter(acme.admin):
            chief = Contact.objects.get(remote_id="p1")
            assert (chief.seniority, chief.title) == (Seniority.CHIEF, "Chief Financial Officer")
            ours = Participant.objects.filter(is_ours=True)
            assert ours.count() == 3
            assert set(
                Participant.objects.filter(is_ours=False, person_id=chief.id).values_list("part", flat=True)
            ) == {
                1,
                2,
                5,
            }
            assert Activity.objects.get(remote_id="a5").is_automatic

    def test_gives_deals_to_the_members_whose_address_their_owner_has(self, acme: Cast, tmp_path: Path) -> None:
        bring(acme, write_folder(tmp_path / "in"))
        with scope.enter(acme.member):
            assert set(Deal.objects.values_list("remote_id", flat=True)) == {"d1", "d3"}
            assert Activity.objects.count() == 3
            assert set(Company.objects.values_list("remote_id", flat=True)) == {"c1"}

    def test_keeps_addresses_as_dated_points(self, acme: Cast, tmp_path: Path) -> None:
        bring(acme, write_folder(tmp_path / "in"))
        moved = folders.CONTACTS.replace("ines@initech.example", "ito@initech.example")
        later = NOW + timedelta(days=1)
        bring(acme, write_folder(tmp_path / "again", contacts=moved), now=later)
        with scope.enter(acme.admin):
            contact = Contact.objects.get(remote_id="p1")
            points = ContactPoint.objects.filter(contact_id=contact.id)
            ended = points.get(ended_at__isnull=False)
            assert ended.ended_at == later
            assert Address.objects.get(id=ended.address_id).value == "ines@initech.example"

    def test_begins_a_new_version_of_a_stage_that_changed(self, acme: Cast, tmp_path: Path) -> None:
        bring(acme, write_folder(tmp_path / "in"))
        later = NOW + timedelta(days=1)
        moved = folders.STAGES.replace("Negotiation,2,open,0.7", "Negotiation,2,open,0.8")
        bring(acme, write_folder(tmp_path / "again", stages=moved), now=later)
        with scope.enter(acme.admin):
            versions = StageVersion.objects.filter(name__isnull=False, position=2).order_by("valid_from")
            assert {(v.probability, v.valid_from, v.valid_until) for v in versions} == {
                (0.7, None, later),
                (0.8, later, None),
            }

    def test_knows_somebody_who_is_only_mentioned_by_id_alone(self, acme: Cast, tmp_path: Path) -> None:
        bring(acme, write_folder(tmp_path / "in", companies="", contacts=""))
        with scope.enter(acme.admin):
            company = Company.objects.get(remote_id="c1")
            assert (company.name, company.record_state) == (None, RecordState.INACCESSIBLE)
            assert not Owner.objects.get(remote_id="robot").is_listed

    def test_keeps_raw_files_and_coverage(self, acme: Cast, tmp_path: Path) -> None:
        report = bring(acme, write_folder(tmp_path / "in"))
        with scope.enter(acme.admin):
            assert Raw.objects.filter(origin_id=report.import_id).count() == 9
            assert Import.objects.get(id=report.import_id).counts["deals"]["create"] == 3
            assert Coverage.objects.filter(input=Input.DEAL_CHANGES, kind=ChangedField.AMOUNT).exists()

    def test_stores_no_text_in_clear_and_writes_one_entry(self, committed: None, acme: Cast, tmp_path: Path) -> None:
        with transaction.atomic():
            bring(acme, write_folder(tmp_path / "in"))
        with superuser() as admin:
            tables = [row[0] for row in admin.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'crm\\_%'")]
            rows = "\n".join(str(admin.execute(f"SELECT t::text FROM {table} t").fetchall()) for table in tables)
            entries = admin.execute("SELECT body FROM audit.entry").fetchall()
        assert sum("deal:imported" in body for (body,) in entries) == 1
        for text in ("Initech", "Umbrella", "ines@", "Chief", "Send contract", "North", "Region", "Bob", "cmd|"):
            assert text not in rows

    def test_is_for_those_who_may_import(self, acme: Cast, tmp_path: Path) -> None:
        with pytest.raises(Forbidden):
            bring(acme, write_folder(tmp_path / "in"), actor=acme.manager)

    def test_tells_true_progress(self, acme: Cast, tmp_path: Path) -> None:
        told: list[tuple[int, int]] = []
        folder = write_folder(tmp_path / "in")
        with scope.enter(acme.admin):
            import_folder(
                acme.admin, folder=folder, now=NOW, progress=lambda _, done, total: told.append((done, total))
            )
        assert told == sorted(told)
        assert told[-1][0] == told[-1][1]

    def test_leaves_another_workspace_alone(self, acme: Cast, borealis: Cast, tmp_path: Path) -> None:
        folder = write_folder(tmp_path / "in")
        bring(acme, folder)
        bring(borealis, folder)
        with scope.enter(acme.admin):
            mine = set(Deal.objects.values_list("id", flat=True))
        with scope.enter(borealis.admin):
            assert not mine & set(Deal.objects.values_list("id", flat=True))

    def test_values_of_custom_fields_have_codes_that_equal_those_of_changes(self, acme: Cast, tmp_path: Path) -> None:
        bring(acme, write_folder(tmp_path / "in"))
        with scope.enter(acme.admin):
            deal = Deal.objects.get(remote_id="d1")
            value = CustomValue.objects.get(deal_id=deal.id)
            change = DealChange.objects.get(field=ChangedField.CUSTOM)
            assert (value.value, value.code) == (change.new_text, change.new_value)


BROKEN = [
    ("deals", "d4,x,c1,u1,sales,new,2026-01-01T00:00:00Z,NaN,EUR,,,,,", "amount"),
    ("deals", "d4,x,c1,u1,sales,new,2026-01-01T00:00:00Z,-5,EUR,,,,,", "amount"),
    ("deals", "d4,x,c1,u1,sales,new,2026-01-01T00:00:00Z,1e308,EUR,,,,,", "amount"),
    ("deals", f"d4,x,c1,u1,sales,new,2026-01-01T00:00:00Z,1.{'1' * 25},EUR,,,,,", "amount"),
    ("deals", "d4,x,c1,u1,sales,new,2026-01-01T00:00:00Z,5,,,,,,", "amount"),
    ("deals", "d4,x,c1,u1,sales,new,2026-01-01T00:00:00Z,5,XXQ,,,,,", "currency"),
    ("deals", "d4,x,c1,u1,sales,new,2026-01-01T00:00:00Z,,,0001-01-01,,,,", "close_date"),
    ("deals", "d4,x,c1,u1,sales,new,2026-01-01T00:00:00Z,,,9999-12-31,,,,", "close_date"),
    ("deals", "d4,x,c1,u1,sales,new,2026-01-01T00:00:00,,,,,,,", "created_at"),
    ("deals", "d4,x,c1,u1,sales,new,2027-01-01T00:00:00Z,,,,,,,", "created_at"),
    ("deals", "d4,x,c1,u1,sales,nowhere,2026-01-01T00:00:00Z,,,,,,,", "stage_id"),
    ("deals", "d4,x,c1,u1,sales,,2026-01-01T00:00:00Z,,,,,,,", "stage_id"),
    ("deals", "d4,x,c1,u1,other,new,2026-01-01T00:00:00Z,,,,,,,", "pipeline_id"),
    ("deals", "d4,a\0b,c1,u1,sales,new,2026-01-01T00:00:00Z,,,,,,,", "name"),
    ("deals", "d4,\u202ecba,c1,u1,sales,new,2026-01-01T00:00:00Z,,,,,,,", "name"),
    ("deals", f"d4,{'x' * 10_000_000},c1,u1,sales,new,2026-01-01T00:00:00Z,,,,,,,", "name"),
    ("deals", ",x,c1,u1,sales,new,2026-01-01T00:00:00Z,,,,,,,", "deal_id"),
    ("deals", "d1,other,c1,u1,sales,new,2026-01-01T00:00:00Z,,,,,,,", "deal_id"),
    ("deal_changes", "d1,stage,talks,nowhere,2026-02-01T08:00:00Z,u1", "new"),
    ("deal_changes", "d1,amount,1,NaN,2026-02-01T08:00:00Z,u1", "new"),
    ("deal_changes", "d1,mood,good,bad,2026-02-01T08:00:00Z,u1", "field"),
    ("deal_changes", "d9,stage,,new,2026-02-01T08:00:00Z,u1", "deal_id"),
    ("deal_changes", "d1,close_date,,2026-99-01,2026-02-01T08:00:00Z,u1", "new"),
    ("deal_changes", "d1,stage,talks,won,2027-02-01T08:00:00Z,u1", "changed_at"),
    ("activities", "a9,d9,email,,out,2026-02-01T09:00:00Z,,,done,,,", "deal_id"),
    ("activities", "a9,d1,fax,,out,2026-02-01T09:00:00Z,,,done,,,", "kind"),
    ("activities", "a9,d1,call,,out,2027-02-01T09:00:00Z,,,done,,,", "occurred_at"),
    ("activity_participants", "a99,to,x@y.example,,,", "activity_id"),
    ("activity_participants", "a1,to,,,,", "email"),
    ("stages", "sales,Sales,late,Late,9,maybe,0.1", "category"),
    ("companies", "c9,Firm,,Germany,", "country"),
]


class TestBadInput:
    @pytest.mark.parametrize(("name", "line", "column"), BROKEN, ids=lambda value: str(value)[:40])
    def test_is_refused_by_file_line_and_column(
        self, acme: Cast, tmp_path: Path, name: str, line: str, column: str
    ) -> None:
        text = with_line(folders.EVERYTHING[name], line)
        folder = write_folder(tmp_path / "in", {**folders.EVERYTHING, name: text})
        assert (f"{name}.csv", text.count("\n"), column) in problems_of(acme, folder)
        with scope.enter(acme.admin):
            assert not Deal.objects.exists()

    def test_names_a_column_that_is_not_known(self, acme: Cast, tmp_path: Path) -> None:
        folder = write_folder(tmp_path / "in", owners="owner_id,nmae\nu1,x\n")
        assert ("owners.csv", 1, "nmae") in problems_of(acme, folder)

    def test_is_counted_beyond_what_is_shown(self, acme: Cast, tmp_path: Path) -> None:
        lines = "".join(f"x{n},Deal,,,sales,new,2026-01-01T00:00:00Z,bad,EUR,,,,,\n" for n in range(600))
        report = bring(acme, write_folder(tmp_path / "in", deals=folders.DEALS + lines))
        assert report.problem_count == 600
        assert len(report.problems) == 500

    def test_leaves_out_lines_that_repeat_others_and_counts_them(self, acme: Cast, tmp_path: Path) -> None:
        twice = with_line(folders.DEAL_CHANGES, folders.DEAL_CHANGES.splitlines()[1])
        report = bring(acme, write_folder(tmp_path / "in", deal_changes=twice))
        assert (report.files["deal_changes"].create, report.files["deal_changes"].skipped) == (13, 1)

    def test_sorts_changes_that_are_out_of_order(self, acme: Cast, tmp_path: Path) -> None:
        head, *lines = folders.DEAL_CHANGES.splitlines()
        bring(acme, write_folder(tmp_path / "in", deal_changes="\n".join([head, *reversed(lines)]) + "\n"))
        with scope.enter(acme.admin):
            assert Deal.objects.get(remote_id="d3").stage_kind == StageKind.WON


class TestRealHistory:
    """The loan applications beside the repository, counted a second time by plain means."""

    def test_comes_in_as_it_was(self, acme: Cast) -> None:
        report = bring(acme, LOANS)
        assert not report.is_refused, [str(problem) for problem in report.problems]
        assert {name: count.create for name, count in report.files.items()} == {
            "owners": 62,
            "stages": 14,
            "deals": 8_181,
            "deal_changes": 50_900,
            "activities": 80_755,
        }
        last, entered = last_stages()
        won = {deal for deal, stage in last.items() if stage == "O_ACCEPTED"}
        with scope.enter(acme.admin):
            assert set(Deal.objects.filter(stage_kind=StageKind.WON).values_list("remote_id", flat=True)) == won
            assert StageInterval.objects.count() == entered


LOANS = Path(__file__).resolve().parents[3] / "shared" / "data" / "loans-2012"


def last_stages() -> tuple[dict[str, str], int]:
    """The last stage of each deal, and how often a deal entered a stage that it was not in."""
    last: dict[str, str] = {}
    entered = 0
    with gzip.open(LOANS / "deal_changes.csv.gz", "rt", encoding="utf-8") as file:
        # The file is in order.
        for line in csv.DictReader(file):
            entered += last.get(line["deal_id"]) != line["new"]
            last[line["deal_id"]] = line["new"]
    return last, entered


class TestPlainExports:
    def test_come_in_by_a_preset(self, acme: Cast, tmp_path: Path) -> None:
        path = tmp_path / "export.csv"
        path.write_text(
            "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Currency,Close Date,Create Date,Deal owner,Lead source\n"
            '77,Initech,Contract Sent,New business,"12,500.50",EUR,2026-03-31 16:00,2025-09-01 08:00,Bob Brown,Fair\n'
            "78,Umbrella,Closed Won,New business,100,USD,2026-01-31,2025-09-02 08:00,Mia Moss,\n"
        )
        with scope.enter(acme.admin):
            report = import_folder(acme.admin, folder=path, now=NOW, mapping=preset("hubspot"))
            assert not report.is_refused, [str(problem) for problem in report.problems]
            deal = Deal.objects.get(remote_id="77")
            assert (deal.name, deal.amount, str(deal.close_on)) == ("Initech", 1_250_050, "2026-03-31")
            assert Deal.objects.get(remote_id="78").stage_kind == StageKind.WON
            assert CustomValue.objects.get(deal_id=deal.id).value == "Fair"
            assert {owner.name for owner in Owner.objects.all()} == {"Bob Brown", "Mia Moss"}
            # A name is no id: what is stored for it says nothing.
            assert not Owner.objects.filter(remote_id__contains="ob").exists()

    def test_are_refused_by_their_own_lines_and_columns(self, acme: Cast, tmp_path: Path) -> None:
        path = tmp_path / "export.csv"
        path.write_text(
            "Record ID,Deal Name,Deal Stage,Amount,Currency,Create Date\n"
            "77,Initech,Contract Sent,many,EUR,2025-09-01 08:00\n"
        )
        with scope.enter(acme.admin):
            report = import_folder(acme.admin, folder=path, now=NOW, mapping=preset("hubspot"))
        assert [(p.file, p.line, p.column) for p in report.problems] == [("export.csv", 2, "Amount")]
