"""The objects of a Salesforce organisation and their fields, written as short as they can be read.

A field is `Name:type:flags`; flags are `c` createable, `u` updateable, `!` required, `x` external id. References name
their targets in parentheses. Names, types and flags are those of the vendor's descriptions (v59).
"""

import re
from dataclasses import dataclass, replace

SYSTEM = (
    "Id:id IsDeleted:boolean CreatedDate:datetime CreatedById:reference(User) LastModifiedDate:datetime"
    " LastModifiedById:reference(User) SystemModstamp:datetime"
)
# Object -> key prefix, labels, fields.
_OBJECTS = {
    "Organization": ("00D", "Organization", "Name:string TimeZoneSidKey:picklist LanguageLocaleKey:picklist"
        " DefaultLocaleSidKey:picklist OrganizationType:picklist IsSandbox:boolean InstanceName:string"
        " FiscalYearStartMonth:int Country:string"),
    "User": ("005", "Users", "Username:string Name:string FirstName:string LastName:string Email:email"
        " IsActive:boolean UserType:picklist TimeZoneSidKey:picklist LocaleSidKey:picklist"
        " ManagerId:reference(User) UserRoleId:reference(UserRole) Title:string"),
    "Account": ("001", "Accounts", "MasterRecordId:reference(Account) Name:string:cu! Type:picklist:cu"
        " ParentId:reference(Account):cu Website:url:cu Phone:phone:cu Industry:picklist:cu AccountNumber:string:cu"
        " BillingCountry:string:cu NumberOfEmployees:int:cu AnnualRevenue:currency:cu Description:textarea:cu"
        " OwnerId:reference(User):cu LastActivityDate:date"),
    "Contact": ("003", "Contacts", "MasterRecordId:reference(Contact) AccountId:reference(Account):cu"
        " LastName:string:cu! FirstName:string:cu Name:string Email:email:cu Phone:phone:cu MobilePhone:phone:cu"
        " Title:string:cu Department:string:cu ReportsToId:reference(Contact):cu Description:textarea:cu"
        " OwnerId:reference(User):cu LastActivityDate:date"),
    "RecordType": ("012", "Record Types", "Name:string:cu DeveloperName:string:cu SobjectType:picklist:c"
        " IsActive:boolean:cu BusinessProcessId:reference(BusinessProcess):cu Description:string:cu"),
    "Opportunity": ("006", "Opportunities", "AccountId:reference(Account):cu RecordTypeId:reference(RecordType):cu"
        " Name:string:cu! Description:textarea:cu StageName:picklist:cu! Amount:currency:cu Probability:percent:cu"
        " ExpectedRevenue:currency CloseDate:date:cu! Type:picklist:cu NextStep:string:cu LeadSource:picklist:cu"
        " IsClosed:boolean IsWon:boolean ForecastCategory:picklist ForecastCategoryName:picklist:cu"
        " HasOpportunityLineItem:boolean OwnerId:reference(User):cu LastActivityDate:date"
        " LastStageChangeDate:datetime FiscalQuarter:int FiscalYear:int Fiscal:string ContactId:reference(Contact):c"
        " IsPrivate:boolean:cu"),
    "OpportunityContactRole": ("00K", "Opportunity Contact Role", "OpportunityId:reference(Opportunity):c!"
        " ContactId:reference(Contact):cu! Role:picklist:cu IsPrimary:boolean:cu"),
    "OpportunityHistory": ("008", "Opportunity: Stage History", "OpportunityId:reference(Opportunity)"
        " StageName:picklist Amount:currency Probability:percent ExpectedRevenue:currency CloseDate:date"
        " ForecastCategory:picklist PrevAmount:currency PrevCloseDate:date"),
    "OpportunityFieldHistory": ("017", "Opportunity Field History", "OpportunityId:reference(Opportunity)"
        " Field:picklist DataType:picklist OldValue:anyType NewValue:anyType"),
    "OpportunityStage": ("01J", "Opportunity Stage", "MasterLabel:string ApiName:string IsActive:boolean SortOrder:int"
        " IsClosed:boolean IsWon:boolean ForecastCategory:picklist ForecastCategoryName:picklist"
        " DefaultProbability:percent Description:string"),
    "Task": ("00T", "Tasks", "WhoId:reference(Contact):cu WhatId:reference(Opportunity,Account):cu"
        " Subject:combobox:cu ActivityDate:date:cu Status:picklist:cu Priority:picklist:cu IsHighPriority:boolean"
        " OwnerId:reference(User):cu Description:textarea:cu AccountId:reference(Account) IsClosed:boolean"
        " IsArchived:boolean TaskSubtype:picklist:c CallType:picklist:cu CallDurationInSeconds:int:cu"
        " CallDisposition:string:cu CompletedDateTime:datetime"),
    "Event": ("00U", "Events", "WhoId:reference(Contact):cu WhatId:reference(Opportunity,Account):cu"
        " Subject:combobox:cu Location:string:cu IsAllDayEvent:boolean:cu ActivityDateTime:datetime:cu"
        " ActivityDate:date:cu DurationInMinutes:int:cu StartDateTime:datetime:cu EndDateTime:datetime:cu"
        " Description:textarea:cu AccountId:reference(Account) OwnerId:reference(User):cu ShowAs:picklist:cu"
        " IsChild:boolean IsGroupEvent:boolean IsArchived:boolean EventSubtype:picklist:c"),
    "EventRelation": ("0RE", "Event Relations", "RelationId:reference(Contact,User):c EventId:reference(Event):c"
        " Status:picklist:cu RespondedDate:datetime:cu Response:string:cu"),
    "EmailMessage": ("02s", "Email Messages", "ActivityId:reference(Task) Subject:string:cu TextBody:textarea:cu"
        " HtmlBody:textarea:cu FromAddress:email:cu FromName:string:cu ToAddress:string:cu CcAddress:string:cu"
        " Incoming:boolean:cu Status:picklist:cu MessageDate:datetime:cu MessageIdentifier:string:cu"
        " ThreadIdentifier:string:cu RelatedToId:reference(Opportunity,Account):cu"),
    "CurrencyType": ("01L", "Currency Types", "IsoCode:picklist ConversionRate:double DecimalPlaces:int"
        " IsActive:boolean IsCorporate:boolean"),
    "DatedConversionRate": ("04w", "Dated Conversion Rates", "IsoCode:picklist StartDate:date NextStartDate:date"
        " ConversionRate:double"),
    "PermissionSet": ("0PS", "Permission Sets", "Name:string Label:string"),
    "FieldPermissions": ("01k", "Field Permissions", "ParentId:reference(PermissionSet):c! SobjectType:picklist:c!"
        " Field:picklist:c! PermissionsRead:boolean:cu PermissionsEdit:boolean:cu"),
}  # fmt: skip
# Only where an organisation has several currencies.
CURRENCY_OBJECTS = ("CurrencyType", "DatedConversionRate")
IN_CURRENCY = ("Opportunity", "Account", "OpportunityHistory", "User")
# System fields that the vendor does not have everywhere.
LACKS = {
    **dict.fromkeys(("Organization", "User", "RecordType", "OpportunityStage"), frozenset({"isdeleted"})),
    "OpportunityHistory": {"lastmodifieddate", "lastmodifiedbyid"},
    "OpportunityFieldHistory": {"lastmodifieddate", "lastmodifiedbyid", "systemmodstamp"},
}
# Nobody writes these through the API, whatever their fields say.
READ_ONLY = (
    "Organization", "User", "RecordType", "OpportunityHistory", "OpportunityFieldHistory", "OpportunityStage",
    "CurrencyType", "DatedConversionRate", "PermissionSet",
)  # fmt: skip
MERGEABLE = ("Account", "Contact")
CHILDREN = {
    ("Account", "Opportunities"): ("Opportunity", "AccountId"),
    ("Account", "Contacts"): ("Contact", "AccountId"),
    ("Opportunity", "OpportunityContactRoles"): ("OpportunityContactRole", "OpportunityId"),
    ("Opportunity", "OpportunityHistories"): ("OpportunityHistory", "OpportunityId"),
    ("Opportunity", "Histories"): ("OpportunityFieldHistory", "OpportunityId"),
    ("Opportunity", "Tasks"): ("Task", "WhatId"),
    ("Opportunity", "Events"): ("Event", "WhatId"),
    ("Event", "EventRelations"): ("EventRelation", "EventId"),
}
_PATTERN = re.compile(r"(\w+):(\w+)(?:\(([\w,]+)\))?(?::([cu!x]+))?")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object."""

    name: str
    type: str
    targets: tuple[str, ...] = ()
    is_createable: bool = False
    is_updateable: bool = False
    is_required: bool = False
    is_external_id: bool = False
    label: str = ""

    @property
    def relationship(self) -> str:
        """The name under which the record behind a reference is reached."""
        if self.type != "reference":
            return ""
        return f"{self.name[:-3]}__r" if self.name.endswith("__c") else self.name.removesuffix("Id")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of records; `fields` by lower-case name, because names know no case."""

    name: str
    prefix: str
    plural: str
    fields: dict[str, Field]

    @property
    def is_writable(self) -> bool:
        """Whether records are made through the API."""
        return self.name not in READ_ONLY

    def with_field(self, added: Field) -> "Kind":
        """The same with one field more."""
        return replace(self, fields={**self.fields, added.name.lower(): added})


def parse_fields(text: str) -> dict[str, Field]:
    """Fields by lower-case name."""
    found = {}
    for name, kind, targets, flags in _PATTERN.findall(text):
        found[name.lower()] = Field(
            name, kind, tuple(filter(None, targets.split(","))), "c" in flags, "u" in flags, "!" in flags, "x" in flags
        )
    return found


def kinds() -> dict[str, Kind]:
    """Every kind of an organisation with several currencies, by lower-case name."""
    made = {}
    for name, (prefix, plural, text) in _OBJECTS.items():
        currency = "CurrencyIsoCode:picklist:cu" if name in IN_CURRENCY else ""
        fields = parse_fields(f"{SYSTEM} {text} {currency}")
        kept = {key: one for key, one in fields.items() if key not in LACKS.get(name, ())}
        made[name.lower()] = Kind(name, prefix, plural, kept)
    return made
