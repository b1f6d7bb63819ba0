"""What people put in a deal's place: a pause, and values that stand before the vendor's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from auctor.crm import operations
from auctor.crm import queries as crm
from auctor.crm.currencies import MINOR_DIGITS
from auctor.crm.records import DealRecord
from auctor.crm.vocabulary import PauseReason
from auctor.signals.vocabulary import Forecast
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web.attempts import attempt
from auctor.web.page import page
from auctor.web.zones import workspace_zone

REASONS = {
    PauseReason.HOLIDAY: "Holiday",
    PauseReason.PROCUREMENT: "With procurement",
    PauseReason.BUYER_ASKED: "The buyer asked for time",
    PauseReason.WAITING_FOR_US: "Waiting for us",
    PauseReason.OTHER: "Another reason",
}
CATEGORIES = {
    Forecast.COMMIT: "Commit",
    Forecast.BEST_CASE: "Best case",
    Forecast.PIPELINE: "Pipeline",
    Forecast.OMITTED: "Omitted",
}
DAY = forms.DateInput(attrs={"type": "date"})


class PauseForm(forms.Form):
    """Until when a deal rests, and why."""

    until = forms.DateField(label="Until", widget=DAY, help_text="Until the end of that day nothing fires.")
    reason = forms.TypedChoiceField(coerce=int, choices=[(int(key), told) for key, told in REASONS.items()])
    note = forms.CharField(label="Note", max_length=1000, required=False)


class CloseForm(forms.Form):
    """A close date before the vendor's; empty takes it back."""

    on = forms.DateField(label="Close date", widget=DAY, required=False, help_text="Empty takes yours back.")


class AmountForm(forms.Form):
    """An amount before the vendor's, in the deal's currency; empty takes it back."""

    amount = forms.DecimalField(
        label="Amount",
        required=False,
        min_value=Decimal(0),
        max_digits=19,
        decimal_places=4,
        help_text="In the deal's currency. Empty takes yours back.",
    )


class ForecastForm(forms.Form):
    """A forecast category before the vendor's; none takes it back."""

    category = forms.TypedChoiceField(
        label="Forecast category",
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "As the CRM says"), *((int(key), told) for key, told in CATEGORIES.items())],
    )


class ActForm(forms.Form):
    """Nothing to fill in: the address says which deal."""


def forms_of(deal: DealRecord) -> dict[str, forms.Form]:
    """The forms of a deal's page with what is in force."""
    override = deal.amount_override
    digits = MINOR_DIGITS.get(override.currency, 2) if override else 2
    return {
        "pause": PauseForm(auto_id="pause-%s"),
        "close": CloseForm(auto_id="close-%s", initial={"on": deal.close_on_override}),
        "amount": AmountForm(
            auto_id="amount-%s", initial={"amount": Decimal(override.minor).scaleb(-digits) if override else None}
        ),
        "forecast": ForecastForm(auto_id="forecast-%s", initial={"category": deal.forecast_override}),
    }


@page(permission=Permission.DEAL_WRITE, methods=("POST",), forms=(PauseForm,))
def pause(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Let a deal rest until the end of a day."""
    actor, now = current(), datetime.now(UTC)
    form = PauseForm(request.POST)

    def act(given: dict[str, object]) -> None:
        operations.pause_deal(
            actor,
            deal_id=deal_id,
            until=_end_of(actor, given["until"]),  # type: ignore[arg-type]  # the form's field is a day
            reason=PauseReason(given["reason"]),  # type: ignore[arg-type]
            note=str(given["note"]),
            now=now,
        )

    return _change(request, deal_id, form, act, "The deal rests; it fires nothing until then.")


@page(permission=Permission.DEAL_WRITE, methods=("POST",), forms=(ActForm,))
def resume(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """End the pause."""
    actor, now = current(), datetime.now(UTC)
    return _change(
        request,
        deal_id,
        ActForm(request.POST),
        lambda _: operations.resume_deal(actor, deal_id=deal_id, now=now),
        "The pause has ended.",
    )


@page(permission=Permission.DEAL_WRITE, methods=("POST",), forms=(CloseForm,))
def close_date(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Put a close date before the vendor's, or take it back."""
    actor, now = current(), datetime.now(UTC)
    return _change(
        request,
        deal_id,
        CloseForm(request.POST),
        lambda given: operations.override_close_date(actor, deal_id=deal_id, on=given["on"], now=now),
        "The close date was changed here. The CRM keeps its own.",
    )


@page(permission=Permission.DEAL_WRITE, methods=("POST",), forms=(AmountForm,))
def amount(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Put an amount before the vendor's, or take it back."""
    actor, now = current(), datetime.now(UTC)

    def act(given: dict[str, Decimal | None]) -> None:
        deal = crm.access_deal(actor, deal_id, now=now)
        known = deal.vendor_amount or deal.line.amount
        minor = _to_minor(given["amount"], known.currency if known else "")
        operations.override_amount(actor, deal_id=deal_id, minor=minor, now=now)

    return _change(
        request, deal_id, AmountForm(request.POST), act, "The amount was changed here. The CRM keeps its own."
    )


@page(permission=Permission.DEAL_WRITE, methods=("POST",), forms=(ForecastForm,))
def forecast(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Put a forecast category before the vendor's, or take it back."""
    actor, now = current(), datetime.now(UTC)

    def act(given: dict[str, int | None]) -> None:
        told = given["category"]
        category = None if told is None else Forecast(told)
        operations.override_forecast(actor, deal_id=deal_id, category=category, now=now)

    return _change(
        request, deal_id, ForecastForm(request.POST), act, "The category was changed here. The CRM keeps its own."
    )


def _change(
    request: HttpRequest, deal_id: UUID, form: forms.Form, act: Callable[..., object], done: str
) -> HttpResponse:
    """Do what the form asks for and go back to the deal; what a person can mend is told there."""
    if form.is_valid():
        attempt(form, lambda: act(form.cleaned_data) or True)
    if form.is_valid():
        messages.success(request, done)
    for texts in form.errors.values():
        for text in texts:
            messages.error(request, str(text))
    return redirect("deals-deal", deal_id)


def _end_of(actor: Actor, day: date) -> datetime:
    with workspace_zone(actor) as zone:
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))


def _to_minor(value: Decimal | None, currency: str) -> int | None:
    """Minor units. Raises `ValueRefused` for more decimals than the currency has."""
    if value is None:
        return None
    scaled = value.scaleb(MINOR_DIGITS.get(currency, 2))
    if scaled != scaled.to_integral_value():
        raise operations.ValueRefused(
            f"{currency or 'This currency'} has {MINOR_DIGITS.get(currency, 2)} decimals.", mend="Round the amount."
        )
    return int(scaled)
