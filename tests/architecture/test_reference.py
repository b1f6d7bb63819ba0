"""The reference pages are what the code and a migrated database say."""

import pytest

from tests.conftest import superuser
from tools import reference
from tools.chapters.markdown import first_sentence, table


@pytest.fixture
def pages(django_db_setup: None) -> dict[str, str]:
    with superuser() as connection:
        return reference.pages(connection)


class TestReference:
    def test_is_what_the_code_says(self, pages: dict[str, str]) -> None:
        assert reference.differences(pages) == [], "run ./dev docs and commit what it writes"


class TestDifferences:
    def test_names_pages_that_are_missing_stale_or_no_longer_made(self) -> None:
        found = {path.name: path.read_text(encoding="utf-8") for path in reference.FOLDER.glob("*.md")}
        assert reference.differences(found) == []
        wanted = {**found, "new.md": "text", "settings.md": "older"}
        del wanted["errors.md"]
        assert reference.differences(wanted) == [f"docs/reference/{name}.md" for name in ("errors", "new", "settings")]


class TestTable:
    def test_keeps_a_cell_on_one_line_and_escapes_its_bars(self) -> None:
        assert table(["a"], [["x\ny | z"]]) == "| a |\n| --- |\n| x y \\| z |"


class TestFirstSentence:
    def test_ends_at_the_first_full_stop(self) -> None:
        assert first_sentence("Sees what\n    is there. And more.") == "Sees what is there."
        assert first_sentence(None) == ""
