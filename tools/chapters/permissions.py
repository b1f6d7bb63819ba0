"""Permissions and roles, from tenancy.permissions."""

from tools.chapters.markdown import Chapter, code, table

SOURCE = "auctor.tenancy.permissions"
ABOUT = (
    "A permission says what may be done. Which rows it is done to is said by the row policies of the "
    "database: a member sees only deals and contacts of their own, whatever their permissions. API tokens "
    "hold a subset of the permissions of the member they belong to."
)


def chapter() -> Chapter:
    """The page of permissions with the matrix of roles."""
    from auctor.tenancy.permissions import HARMLESS_WHEN_READ_ONLY, PERMISSIONS_OF, Permission, Role

    roles = list(Role)
    rows = [
        [
            code(permission.value),
            *("yes" if permission in PERMISSIONS_OF[role] else "–" for role in roles),
            "yes" if permission in HARMLESS_WHEN_READ_ONLY else "–",
        ]
        for permission in Permission
    ]
    headers = ["Permission", *(role.value for role in roles), "when read-only"]
    note = "\n\n*When read-only*: what stays possible in a workspace whose pilot has ended."
    return Chapter("permissions", "Permissions", ABOUT, table(headers, rows) + note)
