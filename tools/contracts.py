"""One contract of our own for import-linter: what a package keeps to itself.

`pyproject.toml` names it under [tool.importlinter]. The built-in "protected" contract needs one entry
per package and so forgets the package that was added yesterday; this one holds for all of them.
"""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class KeptInsideContract(Contract):
    """Modules of a given file name (say `models`) are imported by nobody outside their own top package."""

    type_name = "kept_inside"

    root = fields.StringField()
    file_name = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find every import of such a module from another top package."""
        del verbose  # part of import-linter's interface; there is nothing more to tell
        illegal = [
            (importer, module)
            for module in sorted(graph.modules)
            if self._is_kept(module)
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if _top_package(importer) != _top_package(module)
        ]
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that has to go."""
        for importer, module in check.metadata["illegal"]:
            output.print_error(f"{importer} imports {module}", bold=False)
        output.new_line()

    def _is_kept(self, module: str) -> bool:
        """True for auctor.crm.models and auctor.crm.models.deals, not for auctor.models."""
        parts = module.split(".")
        return parts[0] == str(self.root) and str(self.file_name) in parts[2:]


def _top_package(module: str) -> str:
    return ".".join(module.split(".")[:2])
