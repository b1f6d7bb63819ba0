"""Audit tags, from audit.tags."""

from collections import defaultdict

from tools.chapters.markdown import Chapter, code

SOURCE = "auctor.audit.tags"
ABOUT = (
    "Every entry of the audit log carries one of these tags: what happened, as `thing:act`. Entries hold "
    "ids, field names and outcomes; never a name, an address, a value or free text."
)


def chapter() -> Chapter:
    """The page of audit tags, grouped by the thing they speak of."""
    from auctor.audit.tags import AuditTag

    groups: dict[str, list[str]] = defaultdict(list)
    for tag in AuditTag:
        groups[tag.value.split(":")[0]].append(tag.value)
    lines = [f"- **{thing}**: {', '.join(code(tag) for tag in sorted(tags))}" for thing, tags in sorted(groups.items())]
    return Chapter("audit-tags", "Audit tags", ABOUT, "\n".join(lines))
