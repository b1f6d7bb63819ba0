"""The ids of rows that came from a source, and keyed digests of what they say. Pure.

A row's id is derived from where it came from, keyed by the workspace's salt: the same record of the same source
always meets its own row, and an id tells nobody what it was made of. Ids are lower-case hex of 32 digits in frames.
"""

import hashlib
import re
from collections.abc import Iterable
from uuid import UUID

import polars as pl

from auctor.crm.vocabulary import Entity

# What a machine would call an id. Anything else may be a name or an address, which are not kept in clear.
MACHINE_ID = re.compile(r"[!-?A-~]{1,64}")
SPLIT = "\x1f"
BYTES = 16
# The bytes of a UUID in which its version and its variant stand, from any byte.
VERSION = bytes(0x80 | byte & 0x0F for byte in range(256))
VARIANT = bytes(0x80 | byte & 0x3F for byte in range(256))


class Keys:
    """Derives ids and digests for one connection of one workspace."""

    def __init__(self, salt: str, connection_id: UUID) -> None:
        self._key = hashlib.blake2b(salt.encode(), digest_size=32, person=b"auctor.crm").digest()
        self._connection = connection_id.bytes

    def ids(self, kind: Entity, names: pl.Series) -> pl.Series:
        """An id (UUID version 8, as hex) for each name; null for null."""
        unique = names.drop_nulls().unique(maintain_order=True)
        made = pl.Series(self.many(kind, unique.to_list()), dtype=pl.String)
        if unique.len() == names.len():
            return made.alias(names.name)
        return names.replace_strict(unique, made, default=None, return_dtype=pl.String)

    def id(self, kind: Entity, name: str) -> str:
        """The id of one record."""
        return self.many(kind, [name])[0]

    def beside(self, kind: Entity, names: pl.Series, parents: pl.Series) -> pl.Series:
        """Ids that begin as their parents' do (where there is one).

        Rows of one deal then stand side by side in the index, which is read and written several times faster so.
        """
        own = self.ids(kind, names).alias("own")
        frame = pl.DataFrame([own, parents.alias("parent")])
        return frame.select(pl.coalesce(pl.col("parent").str.head(12) + pl.col("own").str.tail(20), "own")).to_series()

    def many(self, kind: Entity, names: Iterable[str]) -> list[str]:
        """`id` over a list of names."""
        made = self._digests(names, b"id", self._connection + bytes([kind]))
        # Version and variant of RFC 9562, 5.8.
        made[6::16] = made[6::16].translate(VERSION)
        made[8::16] = made[8::16].translate(VARIANT)
        return _cut(made.hex())

    def shown(self, names: pl.Series) -> pl.Series:
        """Remote ids as they are stored: those that are more than a machine's id become pseudonyms."""
        odd = names.drop_nulls().unique()
        odd = odd.filter(~odd.str.contains(f"^(?:{MACHINE_ID.pattern})$"))
        return names.replace({name: self.pseudonym(name) for name in odd.to_list()}) if odd.len() else names

    def pseudonym(self, name: str) -> str:
        """A stable stand-in for an id that may be a name or an address."""
        return "t-" + self._digest(name, b"pseudonym").hex()

    def contents(self, frame: pl.DataFrame, *, given: Iterable[str] = ()) -> list[str]:
        """A digest of what each row says, as hex: a column that is empty there says as little as one that is missing.

        `given` names columns of which it matters that they are there although they may be empty.
        """
        cells = [
            pl.when(pl.col(name).is_not_null())
            .then(pl.concat_str(pl.lit(name), pl.col(name).cast(pl.String), pl.lit(""), separator=SPLIT))
            .otherwise(pl.lit(""))
            for name in frame.columns
        ]
        before = SPLIT.join((*sorted(given), ""))
        texts = frame.select(pl.concat_str(cells)).to_series()
        return _cut(self._digests(texts, b"content", before.encode()).hex())

    def numbers(self, names: pl.Series, purpose: bytes) -> pl.Series:
        """A signed 64-bit number for each text: equal for equals, and nothing more."""
        made = {
            name: int.from_bytes(self._digest(name, purpose)[:8], signed=True)
            for name in names.drop_nulls().unique().to_list()
        }
        return names.replace_strict(made, default=None, return_dtype=pl.Int64) if made else names.cast(pl.Int64)

    def _digest(self, text: str, purpose: bytes) -> bytes:
        return bytes(self._digests([text], purpose))

    def _digests(self, texts: Iterable[str], purpose: bytes, before: bytes = b"") -> bytearray:
        """The digests of many texts one after the other. What all have in common is taken in once."""
        begun = hashlib.blake2b(before, digest_size=BYTES, key=self._key, person=purpose)
        made = bytearray()
        for text in texts:
            one = begun.copy()
            one.update(text.encode())
            made += one.digest()
        return made


def _cut(digests: str) -> list[str]:
    return [digests[at : at + 2 * BYTES] for at in range(0, len(digests), 2 * BYTES)]
