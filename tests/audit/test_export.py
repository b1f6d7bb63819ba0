"""The exported file against the database, and against an administrator who changed it."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from auctor.audit.export import export_log, export_selection
from auctor.audit.queries import NothingSealed
from auctor.audit.verify import check_lines
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from tests.audit.conftest import Bench
from tests.audit.exporting import export_of, findings, proof_of
from tests.audit.writing import write
from tests.cast import NOW, Company
from tests.conftest import superuser


class TestExportLog:
    def test_holds_every_entry_and_verifies(self, sealer: Bench, acme: Company, borealis: Company) -> None:
        kept = []
        for count in (3, 700, 1, 40):
            write(acme, count)
            write(borealis, 2)
            sealer.seal()
            kept.append(proof_of(acme))
        report = check_lines(export_of(acme).splitlines(), [("kept", text) for text in kept])
        assert (report.findings, report.unchecked) == ([], [])
        assert (report.size, report.entries) == (744, 744)
        assert findings(export_of(borealis), kept[0]) == {"kept"}, "another workspace's"

    def test_holds_days_and_proves_the_growth_of_the_instance(self, sealer: Bench, acme: Company) -> None:
        start = datetime.now(UTC) - timedelta(days=1)
        write(acme, 5)
        done = sealer.seal(now=start)
        assert done
        assert sealer.end_day(start + timedelta(days=1)) == 1
        write(acme, 6)
        sealer.seal()
        text = export_of(acme)
        assert [json.loads(line)[0] for line in text.splitlines()[1:5]] == ["anchor", "instance", "instance", "leaves"]
        assert findings(text, done.note) == set()

    def test_is_itself_recorded(self, sealer: Bench, acme: Company) -> None:
        write(acme)
        sealer.seal()
        with scope.enter(acme.owner), transaction.atomic():
            export_log(acme.owner, io.StringIO(), now=NOW)
        sealer.seal()
        assert '\\"action\\":\\"audit:exported\\"' in export_of(acme)

    def test_is_for_those_who_may(self, sealer: Bench, acme: Company) -> None:
        write(acme)
        sealer.seal()
        for actor in (acme.manager, acme.viewer, acme.member):
            with scope.enter(actor), transaction.atomic(), pytest.raises(Forbidden):
                export_log(actor, io.StringIO(), now=NOW)

    def test_needs_something_sealed(self, sealer: Bench, acme: Company) -> None:
        with scope.enter(acme.owner), transaction.atomic(), pytest.raises(NothingSealed):
            export_log(acme.owner, io.StringIO(), now=NOW)


class TestExportSelection:
    def test_proves_some_entries_only(self, sealer: Bench, acme: Company, borealis: Company) -> None:
        ids = write(acme, 30)
        foreign = write(borealis, 1)
        sealer.seal()
        file = io.StringIO()
        with scope.enter(acme.owner), transaction.atomic():
            count = export_selection(acme.owner, [ids[3], ids[20], *foreign], file=file, now=NOW)
        report = check_lines(file.getvalue().splitlines())
        assert (count, report.entries, report.findings) == (2, 2, [])


EDIT = "UPDATE audit.entry SET body = replace(body, 'deal:read', 'deal:seen') WHERE id = %(id)s"
EDIT_WITH_LEAF = """
UPDATE audit.entry SET body = '{"action":"x"}', leaf = sha256('\\x00'::bytea || nonce || '{"action":"x"}')
WHERE id = %(id)s;
"""
FORGE_SEAL = """
UPDATE audit.seal s SET leaves = (SELECT string_agg(e.leaf, ''::bytea ORDER BY o.place) FROM unnest(s.entry_ids)
    WITH ORDINALITY o (id, place) JOIN audit.entry e ON e.id = o.id)
"""
SWAP = """
UPDATE audit.entry e SET body = o.body, nonce = o.nonce, leaf = o.leaf FROM audit.entry o
WHERE (e.id, o.id) IN ((%(id)s, %(other)s), (%(other)s, %(id)s))
"""
DELETE_SEALED = """
DELETE FROM audit.entry WHERE id = %(id)s;
UPDATE audit.seal SET entry_ids = array_remove(entry_ids, %(id)s), n = n - 1, leaves = substr(leaves, 33)
WHERE %(id)s = ANY(entry_ids)
"""
CUT_TAIL = "DELETE FROM audit.seal WHERE round = (SELECT max(round) FROM audit.seal)"
INVENT = "UPDATE audit.round SET note = regexp_replace(note, '\\n[0-9]+\\n', E'\\n999\\n')"
RAISE_LIMIT = "UPDATE audit.head SET body_min_index = 20"


class TestAnAdministratorWho:
    """Eight ways to change the log with all rights on the database and without the signing key."""

    @pytest.mark.parametrize(
        ("statements", "codes"),
        [
            pytest.param([EDIT], {"body"}, id="edits a body"),
            pytest.param([EDIT_WITH_LEAF, FORGE_SEAL], {"root"}, id="edits a body and its leaf"),
            pytest.param(["DELETE FROM audit.entry WHERE id = %(id)s"], {"missing"}, id="deletes an entry"),
            pytest.param([DELETE_SEALED], {"body", "moved", "missing", "root", "tail"}, id="deletes it from the seal"),
            pytest.param([SWAP], {"moved"}, id="moves an entry"),
            pytest.param([SWAP, FORGE_SEAL], {"root"}, id="moves an entry and its leaf"),
            pytest.param([CUT_TAIL], {"tail"}, id="cuts the tail"),
            pytest.param(
                ["UPDATE audit.head SET size = size - 7"], {"head", "root", "tail"}, id="signs a shorter head"
            ),
            pytest.param([INVENT], {"signature"}, id="invents a checkpoint"),
            pytest.param([RAISE_LIMIT], {"head", "pruning"}, id="hides bodies behind a raised limit"),
        ],
    )
    def test_is_found(self, sealer: Bench, acme: Company, statements: list[str], codes: set[str]) -> None:
        ids = write(acme, 23)
        sealer.seal()
        write(acme, 7)
        sealer.seal()
        assert findings(export_of(acme)) == set()
        with superuser() as admin:
            for statement in statements:
                for one in filter(None, (part.strip() for part in statement.split(";\n"))):
                    admin.execute(one, {"id": ids[4], "other": ids[5]} if "%(" in one else None)
        found = findings(export_of(acme))
        assert found
        assert found <= codes

    def test_rewrites_the_past_and_lets_the_sealer_sign_it(self, sealer: Bench, acme: Company) -> None:
        ids = write(acme, 20)
        sealer.seal()
        kept = proof_of(acme)
        with superuser() as admin:
            admin.execute(EDIT_WITH_LEAF, {"id": ids[4]})
            admin.execute("DELETE FROM audit.seal")
            admin.execute("DELETE FROM audit.head")
            admin.execute("UPDATE audit.entry SET xid = pg_current_xact_id()")
        sealer.seal()
        text = export_of(acme)
        assert findings(text) == set(), "the sealer was made to sign it"
        assert findings(text, kept) == {"kept"}, "whoever kept a checkpoint finds it"
