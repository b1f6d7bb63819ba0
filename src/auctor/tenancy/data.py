"""What becomes of a table's rows: said beside the table, read by the documents and by erasure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DataRule:
    """How long rows are kept, whether the workspace's export holds them, and how they are erased.

    Each is one sentence for a security officer.
    """

    retention: str
    export: str
    erasure: str


WITH_WORKSPACE = "Deleted with the workspace, 30 days after it is closed."
