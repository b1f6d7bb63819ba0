"""Ids are derived from where a record came from; nobody can read from them what it was."""

from uuid import UUID

import polars as pl

from auctor.crm.keys import Keys
from auctor.crm.vocabulary import FILES, Entity

KEYS = Keys("salt", FILES)


class TestKeys:
    def test_give_the_same_record_the_same_id(self) -> None:
        assert KEYS.id(Entity.DEAL, "d1") == Keys("salt", FILES).id(Entity.DEAL, "d1")

    def test_tell_kinds_connections_and_workspaces_apart(self) -> None:
        others = {
            KEYS.id(Entity.CONTACT, "d1"),
            Keys("salt", UUID(int=1)).id(Entity.DEAL, "d1"),
            Keys("pepper", FILES).id(Entity.DEAL, "d1"),
        }
        assert len(others) == 3
        assert KEYS.id(Entity.DEAL, "d1") not in others

    def test_are_uuids_of_version_eight(self) -> None:
        made = UUID(hex=KEYS.id(Entity.DEAL, "d1"))
        assert (made.version, made.variant) == (8, "specified in RFC 4122")

    def test_are_the_same_one_by_one_and_many_at_once(self) -> None:
        names = pl.Series("name", ["b", None, "a", "b", "Zoë"])
        alone = [None if name is None else KEYS.id(Entity.DEAL, name) for name in names]
        assert KEYS.ids(Entity.DEAL, names).to_list() == alone
        assert KEYS.ids(Entity.DEAL, names[3:]).to_list() == alone[3:]
        assert KEYS.ids(Entity.DEAL, names[1:2]).to_list() == [None]

    def test_keep_what_a_machine_calls_an_id(self) -> None:
        ids = pl.Series("id", ["006-A_b/7", "4711", None])
        assert KEYS.shown(ids).to_list() == ids.to_list()

    def test_hide_names_and_addresses_behind_a_pseudonym(self) -> None:
        hidden = KEYS.shown(pl.Series("id", ["bob@acme.example", "Bob Brown", "Jörg"])).to_list()
        assert all(name.startswith("t-") for name in hidden)
        assert len(set(hidden)) == 3

    def test_leave_a_pseudonym_as_it_is(self) -> None:
        once = KEYS.shown(pl.Series("id", ["Bob Brown"]))
        assert KEYS.shown(once).to_list() == once.to_list()

    def test_digest_nothing_and_an_empty_text_differently(self) -> None:
        rows = pl.DataFrame({"name": [None, ""]}, schema={"name": pl.String})
        assert len(set(KEYS.contents(rows))) == 2
