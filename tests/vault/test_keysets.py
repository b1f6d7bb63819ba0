"""Keysets through a rotation."""

from auctor.vault import keysets
from auctor.vault.keysets import Keysets, Stage


class TestKeysets:
    def test_comes_back_from_bytes(self) -> None:
        made = Keysets.new()
        assert Keysets.from_bytes(made.to_bytes()) == made

    def test_passes_through_the_stages_of_a_rotation(self) -> None:
        made = Keysets.new()
        announced = made.announce()
        switched = announced.switch()
        dropped = switched.drop_old()
        stages = [k.stage for k in (made, announced, switched, dropped)]
        assert stages == [Stage.STEADY, Stage.ANNOUNCED, Stage.SWITCHED, Stage.STEADY]


class TestAnnounce:
    def test_keeps_the_primary_and_adds_a_key(self) -> None:
        keyset = keysets.new_aead_keyset()
        grown = keysets.announce(keyset)
        assert keysets.primary_id(grown) == keysets.primary_id(keyset)
        assert len(keysets.aeads_by_id(grown)) == 2


class TestAeadsById:
    def test_writes_what_the_library_itself_opens(self) -> None:
        keyset = keysets.new_aead_keyset()
        key_id = keysets.primary_id(keyset)
        sealed = keysets.aeads_by_id(keyset)[key_id].encrypt(b"text", b"place")
        whole = b"\x01" + key_id.to_bytes(4) + sealed
        assert keysets.aead_of(keyset).decrypt(whole, b"place") == b"text"


class TestDigesters:
    def test_puts_the_primary_first(self) -> None:
        keyset = keysets.new_index_keyset()
        alone = keysets.digesters(keyset)[0].compute(b"x", 16)
        announced = keysets.digesters(keysets.announce(keyset))
        switched = keysets.digesters(keysets.switch(keysets.announce(keyset)))
        assert announced[0].compute(b"x", 16) == alone
        assert announced[1].compute(b"x", 16) != alone
        assert switched[0].compute(b"x", 16) != alone
        assert switched[1].compute(b"x", 16) == alone
