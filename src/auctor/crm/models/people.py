"""Owners, companies, contacts and their addresses."""

from typing import ClassVar

from django.db import models
from django.db.models import Index

from auctor.crm.models.rows import PEOPLE, Sourced
from auctor.tenancy.rows import WorkspaceRow
from auctor.vault.blindfields import BlindIndexField, BlindWordsField
from auctor.vault.fields import SealedTextField
from auctor.vault.keyring import Purpose

Small = models.SmallIntegerField
Moment = models.DateTimeField
Uuid = models.UUIDField
Code = models.CharField


class Owner(Sourced):
    """A vendor's user. `member_id` is the member that they are here; without it no member owns their deals."""

    name = SealedTextField(purpose=Purpose.CONTACTS, null=True)
    name_words = BlindWordsField(source="name")
    email = SealedTextField(purpose=Purpose.CONTACTS, null=True)
    email_digest = BlindIndexField(source="email")
    address_id = Uuid(null=True)
    is_active = models.BooleanField(null=True)
    inactive_since = Moment(null=True)
    is_listed = models.BooleanField(default=True)
    member_id = Uuid(null=True)

    data_rule = PEOPLE

    class Meta:
        db_table = "crm_owner"
        indexes: ClassVar = [Index(fields=["workspace_id", "connection_id", "remote_id"], name="crm_owner_remote")]


class Company(Sourced):
    """A buyer's firm."""

    name = SealedTextField(purpose=Purpose.CONTACTS, null=True)
    name_words = BlindWordsField(source="name")
    country = Code(max_length=2, null=True)
    employees = models.IntegerField(null=True)

    data_rule = PEOPLE

    class Meta:
        db_table = "crm_company"
        indexes: ClassVar = [Index(fields=["workspace_id", "connection_id", "remote_id"], name="crm_company_remote")]


class Domain(WorkspaceRow):
    """A mail domain of a company, with a life of its own."""

    company_id = Uuid()
    domain = SealedTextField(purpose=Purpose.CONTACTS)
    domain_digest = BlindIndexField(source="domain")
    first_seen_at = Moment()
    last_confirmed_at = Moment()
    ended_at = Moment(null=True)

    data_rule = PEOPLE

    class Meta:
        db_table = "crm_domain"
        indexes: ClassVar = [
            Index(fields=["workspace_id", "company_id"], name="crm_domain_company"),
            Index(fields=["workspace_id", "domain_digest"], name="crm_domain_digest"),
        ]


class Contact(Sourced):
    """A person at a buyer's. `seniority` is derived from the title at ingest; NULL: no title is known."""

    company_id = Uuid(null=True)
    name = SealedTextField(purpose=Purpose.CONTACTS, null=True)
    name_words = BlindWordsField(source="name")
    title = SealedTextField(purpose=Purpose.CONTACTS, null=True)
    seniority = Small(null=True)
    titled_at = Moment(null=True)
    left_at = Moment(null=True)

    data_rule = PEOPLE

    class Meta:
        db_table = "crm_contact"
        indexes: ClassVar = [
            Index(fields=["workspace_id", "company_id"], name="crm_contact_company"),
            Index(fields=["workspace_id", "connection_id", "remote_id"], name="crm_contact_remote"),
        ]


class Address(WorkspaceRow):
    """An e-mail address or phone number that was seen. Evidence of who somebody is, never their key."""

    kind = Small()
    value = SealedTextField(purpose=Purpose.CONTACTS)
    value_digest = BlindIndexField(source="value")

    data_rule = PEOPLE

    class Meta:
        db_table = "crm_address"
        indexes: ClassVar = [Index(fields=["workspace_id", "value_digest"], name="crm_address_digest")]


class ContactPoint(WorkspaceRow):
    """An address that a contact has or had."""

    contact_id = Uuid()
    address_id = Uuid()
    first_seen_at = Moment()
    last_confirmed_at = Moment()
    ended_at = Moment(null=True)

    data_rule = PEOPLE

    class Meta:
        db_table = "crm_contactpoint"
        indexes: ClassVar = [
            Index(fields=["workspace_id", "contact_id"], name="crm_point_contact"),
            Index(fields=["workspace_id", "address_id"], name="crm_point_address"),
        ]
