"""OAuth: codes with a verifier, refresh tokens that rotate, revoking."""

from typing import Any

from auctor.twins.ground.consent import Refused
from auctor.twins.ground.messages import Answer, Request, to_json
from auctor.twins.salesforce.errors import VendorError
from auctor.twins.salesforce.org import Org
from auctor.twins.salesforce.sessions import ORG_ID, Session


def token(org: Org, request: Request) -> Answer:
    """POST token. There is no `expires_in`: a session lives while it is used."""
    form = request.form()
    try:
        return to_json(_told(org, _exchange(org, form)))
    except Refused as refused:
        error = {"redirect_uri_mismatch": "invalid_grant"}.get(refused.error, refused.error)
        return to_json({"error": error, "error_description": refused.description}, 400)


def _exchange(org: Org, form: dict[str, str]) -> Session:
    match form.get("grant_type"):
        case "authorization_code":
            code = org.desk.redeem(form)
            return org.sessions.grant(code.client_id, code.scopes)
        case "refresh_token":
            client = org.desk.client(form)
            return org.sessions.renew(client.id, form.get("refresh_token", ""))
    raise Refused("unsupported_grant_type", "grant type not supported")


def _told(org: Org, session: Session) -> dict[str, Any]:
    return {
        "access_token": session.token,
        "refresh_token": session.grant.refresh_token,
        "signature": "c3RhbmQtaW4=",
        "scope": " ".join(session.grant.scopes),
        "instance_url": org.address,
        "id": f"{org.address}/id/{ORG_ID}/{org.user_id}",
        "token_type": "Bearer",
        "issued_at": str(int(org.clock.now().timestamp() * 1000)),
    }


def revoke(org: Org, request: Request) -> Answer:
    """POST revoke: a refresh token ends everything, an access token only itself."""
    value = request.form().get("token") or request.first("token")
    grant = org.sessions.find(value)
    if grant is not None and not grant.is_revoked:
        org.sessions.revoke(grant)
        return Answer(200)
    if org.sessions.open.pop(value, None):
        return Answer(200)
    return to_json({"error": "unsupported_token_type", "error_description": "this token type is not supported"}, 400)


def introspect(org: Org, request: Request) -> Answer:
    """POST introspect: whether a token is good."""
    form = request.form()
    try:
        client = org.desk.client(form)
        session = org.sessions.open[form.get("token", "")]
        org.sessions.check(session.token, org.settings.session_seconds)
    except Refused as refused:
        return to_json({"error": refused.error, "error_description": refused.description}, 401)
    except (KeyError, VendorError):
        return to_json({"active": False})
    return to_json({"active": True, "client_id": client.id, "scope": " ".join(session.grant.scopes)})
