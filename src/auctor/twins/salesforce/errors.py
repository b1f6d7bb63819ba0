"""What Salesforce says when it refuses: an array of problems."""

from dataclasses import dataclass, field
from typing import Any

from auctor.twins.ground.messages import Answer, Refusal, to_json


@dataclass
class VendorError(Refusal):
    """One problem; `fields` are the names that it is about."""

    code: str
    message: str
    status: int = 400
    fields: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """As one element of the array."""
        about = {"fields": self.fields} if self.fields else {}
        return {"message": self.message, "errorCode": self.code, **about}

    def in_row(self) -> dict[str, Any]:
        """As one error of a row in a collection."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields}


def to_answer(error: VendorError) -> Answer:
    """The body as the vendor writes it."""
    return to_json([error.told()], error.status)


def unknown_field(name: str, kind: str) -> VendorError:
    """A field that is not there, or hidden from this user."""
    message = (
        f"No such column '{name}' on entity '{kind}'. If you are attempting to use a custom field, be sure to append"
        " the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate"
        " names."
    )
    return VendorError("INVALID_FIELD", message)


def not_found(message: str = "Provided external ID field does not exist or is not accessible: Id") -> VendorError:
    """404: no such record, or no such thing."""
    return VendorError("NOT_FOUND", message, 404)


def left_out(what: str) -> VendorError:
    """501: part of the vendor, and not of the stand-in."""
    message = f"The stand-in for Salesforce has no {what}; BEHAVIOUR.md lists what it leaves out."
    return VendorError("NOT_IN_THE_STAND_IN", message, 501)
