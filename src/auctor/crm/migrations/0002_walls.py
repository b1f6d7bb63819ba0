"""The walls around the copy: a member sees own deals and what hangs on them, everybody else the workspace's."""

from django.db import migrations

from auctor.crm.walls import of_deal
from auctor.tenancy.policy import NOT_A_MEMBER, ProtectTable, through

DEAL = {"deal_id": "crm_deal"}
COMPANIES = f"{NOT_A_MEMBER} or {through('crm_company', 'crm_deal', 'id', 'company_id')}"
CONTACTS = f"{NOT_A_MEMBER} or {through('crm_contact', 'crm_dealcontact', 'id', 'contact_id')}"
DOMAINS = f"{NOT_A_MEMBER} or {through('crm_domain', 'crm_company', 'company_id')}"
POINTS = f"{NOT_A_MEMBER} or {through('crm_contactpoint', 'crm_contact', 'contact_id')}"
ADDRESSES = (
    f"{NOT_A_MEMBER} or {through('crm_address', 'crm_contactpoint', 'id', 'address_id')}"
    f" or {through('crm_address', 'crm_participant', 'id', 'address_id')}"
)
MERGES = (
    f"{NOT_A_MEMBER} or {through('crm_merge', 'crm_deal', 'root_id')}"
    f" or {through('crm_merge', 'crm_company', 'root_id')} or {through('crm_merge', 'crm_contact', 'root_id')}"
)


class Migration(migrations.Migration):
    """Tables that are written by the million (activities, participants, changes, intervals) have no foreign key: its
    checks took longer than the write. Their rows come with their deal, in one transaction, from one function.
    """

    dependencies = [("tenancy", "0001_workspace"), ("crm", "0001_copy")]
    operations = [
        ProtectTable("crm_terms"),
        ProtectTable("crm_rate"),
        ProtectTable("crm_customfield"),
        ProtectTable("crm_coverage"),
        ProtectTable("crm_raw", member_sql=NOT_A_MEMBER),
        ProtectTable("crm_import", member_sql=NOT_A_MEMBER),
        ProtectTable("crm_owner"),
        ProtectTable("crm_pipeline"),
        ProtectTable("crm_stage", references={"pipeline_id": "crm_pipeline"}),
        ProtectTable("crm_stageversion", references={"stage_id": "crm_stage"}),
        ProtectTable("crm_company", member_sql=COMPANIES),
        ProtectTable("crm_domain", member_sql=DOMAINS, references={"company_id": "crm_company"}),
        ProtectTable("crm_address", member_sql=ADDRESSES),
        ProtectTable(
            "crm_contact", member_sql=CONTACTS, references={"company_id": "crm_company"}, on_delete="NO ACTION"
        ),
        ProtectTable(
            "crm_contactpoint",
            member_sql=POINTS,
            references={"contact_id": "crm_contact", "address_id": "crm_address"},
        ),
        ProtectTable(
            "crm_deal",
            owner_column="owner_member_id",
            references={
                "company_id": "crm_company",
                "owner_id": "crm_owner",
                "pipeline_id": "crm_pipeline",
                "stage_id": "crm_stage",
            },
            on_delete="NO ACTION",
        ),
        ProtectTable("crm_merge", member_sql=MERGES),
        of_deal("crm_dealpause", references=DEAL),
        of_deal("crm_dealcontact", references={**DEAL, "contact_id": "crm_contact"}),
        of_deal("crm_dealchange"),
        of_deal("crm_stageinterval"),
        of_deal("crm_customvalue", references={**DEAL, "field_id": "crm_customfield"}),
        of_deal("crm_snapshot", references=DEAL),
        of_deal("crm_activity"),
        of_deal("crm_participant"),
    ]
