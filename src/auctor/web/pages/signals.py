"""Signals: what is looked for, how often it was right here, how it is set, and what was learnt."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from auctor.crm import queries as crm
from auctor.risk import gaps, policies, queries, track_records
from auctor.risk.records import Mute, MuteReason, PolicyRecord, TrackRecord
from auctor.signals.catalog import SIGNALS
from auctor.signals.policy import LATE_LIMITS, Parameter
from auctor.signals.records import Signal
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web import charts, verdicts
from auctor.web.attempts import attempt
from auctor.web.freshness import to_sources
from auctor.web.page import page
from auctor.web.records import Column, Empty
from auctor.web.zones import workspace_zone

MUTE_WORDS = {
    MuteReason.TRACK_RECORD: "Its track record here",
    MuteReason.DOES_NOT_FIT: "It does not fit how we sell",
    MuteReason.DATA_MISSING: "The data for it is missing",
    MuteReason.OTHER: "Another reason",
}
EMPTY = Empty(
    title="No track record yet",
    promise=(
        "Every signal that deals are judged by will be listed here as a question in words, with its record "
        "on this workspace's own past."
    ),
    shows=(
        "how often it fired, and how often it was right",
        "its threshold, which can be tried on the past first",
        "the proposal to mute what does not help here",
    ),
    needs="It needs closed deals to be measured on.",
    sketch="curve",
    action_label="Bring in your team",
    action_url="team",
)
FIGURE_COLUMNS = (Column("Figure"), Column("Value", align="end"), Column("95 % interval", align="end"))


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal as the page tells it; `share` is the part of the open deals that could be judged."""

    signal: Signal
    name: str
    tally: gaps.Tally
    share: float | None
    mute: Mute | None
    track: TrackRecord | None
    thresholds: tuple[tuple[Parameter, float, bool], ...]


class MuteForm(forms.Form):
    """Why a signal is to count no more."""

    reason = forms.ChoiceField(choices=[(key.value, told) for key, told in MUTE_WORDS.items()])
    note = forms.CharField(label="Note", max_length=1000, required=False)


class ActForm(forms.Form):
    """Nothing to fill in: the address says which signal."""


class ThresholdForm(forms.Form):
    """Every threshold of every signal, by its code; empty is what is learnt or the default."""

    late_from = forms.FloatField(
        label="A stage is late from this probability on",
        min_value=LATE_LIMITS[0],
        max_value=LATE_LIMITS[1],
        required=False,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )

    def chosen(self) -> dict[str, float | None]:
        """What was sent of the thresholds; those that the form did not carry are missing."""
        return {code: self.cleaned_data[field_of(code)] for code in policies.PARAMETERS if field_of(code) in self.data}


def field_of(code: str) -> str:
    """The name of a threshold's field."""
    return code.replace(".", "-")


for _code, _parameter in policies.PARAMETERS.items():
    ThresholdForm.base_fields[field_of(_code)] = forms.FloatField(
        label=_parameter.meaning, required=False, widget=forms.NumberInput(attrs={"step": "any"})
    )


@page(permission=Permission.SIGNAL_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The twelve, their record, what was learnt, and which inputs are missing."""
    actor, now = current(), datetime.now(UTC)
    if not crm.has_deals(actor):
        return render(request, "pages/empty.html", {"title": "Signals", "empty": EMPTY})
    policy, freshness = policies.get_policy(actor), crm.get_freshness(actor)
    with workspace_zone(actor) as zone:
        context = {
            "title": "Signals",
            "rows": _rows(actor, policy),
            "policy": policy,
            "mute_words": {key.value: told for key, told in MUTE_WORDS.items()},
            "models": [
                (verdicts.TARGETS[one.target], one, charts.draw_reliability(one) if one.figures else None)
                for one in queries.find_models(actor)
            ],
            "figure_columns": FIGURE_COLUMNS,
            "sources": to_sources(freshness, now=now),
            "gaps": gaps.list_gaps(actor),
            "freshness": freshness,
            "may_tune": can(actor, Permission.SIGNAL_WRITE),
            "may_try": can(actor, Permission.SIGNAL_TRY),
            "mute_form": MuteForm(),
            "zone": zone,
        }
        return render(request, "signals/signals.html", context)


@page(permission=Permission.SIGNAL_WRITE, methods=("POST",), forms=(ThresholdForm,))
def tune(request: HttpRequest) -> HttpResponse:
    """Choose thresholds; every open deal is judged anew."""
    actor, now = current(), datetime.now(UTC)
    form = ThresholdForm(request.POST)
    if form.is_valid():
        late = form.cleaned_data["late_from"] if "late_from" in form.data else None
        if attempt(form, lambda: policies.tune_signals(actor, thresholds=form.chosen(), late_from=late, now=now)):
            messages.success(request, "The thresholds were changed. All open deals are judged anew.")
    return _back(request, form)


@page(permission=Permission.SIGNAL_WRITE, methods=("POST",), forms=(MuteForm,))
def mute(request: HttpRequest, signal: str) -> HttpResponse:
    """Let a signal count no more."""
    actor, now = current(), datetime.now(UTC)
    form = MuteForm(request.POST)
    if form.is_valid():
        reason, note = MuteReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        if attempt(form, lambda: policies.mute_signal(actor, signal=signal, reason=reason, note=note, now=now)):
            messages.success(request, "The signal counts no more. All open deals are judged anew.")
    return _back(request, form)


@page(permission=Permission.SIGNAL_WRITE, methods=("POST",), forms=(ActForm,))
def unmute(request: HttpRequest, signal: str) -> HttpResponse:
    """Let a signal count again."""
    actor, now = current(), datetime.now(UTC)
    form = ActForm(request.POST)
    if attempt(form, lambda: policies.unmute_signal(actor, signal=signal, now=now)):
        messages.success(request, "The signal counts again. All open deals are judged anew.")
    return _back(request, form)


@page(permission=Permission.SIGNAL_TRY, methods=("POST",), forms=(ActForm,))
def measure(request: HttpRequest) -> HttpResponse:
    """Have every signal measured anew on the deals that ended."""
    track_records.ask_track_record(current())
    messages.success(request, "The signals are being measured on the deals that ended. It takes a minute or two.")
    return redirect("signals")


def _rows(actor: Actor, policy: PolicyRecord) -> list[SignalRow]:
    mutes = {mute.signal: mute for mute in policy.mutes}
    tracks = {track.signal: track for track in queries.list_track_records(actor)}
    rows = []
    for signal, tally in zip(SIGNALS, gaps.list_tallies(actor), strict=True):
        deals = tally.fired + tally.ok + tally.unknown
        share = (tally.fired + tally.ok) / deals if deals else None
        told = tuple(
            (one, policy.thresholds.get(one.code, one.default), one.code in policy.thresholds)
            for one in signal.parameters
        )
        name, mute, track = verdicts.NAMES[signal.key], mutes.get(signal.key), tracks.get(signal.key)
        rows.append(SignalRow(signal, name, tally, share, mute, track, told))
    return rows


def _back(request: HttpRequest, form: forms.Form) -> HttpResponse:
    for texts in form.errors.values():
        for text in texts:
            messages.error(request, str(text))
    return redirect("signals")
