"""Django fields whose values are ciphertext in the database.

A sealed value is bound to its workspace, table, column and row, and only the instance knows all four: so it is opened
when the attribute is first read, and sealed in `pre_save`. The row's key must therefore be known before it is inserted
(uuid keys are). Rows without a `workspace_id` are sealed with the installation's own keys.

What SQL would have to read is refused: filters, lookups, ordering by expression, `update(name=…)`, `bulk_update`. Use
the blind fields of `blindfields.py` to find, `seal_many` to write many rows at once, `save` or `bulk_create` otherwise.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from auctor.kit.errors import AuctorError
from auctor.tenancy.records import INSTANCE_ID
from auctor.vault import keyring
from auctor.vault.keyring import Purpose

# Generic for the type checker only.
if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field


class SealedFieldMisused(AuctorError):
    """Code asked the database for what only the instance can answer."""

    code: ClassVar[str] = "vault.sealed_field_misused"
    status: ClassVar[int] = 500


class Sealed(bytes):
    """A value as it stands in the database. Shows nothing of itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<sealed, {len(self)} bytes>"

    __str__ = __repr__


class _OpenedOnAccess(DeferredAttribute):
    """Opens the value when it is first read and keeps the plaintext on the instance."""

    field: "SealedField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = self.field.open(instance, value)
        return value

    # Without a setter Python would read the instance's dictionary first and never come here.
    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value

    def __delete__(self, instance: models.Model) -> None:
        instance.__dict__.pop(self.field.attname, None)


class SealedField(AnyField):
    """What sealed fields share; use `SealedTextField` or `SealedJSONField`."""

    descriptor_class = _OpenedOnAccess
    empty_strings_allowed = False

    def __init__(self, *args: Any, purpose: Purpose | str = Purpose.CRM, **kwargs: Any) -> None:
        self.purpose = Purpose(purpose)
        super().__init__(*args, **kwargs)

    def encode(self, value: Any) -> bytes:
        """The plaintext's bytes."""
        raise TypeError(f"{type(self).__name__} does not say how it encodes {type(value).__name__}")

    def decode(self, plaintext: bytes) -> Any:
        """The inverse of `encode`."""
        raise TypeError(f"{type(self).__name__} does not say how it decodes {len(plaintext)} bytes")

    def open(self, instance: models.Model, value: Sealed) -> Any:
        """The plaintext of an instance's value. Raises a `VaultError`."""
        workspace_id, context = place_of(self, instance)
        return self.decode(keyring.open_(workspace_id, self.purpose, value, context=context))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:  # noqa: ARG002 - Django's signature
        """Seal what is set. An unread value passes as it is, after proof that it belongs to this row."""
        value = model_instance.__dict__.get(self.attname)
        workspace_id, context = place_of(self, model_instance)
        if isinstance(value, Sealed):
            plaintext = keyring.open_(workspace_id, self.purpose, value, context=context)
            # A rotation under way: old keys are not to be written any more.
            if value[: keyring.HEADER_BYTES] == keyring.current().header(workspace_id, self.purpose):
                return value
        else:
            value = getattr(model_instance, self.attname)
            if value is None:
                return None
            plaintext = self.encode(value)
        return Sealed(keyring.seal(workspace_id, self.purpose, plaintext, context=context))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002 - Django's signature
        """Only what was sealed, and NULL, reaches the database."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise SealedFieldMisused(
                f"{self._name()} is sealed and bound to its row; a plain value cannot be written in a query.",
                mend="Set the attribute and save() the instance, or use vault.fields.seal_many.",
            )
        return connection.Database.Binary(bytes(value))

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> Sealed | None:  # noqa: ARG002 - Django's signature
        """As it stands; `values()` shows no more than this."""
        return None if value is None else Sealed(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """`isnull` and nothing else."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise SealedFieldMisused(
            f"{self._name()} is sealed; the database cannot compare it ({lookup_name}).",
            mend="Find rows by a BlindIndexField or BlindWordsField, or by isnull.",
        )

    def get_transform(self, lookup_name: str) -> Any:
        """None exists for ciphertext."""
        return self.get_lookup(lookup_name)

    def get_internal_type(self) -> str:
        """`bytea` in the database."""
        return "BinaryField"

    def value_to_string(self, obj: models.Model) -> str:
        """Django's serializers would write plaintext into files."""
        raise SealedFieldMisused(f"{self._name()} of {type(obj).__name__} is sealed; it is not dumped.")

    def deconstruct(self) -> Any:
        """The purpose is written into migrations as its word."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": str(self.purpose)}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """A row is bound to by its uuid, which must be known before it is inserted."""
        key = self.model._meta.pk
        if isinstance(key, models.UUIDField) and key.has_default():
            return super().check(**kwargs)
        text = f"{self._name()} is sealed, but the row's key is no uuid that is made with the instance."
        return [*super().check(**kwargs), checks.Error(text, obj=self, id="vault.E001")]

    def _name(self) -> str:
        return f"{self.model.__name__}.{self.name}" if hasattr(self, "model") else "A sealed field"


class SealedTextField(SealedField):
    """Text of any length; NULL stays NULL, and an empty text is sealed like any other."""

    def encode(self, value: Any) -> bytes:
        """UTF-8. Raises `SealedFieldMisused` for anything but text."""
        if not isinstance(value, str):
            raise SealedFieldMisused(f"{self._name()} takes text, not {type(value).__name__}.")
        return value.encode()

    def decode(self, plaintext: bytes) -> str:
        """From UTF-8."""
        return plaintext.decode()


class SealedJSONField(SealedField):
    """A JSON value. None is NULL; a value changed in place is sealed anew at `save`."""

    def encode(self, value: Any) -> bytes:
        """Compact JSON in UTF-8. Raises `SealedFieldMisused` for what JSON cannot hold."""
        try:
            return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        except (TypeError, ValueError) as error:
            raise SealedFieldMisused(f"{self._name()} takes what JSON can hold: {error}.") from error

    def decode(self, plaintext: bytes) -> Any:
        """Lists and dicts are the instance's own; changing them changes what is saved."""
        return json.loads(plaintext)


def place_of(field: AnyField, instance: models.Model) -> tuple[UUID, bytes]:
    """(workspace, context) that a value of this instance is bound to. Raises `SealedFieldMisused` without a key."""
    workspace_id = instance.workspace_id if belongs_to_workspace(type(instance)) else INSTANCE_ID  # type: ignore[attr-defined]
    if instance.pk is None or workspace_id is None:
        raise SealedFieldMisused(
            f"{type(instance).__name__} has no workspace or no key yet; {field.name} is bound to both.",
            mend="Give it its workspace_id when it is made.",
        )
    return _uuid(workspace_id), contexts_of(field, [_uuid(instance.pk)])[0]


def _uuid(value: UUID | str) -> UUID:
    # Django lets an instance carry the text of a uuid until it is read back.
    return value if isinstance(value, UUID) else UUID(value)


@cache
def belongs_to_workspace(model: type[models.Model]) -> bool:
    """Whether its rows have a `workspace_id`; others are the installation's."""
    return any(field.attname == "workspace_id" for field in model._meta.concrete_fields)


def contexts_of(field: AnyField, rows: Iterable[UUID | bytes]) -> list[bytes]:
    """`table|column|` and the row's 16 bytes, for many rows."""
    before = f"{field.model._meta.db_table}|{field.column}|".encode()
    return [before + (row if isinstance(row, bytes) else row.bytes) for row in rows]


def sealed_field(model: type[models.Model], name: str) -> SealedField:
    """The sealed field of a model by its name."""
    field = model._meta.get_field(name)
    assert isinstance(field, SealedField)
    return field


def seal_many(
    model: type[models.Model], name: str, *, workspace_id: UUID, rows: Sequence[UUID | bytes], values: Sequence[Any]
) -> list[Sealed | None]:
    """Seal one column of many rows (their keys, or the 16 bytes of those), for imports; what comes back may be written
    by `update`, COPY or plain SQL.

    Call it inside the transaction that writes the rows: a rotation waits for that transaction.
    """
    field = sealed_field(model, name)
    present = [row for row, value in zip(rows, values, strict=True) if value is not None]
    plain = [field.encode(value) for value in values if value is not None]
    made = iter(keyring.current().seal_many(workspace_id, field.purpose, plain, contexts_of(field, present)))
    return [None if value is None else Sealed(next(made)) for value in values]


def open_many(
    model: type[models.Model],
    name: str,
    *,
    workspace_id: UUID,
    rows: Sequence[UUID],
    values: Sequence[bytes | None],
) -> list[Any]:
    """Open one column of many rows, as `values_list` or SQL gave them. Raises a `VaultError`."""
    field = sealed_field(model, name)
    present = [row for row, value in zip(rows, values, strict=True) if value is not None]
    sealed = [value for value in values if value is not None]
    opened = iter(keyring.current().open_many(workspace_id, field.purpose, sealed, contexts_of(field, present)))
    return [None if value is None else field.decode(next(opened)) for value in values]
