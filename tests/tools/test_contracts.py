"""The contract of what a package keeps to itself."""

import grimp
import pytest

from tools.contracts import KeptInsideContract


@pytest.fixture
def contract() -> KeptInsideContract:
    options = {"root": "shop", "file_name": "models"}
    return KeptInsideContract(name="kept", session_options={}, contract_options=options)


def graph(*imports: tuple[str, str]) -> grimp.ImportGraph:
    made = grimp.ImportGraph()
    for importer, imported in imports:
        for module in (importer, imported):
            made.add_module(module)
        made.add_import(importer=importer, imported=imported)
    return made


class TestCheck:
    def test_lets_a_package_use_its_own_tables(self, contract: KeptInsideContract) -> None:
        assert contract.check(graph(("shop.till.queries", "shop.till.models")), verbose=False).kept

    @pytest.mark.parametrize("tables", ["shop.till.models", "shop.till.models.receipts"])
    def test_finds_who_reaches_into_another_package(self, contract: KeptInsideContract, tables: str) -> None:
        checked = contract.check(graph(("shop.store.queries", tables)), verbose=False)
        assert not checked.kept
        assert checked.metadata["illegal"] == [("shop.store.queries", tables)]

    def test_leaves_other_modules_alone(self, contract: KeptInsideContract) -> None:
        assert contract.check(graph(("shop.store.queries", "shop.till.records")), verbose=False).kept
