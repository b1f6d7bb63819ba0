"""Error codes, from the subclasses of AuctorError."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from auctor.kit.errors import AuctorError
from tools.chapters.markdown import Chapter, code, first_sentence, table

SOURCE = "auctor.kit.errors"
PACKAGE = Path(__file__).resolve().parents[2] / "src" / "auctor"
DECLARATION = re.compile(r"^    code\b.*= \"", re.MULTILINE)
ABOUT = (
    "Every error that a person can meet has a code that stays the same from version to version. The API "
    "answers with it in its problem document and with the HTTP status; the command line prints the same "
    "sentence and ends with an exit code other than 0."
)


def chapter() -> Chapter:
    """The page of error codes."""
    rows = [[code(error.code), str(error.status), first_sentence(error.__doc__)] for error in known_errors()]
    return Chapter("errors", "Error codes", ABOUT, table(["Code", "Status", "When"], rows))


def known_errors() -> list[type[AuctorError]]:
    """Every error of the product that has a code of its own, by code."""
    import_everything()
    own = {error for error in subclasses(AuctorError) if error.__module__.startswith("auctor.")}
    return sorted((error for error in own if "code" in vars(error)), key=lambda error: error.code)


def subclasses(error: type[AuctorError]) -> Iterator[type[AuctorError]]:
    """All below one class."""
    for below in error.__subclasses__():
        yield below
        yield from subclasses(below)


def import_everything() -> None:
    """Load every module that declares a code, because a class is known only once its module is loaded."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if DECLARATION.search(path.read_text(encoding="utf-8")):
            importlib.import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
