from uuid import UUID, uuid4

import pytest

from auctor.jobs.arguments import ArgumentRefused, OrderForged, check_ids, pack, unpack
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import INSTANCE_ID, Actor, ActorKind

ALICE = Actor(
    kind=ActorKind.PERSON,
    workspace_id=uuid4(),
    user_id=uuid4(),
    member_id=uuid4(),
    role=Role.OWNER,
    request_id="3Qf-8",
)


class TestCheckIds:
    def test_takes_ids_as_strings(self) -> None:
        deal = UUID("019a0000-0000-7000-8000-000000000001")
        assert check_ids({"deal_id": deal, "page": 3, "vendor": "salesforce"}) == {
            "deal_id": "019a0000-0000-7000-8000-000000000001",
            "page": "3",
            "vendor": "salesforce",
        }

    @pytest.mark.parametrize(
        "value",
        ["Acme Corp", "alice@acme.example", "", "x" * 65, "a\nb", "a\x00", "naïve", True, None, ["id"], {"a": 1}],
    )
    def test_refuses_anything_else_without_repeating_it(self, value: object) -> None:
        with pytest.raises(ArgumentRefused) as caught:
            check_ids({"subject": value})  # type: ignore[dict-item]
        assert "Acme" not in str(caught.value)
        assert "alice" not in str(caught.value)

    @pytest.mark.parametrize("key", ["workspace_id", "asked_by", "seal", "now", "Deal", "deal-id", ""])
    def test_refuses_names_that_are_ours_or_odd(self, key: str) -> None:
        with pytest.raises(ArgumentRefused):
            check_ids({key: "1"})


class TestUnpack:
    def test_gives_back_what_was_packed(self) -> None:
        order = unpack("crm.sync", pack(ALICE, "crm.sync", {"deal_id": "7"}))
        assert (order.workspace_id, order.request_id, order.ids) == (ALICE.workspace_id, "3Qf-8", {"deal_id": "7"})

    def test_acts_as_the_product_in_the_workspace(self) -> None:
        actor = unpack("crm.sync", pack(ALICE, "crm.sync", {})).actor("crm.sync")
        assert actor == Actor(
            kind=ActorKind.SYSTEM, workspace_id=ALICE.workspace_id, name="crm.sync", request_id="3Qf-8"
        )

    def test_knows_work_of_the_installation_by_its_missing_workspace(self) -> None:
        packed = pack(Actor.system(None, "timetable"), "jobs.prune", {})
        assert packed["workspace_id"] == str(INSTANCE_ID)
        assert unpack("jobs.prune", packed).workspace_id is None

    @pytest.mark.parametrize(
        "change",
        [
            {"workspace_id": str(uuid4())},
            {"deal_id": "8"},
            {"more": "1"},
            {"seal": ""},
            {"seal": "0" * 64},
            {"asked_by": str(uuid4())},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_refuses_what_was_changed(self, change: dict[str, str]) -> None:
        packed = pack(ALICE, "crm.sync", {"deal_id": "7"})
        with pytest.raises(OrderForged):
            unpack("crm.sync", packed | change)

    def test_refuses_the_order_of_another_job(self) -> None:
        with pytest.raises(OrderForged):
            unpack("crm.erase", pack(ALICE, "crm.sync", {"deal_id": "7"}))

    def test_refuses_an_empty_order(self) -> None:
        with pytest.raises(OrderForged):
            unpack("crm.sync", {})
