"""Sealing and opening values."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctor.vault import keyring as keyrings
from auctor.vault import root
from auctor.vault.keyring import Keyring, KeyUnknown, NotSealed, Purpose, ValueMoved
from auctor.vault.keysets import Keysets
from auctor.vault.keystore import KeysDestroyed, Keystore
from tests.vault.conftest import ACME, BOREALIS

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HERE = b"crm_deal|name|" + ACME.bytes


class TestSeal:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(plaintext=st.binary(max_size=300), context=st.binary(max_size=60))
    def test_gives_back_what_was_sealed(self, ring: Keyring, plaintext: bytes, context: bytes) -> None:
        sealed = ring.seal(ACME, Purpose.CRM, plaintext, context=context)
        assert ring.open(ACME, Purpose.CRM, sealed, context=context) == plaintext
        assert len(sealed) == len(plaintext) + 33

    def test_seals_equal_values_differently(self, ring: Keyring) -> None:
        assert ring.seal(ACME, Purpose.CRM, b"x", context=HERE) != ring.seal(ACME, Purpose.CRM, b"x", context=HERE)

    def test_begins_with_the_format_and_the_key(self, ring: Keyring) -> None:
        sealed = ring.seal(ACME, Purpose.CRM, b"x", context=HERE)
        assert sealed[:5] == ring.header(ACME, Purpose.CRM)
        assert sealed[0] == 1


class TestOpen:
    @pytest.fixture
    def sealed(self, ring: Keyring) -> bytes:
        for workspace, purpose in ((ACME, Purpose.AUDIT), (BOREALIS, Purpose.CRM)):
            ring.seal(workspace, purpose, b"", context=b"")
        return ring.seal(ACME, Purpose.CRM, b"Renewal", context=HERE)

    def test_opens_in_another_process(self, open_keyring: Callable[[], Keyring], sealed: bytes) -> None:
        assert open_keyring().open(ACME, Purpose.CRM, sealed, context=HERE) == b"Renewal"

    @pytest.mark.parametrize(
        "context",
        [
            b"crm_deal|name|" + BOREALIS.bytes,
            b"crm_deal|note|" + ACME.bytes,
            b"crm_note|name|" + ACME.bytes,
            HERE + b"|",
            b"",
        ],
    )
    def test_refuses_another_place(self, ring: Keyring, sealed: bytes, context: bytes) -> None:
        with pytest.raises(ValueMoved, match="another place"):
            ring.open(ACME, Purpose.CRM, sealed, context=context)

    def test_says_where_the_value_stands(self, ring: Keyring, sealed: bytes) -> None:
        with pytest.raises(ValueMoved, match=rf"workspace {ACME}, crm_note\.name, row {BOREALIS}"):
            ring.open(ACME, Purpose.CRM, sealed, context=b"crm_note|name|" + BOREALIS.bytes)

    @pytest.mark.parametrize(("workspace", "purpose"), [(ACME, Purpose.AUDIT), (BOREALIS, Purpose.CRM)])
    def test_refuses_another_workspace_and_purpose(
        self, ring: Keyring, sealed: bytes, workspace: UUID, purpose: Purpose
    ) -> None:
        with pytest.raises(KeyUnknown):
            ring.open(workspace, purpose, sealed, context=HERE)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(data=st.data())
    def test_refuses_any_changed_bit(self, ring: Keyring, data: st.DataObject) -> None:
        sealed = bytearray(ring.seal(ACME, Purpose.CRM, b"Renewal", context=HERE))
        bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
        sealed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(keyrings.VaultError):
            ring.open(ACME, Purpose.CRM, bytes(sealed), context=HERE)

    @pytest.mark.parametrize("value", [b"", b"\x01", b"\x01\0\0\0", b"plain text that was never sealed"])
    def test_refuses_what_was_never_sealed(self, ring: Keyring, sealed: bytes, value: bytes) -> None:
        with pytest.raises(NotSealed):
            ring.open(ACME, Purpose.CRM, value, context=HERE)

    def test_makes_no_key(self, ring: Keyring) -> None:
        with pytest.raises(KeyUnknown, match="no key for it"):
            ring.open(BOREALIS, Purpose.CRM, b"\x01\0\0\0\x07" + b"x" * 40, context=HERE)
        assert ring.keystore.rows() == []

    def test_refuses_after_the_keys_were_destroyed(self, ring: Keyring, sealed: bytes) -> None:
        ring.keystore.destroy(ACME, now=NOW)
        ring.forget(ACME)
        with pytest.raises(KeysDestroyed):
            ring.open(ACME, Purpose.CRM, sealed, context=HERE)


class TestSealMany:
    def test_gives_what_single_calls_would(self, ring: Keyring) -> None:
        values, places = [b"a", b"", b"c"], [b"t|c|1", b"t|c|2", b"t|c|3"]
        sealed = ring.seal_many(ACME, Purpose.CRM, values, places)
        assert ring.open_many(ACME, Purpose.CRM, sealed, places) == values
        assert [ring.open(ACME, Purpose.CRM, s, context=p) for s, p in zip(sealed, places, strict=True)] == values

    def test_refuses_lists_of_different_lengths(self, ring: Keyring) -> None:
        with pytest.raises(ValueError, match="zip"):
            ring.seal_many(ACME, Purpose.CRM, [b"a"], [])


class TestChange:
    def test_is_seen_by_a_process_that_meets_the_new_key(self, open_keyring: Callable[[], Keyring]) -> None:
        one, other = open_keyring(), open_keyring()
        first = one.seal(ACME, Purpose.CRM, b"x", context=HERE)
        other.open(ACME, Purpose.CRM, first, context=HERE)
        one.change(ACME, Purpose.CRM, lambda keys: keys.announce().switch())
        second = one.seal(ACME, Purpose.CRM, b"y", context=HERE)
        assert second[:5] != first[:5]
        assert other.open(ACME, Purpose.CRM, second, context=HERE) == b"y"
        assert one.open(ACME, Purpose.CRM, first, context=HERE) == b"x"

    def test_makes_dropped_keys_useless(self, ring: Keyring) -> None:
        sealed = ring.seal(ACME, Purpose.CRM, b"x", context=HERE)
        ring.change(ACME, Purpose.CRM, lambda keys: keys.announce().switch().drop_old())
        with pytest.raises(KeyUnknown, match="is not in the keystore"):
            ring.open(ACME, Purpose.CRM, sealed, context=HERE)

    def test_needs_a_keyset(self, ring: Keyring) -> None:
        with pytest.raises(KeyUnknown):
            ring.change(ACME, Purpose.CRM, Keysets.announce)


class TestForget:
    def test_closes_one_workspace(self, ring: Keyring) -> None:
        for workspace in (ACME, BOREALIS):
            ring.seal(workspace, Purpose.CRM, b"x", context=HERE)
        ring.forget(ACME)
        assert [key[0] for key in ring._opened] == [BOREALIS]

    def test_keeps_no_more_than_was_asked_for(self, data: Path) -> None:
        ring = Keyring(keyrings_store(data), lambda: root.open_root("", secrets_folder=data / "secrets"), most_opened=3)
        for number in range(8):
            ring.seal(UUID(int=number), Purpose.CRM, b"x", context=HERE)
        assert len(ring._opened) == 3
        assert ring.open(
            UUID(int=0), Purpose.CRM, ring.seal(UUID(int=0), Purpose.CRM, b"x", context=HERE), context=HERE
        )


def keyrings_store(data: Path) -> Keystore:
    return Keystore(data / "keystore.sqlite")


class TestKeyring:
    def test_follows_a_root_key_that_another_process_rotated(
        self, open_keyring: Callable[[], Keyring], key_path: Path
    ) -> None:
        ring = open_keyring()
        ring.seal(ACME, Purpose.CRM, b"x", context=HERE)
        root.append_key(key_path)
        fresh = open_keyring()
        fresh.keystore.set_root(
            root=fresh.root().name, proof=fresh.root().wrap(b"", bound_to=fresh.binding(UUID(int=0), "proof"))
        )
        sealed = fresh.seal(BOREALIS, Purpose.CRM, b"y", context=HERE)
        assert ring.open(BOREALIS, Purpose.CRM, sealed, context=HERE) == b"y"
        assert ring.seal(BOREALIS, Purpose.AUDIT, b"z", context=HERE)


class TestCurrent:
    def test_is_what_was_installed(self, installed: Keyring) -> None:
        sealed = keyrings.seal(ACME, Purpose.TOKENS, b"x", context=HERE)
        assert keyrings.current() is installed
        assert keyrings.open_(ACME, Purpose.TOKENS, sealed, context=HERE) == b"x"
