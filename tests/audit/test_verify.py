"""The verifier against a log in memory: every way of tampering is found, and an honest file never is."""

import base64
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from auctor.audit import lines as export_lines
from auctor.audit import note, verify
from auctor.audit.records import SealedEntry
from auctor.audit.tree import inclusion_path
from auctor.audit.verify import Tree, check_lines
from tests.audit.forge import ACME, KEY, START, Log, change, codes, pruned_log, write

STRANGER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)


def find(lines: list[str], kind: str, position: int = 0) -> int:
    return [n for n, line in enumerate(lines) if line.startswith(f'["{kind}"')][position]


def edit_entry(line: str) -> str:
    kind, index, nonce, body = json.loads(line)
    return json.dumps([kind, index, nonce, body.replace("deal:read", "deal:edit")]) + "\n"


@pytest.fixture
def log() -> Log:
    return pruned_log()


class TestHonestFile:
    @given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(1, 5))
    @settings(max_examples=60)
    def test_holds_whatever_its_rounds(self, rounds: list[int], chunk: int) -> None:
        log, kept = Log(), []
        for number, count in enumerate(rounds):
            log.seal(count + (number == 0), START + timedelta(hours=number))
            kept.append(log.proof())
        assert codes(log.export(chunk=chunk), *kept) == set()

    def test_holds_after_pruning(self, log: Log) -> None:
        report = check_lines(log.export())
        assert (report.findings, report.unchecked) == ([], [])
        assert (report.size, report.entries) == (150, 107)

    def test_holds_against_every_checkpoint_that_was_published(self, log: Log) -> None:
        kept = [log.proof(), log.signed.note if log.signed else ""]
        log.seal(5, START + timedelta(days=91))
        assert codes(log.export(), *kept, key=log.signed.key if log.signed else "") == set()

    def test_says_openly_what_can_no_longer_be_placed(self) -> None:
        log = Log()
        log.seal(10, START)
        kept = log.proof()
        log.seal(10, START)
        log.anchor(START.date())
        log.min_index = log.body_min_index = 20
        log.seal(1, START + timedelta(days=90))
        report = check_lines(log.export(), [("march.txt", kept)])
        assert not report.findings
        assert report.unchecked == ["march.txt: its place has been pruned, between two anchors."]


class TestEightTamperingCases:
    def test_an_edited_body(self, log: Log) -> None:
        lines = log.export()
        place = find(lines, "entry", 20)
        lines[place] = edit_entry(lines[place])
        assert codes(lines) == {"body"}

    def test_an_edited_body_with_its_leaf(self, log: Log) -> None:
        log.entries[70] = SealedEntry(70, log.entries[70].nonce, "{}")
        assert codes(log.export()) == {"root"}

    def test_a_deleted_entry(self, log: Log) -> None:
        lines = log.export()
        del lines[find(lines, "entry", 20)]
        assert codes(lines) == {"missing"}

    def test_a_deleted_entry_with_its_leaf(self, log: Log) -> None:
        del log.entries[70]
        log.entries = [SealedEntry(n, e.nonce, e.body) for n, e in enumerate(log.entries)]
        assert codes(log.export()) == {"root", "tail"}

    def test_a_deleted_run(self, log: Log) -> None:
        lines = log.export()
        first, second = find(lines, "leaves", 3), find(lines, "leaves", 4)
        assert "order" in codes(lines[:first] + lines[second:])

    def test_a_moved_entry(self, log: Log) -> None:
        lines = log.export()
        one, two = find(lines, "entry", 22), find(lines, "entry", 23)
        (kind, first, *rest), (_, second, *other) = json.loads(lines[one]), json.loads(lines[two])
        lines[one], lines[two] = json.dumps([kind, first, *other]), json.dumps([kind, second, *rest])
        assert codes(lines) == {"moved"}

    def test_moved_entries_with_their_leaves(self, log: Log) -> None:
        one, two = log.entries[70], log.entries[71]
        log.entries[70:72] = [SealedEntry(70, two.nonce, two.body), SealedEntry(71, one.nonce, one.body)]
        assert codes(log.export()) == {"root"}

    def test_a_tree_rebuilt_without_the_key(self, log: Log) -> None:
        forged = pruned_log()
        forged.key = STRANGER
        forged.seal(1, START + timedelta(days=91))
        lines = forged.export()
        lines[0] = change(lines[0], key=log.signed.key if log.signed else "")
        assert codes(lines) == {"signature"}

    def test_a_tree_rebuilt_with_another_key(self, log: Log) -> None:
        known, kept = (log.signed.key if log.signed else ""), log.proof()
        log.key = STRANGER
        log.seal(1, START + timedelta(days=91))
        assert codes(log.export()) == set(), "nobody can find it who kept nothing"
        assert codes(log.export(), key=known) == {"key"}
        assert codes(log.export(), kept) == {"kept"}

    def test_a_history_that_was_rewritten_and_signed_again(self, log: Log) -> None:
        kept = [log.proof(), log.signed.note if log.signed else ""]
        forged = Log()
        forged.seal(1, START)
        forged.entries[0] = SealedEntry(0, b"n" * 16, "{}")
        forged.tree = Tree()
        forged.seal(160, START + timedelta(days=91))
        assert codes(forged.export(), kept[0]) == {"kept"}
        assert codes(forged.export(), kept[1]) == {"kept"}

    def test_a_cut_tail(self, log: Log) -> None:
        lines = log.export()
        assert "tail" in codes(lines[: find(lines, "leaves", -1)])

    def test_a_tail_cut_back_to_an_older_checkpoint(self) -> None:
        log = Log()
        log.seal(10, START)
        older = log.export()
        log.seal(5, START)
        assert codes(older, log.proof()) == {"tail"}

    def test_an_invented_checkpoint(self, log: Log) -> None:
        assert log.signed
        invented = note.sign_checkpoint(note.Checkpoint(log.origin, 12, b"i" * 32), KEY)
        unsigned = invented.split("—")[0] + "— auctor.example/log " + base64.b64encode(b"s" * 68).decode() + "\n"
        lines = log.export()
        assert codes([change(lines[0], checkpoint=invented), *lines[1:]]) >= {"head"}
        assert codes([change(lines[0], checkpoint=unsigned), *lines[1:]]) >= {"signature"}
        assert codes(lines, invented) == {"kept"}
        assert codes(lines, unsigned) == {"kept"}

    def test_an_edit_after_pruning(self, log: Log) -> None:
        honest = log.export()
        log.entries[50] = SealedEntry(50, log.entries[50].nonce, "{}")
        assert codes(log.export()) == {"root"}
        anchor = json.loads(honest[find(honest, "anchor", 1)])
        anchor[3] = base64.b64encode(b"r" * 32).decode()
        place = find(honest, "anchor", 1)
        assert codes([*honest[:place], json.dumps(anchor) + "\n", *honest[place + 1 :]]) == {"anchor"}

    def test_an_edit_of_what_was_pruned(self, log: Log) -> None:
        log.entries[3] = SealedEntry(3, log.entries[3].nonce, "{}")
        lines = log.export()
        assert codes(lines) == {"anchor", "root"}
        forged = [line for line in lines if not line.startswith('["anchor"')]
        assert "pruning" in codes(forged)

    def test_bodies_hidden_behind_a_raised_limit(self, log: Log) -> None:
        lines = [line for line in log.export() if not line.startswith('["entry",11')]
        assert codes(lines) == {"missing"}
        head = json.loads(lines[0])["head"]
        assert codes([change(lines[0], head={**head, "body_min_index": 120}), *lines[1:]]) == {"head", "pruning"}

    def test_bodies_hidden_behind_a_raised_limit_that_was_signed(self, log: Log) -> None:
        log.body_min_index = 120
        log.seal(1, START + timedelta(days=90))
        assert codes(log.export()) == {"pruning"}


class TestRedatedAnchor:
    def test_is_found_with_a_checkpoint_that_was_kept(self) -> None:
        log = Log()
        log.seal(10, START + timedelta(days=60))
        kept = log.proof()
        log.seal(10, START + timedelta(days=60))
        log.anchor(START.date())
        log.min_index = log.body_min_index = 20
        log.seal(1, START + timedelta(days=90))
        assert codes(log.export()) == set()
        assert codes(log.export(), kept) == {"anchor"}


class TestEpochs:
    def test_a_log_goes_on_after_a_restore(self) -> None:
        old = Log()
        first = old.seal(10, START)
        kept = [old.proof(), first.note]
        last = old.seal(5, START)
        lost = old.proof()
        digest = sha256(last.note.encode()).hexdigest()[:32]
        new = Log(origin=f"{old.origin}/{digest}", previous=(last.note,), entries=old.entries[:10], salt=b"n")
        new.seal(9, START + timedelta(hours=1))
        assert codes(new.export(), kept[0], last.note) == set()
        assert codes(new.export(), lost) == {"kept"}, "entries that the backup did not hold"
        assert codes(new.export(), kept[1]) == {"kept"}, "no chain leads from it to the end of its epoch"

    def test_a_restore_that_the_origin_does_not_name(self) -> None:
        log = Log()
        last = log.seal(1, START)
        other = Log(previous=(last.note,))
        other.seal(1, START)
        assert codes(other.export()) == {"epoch"}


class TestSelection:
    def lines(self, *indices: int) -> list[str]:
        log = Log()
        signed = log.seal(30, START)
        header = export_lines.header_line(ACME, signed, kind="selection")
        proofs = [inclusion_path(Tree(), log.leaves(), index) for index in indices]
        return [header, *(export_lines.proof_line(log.entries[i], p) for i, p in zip(indices, proofs, strict=True))]

    def test_proves_entries_without_their_neighbours(self) -> None:
        report = check_lines(self.lines(3, 17, 29))
        assert (report.findings, report.entries) == ([], 3)

    def test_finds_an_edited_one(self) -> None:
        lines = self.lines(3, 17)
        values = json.loads(lines[2])
        values[3] += " "
        assert codes([lines[0], lines[1], json.dumps(values)]) == {"body"}


class TestAnyChange:
    """Whatever is changed in a file is found, or the file is refused."""

    LINES = pruned_log().export()

    @given(st.data())
    @settings(max_examples=300)
    def test_never_passes_and_never_crashes(self, data: st.DataObject) -> None:
        lines = list(self.LINES)
        number = data.draw(st.integers(0, len(lines) - 1))
        place = data.draw(st.integers(0, len(lines[number]) - 2))
        sign = data.draw(st.sampled_from('0aZ"]},{x-é\\ '))
        lines[number] = lines[number][:place] + sign + lines[number][place + 1 :]
        try:
            changed = [json.loads(line) for line in lines]
            is_same = decoded(changed) == decoded([json.loads(line) for line in self.LINES])
            found = codes(lines)
        except ValueError:
            return
        assert found or is_same

    @pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"format":1}', "[" * 100_000])
    def test_refuses_what_is_no_export(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            check_lines([text])


def decoded(value: object) -> object:
    """Values as the verifier understands them: base64 by its bytes, and no unknown or unsigned names."""
    if isinstance(value, dict):
        return {name: decoded(one) for name, one in value.items() if name in KNOWN}
    if isinstance(value, list):
        return [decoded(one) for one in value]
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except ValueError:
            # The name and the id in front of a key are labels; the key alone is compared.
            return value.split("+", 2)[2] if value.count("+") > 1 and value.startswith("auctor") else value
    return value


KNOWN = {"format", "kind", "workspace", "key", "checkpoint", "previous", "head", "index", "path", "frontier"} | set(
    verify.Head._fields
)


class TestMain:
    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        alone = shutil.copy(verify.__file__, folder / "verify.py")
        command = [sys.executable, "-I", str(alone), *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    def test_runs_alone_and_says_that_every_check_held(self, tmp_path: Path, log: Log) -> None:
        write(tmp_path / "log.jsonl", log.export())
        write(tmp_path / "march.txt", [log.proof()])
        done = self.run(tmp_path, "log.jsonl", "--keep", "march.txt")
        assert (done.returncode, done.stderr) == (0, "")
        assert "150 entries sealed, 107 of them in this file" in done.stdout
        assert done.stdout.endswith("Every check held.\n")

    def test_names_what_it_found(self, tmp_path: Path, log: Log) -> None:
        lines = log.export()
        lines[find(lines, "entry", 20)] = edit_entry(lines[find(lines, "entry", 20)])
        write(tmp_path / "log.jsonl", lines)
        done = self.run(tmp_path, "log.jsonl")
        assert done.returncode == 1
        assert "FOUND body: Entry 63 is not what was sealed." in done.stdout

    def test_says_when_it_could_not_check(self, tmp_path: Path) -> None:
        write(tmp_path / "log.jsonl", ["no export"])
        done = self.run(tmp_path, "log.jsonl")
        assert (done.returncode, done.stderr) == (2, "")
        assert done.stdout.startswith("The check could not be made")

    def test_imports_nothing_of_the_product(self) -> None:
        assert "auctor." not in Path(verify.__file__).read_text(encoding="utf-8").replace("auctor.example", "")
