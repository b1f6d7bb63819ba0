"""Deals by their scores, for lists that filter and order by them."""

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from auctor.risk import models
from auctor.risk.queries import InboxCursorWrong, seen
from auctor.signals.score import Band
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class RankedPage:
    """Ids in the order of their scores; deals that have none stand last. `next_cursor` is empty on the last page."""

    ids: tuple[UUID, ...]
    next_cursor: str
    total: int


def list_ids(actor: Actor, *, bands: Collection[Band]) -> list[UUID]:
    """The open deals of these bands."""
    require(actor, Permission.RISK_READ)
    return list(_chosen(actor, bands, None).values_list("id", flat=True))


def list_ranked(
    actor: Actor, *, bands: Collection[Band] = (), ids: Sequence[UUID] | None = None, falls: bool, cursor: str = ""
) -> RankedPage:
    """A page of open deals by score, of these bands and among these ids. Raises `InboxCursorWrong`."""
    require(actor, Permission.RISK_READ)
    rows = _chosen(actor, bands, ids)
    found = _page(rows, falls=falls, cursor=cursor)
    following = _write_cursor(*found[PAGE - 1]) if len(found) > PAGE else ""
    return RankedPage(tuple(key for key, _ in found[:PAGE]), following, rows.count())


def _page(rows: QuerySet[models.Judgement], *, falls: bool, cursor: str) -> list[tuple[UUID, float | None]]:
    """One more than a page. Rows with a score and rows without are two questions: the first follows an index."""
    score, last = _read_cursor(cursor) if cursor else (None, None)
    found: list[tuple[UUID, float | None]] = []
    if not cursor or score is not None:
        scored = rows.filter(score__isnull=False)
        if score is not None:
            beyond = Q(score__lt=score) if falls else Q(score__gt=score)
            scored = scored.filter(beyond | Q(score=score, id__gt=last))
        found = list(scored.order_by("-score" if falls else "score", "id").values_list("id", "score")[: PAGE + 1])
    if len(found) <= PAGE:
        without = rows.filter(score=None).order_by("id")
        after = without.filter(id__gt=last) if cursor and score is None else without
        found += [(key, None) for key in after.values_list("id", flat=True)[: PAGE + 1 - len(found)]]
    return found


def _chosen(actor: Actor, bands: Collection[Band], ids: Sequence[UUID] | None) -> QuerySet[models.Judgement]:
    rows = seen(actor, models.Judgement.objects.all())
    if bands:
        rows = rows.filter(band__in=list(bands))
    if ids is not None:
        # One parameter, however many there are.
        rows = rows.filter(id__in=RawSQL("SELECT unnest(%s::uuid[])", [list(ids)]))
    return rows


def _write_cursor(last: UUID, score: float | None) -> str:
    return base64.urlsafe_b64encode(json.dumps([score, last.hex]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[float | None, UUID]:
    try:
        score, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return None if score is None else float(score), UUID(hex=last)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise InboxCursorWrong("This page's address is not right any more.", mend="Start at the first page.") from error
