"""Writes docs/reference/ from the code and from a freshly migrated database; with --check only compares.

Each chapter names the module it is made from and is left out until that module exists.
"""

import argparse
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import psycopg

from tools.chapters import api, commands, errors, jobs, permissions, settings, signals, tables, tags
from tools.chapters.markdown import NOTICE, Chapter
from tools.scratch import migrated_database, settings_of_a_fresh_installation

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
CHAPTERS: tuple[ModuleType, ...] = (commands, settings, api, permissions, signals, tags, jobs, errors)
INDEX_ABOUT = "Made from the code by `./dev docs`; a test fails when it differs from the code."


def pages(connection: psycopg.Connection) -> dict[str, str]:
    """File name and text of every page, the index included; the connection sees the whole catalogue."""
    chapters = [module.chapter() for module in CHAPTERS if importlib.util.find_spec(module.SOURCE)]
    chapters.append(tables.chapter(connection))
    return {"README.md": index(chapters), **{f"{chapter.name}.md": chapter.text for chapter in chapters}}


def index(chapters: list[Chapter]) -> str:
    """The page that lists the others."""
    lines = [f"- [{chapter.title}]({chapter.name}.md)" for chapter in chapters]
    return "\n".join([NOTICE, "", "# Reference", "", INDEX_ABOUT, "", *lines, ""])


def differences(wanted: dict[str, str]) -> list[str]:
    """The pages that are missing, different, or no longer made."""
    found = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
    names = sorted({*wanted, *found})
    return [f"docs/reference/{name}" for name in names if wanted.get(name) != found.get(name)]


def write(wanted: dict[str, str]) -> None:
    """Write all pages and remove those that are no longer made."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def main(words: list[str]) -> int:
    """Write or compare; 1 when --check finds a difference."""
    parser = argparse.ArgumentParser(prog="./dev docs", description="Write docs/reference/ from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page differs")
    chosen = parser.parse_args(words)
    with settings_of_a_fresh_installation() as data, migrated_database(data) as connection:
        wanted = pages(connection)
    changed = differences(wanted)
    if not chosen.check:
        write(wanted)
    for name in changed:
        print(f"{name} {'differs from the code' if chosen.check else 'written'}")
    if chosen.check and changed:
        print("Run ./dev docs and commit what it writes.")
    return int(chosen.check and bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
