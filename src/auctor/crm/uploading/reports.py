"""The report of an import as JSON values and back. Pure."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from auctor.crm.importing.problems import Problem
from auctor.crm.records import FileCount, ImportReport


def to_values(report: ImportReport) -> dict[str, Any]:
    """What JSON can hold."""
    return {**asdict(report), "import_id": str(report.import_id) if report.import_id else None}


def to_report(values: dict[str, Any]) -> ImportReport:
    """Back from `to_values`."""
    return ImportReport(
        files={name: FileCount(**count) for name, count in values["files"].items()},
        problems=tuple(Problem(**problem) for problem in values["problems"]),
        problem_count=values["problem_count"],
        notices=tuple((file, what, count) for file, what, count in values["notices"]),
        is_rehearsal=values["is_rehearsal"],
        import_id=UUID(values["import_id"]) if values["import_id"] else None,
        touched_deals=values["touched_deals"],
        seconds=values["seconds"],
    )
