"""Associations: which object hangs together with which, and under which labels."""

from collections.abc import Iterator
from dataclasses import dataclass

from auctor.twins.hubspot import schema
from auctor.twins.hubspot.errors import invalid

Label = tuple[str, int]


@dataclass(slots=True)
class LabelPair:
    """A label that the account made: its type ids there and back."""

    name: str
    there: int
    back: int


class Links:
    """(kind, id, other kind) -> other id -> labels; kept in both directions."""

    def __init__(self) -> None:
        self._links: dict[tuple[str, str, str], dict[str, set[Label]]] = {}
        self._labels: dict[tuple[str, str], list[LabelPair]] = {}
        self._next_label = 26

    def of(self, kind: str, record_id: str, other: str) -> dict[str, set[Label]]:
        """Everything of another kind that hangs at a record."""
        return self._links.get((kind, record_id, other), {})

    def add(self, kind: str, record_id: str, other: str, other_id: str, label: Label | None = None) -> None:
        """Tie two records, plainly and with a label beside. Raises VendorError for a type id that does not fit."""
        plain = schema.PLAIN.get((kind, other))
        if plain is None:
            raise invalid(f"{kind} cannot be associated with {other} here")
        labels = {(schema.HUBSPOT_DEFINED, plain)} | ({label} if label else set())
        self._links.setdefault((kind, record_id, other), {}).setdefault(other_id, set()).update(labels)
        back = {self._turn(kind, other, found) for found in labels}
        self._links.setdefault((other, other_id, kind), {}).setdefault(record_id, set()).update(back)

    def remove(self, kind: str, record_id: str, other: str, other_id: str) -> bool:
        """Untie two records altogether; False if they were not tied."""
        self._links.get((other, other_id, kind), {}).pop(record_id, None)
        return self._links.get((kind, record_id, other), {}).pop(other_id, None) is not None

    def drop(self, kind: str, record_id: str) -> None:
        """Untie a record from everything."""
        for other in schema.KINDS:
            for other_id in list(self.of(kind, record_id, other)):
                self.remove(kind, record_id, other, other_id)

    def move(self, kind: str, record_id: str, heir: str) -> None:
        """Hand everything that hangs at a record to another."""
        for other in schema.KINDS:
            for other_id, labels in list(self.of(kind, record_id, other).items()):
                self.remove(kind, record_id, other, other_id)
                for label in labels:
                    self.add(kind, heir, other, other_id, label)

    def make_label(self, kind: str, other: str, name: str) -> LabelPair:
        """A label of the account's own, in both directions."""
        pair = LabelPair(name, self._next_label + 1, self._next_label + 2)
        self._next_label += 2
        self._labels.setdefault((kind, other), []).append(pair)
        if kind != other:
            self._labels.setdefault((other, kind), []).append(LabelPair(name, pair.back, pair.there))
        return pair

    def labels(self, kind: str, other: str) -> Iterator[tuple[str, int, str | None]]:
        """(category, type id, label) of everything that may tie the two kinds."""
        if (kind, other) in schema.PLAIN:
            yield schema.HUBSPOT_DEFINED, schema.PLAIN[kind, other], None
        if (kind, other) in schema.PRIMARY:
            yield schema.HUBSPOT_DEFINED, schema.PRIMARY[kind, other], "Primary"
        for pair in self._labels.get((kind, other), []):
            yield schema.USER_DEFINED, pair.there, pair.name

    def name_of(self, kind: str, other: str, label: Label) -> str | None:
        """What a label is called; None for the plain one."""
        return next((name for category, number, name in self.labels(kind, other) if (category, number) == label), None)

    def check(self, kind: str, other: str, label: Label) -> None:
        """Raises VendorError for a label that does not tie these kinds."""
        if label not in {(category, number) for category, number, _ in self.labels(kind, other)}:
            raise invalid(f"One or more association types are not valid between {kind} and {other}: {label[1]}")

    def _turn(self, kind: str, other: str, label: Label) -> Label:
        if label == (schema.HUBSPOT_DEFINED, schema.PLAIN[kind, other]):
            return schema.HUBSPOT_DEFINED, schema.PLAIN[other, kind]
        self.check(kind, other, label)
        category, number = label
        if category == schema.USER_DEFINED:
            return category, next(p.back for p in self._labels[kind, other] if p.there == number)
        table = schema.PRIMARY if number == schema.PRIMARY.get((kind, other)) else schema.PLAIN
        return category, table[other, kind]
