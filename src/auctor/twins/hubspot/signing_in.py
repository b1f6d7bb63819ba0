"""OAuth: tokens for codes and refresh tokens, what a token is, revoking, uninstalling."""

from auctor.twins.ground.consent import Refused
from auctor.twins.ground.messages import Answer, Request, to_json
from auctor.twins.hubspot.errors import VendorError, missing
from auctor.twins.hubspot.portal import APP_ID, HUB_ID, USER_ID, Portal
from auctor.twins.hubspot.tokens import LIFE, Access

# The vendor's own words for what went wrong with a grant.
STATUS = {
    "invalid_grant": "BAD_AUTH_CODE",
    "redirect_uri_mismatch": "MISMATCH_REDIRECT_URI_AUTH_CODE",
    "invalid_client_id": "BAD_CLIENT_ID",
    "invalid_client": "BAD_CLIENT_SECRET",
    "bad_refresh_token": "BAD_REFRESH_TOKEN",
    "unsupported_grant_type": "BAD_GRANT_TYPE",
}


def token(portal: Portal, request: Request) -> Answer:
    """POST token: a code or a refresh token for an access token; all values are in the body."""
    form = request.form()
    try:
        return to_json(_told(_exchange(portal, form)))
    except Refused as refused:
        word = STATUS[refused.error]
        oauth = {"error": _oauth_word(refused.error), "error_description": refused.description}
        return to_json({"status": word, "message": refused.description, **oauth}, 400)


def _exchange(portal: Portal, form: dict[str, str]) -> Access:
    match form.get("grant_type"):
        case "authorization_code":
            return portal.tokens.grant(portal.desk.redeem(form))
        case "refresh_token":
            client = portal.desk.client(form)
            grant = portal.tokens.grants.get(form.get("refresh_token", ""))
            if grant is None or grant.is_revoked or grant.client_id != client.id:
                raise Refused("bad_refresh_token", "missing or invalid refresh token")
            return portal.tokens.renew(grant)
    raise Refused("unsupported_grant_type", "missing or unknown grant type")


def _oauth_word(error: str) -> str:
    return {"bad_refresh_token": "invalid_grant", "redirect_uri_mismatch": "invalid_grant"}.get(
        error, "invalid_client" if error.startswith("invalid_client") else error
    )


def _told(access: Access) -> dict[str, object]:
    return {
        "token_type": "bearer",
        "access_token": access.token,
        "refresh_token": access.grant.refresh_token if access.grant else "",
        "expires_in": int(LIFE.total_seconds()),
        "hub_id": HUB_ID,
        "user_id": USER_ID,
        "scopes": sorted(access.scopes),
    }


def introspect(portal: Portal, request: Request) -> Answer:
    """What an access token opens, and for how long."""
    value = request.params.get("token") or request.form().get("token", "")
    try:
        access = portal.tokens.check(value)
    except VendorError as error:
        raise missing("Token not found") from error
    left = int((access.expires_at - portal.clock.now()).total_seconds()) if access.expires_at else 0
    return to_json({**_owner(value), "scopes": sorted(access.scopes), "expires_in": left, "token_type": "access"})


def describe_refresh(portal: Portal, request: Request) -> Answer:
    """What a refresh token stands for."""
    grant = portal.tokens.grants.get(request.params["token"])
    if grant is None or grant.is_revoked:
        raise missing("Refresh token not found")
    told = _owner(grant.refresh_token) | {"client_id": grant.client_id, "token_type": "refresh"}
    return to_json({**told, "scopes": sorted(grant.scopes)})


def _owner(value: str) -> dict[str, object]:
    return {
        "token": value,
        "user": "admin@northwind-instruments.example",
        "hub_domain": "northwind-instruments.example",
        "hub_id": HUB_ID,
        "app_id": APP_ID,
        "user_id": USER_ID,
    }


def revoke(portal: Portal, request: Request) -> Answer:
    """POST token/revoke: the refresh token ends; unknown ones are no error (RFC 7009)."""
    form = request.form()
    try:
        portal.desk.client(form)
    except Refused as refused:
        return to_json({"status": STATUS[refused.error], "message": refused.description}, 400)
    portal.tokens.revoke(form.get("token", ""))
    return Answer(200)


def forget_refresh(portal: Portal, request: Request) -> Answer:
    """DELETE of the older form; the token in the address is the proof."""
    if not portal.tokens.revoke(request.params["token"]):
        raise missing("Refresh token not found")
    return Answer(204)


def uninstall(portal: Portal, request: Request) -> Answer:
    """DELETE external-install: the application takes itself out of the account."""
    if portal.tokens.check(request.bearer()).is_private:
        raise VendorError(403, "INVALID_AUTHENTICATION", "This endpoint needs an OAuth token.")
    portal.tokens.uninstall()
    return Answer(204)
