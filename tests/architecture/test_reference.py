"""The reference pages are what the code says."""

from tools import reference
from tools.chapters.markdown import first_sentence, table


class TestReference:
    def test_is_what_the_code_says(self) -> None:
        assert reference.differences(reference.pages()) == [], "run ./dev docs and commit what it writes"


class TestDifferences:
    def test_names_pages_that_are_missing_or_stale(self) -> None:
        wanted = {**reference.pages(), "new.md": "text"}
        del wanted["README.md"]
        assert reference.differences(wanted)[0] == "docs/reference/README.md"
        assert reference.differences(wanted)[-1] == "docs/reference/new.md"


class TestTable:
    def test_keeps_a_cell_on_one_line_and_escapes_its_bars(self) -> None:
        assert table(["a"], [["x\ny | z"]]) == "| a |\n| --- |\n| x y \\| z |"


class TestFirstSentence:
    def test_ends_at_the_first_full_stop(self) -> None:
        assert first_sentence("Sees what\n    is there. And more.") == "Sees what is there."
        assert first_sentence(None) == ""
