"""The folder of one upload: files come in under names that we choose from, archives are unpacked within limits.

`AUCTOR_DATA/uploads/<id>/files/` holds the files (readable by the owner of the installation alone), and
`progress.json` beside them tells how far the work on them is, because its transaction cannot.
"""

import gzip
import json
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, ClassVar
from uuid import UUID

from auctor.crm.importing.reading import SUFFIXES
from auctor.kit.errors import AuctorError

MOST_FILES = 32
# What all files hold together once they are unpacked.
LARGEST_UNPACKED = 2**30
PIECE = 2**20
NAME = re.compile(r"[\w. ()+-]{1,100}")
WHAT_IS_TAKEN = "Send .csv, .csv.gz or .parquet files, or one .zip of them."

Pieces = Iterable[bytes]


class UploadRefused(AuctorError):
    """What was sent is not taken, whatever it holds."""

    code: ClassVar[str] = "crm.upload_refused"
    status: ClassVar[int] = 422


class Room:
    """How much may still be unpacked."""

    def __init__(self, most: int) -> None:
        self.most = self.left = most

    def take(self, size: int) -> None:
        """Raises `UploadRefused` when it is too much."""
        self.left -= size
        if self.left < 0:
            raise UploadRefused(
                f"The files hold more than {self.most // 2**20:,} MiB once they are unpacked.",
                mend="Import in parts, or use `auctor import` on the machine itself.",
            )


def place_of(data: Path, upload_id: UUID) -> Path:
    """The folder of an upload."""
    return data / "uploads" / upload_id.hex


def keep(place: Path, sent: Iterable[tuple[str, Pieces]], *, most: int = LARGEST_UNPACKED) -> dict[str, int]:
    """Store what was sent (name, content in pieces) and return the files by name with their sizes in bytes.

    One archive is unpacked; `most` bytes may it all be. Raises `UploadRefused`; then nothing is left of it.
    """
    files = place / "files"
    files.mkdir(mode=0o700, parents=True)
    place.chmod(0o700)
    try:
        return _keep(files, sent, most)
    except BaseException:
        remove(place)
        raise


def remove(place: Path) -> None:
    """Delete everything of an upload; it may be gone already."""
    shutil.rmtree(place, ignore_errors=True)


def tell_progress(place: Path, what: str, done: int, total: int) -> None:
    """Write down how far the work is. What cannot be written is told the next time."""
    if not place.is_dir():
        return
    new = place / "progress.new"
    new.write_text(json.dumps({"what": what, "done": done, "total": total}), encoding="utf-8")
    new.replace(place / "progress.json")


def read_progress(place: Path) -> tuple[str, int, int] | None:
    """(what is being done, rows done, rows in all), or None before the first word."""
    try:
        told = json.loads((place / "progress.json").read_text(encoding="utf-8"))
        return str(told["what"]), int(told["done"]), int(told["total"])
    except (OSError, ValueError, KeyError):
        return None


def list_places(data: Path) -> list[tuple[Path, float]]:
    """Every upload's folder with the moment of its last change, in seconds since 1970."""
    root = data / "uploads"
    return [(path, path.stat().st_mtime) for path in root.iterdir()] if root.is_dir() else []


def _keep(files: Path, sent: Iterable[tuple[str, Pieces]], most: int) -> dict[str, int]:
    room = Room(most)
    for name, pieces in sent:
        shown = _checked_name(name, (*SUFFIXES, ".zip"))
        _write(_new(files, shown), pieces, room)
    _unpack_archives(files, Room(most))
    _measure_packed(files, Room(most))
    kept = {path.name: path.stat().st_size for path in sorted(files.iterdir())}
    if not kept:
        raise UploadRefused("Nothing was sent.", mend=WHAT_IS_TAKEN)
    if len(kept) > MOST_FILES:
        raise UploadRefused(f"{len(kept)} files were sent; {MOST_FILES} are the most.", mend=WHAT_IS_TAKEN)
    return kept


def _checked_name(name: str, suffixes: tuple[str, ...]) -> str:
    """The name without its folders. Raises `UploadRefused` for a name that could lead elsewhere, or of another kind."""
    shown = name.casefold() if name.casefold().endswith(suffixes) else name
    if not NAME.fullmatch(name) or name.startswith("."):
        raise UploadRefused(
            f"A file has the name {name[:60]!r}, which is not taken.",
            mend="Use letters, digits, blanks, dots and dashes.",
        )
    if not shown.endswith(suffixes):
        raise UploadRefused(f"{name[:60]} is no file that can be imported.", mend=WHAT_IS_TAKEN)
    return shown


def _new(files: Path, name: str) -> Path:
    path = files / name
    if path.exists():
        raise UploadRefused(f"{name} is there twice.", mend="Send each file once.")
    return path


def _write(path: Path, pieces: Pieces, room: Room) -> None:
    # Opened so that nothing that lies there is followed or written over, and nobody else may read.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            room.take(len(piece))
            file.write(piece)


def _unpack_archives(files: Path, room: Room) -> None:
    archives = [path for path in files.iterdir() if path.name.endswith(".zip")]
    if len(archives) > 1:
        raise UploadRefused("Several archives were sent.", mend="Put all files into one .zip.")
    for path in archives:
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, files, room)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise UploadRefused(f"{path.name} cannot be unpacked.", mend="Make the archive again.") from error
        path.unlink()


def _unpack(archive: zipfile.ZipFile, files: Path, room: Room) -> None:
    members = [one for one in archive.infolist() if not one.is_dir() and not _is_of_the_system(one.filename)]
    if len(members) > MOST_FILES:
        raise UploadRefused(f"The archive holds {len(members)} files; {MOST_FILES} are the most.", mend=WHAT_IS_TAKEN)
    for member in members:
        _refuse_tricks(member)
        name = _checked_name(PurePosixPath(member.filename).name, SUFFIXES)
        with archive.open(member) as content:
            _write(_new(files, name), _pieces(content), room)


def _refuse_tricks(member: zipfile.ZipInfo) -> None:
    """Names that lead out of the folder, links, and what is locked by a password."""
    path = PurePosixPath(member.filename)
    mode = member.external_attr >> 16
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
        raise UploadRefused(
            f"The archive holds {member.filename[:60]!r}, a name that leads out of it.", mend="Make the archive again."
        )
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise UploadRefused(f"{path.name[:60]} in the archive is no plain file.", mend="Put the file itself in.")
    if member.flag_bits & 1:
        raise UploadRefused("The archive is locked by a password.", mend="Make it without one.")


def _is_of_the_system(name: str) -> bool:
    """What archivers add by themselves."""
    path = PurePosixPath(name)
    return path.parts[:1] == ("__MACOSX",) or path.name in (".DS_Store", "Thumbs.db")


def _measure_packed(files: Path, room: Room) -> None:
    """A small packed file can hold an endless one: count before anything is read into memory."""
    for path in files.iterdir():
        if not path.name.endswith(".gz"):
            continue
        try:
            with gzip.open(path) as file:
                while piece := file.read(PIECE):
                    room.take(len(piece))
        except (OSError, EOFError, zlib.error) as error:
            raise UploadRefused(f"{path.name} cannot be unpacked.", mend="Export it again.") from error


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(PIECE):
        yield piece
