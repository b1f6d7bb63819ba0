"""Django fields that find sealed values: keyed digests beside them, computed from them when a row is saved.

    name = SealedTextField(purpose=Purpose.CRM)
    name_index = BlindIndexField(source="name")
    name_words = BlindWordsField(source="name")

    Deal.objects.filter(name_index="Acme Renewal")
    Deal.objects.filter(name_words__matches="renewal acme")

A question is digested for the workspace that was entered. Both follow a rotation of keys while it is under way.
An index over `BlindIndexField` begins with `workspace_id`, as all do. `BlindWordsField` has none: `@>` on arrays is not
leakproof, so row-level security keeps PostgreSQL from using a GIN index before the policy has run. The workspace's
rows are read instead.
"""

from typing import Any, ClassVar

from django.core import checks
from django.db import models
from django.db.models import lookups, signals

from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.records import INSTANCE_ID
from auctor.vault import blind
from auctor.vault.fields import AnyField, SealedField, SealedFieldMisused, belongs_to_workspace, place_of
from auctor.vault.keyring import Purpose


class BlindIndexForgotten(AuctorError):
    """`save(update_fields=…)` names a sealed field without the blind field that follows it."""

    code: ClassVar[str] = "vault.blind_index_forgotten"
    status: ClassVar[int] = 500


class BlindField(AnyField):
    """What blind fields share. NULL where the source is NULL; never set by hand."""

    empty_strings_allowed = False
    answers: ClassVar[frozenset[str]] = frozenset({"isnull"})

    def __init__(self, *args: Any, source: str, purpose: Purpose | str | None = None, **kwargs: Any) -> None:
        self.source = source
        self.asked_purpose = None if purpose is None else Purpose(purpose)
        super().__init__(*args, **{"null": True, "editable": False, **kwargs})

    @property
    def purpose(self) -> Purpose:
        """The source's: their keys rotate together."""
        source = self.model._meta.get_field(self.source)
        assert isinstance(source, SealedField)
        return source.purpose

    def compute(self, instance: models.Model, value: str) -> Any:
        """What is stored for this value."""
        raise TypeError(f"{type(self).__name__} does not say what it stores for {type(instance).__name__} {len(value)}")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002 - Django's signature
        """Compute it from the source; the instance shows it from now on."""
        value = getattr(model_instance, self.source)
        made = None if value is None else self.compute(model_instance, value)
        setattr(model_instance, self.attname, made)
        return made

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Watch partial saves: nobody else could notice that the digest was left behind."""
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            signals.pre_save.connect(self._refuse_partial_save, sender=cls)

    def _refuse_partial_save(self, update_fields: frozenset[str] | None = None, **_others: Any) -> None:
        if update_fields is not None and self.source in update_fields and self.name not in update_fields:
            raise BlindIndexForgotten(
                f"{self.model.__name__}.{self.source} is saved without {self.name}, which is computed from it.",
                mend=f"Add {self.name!r} to update_fields.",
            )

    def get_lookup(self, lookup_name: str) -> Any:
        """What digests can answer; anything else would be a wrong answer."""
        if lookup_name not in self.answers:
            raise SealedFieldMisused(f"{self.model.__name__}.{self.name} holds digests; they know no {lookup_name}.")
        return super().get_lookup(lookup_name)

    def deconstruct(self) -> Any:
        """The source is written into migrations; the purpose is the source's."""
        name, path, args, kwargs = super().deconstruct()
        for word in ("null", "editable"):
            kwargs.pop(word, None)
        return name, path, args, {**kwargs, "source": self.source}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """The source must be sealed text of the same purpose: rotation finds stale digests by the source's key."""
        source = self.model._meta.get_field(self.source)
        if isinstance(source, SealedField) and self.asked_purpose in {None, source.purpose}:
            return super().check(**kwargs)
        text = f"{self.model.__name__}.{self.name} needs a sealed source of its own purpose."
        return [*super().check(**kwargs), checks.Error(text, obj=self, id="vault.E002")]


class BlindIndexField(BlindField):
    """A digest of 16 bytes of the whole value; blank is NULL. Takes text in `exact` and `in`."""

    answers = frozenset({"exact", "in", "isnull"})

    def compute(self, instance: models.Model, value: str) -> bytes | None:
        """`blind.digest` of the value."""
        return blind.digest(place_of(self, instance)[0], self.purpose, value)

    def get_internal_type(self) -> str:
        """`bytea` in the database."""
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002 - Django's signature
        """Digests only."""
        return None if value is None else connection.Database.Binary(bytes(value))


class BlindWordsField(BlindField):
    """Digests of the different words as a sorted `bigint[]`. Takes text in `matches`: all of its words."""

    answers = frozenset({"matches", "isnull"})

    def compute(self, instance: models.Model, value: str) -> list[int]:
        """`blind.word_digests` of the value."""
        return blind.word_digests(place_of(self, instance)[0], self.purpose, value)

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        """Django has no word for it outside contrib.postgres."""
        return "bigint[]"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        """psycopg chooses the narrowest array that holds the numbers; the column is of bigint."""
        return "%s::bigint[]"


@BlindIndexField.register_lookup
class _Equal(lookups.Exact):
    """Equal under any living key."""

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return _among(self, [self.rhs], compiler, connection)


@BlindIndexField.register_lookup
class _In(lookups.In):
    """Any of several values, each under any living key."""

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return _among(self, list(self.rhs), compiler, connection)


@BlindWordsField.register_lookup
class _Matches(models.Lookup):
    """All words of a text, under any one living key. A text without words matches nothing."""

    lookup_name = "matches"

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        field = self.lhs.output_field
        column, params = self.process_lhs(compiler, connection)
        searches = [s for s in blind.word_searches(_workspace_of(field), field.purpose, self.rhs) if s]
        if not searches:
            return "false", ()
        clauses = " OR ".join([f"{column} @> %s::bigint[]"] * len(searches))
        return f"({clauses})", tuple(p for search in searches for p in (*params, search))


def _among(lookup: Any, values: list[Any], compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
    field = lookup.lhs.output_field
    column, params = lookup.process_lhs(compiler, connection)
    workspace_id = _workspace_of(field)
    wanted: list[bytes] = []
    for value in values:
        # A digest that was computed by `blind` is taken as it is.
        wanted += [value] if isinstance(value, bytes) else blind.digests(workspace_id, field.purpose, value)
    if not wanted:
        return "false", ()
    places = ", ".join(["%s"] * len(wanted))
    return f"{column} IN ({places})", (*params, *map(connection.Database.Binary, wanted))


def _workspace_of(field: AnyField) -> Any:
    return scope.current().workspace_id if belongs_to_workspace(field.model) else INSTANCE_ID
