"""The forms of an import and what its page shows: how an export's columns are read, what its values mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.files.uploadedfile import UploadedFile

from auctor.crm.currencies import MINOR_DIGITS
from auctor.crm.importing.form import FORECASTS
from auctor.crm.importing.mapping import NEEDED, TARGETS, Mapping
from auctor.crm.importing.problems import Problem
from auctor.crm.records import ImportReport, UploadRecord
from auctor.crm.uploading.recognise import Header
from auctor.crm.vocabulary import UploadState
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.web.records import Empty

NOT_THERE = ("", "– not in this file –")
SHOWN_PROBLEMS = 100
STATES = {
    UploadState.UNMAPPED: ("Columns wanted", "medium"),
    UploadState.CHECKING: ("Being checked", "accent"),
    UploadState.READY: ("Checked", "good"),
    UploadState.REFUSED: ("Refused", "high"),
    UploadState.IMPORTING: ("Being imported", "accent"),
    UploadState.DONE: ("Imported", "good"),
    UploadState.CANCELLED: ("Cancelled", ""),
    UploadState.EXPIRED: ("Not confirmed in time", ""),
    UploadState.FAILED: ("Stopped", "high"),
}
STEPS = {"read": "Reading the files", "checked": "Comparing with what is there", "written": "Writing"}


class ManyFiles(forms.ClearableFileInput):
    """A control that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, each sound by itself."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All of them. Raises ValidationError where one is empty, or none came."""
        return [super(ManyFilesField, self).clean(one, initial) for one in data or [None]]


class UploadForm(forms.Form):
    """The files that were chosen."""

    sent = ManyFilesField(
        label="Files",
        widget=ManyFiles(attrs={"multiple": True, "accept": ".csv,.gz,.parquet,.zip"}),
        help_text="A CRM's export of deals as CSV, or the files of a history folder: .csv, .csv.gz, .parquet, or one "
        ".zip of them. 256 MiB at most.",
    )


class ActForm(forms.Form):
    """Nothing to fill in: the address says which upload."""


def _column(label: str, hint: str = "", *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required, help_text=hint)


class ColumnsForm(forms.Form):
    """Which column says what, and how the file writes numbers and dates."""

    deal_id = _column("Id of the deal", "Stays the same from one export to the next.", required=True)
    name = _column("Name of the deal")
    stage = _column("Stage", required=True)
    created_at = _column("Created", "When the deal was made.", required=True)
    status = _column("Status", "Only where won and lost are told apart from the stage.")
    closed_at = _column("Closed", "When the deal was won or lost.")
    pipeline = _column("Pipeline")
    amount = _column("Amount")
    currency = _column("Currency")
    close_date = _column("Expected close date")
    forecast_category = _column("Forecast category")
    probability = _column("Probability")
    owner = _column("Owner's name")
    owner_id = _column("Owner's id")
    company = _column("Company's name")
    company_id = _column("Company's id")
    contact = _column("Contact's name")
    contact_id = _column("Contact's id")
    next_step = _column("Next step")
    next_step_on = _column("Next step on")
    day_first = forms.ChoiceField(
        label="03/04/2026 is", choices=[("", "the 4th of March"), ("yes", "the 3rd of April")], required=False
    )
    decimal = forms.ChoiceField(
        label="Decimal sign", choices=[(".", "12,500.00 – a point"), (",", "12.500,00 – a comma")]
    )
    zone = forms.ChoiceField(
        label="Time zone",
        choices=[(name, name) for name in sorted(available_timezones())],
        help_text="Where times without a zone were meant.",
    )
    default_currency = forms.ChoiceField(
        label="Currency where no column says it",
        choices=[("", "– none –"), *((code, code) for code in sorted(MINOR_DIGITS))],
        required=False,
    )
    default_pipeline = forms.CharField(label="Pipeline where no column says it", max_length=80, initial="Sales")
    keep_others = forms.BooleanField(label="Keep all other columns as custom fields", required=False)

    def __init__(self, data: object = None, *, mapping: Mapping, headers: Sequence[Header]) -> None:
        self.mapping, self.names = mapping, [header.name for header in headers]
        self.chosen = mapping.chosen(self.names)
        super().__init__(data, initial=self._initial())  # type: ignore[arg-type]
        for target in TARGETS:
            needed = target in NEEDED
            choices = [(header.name, _with_samples(header)) for header in headers]
            blank = ("", "– choose –") if needed else NOT_THERE
            self.fields[target].choices = [blank, *choices]  # type: ignore[attr-defined]

    def to_mapping(self) -> Mapping:
        """The mapping that was chosen; a choice that was left as it was keeps its further columns."""
        given = self.cleaned_data
        columns = {}
        for target in TARGETS:
            before = self.chosen.get(target, ("",))
            if given[target]:
                columns[target] = before if before[0] == given[target] else (given[target],)
        return replace(
            self.mapping,
            columns=columns,
            day_first=bool(given["day_first"]),
            decimal=given["decimal"],
            zone=given["zone"],
            currency=given["default_currency"],
            pipeline=given["default_pipeline"],
            keep_others=given["keep_others"],
        )

    def _initial(self) -> dict[str, object]:
        mapping = self.mapping
        return {
            **{target: names[0] for target, names in self.chosen.items()},
            "day_first": "yes" if mapping.day_first else "",
            "decimal": mapping.decimal,
            "zone": mapping.zone,
            "default_currency": mapping.currency,
            "default_pipeline": mapping.pipeline,
            "keep_others": mapping.keep_others,
        }


def _words(label: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, widget=forms.CheckboxSelectMultiple, required=False)


class ValuesForm(forms.Form):
    """What the values mean: which stages are won or lost, in which order the others come, what was forecast."""

    won = _words("These mean won")
    lost = _words("These mean lost")
    stage_order = forms.CharField(
        label="Open stages, the first one first",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=10_000,
        required=False,
        help_text="One on each line.",
    )
    commit = _words("Forecast: commit")
    best_case = _words("Forecast: best case")
    pipeline = _words("Forecast: pipeline")
    omitted = _words("Forecast: left out")

    def __init__(
        self,
        data: object = None,
        *,
        mapping: Mapping,
        stages: Sequence[str],
        forecasts: Sequence[str],
        statuses: Sequence[str] = (),
    ) -> None:
        self.mapping = mapping
        words = tuple(dict.fromkeys((*statuses, *stages)))
        initial = _initial_values(mapping, words, forecasts)
        initial["stage_order"] = _in_order(mapping, stages)
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        for name in ("won", "lost"):
            self.fields[name].choices = [(value, value) for value in words]  # type: ignore[attr-defined]
        for name in FORECASTS:
            if forecasts:
                self.fields[name].choices = [(value, value) for value in forecasts]  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def clean(self) -> dict[str, object]:
        """No value means two things."""
        given = super().clean() or {}
        both = sorted(set(given.get("won", ())) & set(given.get("lost", ())))
        if both:
            self.add_error("lost", f"{both[0]} cannot be won and lost.")
        told = [value for name in FORECASTS for value in given.get(name, ())]
        twice = sorted({value for value in told if told.count(value) > 1})
        if twice:
            self.add_error(None, f"{twice[0]} cannot be forecast as two things.")
        return given

    def to_mapping(self) -> Mapping:
        """The mapping with what was said."""
        given = self.cleaned_data
        lines = (line.strip() for line in given["stage_order"].splitlines())
        forecast = {value: name for name in FORECASTS for value in given.get(name, ())}
        return replace(
            self.mapping,
            won=tuple(value.casefold() for value in given["won"]),
            lost=tuple(value.casefold() for value in given["lost"]),
            stage_order=tuple(line for line in lines if line),
            forecast=forecast or self.mapping.forecast,
        )


def _initial_values(mapping: Mapping, words: Sequence[str], forecasts: Sequence[str]) -> dict[str, object]:
    meant = {word.casefold(): name for word, name in mapping.forecast.items()}
    said = {name: [one for one in forecasts if meant.get(one.casefold(), one.casefold()) == name] for name in FORECASTS}
    won = [word for word in words if word.casefold() in mapping.won]
    return {"won": won, "lost": [word for word in words if word.casefold() in mapping.lost], **said}


def _in_order(mapping: Mapping, stages: Sequence[str]) -> str:
    """The open stages as the mapping orders them, those that it does not know behind."""
    rank = {name.casefold(): number for number, name in enumerate(mapping.stage_order)}
    still_open = [stage for stage in stages if stage.casefold() not in (*mapping.won, *mapping.lost)]
    return "\n".join(sorted(still_open, key=lambda stage: rank.get(stage.casefold(), len(rank))))


def _with_samples(header: Header) -> str:
    shown = ", ".join(_short(value) for value in header.samples)
    return f"{header.name} – {shown}" if shown else f"{header.name} (empty)"


def _short(value: str) -> str:
    return value if len(value) <= 24 else f"{value[:23]}…"


@dataclass(frozen=True, slots=True)
class Found:
    """What a check or an import found, as the page shows it."""

    rows: tuple[tuple[str, int, int, int, int], ...]
    notices: tuple[tuple[str, str, int], ...]
    problems: tuple[Problem, ...]
    problem_count: int
    hidden: int
    writes: int
    touched_deals: int


def to_found(report: ImportReport) -> Found:
    """The report, its problems cut to what one reads on a page."""
    shown = report.problems[:SHOWN_PROBLEMS]
    return Found(
        rows=tuple((name, c.create, c.update, c.unchanged, c.skipped) for name, c in report.files.items()),
        notices=report.notices,
        problems=shown,
        problem_count=report.problem_count,
        hidden=report.problem_count - len(shown),
        writes=report.writes,
        touched_deals=report.touched_deals,
    )


def to_fill(actor: Actor, empty: Empty) -> Empty:
    """An empty page that leads to the import, for whoever may import."""
    if not can(actor, Permission.DEAL_IMPORT):
        return empty
    return replace(empty, action_label="Import your pipeline", action_url="integrations-import")


def pieces_of(files: "Sequence[UploadedFile[Any]]") -> list[tuple[str, Iterable[bytes]]]:
    """What was sent: names, and contents in pieces."""
    return [(file.name or "", file.chunks()) for file in files]


def in_words(upload: UploadRecord) -> str:
    """What was sent, in a few words."""
    names = [name for name, _size in upload.files]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
