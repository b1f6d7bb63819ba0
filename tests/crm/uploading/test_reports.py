"""Reports are kept as values."""

from auctor.crm.importing.problems import Problem
from auctor.crm.records import FileCount, ImportReport
from auctor.crm.uploading.reports import to_report, to_values
from auctor.kit.ids import uuid7


class TestToReport:
    def test_brings_everything_back(self) -> None:
        problem = Problem("deals.csv", 2, "amount", "NaN", "a number", "Correct it.")
        report = ImportReport({"deals": FileCount(1, 2, 3, 4)}, (problem,), 1, (("a", "b", 2),), False, uuid7(), 5, 0.5)
        assert to_report(to_values(report)) == report
