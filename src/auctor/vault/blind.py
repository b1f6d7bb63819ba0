"""Blind indexes: keyed digests that find an equal value or word without opening anything.

Whoever reads the database sees which rows of one workspace share a value or a word, and nothing else: not the
value, and not whether another workspace has it too. Only whole values and whole words are found. Digests of
beginnings would be a dictionary of the text for anybody who can count, so there is no search by prefix.

A value is compared by Unicode's compatibility caseless match (NFKC, case-folded), with runs of white space
made one. A word is a run of letters, digits and their marks; everything else divides. Text without spaces,
such as Chinese, is one word for each run. Digests of equal values are equal across the columns of one
purpose, so that an address in a message finds the contact.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID

from auctor.vault import keyring
from auctor.vault.keyring import Purpose
from auctor.vault.keysets import Digester

# 128 bits: no two values of one workspace meet by chance.
VALUE_BYTES = 16
# 64 bits fit a bigint. Among a million different words two meet with a probability of 1 in 37 million.
WORD_BYTES = 8
_ASCII_WORD = re.compile("[a-z0-9]+")
_VALUE, _WORD = b"value\0", b"word\0"


def normalise(value: str) -> str:
    """The form in which values are compared."""
    if value.isascii():
        return " ".join(value.lower().split())
    folded = unicodedata.normalize("NFD", value).casefold()
    folded = unicodedata.normalize("NFKD", folded).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def words(value: str) -> list[str]:
    """The different words of a text, sorted: their order in the database tells nothing about the text."""
    normal = normalise(value)
    if normal.isascii():
        return sorted(set(_ASCII_WORD.findall(normal)))
    return sorted(set("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in normal).split()))


def digest(workspace_id: UUID, purpose: Purpose, value: str) -> bytes | None:
    """What a `BlindIndexField` stores for this value; None for a blank one, which equals nothing."""
    return digest_many(workspace_id, purpose, [value])[0]


def digest_many(workspace_id: UUID, purpose: Purpose, values: Sequence[str | None]) -> list[bytes | None]:
    """`digest` over a list."""
    compute = keyring.current().digesters(workspace_id, purpose)[0].compute
    normals = (normalise(value) if value else "" for value in values)
    return [compute(_VALUE + normal.encode(), VALUE_BYTES) if normal else None for normal in normals]


def digests(workspace_id: UUID, purpose: Purpose, value: str) -> list[bytes]:
    """What to look for: the digest under each living key, so that a rotation under way hides no row."""
    normal = normalise(value)
    if not normal:
        return []
    message = _VALUE + normal.encode()
    return [key.compute(message, VALUE_BYTES) for key in keyring.current().digesters(workspace_id, purpose)]


def word_digests(workspace_id: UUID, purpose: Purpose, value: str) -> list[int]:
    """What a `BlindWordsField` stores: one signed 64-bit number for each different word, sorted."""
    key = keyring.current().digesters(workspace_id, purpose)[0]
    return _of_words(key, words(value))


def word_searches(workspace_id: UUID, purpose: Purpose, value: str) -> list[list[int]]:
    """What to look for.

    All words of the question, once under each living key. A row matches one of the lists.
    """
    wanted = words(value)
    return [_of_words(key, wanted) for key in keyring.current().digesters(workspace_id, purpose)]


def _of_words(key: Digester, wanted: Iterable[str]) -> list[int]:
    numbers = (key.compute(_WORD + word.encode(), WORD_BYTES) for word in wanted)
    return sorted(int.from_bytes(number, signed=True) for number in numbers)
