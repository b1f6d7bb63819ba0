"""The made-up pipeline of `signals_world` as rows of the copy, written by the import's own writer.

Ids count up in the order of deals, as the import makes them. Names are sealed and searchable, as they are in use.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
import polars as pl

from auctor.signals.vocabulary import DAY, NEVER, Field, StageKind
from bench.support.signals_world import OWNERS, PIPELINES, STAGES, Pipeline
from bench.support.stored_activities import StoredActivities
from bench.support.stored_rows import COMPANY, CONTACT, DEAL, MOMENT, OTHER, OWNER, PIPELINE, STAGE, Placed, ids

SURNAMES: Final = ("Ahlers", "Baumann", "Costa", "Dvořák", "Eriksen", "Fontaine", "Grillo", "Haas", "Ivanova", "Jansen")
PLACES: Final = (
    "Aarau",
    "Bergen",
    "Cádiz",
    "Delft",
    "Exeter",
    "Fulda",
    "Graz",
    "Halle",
    "Ivrea",
    "Jena",
    "Kiel",
    "Lyon",
)
THINGS: Final = ("pumps", "licences", "renewal", "rollout", "pilot", "storage", "audit", "training", "fleet", "sensors")
PORTION: Final = 1_000_000


class StoredPipeline(Placed):
    """People, stages, deals and their changes."""

    def fill(self, owner_member: UUID | None) -> None:
        """Write them in the transaction that runs; the first owner is the member."""
        self._people(owner_member)
        self._deals(owner_member)
        self._changes()

    def _people(self, owner_member: UUID | None) -> None:
        from auctor.crm.models.people import Owner
        from auctor.crm.models.pipelines import Pipeline as PipelineRow
        from auctor.crm.models.pipelines import Stage, StageVersion

        stages = self.world["stages"]
        members = [owner_member.hex if owner_member and n == 0 else None for n in range(OWNERS)]
        self.write(
            Owner,
            self.sourced(OWNER, OWNERS).with_columns(
                name=_named("Owner {}", OWNERS), member_id=pl.Series(members, dtype=pl.String)
            ),
        )
        self.write(PipelineRow, self.sourced(PIPELINE, PIPELINES).with_columns(name=_named("Pipeline {}", PIPELINES)))
        rows = self.sourced(STAGE, PIPELINES * STAGES)
        self.write(Stage, rows.with_columns(pipeline_id=ids(PIPELINE, stages["pipeline"])))
        self.write(
            StageVersion,
            pl.DataFrame(
                {
                    "id": ids(OTHER, stages["stage"]),
                    "stage_id": ids(STAGE, stages["stage"]),
                    "name": _named("Stage {}", PIPELINES * STAGES),
                    "position": stages["position"],
                    "kind": stages["kind"],
                    "probability": stages["probability"],
                }
            ),
        )
        self._contacts()
        self._coverage()

    def _contacts(self) -> None:
        from auctor.crm.models.people import Company, Contact

        people, deals = self.world["people"], self.world.deals
        firms = deals // 4 + 1
        names = pl.Series([f"{PLACES[n % 12]} {SURNAMES[n // 12 % 10]} {n} GmbH" for n in range(firms)])
        self.write(Company, self.sourced(COMPANY, firms).with_columns(name=names))
        contacts = self.sourced(CONTACT, len(people["seniority"])).with_columns(
            seniority=pl.Series(people["seniority"]).replace(-1, None),
            titled_at=pl.lit(self.now - timedelta(days=4000), MOMENT),
            left_at=self.moment(people["left_at"]),
            company_id=ids(COMPANY, np.arange(len(people["seniority"])) // 12),
        )
        self.write(Contact, contacts)

    def _coverage(self) -> None:
        from auctor.crm.models.sources import Coverage

        kinds = [(8, kind) for kind in (1, 2, 3, 4)] + [(7, kind) for kind in range(7)] + [(5, -1)]
        read = pl.DataFrame(kinds, schema={"input": pl.Int16, "kind": pl.Int16}, orient="row")
        self.write(
            Coverage,
            read.with_columns(
                id=ids(OTHER, np.arange(len(kinds)) + 1_000),
                connection_id=pl.lit(UUID(int=0).hex),
                until=pl.lit(self.now, MOMENT),
                observed_at=pl.lit(self.now, MOMENT),
            ),
        )

    def _deals(self, owner_member: UUID | None) -> None:
        from auctor.crm.models.deals import Deal, DealContact

        deals, count = self.world["deals"], self.world.deals
        present = {name: np.asarray(deals[name]).astype(np.int64) for name in NAMES.values()}
        present["currency"] = np.zeros(count, np.int64)
        for field, name in NAMES.items():
            last = self._last_changes(field)
            present[name][last["deal"]] = last["value"]
        kind, _, ended = self.world._fates()
        owners = ids(OWNER, present["owner"])
        number = np.arange(count)
        names = [f"{THINGS[n % 10]} {PLACES[n // 10 % 12]} {n}" for n in range(count)]
        rows = self.sourced(DEAL, count).with_columns(
            name=pl.Series(names),
            company_id=ids(COMPANY, number // 4),
            owner_id=owners,
            owner_member_id=pl.when(owners == ids(OWNER, [0])[0]).then(
                pl.lit(owner_member.hex if owner_member else None, pl.String)
            ),
            pipeline_id=ids(PIPELINE, present["stage"] // STAGES),
            stage_id=ids(STAGE, present["stage"]),
            stage_kind=pl.Series(self.world["stages"]["kind"][present["stage"]]),
            created_at=self.moment(deals["created_at"]),
            closed_at=self.moment(np.where(kind == StageKind.OPEN, NEVER, ended)),
            amount=pl.Series(present["amount"]),
            currency=pl.lit("EUR"),
            close_on=self.day(present["close_on"]),
            forecast=pl.Series(present["category"]),
            next_step_on=self.day(present["next_step_on"]),
            known=pl.lit(511),
            touched_at=pl.lit(self.now - timedelta(days=3), MOMENT),
        )
        self.write(Deal, rows)
        roles = self.world["roles"]
        self.write(
            DealContact,
            pl.DataFrame(
                {
                    "id": ids(OTHER, np.arange(len(roles["deal"])) + 10_000),
                    "deal_id": ids(DEAL, roles["deal"]),
                    "contact_id": ids(CONTACT, roles["person"]),
                    "role": roles["role"],
                    "first_seen_at": self.moment(roles["since"]),
                    "last_confirmed_at": self.moment(roles["since"]),
                    "since": self.moment(roles["since"]),
                }
            ),
        )

    def _last_changes(self, field: Field) -> dict[str, Any]:
        changes = self.world["changes"]
        mine = np.flatnonzero(changes["field"] == field)
        deal = changes["deal"][mine]
        is_last = np.append(deal[1:] != deal[:-1], [True] * min(1, len(deal)))
        return {"deal": deal[is_last], "value": changes["value"][mine][is_last]}

    def _changes(self) -> None:
        from auctor.crm.models.deals import DealChange

        changes = pl.DataFrame(dict(self.world["changes"].items())).with_row_index("number")
        first = self.world["deals"]
        opening = np.stack([np.asarray(first[name]).astype(np.int64) for name in NAMES.values()])
        before = changes.select(old=pl.col("value").shift(1).over("deal", "field"))["old"]
        old = before.fill_null(pl.Series(opening[changes["field"], changes["deal"]]))
        told = changes.with_columns(old=old)
        for start in range(0, told.height, PORTION):
            part = told.slice(start, PORTION)
            rows = part.select(
                id=ids(OTHER, part["number"].to_numpy().astype(np.int64) + 10_000_000),
                deal_id=ids(DEAL, part["deal"]),
                field=pl.col("field").cast(pl.Int16),
                effective_at=self.moment(part["effective_at"]),
                observed_at=self.moment(part["observed_at"]),
                basis=pl.lit(1, pl.Int16),
                actor_id=ids(OWNER, np.maximum(part["actor"], 0)),
                old_value=self._number(part, "old"),
                new_value=self._number(part, "value"),
                old_ref=_ref(part, "old"),
                new_ref=_ref(part, "value"),
            )
            self.write(DealChange, rows)

    def _number(self, part: pl.DataFrame, name: str) -> pl.Series:
        days = pl.col("field").is_in([int(Field.CLOSE_ON), int(Field.NEXT_STEP_ON)])
        refs = pl.col("field").is_in([int(Field.STAGE), int(Field.OWNER)])
        value = pl.when(refs).then(None).when(days).then(pl.col(name) + self.shift // DAY).otherwise(pl.col(name))
        return part.select(value).to_series()


def fill(world: Pipeline, workspace_id: UUID, now: datetime, *, owner_member: UUID | None = None) -> None:
    """Write the whole pipeline in the transaction that runs; the first owner is the member."""
    StoredPipeline(world, workspace_id, now).fill(owner_member)
    StoredActivities(world, workspace_id, now).fill()


NAMES = {
    Field.STAGE: "stage",
    Field.AMOUNT: "amount",
    Field.CLOSE_ON: "close_on",
    Field.OWNER: "owner",
    Field.CATEGORY: "category",
    Field.NEXT_STEP_ON: "next_step_on",
}


def _ref(part: pl.DataFrame, name: str) -> pl.Series:
    value = part[name]
    stages, owners = ids(STAGE, value.clip(lower_bound=0)), ids(OWNER, value.clip(lower_bound=0))
    is_stage, is_owner = part["field"] == int(Field.STAGE), part["field"] == int(Field.OWNER)
    nothing = pl.Series([None], dtype=pl.String)
    return stages.zip_with(is_stage, owners.zip_with(is_owner, nothing.new_from_index(0, part.height)))


def _named(pattern: str, count: int) -> pl.Series:
    return pl.Series([pattern.format(n) for n in range(count)])


def make_workspace(kind: str = "real") -> UUID:
    """A workspace of its own, committed."""
    from uuid import uuid4

    from django.db import transaction

    from auctor.tenancy import scope
    from auctor.tenancy.models import Workspace
    from auctor.tenancy.records import Actor

    made = uuid4()
    with transaction.atomic(), scope.enter(Actor.system(made, "bench")):
        Workspace.objects.create(id=made, kind=kind, state="active", created_at=datetime.now(UTC))
    return made
