"""The living page of components: every one with the lines that make it. Shown in development only."""

from datetime import timedelta
from pathlib import Path

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from auctor.web.page import PUBLIC, page
from auctor.web.records import (
    Chart,
    ChartTable,
    Column,
    Crumb,
    Cursors,
    Fact,
    Notice,
    Part,
    Point,
    Sort,
    Tab,
    TimelineEntry,
)

SAMPLES_FOLDER = Path(__file__).resolve().parents[1] / "templates" / "styleguide"

# In the order they are read: words first, then boxes, forms, and figures last.
SAMPLES: tuple[tuple[str, str], ...] = (
    ("buttons", "Buttons and keys"),
    ("severity", "Severity, badges, chips"),
    ("words", "Amounts, moments, avatars"),
    ("banners", "Banners"),
    ("panels", "Panels and facts"),
    ("tabs", "Tabs, breadcrumbs, pages"),
    ("table", "Table"),
    ("filters", "Filter bar"),
    ("fields", "Form fields"),
    ("dialogs", "Dialogs, menus, messages"),
    ("empty", "Empty state"),
    ("waiting", "Progress and skeleton"),
    ("code", "Code, copy, secret"),
    ("score", "Score, parts, small curves"),
    ("chart", "Chart"),
    ("timeline", "Timeline"),
)
COLOURS = ("ink", "ink-2", "ink-3", "accent", "high", "medium", "low", "good", "unknown", "line", "sunken", "surface")
PROGRESS_END = 40
COLUMNS = (
    Column("Deal", "name", is_sortable=True),
    Column("Owner", "owner", is_sortable=True),
    Column("Amount", "amount", align="end", is_sortable=True),
    Column("Closes", "closes", align="end"),
)
DEALS = (
    ("Line 4 retrofit", "Akeron GmbH", "A. Lind", 18_400_000, "EUR", 12),
    ("Fleet sensors, phase 2", "Brightwater Rail", "J. Ortiz", 9_650_000, "GBP", 26),
    ("Warehouse rollout", "Meridian Logistics", "A. Lind", 13_000_050, "USD", 38),
)
WEEKS = (57, 55, 58, 61, 60, None, 64, 66, 72, 70, 78, 81)


class SampleForm(forms.Form):
    """One field of each kind."""

    email = forms.EmailField(label="E-mail address", help_text="An invitation goes there.")
    password = forms.CharField(widget=forms.PasswordInput, max_length=128)
    role = forms.ChoiceField(choices=[("member", "Member"), ("manager", "Manager"), ("admin", "Admin")])
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=500)
    zone = forms.ChoiceField(
        label="Send reports", widget=forms.RadioSelect, choices=[("mon", "On Monday"), ("never", "Never")]
    )
    digest = forms.BooleanField(label="Mail me the daily checkpoint", required=False, help_text="Owners only.")


@page(permission=PUBLIC("Shows components with invented examples; mounted in development only."))
def show(request: HttpRequest) -> HttpResponse:
    """All samples in one page, each beside its source."""
    context = {**_records(), **_figures()}
    samples = [
        (name, title, render_to_string(f"styleguide/{name}.html", context, request), _source(name))
        for name, title in SAMPLES
    ]
    return render(request, "styleguide/index.html", {"title": "Styleguide", "samples": samples, "colours": COLOURS})


@page(permission=PUBLIC("Counts up for the progress sample; mounted in development only."))
def progress(request: HttpRequest, done: int) -> HttpResponse:
    """One more step of the sample's progress, until it is done."""
    step = min(done + 4, PROGRESS_END)
    poll = reverse("styleguide-progress", args=[step]) if step < PROGRESS_END else ""
    given = {"done": step, "total": PROGRESS_END, "label": "Reading deals", "poll": poll}
    return render(request, "styleguide/progress.html", given)


def _source(name: str) -> str:
    lines = (SAMPLES_FOLDER / f"{name}.html").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("{% load"))


def _records() -> dict[str, object]:
    now = timezone.now()
    blank = SampleForm()
    return {
        "now": now,
        "earlier": now - timedelta(hours=17),
        "columns": COLUMNS,
        "sort": Sort("amount", is_descending=True),
        "deals": [(*deal[:5], (now + timedelta(days=deal[5])).date()) for deal in DEALS],
        "tabs": (Tab("All", "#tabs", 14, is_current=True), Tab("Mine", "#tabs", 4), Tab("Snoozed", "#tabs", 9)),
        "crumbs": (Crumb("Deals", "#tabs"), Crumb("Akeron GmbH", "#tabs"), Crumb("Line 4 retrofit")),
        "cursors": Cursors(previous="b2xk", next="bmV3", shown=50, total=1_204),
        "facts": (
            Fact("Owner", "A. Lind"),
            Fact("Stage", "Negotiation", note="for 23 days"),
            Fact("Source", "HubSpot"),
        ),
        "notices": (
            Notice("demo", "This is a demo with an invented company.", "Connect the real thing", "#banners"),
            Notice("pilot", "The pilot ends in 3 days. Nothing will be lost."),
            Notice("read-only", "The pilot has ended: everything can be read and exported, nothing changed."),
            Notice(
                "stale", "J. Ortiz’s mailbox is silent since Tuesday: 6 deals are not judged.", "Reconnect", "#banners"
            ),
        ),
        "form": blank,
        "wrong": SampleForm({"email": "alice@", "role": "member", "zone": "mon"}, auto_id="wrong_%s"),
    }


def _figures() -> dict[str, object]:
    today = timezone.localdate()
    weeks = tuple(Point(f"Week {number}", value) for number, value in enumerate(WEEKS, 1))
    return {
        "parts": (
            Part("No next step", 23),
            Part("Reply owed", 17),
            Part("Close date moved", 12),
            Part("Buyers involved", -8),
            Part("Senior access", -5),
            Part("Champion", None, "nobody is marked"),
        ),
        "weeks": weeks,
        "chart": Chart(
            title="Risk of the deal by week",
            summary="Rising from 57 to 81; week 6 could not be judged.",
            option={
                "xAxis": {"type": "category", "data": [point.label for point in weeks]},
                "yAxis": {"type": "value", "min": 40, "max": 100},
                "series": [{"type": "line", "data": [point.value for point in weeks], "symbolSize": 6}],
                "tooltip": {"trigger": "axis"},
            },
            table=ChartTable(
                ("Week", "Score"),
                tuple((p.label, "not judged" if p.value is None else f"{p.value:g}") for p in weeks),
            ),
        ),
        "entries": (
            TimelineEntry(today - timedelta(days=3), "Maria Keller wrote to A. Lind", "no answer in 17 hours", True),
            TimelineEntry(today - timedelta(days=8), "Close date moved from 20 Nov to 4 Dec", "the second move", True),
            TimelineEntry(today - timedelta(days=19), "Meeting accepted by the buyer"),
        ),
    }
