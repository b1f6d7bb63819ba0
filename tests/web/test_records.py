"""What components are given."""

from auctor.web.records import Column, Sort

COLUMNS = (Column("Name", "name", is_sortable=True), Column("Role", "role"))


class TestSortParse:
    def test_takes_a_sortable_column_in_both_ways(self) -> None:
        assert Sort.parse("name", columns=COLUMNS, default="name") == Sort("name")
        assert Sort.parse("-name", columns=COLUMNS, default="name") == Sort("name", is_descending=True)

    def test_falls_back_on_anything_else(self) -> None:
        for text in ("role", "", "--name", "password", "name;drop"):
            assert Sort.parse(text, columns=COLUMNS, default="-name") == Sort("name", is_descending=True)


class TestSortToggled:
    def test_turns_the_current_column_and_begins_another_upwards(self) -> None:
        assert Sort("name").toggled("name") == "-name"
        assert Sort("name", is_descending=True).toggled("name") == "name"
        assert Sort("name").toggled("role") == "role"
