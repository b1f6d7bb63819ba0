"""Writes that people ask for. Transactions are opened by the face; nothing here commits."""

from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db import connection

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm.currencies import LARGEST_AMOUNT, MINOR_DIGITS
from auctor.crm.doors import access_deal_row, access_owner_row
from auctor.crm.import_folder import FOLLOW_UP
from auctor.crm.models.deals import Deal, DealPause, Snapshot
from auctor.crm.models.pipelines import Rate
from auctor.crm.queries import access_deal
from auctor.crm.records import DealRecord, RateRecord
from auctor.crm.terms import get_counting
from auctor.crm.vocabulary import PauseReason
from auctor.identity.queries import access_member
from auctor.jobs.queue import defer
from auctor.kit.errors import AuctorError
from auctor.signals.vocabulary import Forecast
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

LONGEST_NOTE = 1000


class ValueRefused(AuctorError):
    """A value that a deal cannot have."""

    code: ClassVar[str] = "crm.value_refused"
    status: ClassVar[int] = 422


def pause_deal(
    actor: Actor, *, deal_id: UUID, until: datetime, reason: PauseReason, note: str = "", now: datetime
) -> DealRecord:
    """Let a deal rest: until then it fires nothing. A pause that still runs ends where the new one begins."""
    deal = access_deal_row(actor, deal_id, to_change=True)
    if until <= now:
        raise ValueRefused("A pause ends in the future.", mend="Choose a later day.")
    if len(note) > LONGEST_NOTE:
        raise ValueRefused(f"A note has at most {LONGEST_NOTE} characters.")
    DealPause.objects.filter(deal_id=deal.id, until__gt=now).update(until=now)
    DealPause.objects.create(
        workspace_id=deal.workspace_id,
        deal_id=deal.id,
        since=now,
        until=until,
        reason=reason,
        note=note or None,
        member_id=actor.member_id,
    )
    return _changed(actor, deal, ["paused_until"], now=now)


def resume_deal(actor: Actor, *, deal_id: UUID, now: datetime) -> DealRecord:
    """End a pause before its time."""
    deal = access_deal_row(actor, deal_id, to_change=True)
    DealPause.objects.filter(deal_id=deal.id, until__gt=now).update(until=now)
    return _changed(actor, deal, ["paused_until"], now=now)


def override_amount(actor: Actor, *, deal_id: UUID, minor: int | None, now: datetime) -> DealRecord:
    """Put an amount, in minor units of the deal's currency, before the vendor's; None takes it back."""
    deal = access_deal_row(actor, deal_id, to_change=True)
    if minor is not None and deal.currency is None:
        raise ValueRefused("The deal has no currency.", mend="Set the currency in the CRM first.")
    if minor is not None and not 0 <= minor <= LARGEST_AMOUNT:
        raise ValueRefused(f"An amount is between 0 and {LARGEST_AMOUNT:,} minor units.")
    deal.amount_override, deal.overridden_at = minor, now
    deal.save(update_fields=["amount_override", "overridden_at"])
    return _changed(actor, deal, ["amount_override"], now=now)


def override_close_date(actor: Actor, *, deal_id: UUID, on: date | None, now: datetime) -> DealRecord:
    """Put a close date before the vendor's; None takes it back."""
    deal = access_deal_row(actor, deal_id, to_change=True)
    if on is not None and not date(1970, 1, 1) <= on <= date(2199, 12, 31):
        raise ValueRefused("A close date is between 1970 and 2199.")
    deal.close_on_override, deal.overridden_at = on, now
    deal.save(update_fields=["close_on_override", "overridden_at"])
    return _changed(actor, deal, ["close_on_override"], now=now)


def override_forecast(actor: Actor, *, deal_id: UUID, category: Forecast | None, now: datetime) -> DealRecord:
    """Put a forecast category before the vendor's; None takes it back."""
    deal = access_deal_row(actor, deal_id, to_change=True)
    deal.forecast_override, deal.overridden_at = category, now
    deal.save(update_fields=["forecast_override", "overridden_at"])
    return _changed(actor, deal, ["forecast_override"], now=now)


def link_owner(actor: Actor, *, owner_id: UUID, member_id: UUID | None, now: datetime) -> int:
    """Say which member a vendor's user is; they see these deals from now on. Returns how many deals changed hands."""
    owner = access_owner_row(actor, owner_id, to_change=True)
    member = access_member(actor, member_id) if member_id else None
    owner.member_id = member.id if member else None
    owner.save(update_fields=["member_id"])
    moved = Deal.objects.filter(owner_id=owner.id).exclude(owner_member_id=owner.member_id)
    count: int = moved.update(owner_member_id=owner.member_id, touched_at=now)
    log.record(
        actor,
        AuditTag.MEMBER_CHANGED,
        subject=owner.member_id,
        subject_kind="member",
        fields=["owner"],
        details={"owner": str(owner.id), "deals": count},
        now=now,
    )
    return count


def set_rate(actor: Actor, *, currency: str, on_day: date, rate: float, now: datetime) -> RateRecord:
    """Say what one unit of a currency is worth in the workspace's from a day on; the same day again replaces it."""
    require(actor, Permission.SETTING_WRITE)
    assert actor.workspace_id is not None
    if currency not in MINOR_DIGITS:
        raise ValueRefused(f"{currency[:10]!r} is no currency of ISO 4217.", mend="Such as EUR.")
    # Written so that NaN is refused, too.
    if not 1e-9 < rate < 1e9:
        raise ValueRefused("A rate is a positive number.", mend="How much is one unit worth in your currency?")
    kept, _ = Rate.objects.update_or_create(
        currency=currency,
        on_day=on_day,
        defaults={"rate": rate, "source": "workspace", "recorded_at": now},
        create_defaults={"workspace_id": actor.workspace_id, "rate": rate, "source": "workspace", "recorded_at": now},
    )
    log.record(
        actor, AuditTag.SETTING_CHANGED, subject=kept.id, subject_kind="rate", details={"currency": currency}, now=now
    )
    defer(actor, FOLLOW_UP)
    return RateRecord(currency, on_day, rate, "workspace")


def snapshot_yesterday(actor: Actor, *, now: datetime) -> int:
    """Keep how every open deal stood at the end of yesterday, in the workspace's zone. Returns how many were kept.

    It is asked every hour; the first hour of a day does it, or the first after a pause, and `taken_at` says when.
    """
    require(actor, Permission.DEAL_IMPORT)
    on = get_counting(actor).today(now) - timedelta(days=1)
    if Snapshot.objects.filter(on_day=on).exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_snapshot (id, workspace_id, deal_id, on_day, taken_at, owner_id, stage_id, amount,"
            " currency, close_on, forecast) SELECT gen_random_uuid(), workspace_id, id, %s, %s, owner_id, stage_id,"
            " amount_now, currency, close_on_now, coalesce(forecast_override, forecast) FROM crm_deal"
            " WHERE workspace_id = %s AND stage_kind = 0 AND record_state = 0"
            " AND created_at <= %s ON CONFLICT (workspace_id, on_day, deal_id) DO NOTHING",
            [on, now, actor.workspace_id, now],
        )
        count: int = cursor.rowcount
    return count


def _changed(actor: Actor, deal: Deal, fields: list[str], *, now: datetime) -> DealRecord:
    """The end of every change of one deal: its clock, the entry, the follow-up."""
    Deal.objects.filter(id=deal.id).update(touched_at=now)
    log.record(actor, AuditTag.DEAL_CHANGED, subject=deal.id, subject_kind="deal", fields=fields, now=now)
    defer(actor, FOLLOW_UP)
    return access_deal(actor, deal.id, now=now)
