"""What stands behind the ids and codes of facts."""

from pathlib import Path

import pytest

from auctor.crm.import_folder import import_folder
from auctor.crm.models.activities import Activity
from auctor.crm.models.deals import CustomField, CustomValue, Deal
from auctor.crm.naming import find_field_names, find_labels, find_values
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.crm.folders import write_folder


@pytest.fixture
def filled(acme: Company, tmp_path: Path) -> Company:
    """Acme after the import of one of everything."""
    with scope.enter(acme.admin):
        import_folder(acme.admin, folder=write_folder(tmp_path / "in"), now=NOW)
    return acme


class TestFindFieldNames:
    def test_opens_names_within_the_workspace(self, filled: Company, borealis: Company) -> None:
        with scope.enter(filled.admin):
            ids = list(CustomField.objects.values_list("id", flat=True))
            assert set(find_field_names(filled.admin, ids).values()) == {"Region"}
        with scope.enter(borealis.owner):
            assert find_field_names(borealis.owner, ids) == {}


class TestFindValues:
    def test_opens_one_value_for_each_code(self, filled: Company) -> None:
        with scope.enter(filled.admin):
            codes = set(CustomValue.objects.filter(code__isnull=False).values_list("field_id", "code"))
            told = find_values(filled.admin, codes)
        assert set(told) == codes
        assert {"North", "South"} <= set(told.values())

    def test_tells_members_those_of_their_own_deals(self, filled: Company) -> None:
        with scope.enter(filled.admin):
            codes = set(CustomValue.objects.filter(code__isnull=False).values_list("field_id", "code"))
            Deal.objects.update(owner_member_id=None)
        with scope.enter(filled.member):
            assert find_values(filled.member, codes) == {}


class TestFindLabels:
    def test_opens_one_label_for_each_code(self, filled: Company) -> None:
        with scope.enter(filled.admin):
            labelled = list(Activity.objects.filter(label_code__isnull=False))
            codes = {row.label_code for row in labelled}
            assert find_labels(filled.admin, codes) == {row.label_code: row.label for row in labelled}
            assert find_labels(filled.admin, []) == {}
