"""Signals, from signals.catalog."""

import re
from typing import TYPE_CHECKING

from tools.chapters.markdown import Chapter, code, table

if TYPE_CHECKING:
    from auctor.signals.policy import Parameter
    from auctor.signals.records import Reason, Signal

SOURCE = "auctor.signals.catalog"
ABOUT = (
    "A signal is a question about a deal that facts can answer. Its answer is *ok*, *fired*, *unknown* (the facts "
    "are missing; it never fires then) or *not applicable*. Thresholds are learnt from the won deals of the same "
    "kind where there are enough of them; otherwise the defaults below hold, and the answer says which."
)


def chapter() -> Chapter:
    """The page of signals, in the order in which people see them."""
    from auctor.signals.catalog import SIGNALS, VERSION

    parts = [f"Version {VERSION} of the definitions.", *(describe(signal) for signal in SIGNALS)]
    return Chapter("signals", "Signals", ABOUT, "\n\n".join(parts))


def describe(signal: "Signal") -> str:
    """One signal: question, definition, defaults and thresholds, every answer it can give, what it reads."""
    rows = [answer(reason) for reason in signal.reasons.values()]
    return "\n\n".join(
        [
            f"## {signal.key}",
            f"**{signal.question}** {signal.definition}",
            f"Defaults: {signal.defaults}",
            table(["Threshold", "Default", "Limits", "What it does"], [limits(one) for one in signal.parameters]),
            table(["Answer", "In words", "What clears it"], rows),
            f"Reads {', '.join(code(column) for column in signal.reads)}.",
        ]
    )


def limits(parameter: "Parameter") -> list[str]:
    """One row: a threshold that a workspace may choose."""
    return [
        code(parameter.code),
        f"{parameter.default:g} {parameter.unit}",
        f"{parameter.least:g} to {parameter.most:g}",
        parameter.meaning,
    ]


def answer(reason: "Reason") -> list[str]:
    """One row; the places for data in a sentence become words in angle brackets."""
    sentence = re.sub(r"\{(\w+)[^}]*\}", lambda place: f"‹{place[1].replace('_', ' ')}›", reason.sentence)
    return [reason.state.name.lower().replace("_", " "), sentence, reason.clears]
