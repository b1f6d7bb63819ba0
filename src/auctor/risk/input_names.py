"""The texts behind the inputs of a learnt model: stages, custom fields and their values, labels of activities.

What is learnt is kept by ids and blind codes; whoever asks has them opened as far as the row policies let them see.
"""

from collections.abc import Iterable
from uuid import UUID

from auctor.crm import naming
from auctor.crm.queries import stage_names
from auctor.tenancy.records import Actor

OTHER_VALUE = "a value of other deals"
OTHER_LABEL = "something on other deals"
OF_STAGES = ("stage", "before", "stages")


def find_names(actor: Actor, codes: Iterable[str]) -> dict[str, str]:
    """For each code of an input that stands for a customer's text, that text; see `learning.wording.name_of`."""
    parts = {code: code.split(".") for code in {code.removeprefix("recent.") for code in codes}}
    stages = {code: UUID(hex=told[1]) for code, told in parts.items() if told[0] in OF_STAGES}
    labels = {code: int(told[1]) for code, told in parts.items() if told[0] == "label"}
    fields = {code: UUID(hex=told[1]) for code, told in parts.items() if told[0] in ("custom", "number")}
    values = {code: (fields[code], int(parts[code][2])) for code in fields if parts[code][0] == "custom"}
    of_stages, of_labels = stage_names(set(stages.values())), naming.find_labels(actor, set(labels.values()))
    of_fields, of_values = naming.find_field_names(actor, fields.values()), naming.find_values(actor, values.values())
    found = {code: of_stages.get(stage, "one that is gone") for code, stage in stages.items()}
    found |= {code: of_labels.get(label, OTHER_LABEL) for code, label in labels.items()}
    found |= {code: of_fields.get(field, "one that is gone") for code, field in fields.items()}
    return found | {code: f"{found[code]} is {of_values.get(value, OTHER_VALUE)}" for code, value in values.items()}
