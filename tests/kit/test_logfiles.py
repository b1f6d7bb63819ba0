from pathlib import Path

from auctor.kit.logfiles import open_log, rotate, tail


class TestRotate:
    def test_moves_the_content_on_while_the_writer_goes_on_writing(self, tmp_path: Path) -> None:
        path = tmp_path / "logs" / "web.log"
        with open_log(path) as log:
            for number in range(5):
                log.write(f"turn {number}\n".encode() * 10)
                assert rotate(path, limit=50, keep=3)
            log.write(b"now\n")
        assert path.read_text() == "now\n"
        kept = [(tmp_path / "logs" / f"web.log.{number}").read_text().split("\n")[0] for number in (1, 2, 3)]
        assert kept == ["turn 4", "turn 3", "turn 2"]
        assert not (tmp_path / "logs" / "web.log.4").exists()

    def test_leaves_short_and_missing_files_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "web.log"
        assert not rotate(path, limit=50)
        path.write_text("short")
        assert not rotate(path, limit=50)
        assert [found.name for found in tmp_path.iterdir()] == ["web.log"]

    def test_keeps_everything_to_its_owner(self, tmp_path: Path) -> None:
        path = tmp_path / "web.log"
        with open_log(path) as log:
            log.write(b"x" * 100)
        rotate(path, limit=50)
        assert {found.stat().st_mode & 0o777 for found in tmp_path.iterdir()} == {0o600}


class TestTail:
    def test_returns_the_last_lines(self, tmp_path: Path) -> None:
        path = tmp_path / "web.log"
        path.write_text("".join(f"line {number}\n" for number in range(100_000)))
        assert tail(path, lines=3) == "line 99997\nline 99998\nline 99999"

    def test_survives_bytes_that_are_no_text(self, tmp_path: Path) -> None:
        path = tmp_path / "web.log"
        path.write_bytes(b"\xff\xfe\n")
        assert tail(path) == "\ufffd\ufffd"

    def test_is_empty_without_a_file(self, tmp_path: Path) -> None:
        assert tail(tmp_path / "none.log") == ""
