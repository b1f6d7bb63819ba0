"""What people decide of a deal: known already, not a risk, snoozed; and taking it back. From the inbox one row is
exchanged, from the deal's page people come back to it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from auctor.crm import queries as crm
from auctor.risk import operations, queries
from auctor.risk.records import Decision, DenialReason, Until
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web import inbox_head, verdicts
from auctor.web.addresses import is_fragment
from auctor.web.attempts import attempt
from auctor.web.page import page
from auctor.web.verdicts import REASON_WORDS, SAID_WORDS
from auctor.web.zones import workspace_zone

UNTIL_WORDS = {
    Until.DATE: "a day",
    Until.MEETING: "its next meeting",
    Until.STAGE: "its stage changes",
    Until.WORSE: "it gets worse",
}


class ActForm(forms.Form):
    """Nothing to fill in: the address says what."""


class DismissForm(forms.Form):
    """Why a deal is no risk. It feeds the track record of the signals that fire."""

    reason = forms.ChoiceField(
        label="Why not", choices=[(key.value, told) for key, told in REASON_WORDS.items()], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Note", max_length=1000, required=False)


class SnoozeForm(forms.Form):
    """What brings the deal back."""

    until = forms.ChoiceField(
        label="Until", choices=[(key.value, told) for key, told in UNTIL_WORDS.items()], widget=forms.RadioSelect
    )
    on = forms.DateField(
        label="Day", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="For “a day” only."
    )


def snooze_form(today: date) -> SnoozeForm:
    """The form with what is chosen most often: a week."""
    return SnoozeForm(auto_id="snooze-%s", initial={"until": Until.DATE.value, "on": today + timedelta(days=7)})


class RateForm(forms.Form):
    """Whether what a signal says is right."""

    signal = forms.CharField(max_length=32)
    right = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])


@page(permission=Permission.RISK_JUDGE, methods=("POST",), forms=(ActForm,))
def acknowledge(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """The risk is known: out of the queue until it gets worse."""
    actor, now = current(), datetime.now(UTC)
    form = ActForm(request.POST)
    return _decide(request, form, lambda _: operations.acknowledge_deal(actor, deal_id=deal_id, now=now), deal_id)


@page(permission=Permission.RISK_JUDGE, methods=("POST",), forms=(DismissForm,))
def dismiss(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """The deal is no risk, and why."""
    actor, now = current(), datetime.now(UTC)

    def act(given: dict[str, str]) -> Decision:
        reason = DenialReason(given["reason"])
        return operations.dismiss_deal(actor, deal_id=deal_id, reason=reason, note=given["note"], now=now)

    return _decide(request, DismissForm(request.POST), act, deal_id)


@page(permission=Permission.RISK_JUDGE, methods=("POST",), forms=(SnoozeForm,))
def snooze(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Out of the queue until something happens."""
    actor, now = current(), datetime.now(UTC)

    def act(given: dict[str, object]) -> Decision:
        until = Until(str(given["until"]))
        day = given["on"] if until is Until.DATE else None
        return operations.snooze_deal(actor, deal_id=deal_id, until=until, on=day, now=now)  # type: ignore[arg-type]

    return _decide(request, SnoozeForm(request.POST), act, deal_id)


@page(permission=Permission.RISK_JUDGE, methods=("POST",), forms=(ActForm,))
def undo(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Take a decision back."""
    actor, now = current(), datetime.now(UTC)
    decision = operations.undo_decision(actor, decision_id=decision_id, now=now)
    if is_fragment(request):
        return _row(request, actor, decision.deal_id, {"text": "Taken back.", "tone": "low"}, now=now)
    messages.success(request, "Taken back.")
    return redirect("deals-deal", decision.deal_id)


@page(permission=Permission.RISK_JUDGE, methods=("POST",), forms=(RateForm,))
def rate(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Answer "is this right?" for one signal of a deal."""
    actor, now = current(), datetime.now(UTC)
    form = RateForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        is_right = given["right"] == "yes"
        attempt(
            form,
            lambda: operations.rate_signal(actor, deal_id=deal_id, signal=given["signal"], is_right=is_right, now=now),
        )
    judgement = queries.find_judgement(actor, deal_id)
    if is_fragment(request) and form.is_valid() and judgement is not None:
        finding = judgement.finding(form.cleaned_data["signal"])
        answer = {finding.key: "right" if form.cleaned_data["right"] == "yes" else "wrong"}
        context = {"deal_id": deal_id, "one": finding, "answers": answer, "name": verdicts.NAMES[finding.key]}
        return render(request, "deals/rating.html", context)
    _tell(request, form)
    return redirect("deals-deal", deal_id)


def _decide(request: HttpRequest, form: forms.Form, act: Callable[..., Decision], deal_id: UUID) -> HttpResponse:
    """Do it; answer with the row as it is now, or go back to the deal's page."""
    actor, now = current(), datetime.now(UTC)
    decision = attempt(form, lambda: act(form.cleaned_data)) if form.is_valid() else None
    if not is_fragment(request):
        if decision:
            messages.success(request, SAID_WORDS[decision.aside])
        _tell(request, form)
        return redirect("deals-deal", deal_id)
    if decision is None:
        texts = [str(text) for told in form.errors.values() for text in told]
        return _toast(HttpResponse(status=422), {"text": " ".join(texts), "tone": "high"})
    toast = {
        "text": SAID_WORDS[decision.aside],
        "tone": "good",
        "post": reverse("inbox-undo", args=(decision.id,)),
        "label": "Undo",
        "target": f"#row-{deal_id}",
    }
    return _row(request, actor, deal_id, toast, now=now)


def _row(request: HttpRequest, actor: Actor, deal_id: UUID, toast: dict[str, str], *, now: datetime) -> HttpResponse:
    """The row in its place, so that nothing jumps, with the counts of the tabs; the toast offers the way back."""
    judgement = queries.find_judgement(actor, deal_id)
    if judgement is None:
        return HttpResponse(status=204)
    view = inbox_head.to_view(_query_of(request).get("view", ""))
    with workspace_zone(actor):
        context = {
            "row": verdicts.to_row(crm.access_deal(actor, deal_id, now=now).line, judgement),
            "may_judge": can(actor, Permission.RISK_JUDGE),
            **inbox_head.describe(actor, queries.count_inbox(actor), view),
        }
        return _toast(render(request, "inbox/changed.html", context), toast)


def _query_of(request: HttpRequest) -> dict[str, str]:
    """The query of the page that asks."""
    return dict(parse_qsl(urlsplit(request.headers.get("HX-Current-URL", "")).query))


def _toast(response: HttpResponse, toast: dict[str, str]) -> HttpResponse:
    response["HX-Trigger"] = json.dumps({"auctor:toast": toast})
    return response


def _tell(request: HttpRequest, form: forms.Form) -> None:
    for texts in form.errors.values():
        for text in texts:
            messages.error(request, str(text))
