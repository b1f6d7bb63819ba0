"""The texts behind the inputs of a learnt model."""

from pathlib import Path
from uuid import uuid4

from auctor.crm.import_folder import import_folder
from auctor.crm.models.activities import Activity
from auctor.crm.models.deals import CustomValue, Deal
from auctor.risk.input_names import find_names
from auctor.risk.learning.wording import name_of
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import write_folder


class TestFindNames:
    def test_names_stages_fields_values_and_labels(self, acme: Company, tmp_path: Path) -> None:
        with scope.enter(acme.admin):
            import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
            deal = Deal.objects.get(remote_id="d1")
            value = CustomValue.objects.get(deal_id=deal.id)
            activity = Activity.objects.filter(deal_id=deal.id, label_code__isnull=False)[0]
            codes = [
                f"stage.{deal.stage_id.hex}",
                f"custom.{value.field_id.hex}.{value.code}",
                f"number.{value.field_id.hex}",
                f"recent.label.{activity.label_code}",
                "severity.stage_stall",
            ]
            names = find_names(acme.admin, codes)
        assert [name_of(code, names) for code in codes] == [
            "Stage: Negotiation",
            f"Field: Region is {value.value}",
            "Field: Region",
            f"Activities labelled: {activity.label}, in 14 days",
            "Signal: stage stall",
        ]

    def test_shows_no_code_of_what_is_not_there(self, acme: Company) -> None:
        gone = uuid4().hex
        codes = [f"before.{gone}", f"custom.{gone}.12", "label.-7"]
        with scope.enter(acme.admin):
            names = find_names(acme.admin, codes)
        assert not any(gone in name_of(code, names) or "-7" in name_of(code, names) for code in codes)
