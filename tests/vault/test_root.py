"""The root key's file and the addresses of key services."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from auctor.vault import keysets, root


class TestCreateRoot:
    def test_makes_a_file_that_only_its_owner_reads(self, tmp_path: Path) -> None:
        assert root.create_root("", secrets_folder=tmp_path / "secrets")
        file = tmp_path / "secrets" / "root.key"
        assert stat.S_IMODE(file.stat().st_mode) == 0o400
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert list(file.parent.iterdir()) == [file]

    def test_never_replaces_a_key(self, tmp_path: Path) -> None:
        root.create_root("", secrets_folder=tmp_path)
        before = (tmp_path / "root.key").read_bytes()
        assert not root.create_root("", secrets_folder=tmp_path)
        assert (tmp_path / "root.key").read_bytes() == before

    def test_makes_no_file_for_a_key_service(self, tmp_path: Path) -> None:
        assert not root.create_root("gcp-kms://projects/p", secrets_folder=tmp_path)
        assert not list(tmp_path.iterdir())

    def test_lets_one_of_many_processes_win(self, tmp_path: Path) -> None:
        with multiprocessing.get_context("spawn").Pool(4) as pool:
            made = pool.map(_create, [tmp_path] * 8)
        assert sum(made) == 1
        assert root.open_root("", secrets_folder=tmp_path).unwrap(
            root.open_root("", secrets_folder=tmp_path).wrap(b"x", bound_to=b"here"), bound_to=b"here"
        )


def _create(folder: Path) -> bool:
    return root.create_root("", secrets_folder=folder)


class TestOpenRoot:
    def test_says_that_the_file_is_lost(self, tmp_path: Path) -> None:
        with pytest.raises(root.RootKeyLost, match=r"not there.*root\.key.*Put back") as raised:
            root.open_root("", secrets_folder=tmp_path)
        assert raised.value.code == "vault.root_key_lost"

    @pytest.mark.parametrize("mode", [0o600, 0o440, 0o404, 0o644, 0o777, 0o500])
    def test_refuses_a_file_that_others_may_use(self, tmp_path: Path, mode: int) -> None:
        root.create_root("", secrets_folder=tmp_path)
        (tmp_path / "root.key").chmod(mode)
        with pytest.raises(root.RootKeyOpen, match=f"{mode:04o}.*chmod 0400"):
            root.open_root("", secrets_folder=tmp_path)

    def test_takes_a_file_from_another_place(self, tmp_path: Path) -> None:
        uri = f"file:{tmp_path / 'elsewhere' / 'key'}"
        root.create_root(uri, secrets_folder=tmp_path)
        assert root.open_root(uri, secrets_folder=tmp_path).place == uri

    @pytest.mark.parametrize("content", [b"", b"not a key", b'{"key": []}', b"\xff\xfe"])
    def test_refuses_a_file_that_is_no_key(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "root.key").write_bytes(content)
        (tmp_path / "root.key").chmod(0o400)
        with pytest.raises(root.RootKeyWrong, match="not a root key"):
            root.open_root("", secrets_folder=tmp_path)

    @pytest.mark.parametrize(
        ("uri", "extra"),
        [
            ("hcvault://vault.example:8200/transit/keys/auctor", "vault"),
            ("aws-kms://arn:aws:kms:eu-central-1:111122223333:key/1234", "aws"),
            ("gcp-kms://projects/p/locations/l/keyRings/r/cryptoKeys/k", "gcp"),
        ],
    )
    def test_names_the_extra_that_is_missing(self, tmp_path: Path, uri: str, extra: str) -> None:
        with pytest.raises(root.RootKeyUnreachable, match=rf"pip install 'auctor\[{extra}\]'"):
            root.open_root(uri, secrets_folder=tmp_path)

    def test_refuses_an_unknown_service(self, tmp_path: Path) -> None:
        with pytest.raises(root.RootKeyUnreachable, match="AUCTOR_ROOT_KEY_URI"):
            root.open_root("azure-kms://x", secrets_folder=tmp_path)


class TestRootKey:
    def test_unwraps_at_the_same_place_only(self, tmp_path: Path) -> None:
        root.create_root("", secrets_folder=tmp_path)
        key = root.open_root("", secrets_folder=tmp_path)
        wrapped = key.wrap(b"secret", bound_to=b"acme")
        assert key.unwrap(wrapped, bound_to=b"acme") == b"secret"
        with pytest.raises(root.RootKeyWrong, match="was moved"):
            key.unwrap(wrapped, bound_to=b"borealis")

    def test_does_not_open_what_another_key_wrapped(self, tmp_path: Path) -> None:
        keys = []
        for name in ("one", "two"):
            root.create_root("", secrets_folder=tmp_path / name)
            keys.append(root.open_root("", secrets_folder=tmp_path / name))
        with pytest.raises(root.RootKeyWrong, match="does not open"):
            keys[1].unwrap(keys[0].wrap(b"secret", bound_to=b"acme"), bound_to=b"acme")


class TestAppendKey:
    def test_keeps_opening_what_the_old_key_wrapped(self, tmp_path: Path) -> None:
        root.create_root("", secrets_folder=tmp_path)
        old = root.open_root("", secrets_folder=tmp_path)
        wrapped = old.wrap(b"secret", bound_to=b"acme")
        root.append_key(tmp_path / "root.key")
        new = root.open_root("", secrets_folder=tmp_path)
        assert new.name != old.name
        assert new.unwrap(wrapped, bound_to=b"acme") == b"secret"
        assert stat.S_IMODE((tmp_path / "root.key").stat().st_mode) == 0o400


class TestDropOldKeys:
    def test_forgets_all_but_the_newest(self, tmp_path: Path) -> None:
        root.create_root("", secrets_folder=tmp_path)
        wrapped = root.open_root("", secrets_folder=tmp_path).wrap(b"secret", bound_to=b"acme")
        root.append_key(tmp_path / "root.key")
        root.drop_old_keys(tmp_path / "root.key")
        assert keysets.stage(root.read_key_file(tmp_path / "root.key")) is keysets.Stage.STEADY
        with pytest.raises(root.RootKeyWrong):
            root.open_root("", secrets_folder=tmp_path).unwrap(wrapped, bound_to=b"acme")
