"""What holds for every operation there is, whatever it does."""

import re
from uuid import uuid4

from auctor.api.application import describe
from auctor.tenancy.permissions import PERMISSIONS_OF, Permission
from tests.api.calling import Program, program_of
from tests.api.tries import TRIES, Try
from tests.cast import Company

NEED_A_QUERY = {
    operation["operationId"]
    for operations in describe()["paths"].values()
    for operation in operations.values()
    if any(one["in"] == "query" and one.get("required") for one in operation.get("parameters", []))
}


def declared() -> list[Try]:
    """Every operation there is, with ids of nothing in its path."""
    nothing = {"signal": "buyer_silence"}
    return [
        Try(
            operation["operationId"],
            method.upper(),
            re.sub(r"\{(\w+)\}", lambda found: nothing.get(found[1], str(uuid4())), path.removeprefix("/api/v1")),
            Permission(operation["x-permission"]),
            body={} if "requestBody" in operation else None,
        )
        for path, operations in describe()["paths"].items()
        for method, operation in operations.items()
    ]


def lacks_words(one: Try) -> bool:
    """Whether an operation asks for more than its path tells: a body, or a query without which it cannot answer."""
    return one.body == {} or one.operation in NEED_A_QUERY


class TestOperations:
    def test_are_what_is_tried_below(self) -> None:
        known = {(one.operation, one.method, one.permission) for one in declared()}
        assert {(one.operation, one.method, one.permission) for one in TRIES} <= known

    def test_answer_nobody_without_a_token_that_is_known(self, acme: Company) -> None:
        for number, one in enumerate(declared()):
            for token in ("", "auctor_" + "x" * 43):
                guesser = Program(token, address=f"192.0.2.{number}")
                assert guesser.call(one.method, one.path, one.body).status_code == 401, one

    def test_refuse_roles_and_tokens_without_the_permission(self, acme: Company) -> None:
        for one in declared():
            without = [acme.of(role) for role, held in PERMISSIONS_OF.items() if one.permission not in held]
            other = Permission.SELF_READ if one.permission is not Permission.SELF_READ else Permission.DEAL_READ
            programs = [*(program_of(actor) for actor in without), program_of(acme.owner, {other})]
            for program in programs:
                response = program.call(one.method, one.path, one.body)
                # A body and a query that must be given are read before anybody is asked for a permission.
                assert response.status_code == 403 or (lacks_words(one) and response.status_code == 422), one

    def test_refuse_a_query_that_they_do_not_have(self, acme: Company) -> None:
        for one in declared():
            response = program_of(acme.owner).call(one.method, f"{one.path}?colour=red", one.body)
            assert response.status_code == 400 or (lacks_words(one) and response.status_code == 422), one
