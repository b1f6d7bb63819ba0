"""What HubSpot says when it refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from auctor.twins.ground.messages import Answer, Refusal, to_json


@dataclass
class VendorError(Refusal):
    """A refusal; `more` are further members of its body."""

    status: int
    category: str
    message: str
    more: Mapping[str, Any] = field(default_factory=dict)


def to_answer(error: VendorError, number: int) -> Answer:
    """The body as the vendor writes it. `number` makes the correlation id, so that the same run says the same."""
    body = {
        "status": "error",
        "message": error.message,
        "correlationId": correlation(number),
        "category": error.category,
        **error.more,
    }
    return to_json(body, error.status)


def correlation(number: int) -> str:
    """An id for the support of the vendor."""
    return str(UUID(int=(0x7E57 << 112) + (4 << 76) + (8 << 60) + number))


def invalid(message: str, **more: Any) -> VendorError:
    """400: the request itself is wrong."""
    return VendorError(400, "VALIDATION_ERROR", message, more)


def missing(message: str = "resource not found") -> VendorError:
    """404."""
    return VendorError(404, "OBJECT_NOT_FOUND", message)


def unauthenticated() -> VendorError:
    """401 without a token, or with one that nobody gave out."""
    return VendorError(
        401,
        "INVALID_AUTHENTICATION",
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details"
        " at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
    )


def left_out(what: str) -> VendorError:
    """501: part of the vendor, and not of the stand-in."""
    message = f"The stand-in for HubSpot has no {what}; BEHAVIOUR.md lists what it leaves out."
    return VendorError(501, "NOT_IN_THE_STAND_IN", message)


def expired(seconds: int) -> VendorError:
    """401 with a token that was good."""
    message = f"The OAuth token used to make this call expired {seconds} second(s) ago."
    return VendorError(401, "EXPIRED_AUTHENTICATION", message)


def missing_scopes(scopes: Sequence[str]) -> VendorError:
    """403: the person did not grant this."""
    message = (
        "This app hasn't been granted all required scopes to make this call. Read more about required scopes here:"
        " https://developers.hubspot.com/scopes."
    )
    detail = {"message": "One or more of the following scopes are required."}
    errors = [{**detail, "context": {"requiredGranularScopes": list(scopes)}}]
    return VendorError(403, "MISSING_SCOPES", message, {"errors": errors})


def too_many(policy: str, app: int, portal: int) -> VendorError:
    """429. `policy` is SECONDLY (search), TEN_SECONDLY_ROLLING or DAILY; there is no Retry-After."""
    more = {"errorType": "RATE_LIMIT", "policyName": policy, "groupName": f"publicapi:app:{portal}:{app}"}
    return VendorError(429, "RATE_LIMITS", f"You have reached your {policy.lower()} limit.", more)


def values_refused(problems: Sequence[Mapping[str, str]]) -> VendorError:
    """400: properties that the account's rules refuse; each problem has `name`, `error` and `message`."""
    told = [{"isValid": False, "localizedErrorMessage": p["message"], **p} for p in problems]
    errors = [{"message": p["message"], "code": p["error"], "context": {"propertyName": [p["name"]]}} for p in problems]
    text = str(told).replace("'", '"').replace("False", "false")
    return invalid(f"Property values were not valid: {text}", errors=errors)
