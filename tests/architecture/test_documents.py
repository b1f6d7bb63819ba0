"""Documents tell the truth: links lead somewhere, commands exist, decisions have their four parts."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, repository_files, written_modules
from tools import dev
from tools.commands import command_words

LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
PICTURE = re.compile(r"!\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```[^\n]*\n(?P<block>.*?)^```|`(?P<span>[^`\n]+)`", re.MULTILINE | re.DOTALL)
PARTS_OF_A_DECISION = ("Context", "Decision", "Consequences", "Alternatives")
ROOT_DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE")


@cache
def documents() -> tuple[Path, ...]:
    """Every page of prose of the repository."""
    return tuple(path for path in repository_files() if path.suffix == ".md")


def anchors(text: str) -> set[str]:
    """The anchors that a reader's browser makes from the headings."""
    headings = re.findall(r"^#+ +(.*)$", FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.replace("`", "")).strip().lower() for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def dead_links(document: Path) -> Iterator[str]:
    """Targets inside the repository that are not there."""
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    for target in [found["target"] for pattern in (LINK, PICTURE) for found in pattern.finditer(text)]:
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (document.parent / path).resolve() if path else document
        if not there.exists() or (anchor and anchor not in anchors(there.read_text(encoding="utf-8"))):
            yield target


def code_lines(text: str) -> Iterator[str]:
    """Every line of code of a document, from blocks and from the running text."""
    for found in CODE.finditer(text):
        yield from (found["block"] or found["span"] or "").splitlines()


def unknown_commands(text: str) -> list[str]:
    """Lines of code that start ./dev or auctor with words that these do not know."""
    unknown = []
    for line in code_lines(text):
        words = re.sub(r"^\s*[$#] ", "", line).split()
        if words[:1] == ["./dev"] and len(words) > 1 and words[1] not in dev.COMMANDS:
            unknown.append(line)
        if words[:1] in (["auctor"], [".venv/bin/auctor"]) and not is_known(words[1:]):
            unknown.append(line)
    return unknown


def is_known(words: list[str]) -> bool:
    """True if the words before the first option, argument or placeholder name a command of auctor."""
    named: tuple[str, ...] = ()
    for word in words:
        if not re.fullmatch(r"[a-z][a-z-]*", word):
            break
        named = (*named, word)
    known = command_words()
    found = next((named[:length] for length in range(len(named), 0, -1) if named[:length] in known), ())
    is_group = any(command[: len(found)] == found != command for command in known)
    # What follows a command may be an argument; what follows a group must be one of its commands.
    return found == named or (bool(found) and not is_group)


class TestDocuments:
    @pytest.mark.parametrize("name", ROOT_DOCUMENTS)
    def test_greet_at_the_door_with(self, name: str) -> None:
        assert (ROOT / name).read_text(encoding="utf-8").strip()

    @pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
    def test_have_no_dead_link_in(self, document: Path) -> None:
        assert list(dead_links(document)) == []

    @pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
    def test_name_only_commands_that_exist_in(self, document: Path) -> None:
        assert unknown_commands(document.read_text(encoding="utf-8")) == []

    def test_and_messages_of_the_code_name_only_commands_that_exist(self) -> None:
        wrong = {module.where: unknown_commands(module.text) for module in written_modules()}
        assert {where: found for where, found in wrong.items() if found} == {}

    def test_describe_every_picture(self) -> None:
        silent = [
            f"{document.relative_to(ROOT)}: {found['target']}"
            for document in documents()
            for found in PICTURE.finditer(document.read_text(encoding="utf-8"))
            if not found["text"].strip()
        ]
        assert not silent

    def test_are_all_reachable_from_the_readme(self) -> None:
        reached: set[Path] = set()
        waiting = [ROOT / "README.md"]
        while waiting:
            document = waiting.pop()
            reached.add(document)
            targets = LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8")))
            linked = {(document.parent / target.split("#")[0]).resolve() for target in targets}
            waiting += sorted(linked & set(documents()) - reached - set(waiting))
        lost = [path.relative_to(ROOT).as_posix() for path in documents() if path not in reached]
        assert not [path for path in lost if path.startswith("docs/")]


class TestDecisions:
    def test_are_numbered_without_gap(self) -> None:
        numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
        assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]

    @pytest.mark.parametrize(
        "document", sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")), ids=lambda path: path.stem
    )
    def test_have_their_four_parts_in(self, document: Path) -> None:
        headings = re.findall(r"^## (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
        assert tuple(headings) == PARTS_OF_A_DECISION


class TestUnknownCommands:
    def test_are_found_in_blocks_and_in_running_text(self) -> None:
        text = "Run `./dev nonsense` or `./dev test`.\n```\n$ ./dev up --port 1\n./dev nowhere\n```\n"
        assert unknown_commands(text) == ["./dev nonsense", "./dev nowhere"]
