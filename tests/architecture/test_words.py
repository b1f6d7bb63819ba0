"""The repository speaks of the product alone, and nothing in it is half done.

The forbidden patterns are written so that this file does not find itself.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, is_vendored, repository_files, text_of

# Each word carries a tilde somewhere, which is taken out before the search.
WORDS = {
    "a path of somebody's machine": [
        r"/wo~rk/(main|shared|steering|\.\w+)",
        r"/fa~rm/",
        r"/tmp/pl~an",
        r"bash_~jobs",
        r"/Us~ers/\w",
        r"/ho~me/\w+/(src|code|projects?)",
    ],
    "the host of a package registry": [
        r"py~pi\.org/(simple|packages)",
        r"files\.python~hosted",
        r"registry\.np~mjs",
        r"deb\.deb~ian\.org",
    ],
    "a word about the making of the project": [
        r"\b[Ii]ss~ue #?\d",
        r"\bdesign/(house|style|stack|tenancy|audit|experience)\.m~d",
        r"\b[Tt]he le~ad (says|writes|wants|developer)",
        r"\b([Ss]ub~|[Cc]oding )agent",
    ],
    "a loose end": [
        r"\bTO~DO\b",
        r"\bFIX~ME\b",
        r"\bX~XX\b",
        r"NotImplemented~Error",
        r"pragma: no co~ver",
        r"\bassert Tr~ue\b",
        r"\b[Ll]orem ip~sum",
    ],
    "a test that does not run": [r"pytest\.sk~ip\(", r"mark\.(sk~ip|skipif|xf~ail)", r"importor~skip"],
    "a mock of our own code": [
        r"unittest(\.| import )mo~ck",
        r"monkeypatch\.seta~ttr",
        r"\bmo~cker\b",
    ],
    "a private key": [r"BEGIN( [A-Z]+)* PRIVATE K~EY-----\n[A-Za-z0-9+/=]{20}"],
}
FORBIDDEN = {kind: "|".join(words).replace("~", "") for kind, words in WORDS.items()}
IN_CODE_ONLY = frozenset({"a loose end", "a test that does not run", "a mock of our own code"})
CODE = (".py", ".js", ".css", ".html", ".sh", ".sql", ".toml", "")


def offences(text: str, pattern: str) -> Iterator[str]:
    """Line number and match of each offence in a text."""
    for match in re.finditer(pattern, text):
        yield f"{text.count(chr(10), 0, match.start()) + 1} {match.group(0)!r}"


def readable(kind: str) -> Iterator[tuple[Path, str]]:
    """Files in which this kind of word would be ours: not vendored, not locked, and text."""
    for path in repository_files():
        if is_vendored(path) or (kind in IN_CODE_ONLY and path.suffix not in CODE):
            continue
        text = text_of(path)
        if text is not None:
            yield path, text


class TestRepository:
    @pytest.mark.parametrize("kind", sorted(FORBIDDEN))
    def test_holds_nowhere(self, kind: str) -> None:
        found = [
            f"{path.relative_to(ROOT)}:{offence}"
            for path, text in readable(kind)
            for offence in offences(text, FORBIDDEN[kind])
        ]
        assert not found, "\n".join([f"{kind} stands in:", *found])


class TestOffences:
    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            ("a path of somebody's machine", "see /wo~rk/main/notes"),
            ("the host of a package registry", "fetched from py~pi.org/simple/x"),
            ("a word about the making of the project", "as iss~ue 3 asks"),
            ("a loose end", "# TO~DO later"),
            ("a test that does not run", "@pytest.mark.xf~ail"),
            ("a mock of our own code", "from unittest import mo~ck"),
        ],
    )
    def test_are_found(self, kind: str, text: str) -> None:
        lines = f"first line\n{text.replace('~', '')}"
        assert [offence[:2] for offence in offences(lines, FORBIDDEN[kind])] == ["2 "]

    def test_leave_ordinary_words_alone(self) -> None:
        text = "The session ends. Certificates are issued. A helper process. /home/page of the workspace"
        assert not [offence for pattern in FORBIDDEN.values() for offence in offences(text, pattern)]
