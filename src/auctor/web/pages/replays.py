"""Replays: what would have been seen in the past, deal by deal, and what other settings would have done."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import queries as crm
from auctor.risk import policies, replay_runs
from auctor.risk.replay_records import ReplayedDeal, ReplayKind, ReplayPlan, ReplayResult, ReplayRun, RunState
from auctor.signals.catalog import SIGNALS
from auctor.signals.policy import Policy
from auctor.signals.score import Band
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web import replay_charts, verdicts, words
from auctor.web.addresses import query_with
from auctor.web.attempts import attempt
from auctor.web.page import page
from auctor.web.pages.signals import field_of
from auctor.web.records import Column, Crumb, Cursors, Empty, Tab
from auctor.web.zones import workspace_zone

PAGE = 50
# How many deals the picture of earliness counts at most, and how many are asked for at once.
MOST_EARLY, CHUNK = 1_000, 200
YEAR = timedelta(days=364)
BANDS = {Band.LOW: "Low and above", Band.MEDIUM: "Medium and above", Band.HIGH: "High only"}
KINDS = {
    ReplayKind.CAUGHT: "Lost and flagged",
    ReplayKind.MISSED: "Lost and missed",
    ReplayKind.FALSE_ALARM: "Won and flagged",
    ReplayKind.LEFT_ALONE: "Won and left alone",
}
RUN_COLUMNS = (
    Column("Compare", is_label_hidden=True),
    Column("Period"),
    Column("Flagged from"),
    Column("Settings"),
    Column("Found"),
    Column("Asked", align="end"),
)
DEAL_COLUMNS = (
    Column("Deal"),
    Column("Ended"),
    Column("First flag", align="end"),
    Column("Highest score", align="end"),
    Column("Last score", align="end"),
    Column("Amount", align="end"),
)
EMPTY = Empty(
    title="No past to replay yet",
    promise="A replay judges past deals as if it were then, from what was on record then, week by week.",
    shows=(
        "which lost deals would have been flagged, and how early",
        "how many false alarms that would have cost",
        "whether the score beats the stage’s probability and the forecast category",
    ),
    needs="It needs deals that ended, with their history.",
    sketch="curve",
    action_label="Bring in your team",
    action_url="team",
)


class StartForm(forms.Form):
    """A period, the band from which a deal counts as flagged, and thresholds to be tried; empty ones are as now."""

    first_on = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last_on = forms.DateField(label="To", widget=forms.DateInput(attrs={"type": "date"}))
    band = forms.TypedChoiceField(
        label="Flagged from", coerce=int, choices=[(int(band), told) for band, told in BANDS.items()]
    )

    def policy(self, held: Policy) -> Policy:
        """The settings of the workspace with what is to be tried in their place."""
        tried = {code: self.cleaned_data[field_of(code)] for code in policies.PARAMETERS}
        thresholds = {**held.thresholds, **{code: value for code, value in tried.items() if value is not None}}
        return Policy(thresholds, held.muted, held.late_from)


for _code, _parameter in policies.PARAMETERS.items():
    StartForm.base_fields[field_of(_code)] = forms.FloatField(
        label=f"{_parameter.meaning.rstrip(chr(46))}, {_parameter.unit}",
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "placeholder": f"{_parameter.default:g}"}),
    )


class ActForm(forms.Form):
    """Nothing to fill in: the address says which replay."""


@page(permission=Permission.SIGNAL_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The form, and the replays that were run."""
    actor = current()
    if not crm.has_deals(actor):
        return render(request, "pages/empty.html", {"title": "Replays", "empty": EMPTY})
    with workspace_zone(actor):
        form = _blank(timezone.localdate())
        return _show_form(request, actor, form)


@page(permission=Permission.SIGNAL_TRY, methods=("POST",), forms=(StartForm,))
def start(request: HttpRequest) -> HttpResponse:
    """Have a period replayed, and go where its progress is shown."""
    actor, now = current(), datetime.now(UTC)
    form = StartForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        plan = ReplayPlan(
            given["first_on"], given["last_on"], Band(given["band"]), form.policy(policies.get_policy(actor).policy)
        )
        run = attempt(form, lambda: replay_runs.start_replay(actor, plan=plan, now=now))
        if run:
            return redirect("replays-run", run.id)
    with workspace_zone(actor):
        return _show_form(request, actor, form)


@page(permission=Permission.SIGNAL_READ)
def show_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One replay: how far it is, or what came of it."""
    actor, now = current(), datetime.now(UTC)
    run = replay_runs.access_replay(actor, run_id)
    with workspace_zone(actor) as zone:
        context: dict[str, object] = {
            "title": "Replay",
            "crumbs": (Crumb("Replays", reverse("replays")), Crumb(_period(run))),
            "run": run,
            "period": _period(run),
            "band": BANDS[run.plan.band],
            "tried": _tried(run.plan.policy),
            "may_forget": replay_runs.may_forget(actor, run),
            "zone": zone,
        }
        if run.result is not None:
            context |= _result(actor, run, run.result) | _deals(actor, request, run, now=now)
        return render(request, "replays/run.html", context)


@page(permission=Permission.SIGNAL_READ)
def progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far it is; when it has ended, the page is asked anew."""
    run = replay_runs.access_replay(current(), run_id)
    if run.state in (RunState.DONE, RunState.FAILED):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("replays-run", args=(run_id,))})
    return render(request, "replays/progress.html", {"run": run})


@page(permission=Permission.SIGNAL_READ)
def compare(request: HttpRequest) -> HttpResponse:
    """Two replays side by side."""
    actor = current()
    chosen = [found for text in request.GET.getlist("run")[:2] if (found := _id(text))]
    if len(chosen) != 2:
        messages.error(request, "Choose two replays to compare.")
        return redirect("replays")
    runs = replay_runs.access_replays(actor, chosen)
    with workspace_zone(actor):
        context = {
            "title": "Two replays",
            "crumbs": (Crumb("Replays", reverse("replays")), Crumb("Two of them")),
            "runs": [(run, _period(run), BANDS[run.plan.band], _tried(run.plan.policy)) for run in runs],
            "columns": (Column("Figure"), *(Column(_heading(run, runs), align="end") for run in runs)),
            "lines": _side_by_side([run.result for run in runs]),
        }
        return render(request, "replays/compare.html", context)


@page(permission=Permission.SIGNAL_TRY, methods=("POST",), forms=(ActForm,))
def forget(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Delete a replay and its result."""
    replay_runs.forget_replay(current(), run_id=run_id, now=datetime.now(UTC))
    messages.success(request, "The replay was deleted.")
    return redirect("replays")


def _blank(today: date) -> StartForm:
    """The last four quarters."""
    return StartForm(initial={"first_on": today - YEAR, "last_on": today - timedelta(days=1), "band": int(Band.MEDIUM)})


def _show_form(request: HttpRequest, actor: Actor, form: StartForm) -> HttpResponse:
    wanted = request.GET.get("signal", "")
    groups = [
        (verdicts.NAMES[signal.key], [form[field_of(one.code)] for one in signal.parameters], signal.key == wanted)
        for signal in SIGNALS
        if signal.parameters
    ]
    runs = replay_runs.list_replays(actor)
    context = {
        "title": "Replays",
        "form": form,
        "plain": [form[name] for name in ("first_on", "last_on", "band")],
        "groups": groups,
        "is_trying": any(opened for _, _, opened in groups) or form.is_bound,
        "columns": RUN_COLUMNS,
        "runs": [(run, _period(run), BANDS[run.plan.band], bool(_tried(run.plan.policy))) for run in runs],
        "may_try": can(actor, Permission.SIGNAL_TRY),
    }
    return render(request, "replays/replays.html", context)


def _result(actor: Actor, run: ReplayRun, result: ReplayResult) -> dict[str, object]:
    caught = _caught(actor, run)
    return {
        "result": result,
        "sums": [
            words.to_whole(one, result.currency)
            for one in (result.caught_amount, result.lost_amount, result.false_alarm_amount)
        ],
        "headline": replay_charts.to_headline(result),
        "curves": replay_charts.draw_curves(result) if any(one.curve for one in result.scorers) else None,
        "early": replay_charts.draw_early(caught, result.caught) if caught else None,
        "weeks": replay_charts.draw_weeks(result) if result.weekly else None,
        "scorers": [(replay_charts.name_of(one), one) for one in result.scorers],
        "scorer_columns": (
            Column("Going by"),
            Column("Order", align="end"),
            Column("Alarms right", align="end"),
            Column("Losses found", align="end"),
            Column("Known of", align="end"),
        ),
    }


def _caught(actor: Actor, run: ReplayRun) -> list[ReplayedDeal]:
    found: list[ReplayedDeal] = []
    for offset in range(0, MOST_EARLY, CHUNK):
        part = replay_runs.list_replayed_deals(actor, run.id, kind=ReplayKind.CAUGHT, offset=offset, limit=CHUNK)
        found += part.rows
        if len(found) >= part.total:
            break
    return found


def _deals(actor: Actor, request: HttpRequest, run: ReplayRun, *, now: datetime) -> dict[str, object]:
    """The deals of one kind with their names; who reads them is written down."""
    told = request.GET.get("kind", "")
    kind = ReplayKind(told) if told in {one.value for one in ReplayKind} else ReplayKind.CAUGHT
    after = request.GET.get("after", "")
    offset = int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0
    found = replay_runs.list_replayed_deals(actor, run.id, kind=kind, offset=offset, limit=PAGE)
    lines = crm.list_lines(actor, [one.deal_id for one in found.rows], now=now)
    if lines:
        log.record(actor, AuditTag.DEAL_READ, subject_kind="deal", details={"deals": len(lines)}, now=now)
    following = str(offset + PAGE) if offset + PAGE < found.total else ""
    return {
        "deal_columns": DEAL_COLUMNS,
        "kind": KINDS[kind],
        "tabs": [
            Tab(label, query_with(request.GET, drop=("after",), kind=one.value), None, one is kind)
            for one, label in KINDS.items()
        ],
        "deals": [(one, lines.get(one.deal_id), _moment_of(one)) for one in found.rows],
        "cursors": Cursors(next=following, shown=len(found.rows), total=found.total),
    }


def _moment_of(one: ReplayedDeal) -> str:
    """The day to look at: that of the first flag, else the day before the end."""
    back = one.early_days if one.early_days is not None else 1
    return (one.ended_on - timedelta(days=max(1, round(back)))).isoformat()


def _tried(policy: Policy) -> list[str]:
    """What is not as the product comes, in words."""
    told = [
        f"{verdicts.NAMES[code.split('.')[0]]}: {policies.PARAMETERS[code].meaning} {value:g}"
        for code, value in policy.thresholds.items()
        if code in policies.PARAMETERS
    ]
    return told + [f"{verdicts.NAMES[key]} muted" for key in sorted(policy.muted)]


def _heading(run: ReplayRun, runs: Sequence[ReplayRun]) -> str:
    """What tells a replay from the other one: its band, its period, or merely its place."""
    if len({one.plan.band for one in runs}) > 1:
        return BANDS[run.plan.band]
    if len({_period(one) for one in runs}) > 1:
        return _period(run)
    return "First" if run is runs[0] else "Second"


def _side_by_side(results: Sequence[ReplayResult | None]) -> list[tuple[str, str, str]]:
    told = [_figures(one) for one in results]
    return [(label, told[0][label], told[1][label]) for label in told[0]]


def _figures(result: ReplayResult | None) -> dict[str, str]:
    labels = (
        "Lost deals",
        "Flagged of them",
        "Still flagged at the end",
        "Won deals flagged",
        "Of lost deals found",
        "Of flags right",
        "Days before the loss, median",
    )
    if result is None:
        return dict.fromkeys(labels, "not done")
    counts = (result.lost, result.caught, result.caught_to_the_end, result.false_alarms)
    shares = (result.recall, result.precision)
    values = [f"{count:,}" for count in counts]
    values += ["none" if share is None else words.to_percent(share) for share in shares]
    return dict(zip(labels, [*values, f"{result.early.median:.0f}" if result.early else "none"], strict=True))


def _period(run: ReplayRun) -> str:
    plan = run.plan
    return f"{plan.first_on.day} {plan.first_on:%b %Y} to {plan.last_on.day} {plan.last_on:%b %Y}"


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
