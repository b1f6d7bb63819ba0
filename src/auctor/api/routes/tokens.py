"""API tokens. They are made by people on the page, which asks for password and code; here they are seen and revoked."""

from datetime import UTC, datetime
from uuid import UUID

from ninja import Query, Schema

from auctor.api.door import ApiRequest, Door
from auctor.api.values import Flag
from auctor.identity import tokens
from auctor.identity.records import TokenRecord
from auctor.tenancy.permissions import Permission

door = Door(tags=["tokens"])


class TokenOut(Schema):
    """A token without its secret."""

    id: UUID
    member_id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenFilter(Schema):
    """Whose tokens to list."""

    of_all: Flag = False


@door.read("/tokens", permission=Permission.TOKEN_READ, response=list[TokenOut])
def list_tokens(request: ApiRequest, filters: Query[TokenFilter]) -> list[TokenOut]:
    """One's own tokens; with `of_all` everybody's, for those who manage members."""
    return [_to_out(found) for found in tokens.list_tokens(request.actor, of_all=filters.of_all)]


@door.write("/tokens/{token_id}", method="DELETE", permission=Permission.TOKEN_WRITE, response=TokenOut)
def revoke_token(request: ApiRequest, token_id: UUID) -> TokenOut:
    """Make a token useless at once; also the one that asks."""
    return _to_out(tokens.revoke_token(request.actor, token_id=token_id, now=datetime.now(UTC)))


def _to_out(found: TokenRecord) -> TokenOut:
    return TokenOut(
        id=found.id,
        member_id=found.member_id,
        name=found.name,
        prefix=found.prefix,
        scopes=[scope.value for scope in found.scopes],
        created_at=found.created_at,
        expires_at=found.expires_at,
        last_used_at=found.last_used_at,
        revoked_at=found.revoked_at,
    )
