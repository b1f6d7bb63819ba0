"""Reads of the log: pages, filters, the checkpoint and how far sealing is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from auctor.audit.log import record
from auctor.audit.queries import (
    CursorRefused,
    EntryFilter,
    NothingSealed,
    checkpoint_proof,
    find_checkpoint,
    find_signed_head,
    list_entries,
    seal_status,
)
from auctor.audit.records import EntryPage
from auctor.audit.tags import AuditTag
from auctor.audit.verify import open_kept, parse_key
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from auctor.tenancy.records import Actor
from auctor.vault import keyring
from tests.audit.conftest import Bench
from tests.audit.writing import write
from tests.cast import NOW, Company

NOW_TODAY = datetime.now(UTC)


def page(actor: Actor, filters: EntryFilter | None = None, *, cursor: str = "", limit: int = 50) -> EntryPage:
    with scope.enter(actor), transaction.atomic():
        return list_entries(actor, filters=filters, cursor=cursor, limit=limit)


class TestListEntries:
    def test_shows_what_was_hashed_newest_first(self, sealer: Bench, acme: Company) -> None:
        deal = uuid7()
        actor = replace(acme.owner, address="203.0.113.7", request_id=str(uuid7()))
        with scope.enter(actor), transaction.atomic():
            record(actor, AuditTag.DEAL_READ, now=NOW)
            record(actor, AuditTag.DEAL_CHANGED, subject=deal, subject_kind="deal", fields=["amount"], now=NOW)
        newest, oldest = page(acme.owner).entries
        assert (newest.action, oldest.action) == ("deal:changed", "deal:read")
        assert (newest.subject, newest.subject_kind, newest.fields) == (str(deal), "deal", ("amount",))
        assert (newest.actor_kind, newest.actor_id, newest.outcome) == ("person", acme.owner.user_id, "ok")
        assert (newest.address, newest.request_id) == ("203.0.113.7", actor.request_id)

    def test_tells_the_index_of_what_is_sealed(self, sealer: Bench, acme: Company, borealis: Company) -> None:
        write(acme, 2)
        write(borealis)
        sealer.seal()
        write(acme, 2)
        sealer.seal()
        write(acme)
        found = [(entry.index, entry.round_id) for entry in page(acme.owner).entries]
        assert found == [(None, None), (3, 2), (2, 2), (1, 1), (0, 1)]

    def test_pages_meet_without_a_gap(self, sealer: Bench, acme: Company) -> None:
        written = write(acme, 7)
        seen, cursor = [], ""
        while True:
            found = page(acme.owner, cursor=cursor, limit=3)
            seen += [entry.id for entry in found.entries]
            if not (cursor := found.next_cursor):
                break
        assert seen == written[::-1]

    def test_narrows_by_action_actor_subject_and_time(self, sealer: Bench, acme: Company) -> None:
        deal = uuid7()
        with scope.enter(acme.admin), transaction.atomic():
            record(acme.admin, AuditTag.DEAL_CHANGED, subject=deal, now=NOW)
        write(acme, 2)
        newest = page(acme.owner).entries[0]
        assert acme.admin.user_id
        for filters, expected in [
            (EntryFilter(action="deal:changed"), 1),
            (EntryFilter(actor_id=acme.admin.user_id), 1),
            (EntryFilter(actor_id=acme.owner.member_id), 2),
            (EntryFilter(subject=str(deal)), 1),
            (EntryFilter(since=newest.at), 1),
            (EntryFilter(until=newest.at), 2),
            (EntryFilter(since=newest.at + timedelta(seconds=1)), 0),
            (EntryFilter(action="deal:read", actor_id=acme.admin.user_id), 0),
        ]:
            assert len(page(acme.owner, filters).entries) == expected, filters

    def test_is_for_owners_and_admins(self, sealer: Bench, acme: Company) -> None:
        assert page(acme.admin).entries == ()
        for actor in (acme.manager, acme.viewer, acme.member):
            with pytest.raises(Forbidden):
                page(actor)

    def test_shows_nothing_of_another_workspace(self, sealer: Bench, acme: Company, borealis: Company) -> None:
        write(acme)
        assert page(borealis.owner).entries == ()

    @pytest.mark.parametrize("cursor", ["x", "====", "MTIz", "é", "A" * 500])
    def test_refuses_a_cursor_that_no_page_gave(self, sealer: Bench, acme: Company, cursor: str) -> None:
        with pytest.raises(CursorRefused):
            page(acme.owner, cursor=cursor)

    def test_shows_the_entry_when_the_key_of_its_address_is_gone(self, sealer: Bench, acme: Company) -> None:
        actor = replace(acme.owner, address="203.0.113.7")
        with scope.enter(actor), transaction.atomic():
            record(actor, AuditTag.SESSION_STARTED, now=NOW)
        keyring.current().keystore.destroy(acme.workspace_id, now=NOW)
        keyring.current().forget(acme.workspace_id)
        [entry] = page(acme.owner).entries
        assert (entry.action, entry.address) == ("session:started", "")


class TestCheckpoint:
    def test_is_what_a_reader_keeps(self, sealer: Bench, acme: Company) -> None:
        write(acme, 3)
        sealer.seal()
        with scope.enter(acme.owner), transaction.atomic():
            found = find_checkpoint(acme.owner)
            text = checkpoint_proof(acme.owner)
        assert found
        kept = open_kept("kept", text, parse_key(found.key))
        assert kept.head == found.head
        assert kept.head.size == 3

    def test_at_the_end_of_the_day_is_the_anchor(self, sealer: Bench, acme: Company) -> None:
        write(acme, 3)
        done = sealer.seal(now=NOW_TODAY - timedelta(days=1))
        sealer.end_day(NOW_TODAY)
        write(acme, 2)
        sealer.seal()
        assert done
        with scope.enter(acme.owner), transaction.atomic():
            found = find_signed_head(acme.workspace_id, at_day_end=True)
        assert found
        assert (found.head.size, found.round_id) == (3, done.id)
        text = f"{found.note}"
        assert text == done.note

    def test_is_missing_in_a_new_workspace(self, sealer: Bench, acme: Company) -> None:
        with scope.enter(acme.owner), transaction.atomic():
            assert find_checkpoint(acme.owner) is None
            with pytest.raises(NothingSealed):
                checkpoint_proof(acme.owner)


class TestSealStatus:
    def test_counts_what_waits(self, sealer: Bench, acme: Company, borealis: Company) -> None:
        write(acme, 3)
        sealer.seal()
        write(acme, 2)
        write(borealis, 4)
        with scope.enter(acme.owner), transaction.atomic():
            status = seal_status(acme.owner)
        assert (status.sealed, status.open, status.instance_size) == (3, 2, 2)
        assert status.oldest_open_at
        assert status.origin == sealer.state.origin
