"""The wall around what is said of a deal, by whichever floor: for migrations."""

from collections.abc import Mapping

from auctor.tenancy.policy import NOT_A_MEMBER, ProtectTable, through


def of_deal(table: str, column: str = "deal_id", *, references: Mapping[str, str] | None = None) -> ProtectTable:
    """Rows that hang on the deal named in `column`: members see those of own deals."""
    return ProtectTable(
        table, member_sql=f"{NOT_A_MEMBER} or {through(table, 'crm_deal', column)}", references=references
    )
