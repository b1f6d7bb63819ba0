"""What people say of deals and signals: out of the queue, back again, and taken back."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from auctor.crm.doors import NoDeal
from auctor.kit.ids import uuid7
from auctor.risk import operations, queries, returning, scan
from auctor.risk.models import Decision, Judgement
from auctor.risk.operations import JudgementRefused, NoDecision, TooLateToUndo
from auctor.risk.records import Answer, Aside, DenialReason, Ending, Until, View
from auctor.signals.score import Band
from auctor.signals.vocabulary import State
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from auctor.tenancy.records import Actor
from tests.cast import NOW, Company
from tests.risk.world import bring_in


@pytest.fixture
def judged(committed: None, acme: Company, tmp_path: Path) -> Company:
    """Acme with a judged pipeline."""
    bring_in(acme, tmp_path, deals=60)
    with scope.enter(acme.system), transaction.atomic():
        scan.scan_open(acme.system, now=NOW)
    return acme


def view(actor: Actor, which: View) -> list[UUID]:
    return [one.deal_id for one in queries.list_inbox(actor, view=which, limit=100).rows]


class TestSnoozeDeal:
    def test_takes_it_out_until_its_day_comes_and_says_why_it_is_back(self, judged: Company) -> None:
        alice = judged.owner
        with scope.enter(alice), transaction.atomic():
            deal_id = view(alice, View.OPEN)[0]
            before = queries.count_inbox(alice)
            on = NOW.date() + timedelta(days=3)
            made = operations.snooze_deal(alice, deal_id=deal_id, until=Until.DATE, on=on, now=NOW)
            after = queries.count_inbox(alice)
            assert (after.open, after.snoozed) == (before.open - 1, before.snoozed + 1)
            assert after.at_risk < before.at_risk
            assert after.pipeline == before.pipeline
            assert deal_id not in view(alice, View.OPEN)
            assert view(alice, View.SNOOZED) == [deal_id]
            assert made.until_at is not None
            assert returning.settle_due(alice, now=made.until_at - timedelta(seconds=1)) == 0
            assert returning.settle_due(alice, now=made.until_at) == 1
            back = queries.find_judgement(alice, deal_id)
            assert back is not None
            assert back.decision is not None
            assert back.decision.ending is Ending.DATE
            assert "the day has come" in back.decision.back_because
            assert deal_id in view(alice, View.OPEN)

    def test_outlives_the_next_scan_and_ends_with_the_deal_s_stage(self, judged: Company) -> None:
        alice = judged.owner
        with scope.enter(alice), transaction.atomic():
            first, second = view(alice, View.OPEN)[:2]
            operations.snooze_deal(alice, deal_id=first, until=Until.STAGE, now=NOW)
            moved = operations.snooze_deal(alice, deal_id=second, until=Until.STAGE, now=NOW)
            Decision.objects.filter(id=moved.id).update(stage_id=uuid7())
        with scope.enter(judged.system), transaction.atomic():
            scan.scan_open(judged.system, now=NOW + timedelta(minutes=5))
        with scope.enter(alice), transaction.atomic():
            assert view(alice, View.SNOOZED) == [first]
            assert second in view(alice, View.OPEN)

    def test_refuses_days_that_are_gone_and_meetings_that_nobody_plans(self, judged: Company) -> None:
        alice = judged.owner
        with scope.enter(alice), transaction.atomic():
            deal_id = view(alice, View.OPEN)[0]
            for on in (None, NOW.date() - timedelta(days=1), NOW.date().replace(year=9999)):
                with pytest.raises(JudgementRefused):
                    operations.snooze_deal(alice, deal_id=deal_id, until=Until.DATE, on=on, now=NOW)
            later = NOW + timedelta(days=3000)
            with pytest.raises(JudgementRefused):
                operations.snooze_deal(alice, deal_id=deal_id, until=Until.MEETING, now=later)
            with pytest.raises(NoDeal):
                operations.acknowledge_deal(alice, deal_id=uuid7(), now=NOW)


class TestDecisions:
    def test_keep_it_known_until_it_gets_worse(self, judged: Company) -> None:
        alice = judged.owner
        with scope.enter(alice), transaction.atomic():
            deal_id = view(alice, View.OPEN)[0]
            Judgement.objects.filter(id=deal_id).update(band=Band.MEDIUM)
            operations.acknowledge_deal(alice, deal_id=deal_id, now=NOW)
            assert view(alice, View.KNOWN) == [deal_id]
            Judgement.objects.filter(id=deal_id).update(band=Band.HIGH)
            assert returning.settle(alice, None, now=NOW) == 1
            assert deal_id in view(alice, View.OPEN)

    def test_are_undone_to_what_held_before(self, judged: Company) -> None:
        alice, mia = judged.owner, judged.manager
        with scope.enter(alice), transaction.atomic():
            deal_id = view(alice, View.OPEN)[0]
            operations.acknowledge_deal(alice, deal_id=deal_id, now=NOW)
            made = operations.dismiss_deal(
                alice, deal_id=deal_id, reason=DenialReason.AGREED, note="They said so.", now=NOW
            )
            newest = queries.list_decisions(alice, deal_id)[0]
            assert (newest.aside, newest.note) == (Aside.NOT_RISK, "They said so.")
        with scope.enter(mia), transaction.atomic(), pytest.raises(TooLateToUndo):
            operations.undo_decision(mia, decision_id=made.id, now=NOW)
        with scope.enter(alice), transaction.atomic():
            operations.undo_decision(alice, decision_id=made.id, now=NOW)
            found = queries.find_judgement(alice, deal_id)
            assert found is not None
            assert found.decision is not None
            assert found.decision.aside is Aside.KNOWN
            with pytest.raises(TooLateToUndo):
                operations.undo_decision(alice, decision_id=made.id, now=NOW)
            with pytest.raises(NoDecision):
                operations.undo_decision(alice, decision_id=uuid7(), now=NOW)

    def test_are_for_those_who_may_judge_and_of_own_deals(self, judged: Company, borealis: Company) -> None:
        with scope.enter(judged.owner), transaction.atomic():
            deal_id = view(judged.owner, View.OPEN)[0]
        for actor, error in ((judged.member, NoDeal), (borealis.owner, NoDeal), (judged.viewer, Forbidden)):
            with scope.enter(actor), transaction.atomic(), pytest.raises(error):
                operations.acknowledge_deal(actor, deal_id=deal_id, now=NOW)


class TestAnswers:
    def test_keep_what_the_signal_said_and_the_last_one_counts(self, judged: Company) -> None:
        alice = judged.owner
        with scope.enter(alice), transaction.atomic():
            row = queries.list_inbox(alice, limit=1).rows[0]
            fired = next(one for one in row.findings if one.state is State.FIRED)
            told: dict[str, Any] = {"deal_id": row.deal_id, "signal": fired.key, "now": NOW}
            operations.rate_signal(alice, is_right=True, **told)
            made = operations.dismiss_signal(alice, reason=DenialReason.WRONG_FACTS, note="x", **told)
            assert (made.answer, made.value, made.threshold) == (Answer.NOT_RISK, fired.value, fired.threshold)
            assert (made.version, made.policy, made.severity) == (row.version, 0, fired.severity)
            assert [one.answer for one in queries.list_feedback(alice, row.deal_id)] == [Answer.NOT_RISK]
            score = queries.find_judgement(alice, row.deal_id)
            assert score is not None
            assert score.score == row.score
            operations.undo_feedback(alice, feedback_id=made.id, now=NOW)
            assert queries.list_feedback(alice, row.deal_id) == []
            quiet = next(one for one in row.findings if one.state is not State.FIRED)
            with pytest.raises(JudgementRefused):
                operations.dismiss_signal(
                    alice, deal_id=row.deal_id, signal=quiet.key, reason=DenialReason.OTHER, now=NOW
                )
            with pytest.raises(JudgementRefused):
                operations.rate_signal(alice, deal_id=row.deal_id, signal="mood", is_right=True, now=NOW)
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM audit.entry WHERE action = 'risk:judged'")
                assert cursor.fetchone() == (3,)
