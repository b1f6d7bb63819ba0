"""How the signals are set in a workspace: thresholds, mutes, when a stage is late. Every change makes a version."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.db import connection

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.jobs.queue import defer
from auctor.kit.errors import AuctorError
from auctor.kit.ids import uuid7
from auctor.risk import models
from auctor.risk.records import Mute, MuteReason, PolicyRecord
from auctor.signals.catalog import KEYS, SIGNALS
from auctor.signals.policy import LATE_FROM, LATE_LIMITS, Parameter, Policy
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

PARAMETERS: Mapping[str, Parameter] = {one.code: one for signal in SIGNALS for one in signal.parameters}
RESCAN = "risk.rescan"
LONGEST_NOTE = 1000


class PolicyRefused(AuctorError):
    """A setting that the signals cannot have."""

    code: ClassVar[str] = "risk.policy_refused"
    status: ClassVar[int] = 422


def get_policy(actor: Actor) -> PolicyRecord:
    """How the signals are set now. Needs `risk:read`: whoever reads a judgement may know by which measure."""
    require(actor, Permission.RISK_READ)
    row = models.SignalPolicy.objects.order_by("-number").first()
    if row is None:
        return PolicyRecord(0, {}, LATE_FROM, (), None, None)
    mutes = models.Mute.objects.filter(until=None).order_by("signal")
    return _record_of(row, tuple(_mute_of(mute) for mute in mutes))


def list_policies(actor: Actor, *, limit: int = 25) -> list[PolicyRecord]:
    """The versions, newest first, each with the mutes that held in it."""
    require(actor, Permission.SIGNAL_READ)
    rows = models.SignalPolicy.objects.order_by("-number")[:limit]
    mutes = list(models.Mute.objects.order_by("signal"))
    return [_record_of(row, tuple(_mute_of(one) for one in mutes if _held(one, row))) for row in rows]


def tune_signals(
    actor: Actor, *, thresholds: Mapping[str, float | None], late_from: float | None = None, now: datetime
) -> PolicyRecord:
    """Choose thresholds by `signal.parameter` (None: back to what is learnt or the default) and, if given, from which
    default probability on a stage is late. Everything is judged anew. Raises `PolicyRefused`."""
    require(actor, Permission.SIGNAL_WRITE)
    _lock(actor)
    held = get_policy(actor)
    changed = {**held.thresholds, **thresholds}
    chosen = {code: value for code, value in changed.items() if value is not None}
    late = held.late_from if late_from is None else late_from
    policy = check_policy(Policy(chosen, held.policy.muted, late))
    return _keep(
        actor, policy, fields=sorted({*thresholds, *(["late_from"] if late_from is not None else [])}), now=now
    )


def mute_signal(actor: Actor, *, signal: str, reason: MuteReason, note: str = "", now: datetime) -> PolicyRecord:
    """Let a signal count no more, as if it did not exist. Everything is judged anew. Raises `PolicyRefused`."""
    require(actor, Permission.SIGNAL_WRITE)
    _lock(actor)
    held = get_policy(actor).policy
    if signal not in KEYS:
        raise PolicyRefused(f"There is no signal {signal[:32]!r}.", mend=f"Known are {', '.join(KEYS)}.")
    if signal in held.muted:
        raise PolicyRefused("The signal is muted already.")
    if len(held.muted) == len(KEYS) - 1:
        raise PolicyRefused("One signal has to count.", mend="Unmute another one first.")
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise PolicyRefused(f"A note has at most {LONGEST_NOTE} characters.")
    models.Mute.objects.create(
        id=uuid7(),
        workspace_id=actor.workspace_id,
        signal=signal,
        reason=reason,
        note=note.strip() or None,
        member_id=actor.member_id,
        since=now,
    )
    return _keep(actor, Policy(held.thresholds, held.muted | {signal}, held.late_from), fields=[signal], now=now)


def unmute_signal(actor: Actor, *, signal: str, now: datetime) -> PolicyRecord:
    """Let a signal count again. Everything is judged anew. Raises `PolicyRefused`."""
    require(actor, Permission.SIGNAL_WRITE)
    _lock(actor)
    held = get_policy(actor).policy
    if signal not in held.muted:
        raise PolicyRefused("The signal is not muted.")
    models.Mute.objects.filter(signal=signal, until=None).update(until=now)
    return _keep(actor, Policy(held.thresholds, held.muted - {signal}, held.late_from), fields=[signal], now=now)


def check_policy(policy: Policy) -> Policy:
    """The same policy, proved to lie within the limits. Raises `PolicyRefused` for the first value that does not."""
    for code, value in policy.thresholds.items():
        parameter = PARAMETERS.get(code)
        if parameter is None:
            raise PolicyRefused(f"There is no threshold {code[:64]!r}.", mend=f"Known are {', '.join(PARAMETERS)}.")
        # Written so that NaN is refused, too.
        if not parameter.least <= value <= parameter.most:
            raise PolicyRefused(
                f"{code} lies between {parameter.least:g} and {parameter.most:g} {parameter.unit}.",
                where=code,
            )
        _check_order(policy, parameter)
    unknown = sorted(policy.muted - set(KEYS))
    if unknown:
        raise PolicyRefused(f"There is no signal {unknown[0][:32]!r}.", mend=f"Known are {', '.join(KEYS)}.")
    if not LATE_LIMITS[0] <= policy.late_from <= LATE_LIMITS[1] or math.isnan(policy.late_from):
        raise PolicyRefused(f"A stage is late from {LATE_LIMITS[0]:g} to {LATE_LIMITS[1]:g} on.", where="late_from")
    return policy


def _check_order(policy: Policy, parameter: Parameter) -> None:
    """Thresholds that a severity rises between keep their order, with whichever of the two was chosen."""
    for one in PARAMETERS.values():
        if one.signal != parameter.signal or not one.above or parameter.name not in (one.name, one.above):
            continue
        lower = PARAMETERS[f"{one.signal}.{one.above}"]
        if not policy.value(one) > policy.value(lower):
            raise PolicyRefused(
                f"{one.code} ({policy.value(one):g}) has to exceed {lower.code} ({policy.value(lower):g}).",
                where=parameter.code,
            )


def _keep(actor: Actor, policy: Policy, *, fields: list[str], now: datetime) -> PolicyRecord:
    """The end of every change: the next version, its entry, and the scan that follows."""
    last = models.SignalPolicy.objects.order_by("-number").values_list("number", flat=True).first() or 0
    row = models.SignalPolicy.objects.create(
        id=uuid7(),
        workspace_id=actor.workspace_id,
        number=last + 1,
        thresholds=dict(policy.thresholds),
        late_from=policy.late_from,
        muted=sorted(policy.muted),
        member_id=actor.member_id,
        made_at=now,
    )
    log.record(
        actor,
        AuditTag.SIGNAL_CHANGED,
        subject=row.id,
        subject_kind="policy",
        fields=fields,
        details={"number": row.number},
        now=now,
    )
    defer(actor, RESCAN)
    return get_policy(actor)


def _lock(actor: Actor) -> None:
    """Two changes at once would each make the same number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"risk.policy {actor.workspace_id}"])


def _held(mute: models.Mute, row: models.SignalPolicy) -> bool:
    return mute.signal in row.muted and mute.since <= row.made_at and (mute.until is None or mute.until > row.made_at)


def _record_of(row: models.SignalPolicy, mutes: tuple[Mute, ...]) -> PolicyRecord:
    return PolicyRecord(row.number, row.thresholds, row.late_from, mutes, row.member_id, row.made_at)


def _mute_of(row: models.Mute) -> Mute:
    return Mute(row.signal, MuteReason(row.reason), row.note or "", row.member_id, row.since)
