"""The names of inputs for people. Pure."""

from collections.abc import Mapping
from typing import Final

# What stands before the first dot of a code, and how it reads before the name of the thing.
KINDS: Final[Mapping[str, str]] = {
    "severity": "Signal",
    "unknown": "Not judged",
    "stage": "Stage",
    "before": "Stage before",
    "stages": "Entries of stage",
    "label": "Activities labelled",
    "kind": "Activities of kind",
    "changed": "Changes of",
    "recent": "In 14 days",
    "custom": "Field",
    "number": "Field",
    "owner": "Owner",
    "currency": "Currency",
}


def name_of(code: str, names: Mapping[str, str] | None = None) -> str:
    """`severity.stage_stall` reads "Signal: stage stall"; `names` has the texts behind blind codes and ids."""
    head, _, rest = code.partition(".")
    if head == "recent":
        return f"{name_of(rest, names)}, in 14 days"
    if not rest:
        return head.replace("_", " ").capitalize()
    named = (names or {}).get(code) or (names or {}).get(rest) or rest.replace("_", " ")
    return f"{KINDS.get(head, head.capitalize())}: {named}"
