"""Who may change whom. Pure."""

from auctor.tenancy.permissions import PERMISSIONS_OF, Permission, Role


def may_assign(own: Role | None, *, before: Role | None, after: Role | None) -> bool:
    """Whether somebody with the role `own` may change another's role (None: not a member) from `before` to `after`.

    Owners may everything; admins everything but making, changing or removing owners. `own` None is the console.
    """
    if own is None or own is Role.OWNER:
        return True
    return own is Role.ADMIN and Role.OWNER not in {before, after}


def leaves_no_owner(*, owners: int, before: Role, after: Role | None) -> bool:
    """Whether the change takes the last owner (one of `owners`) away."""
    return before is Role.OWNER and after is not Role.OWNER and owners <= 1


def scopes_beyond(role: Role, scopes: frozenset[Permission]) -> frozenset[Permission]:
    """The scopes that a member with this role cannot give to a token, because they do not hold them."""
    return scopes - PERMISSIONS_OF[role]
