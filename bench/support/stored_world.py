"""The made-up pipeline of `signals_world` as rows of the copy, written by the import's own writer.

Ids count up in the order of deals, as the import makes them. Names are sealed and searchable, as they are in use.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
import polars as pl

from auctor.signals.vocabulary import DAY, NEVER, Direction, Field, StageKind
from bench.support.signals_world import NOW, OWNERS, PIPELINES, STAGES, Pipeline

# Two digits before the number of a thing: together they are its id.
OWNER, PIPELINE, STAGE, DEAL, CONTACT, ACTIVITY, OTHER, COMPANY = (f"{n:02x}" for n in range(0xA0, 0xA8))
MOMENT = pl.Datetime("us", "UTC")
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


@dataclass(frozen=True)
class StoredWorld:
    """Where the pipeline stands in time: its now is a whole number of days away from the real one."""

    world: Pipeline
    workspace_id: UUID
    now: datetime

    @property
    def shift(self) -> int:
        """Microseconds from the pipeline's now to ours."""
        return (round(self.now.timestamp() * 1_000_000) - NOW) // DAY * DAY

    def fill(self, *, owner_member: UUID | None = None) -> None:
        """Write everything in the transaction that runs; the first owner is the member."""
        self._people(owner_member)
        self._deals(owner_member)
        self._changes()
        self._activities()

    def moment(self, column: Any) -> pl.Series:
        """Moments of the pipeline as ours; NEVER is none."""
        values = np.asarray(column, dtype=np.int64)
        series = pl.Series(np.where(np.abs(values) >= NEVER, 0, values + self.shift)).cast(MOMENT)
        return series.zip_with(pl.Series(np.abs(values) < NEVER), pl.Series([None], dtype=MOMENT))

    def day(self, column: Any) -> pl.Series:
        """Civil days of the pipeline as ours."""
        return pl.Series(np.asarray(column, dtype=np.int64) + self.shift // DAY).cast(pl.Int32).cast(pl.Date)

    def _people(self, owner_member: UUID | None) -> None:
        from auctor.crm.models.people import Company, Contact, Owner
        from auctor.crm.models.pipelines import Pipeline as PipelineRow
        from auctor.crm.models.pipelines import Stage, StageVersion
        from auctor.crm.models.sources import Coverage

        stages, people, deals = self.world["stages"], self.world["people"], self.world.deals
        members = [owner_member.hex if owner_member and n == 0 else None for n in range(OWNERS)]
        self._write(
            Owner,
            self._sourced(OWNER, OWNERS).with_columns(
                name=_named("Owner {}", OWNERS), member_id=pl.Series(members, dtype=pl.String)
            ),
        )
        self._write(PipelineRow, self._sourced(PIPELINE, PIPELINES).with_columns(name=_named("Pipeline {}", PIPELINES)))
        rows = self._sourced(STAGE, PIPELINES * STAGES)
        self._write(Stage, rows.with_columns(pipeline_id=ids(PIPELINE, stages["pipeline"])))
        self._write(
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
        firms = deals // 4 + 1
        names = pl.Series([f"{PLACES[n % 12]} {SURNAMES[n // 12 % 10]} {n} GmbH" for n in range(firms)])
        self._write(Company, self._sourced(COMPANY, firms).with_columns(name=names))
        contacts = self._sourced(CONTACT, len(people["seniority"])).with_columns(
            seniority=pl.Series(people["seniority"]).replace(-1, None),
            titled_at=pl.lit(self.now - timedelta(days=4000), MOMENT),
            left_at=self.moment(people["left_at"]),
            company_id=ids(COMPANY, np.arange(len(people["seniority"])) // 12),
        )
        self._write(Contact, contacts)
        kinds = [(8, kind) for kind in (1, 2, 3, 4)] + [(7, kind) for kind in range(7)] + [(5, -1)]
        read = pl.DataFrame(kinds, schema={"input": pl.Int16, "kind": pl.Int16}, orient="row")
        self._write(
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
        rows = self._sourced(DEAL, count).with_columns(
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
        self._write(Deal, rows)
        roles = self.world["roles"]
        self._write(
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
            self._write(DealChange, rows)

    def _number(self, part: pl.DataFrame, name: str) -> pl.Series:
        days = pl.col("field").is_in([int(Field.CLOSE_ON), int(Field.NEXT_STEP_ON)])
        refs = pl.col("field").is_in([int(Field.STAGE), int(Field.OWNER)])
        value = pl.when(refs).then(None).when(days).then(pl.col(name) + self.shift // DAY).otherwise(pl.col(name))
        return part.select(value).to_series()

    def _activities(self) -> None:
        """Messages, meetings and tasks with their people, in portions; numbers go on from one kind to the next."""
        messages, people = self.world["messages"], self.world["message_people"]
        told = np.searchsorted(people["message"], np.arange(0, len(messages["deal"]) + PORTION, PORTION))
        for place, start in enumerate(range(0, len(messages["deal"]), PORTION)):
            part = {name: column[start : start + PORTION] for name, column in messages.items()}
            self._write_messages(part, start)
            named = slice(told[place], told[place + 1])
            self._write_message_people(part, start, (people["message"][named], people["person"][named]))
        began = len(messages["deal"])
        meetings, answers, tasks = self.world["meetings"], self.world["answers"], self.world["tasks"]
        state = np.where(meetings["void_at"] < NEVER, 3, np.where(meetings["done_at"] < NEVER, 2, 1))
        self._write_events(3, began, meetings["at"], meetings["observed_at"], (meetings["deal"], state))
        invited, deal = began + answers["meeting"].astype(np.int64), meetings["deal"][answers["meeting"]]
        self._write_people(invited, deal, (answers["person"], 5, answers["answer"], answers["answered_at"]))
        done = np.where(tasks["closed_at"] < NEVER, 2, 1)
        began += len(meetings["deal"])
        self._write_events(4, began, tasks["due_at"], tasks["observed_at"], (tasks["deal"], done))

    def _write_messages(self, part: dict[str, Any], start: int) -> None:
        self._write_activities(
            start,
            part["deal"],
            kind=pl.lit(1, pl.Int16),
            flow=pl.Series(part["direction"]).cast(pl.Int16),
            state=pl.lit(2, pl.Int16),
            thread=pl.Series(part["thread"]).cast(pl.Int64) * 7919,
            occurred_at=self.moment(part["at"]),
            recorded_at=self.moment(part["observed_at"]),
        )

    def _write_message_people(self, part: dict[str, Any], start: int, named: tuple[Any, Any]) -> None:
        number = np.arange(len(part["deal"]), dtype=np.int64)
        ins = part["direction"] == Direction.IN
        self._write_people(start + number[ins], part["deal"][ins], (part["sender"][ins], 1, None, None))
        asked = ins & (part["to_us"] == 1)
        self._write_people(start + number[asked], part["deal"][asked], (None, 2, None, None))
        message, person = named
        self._write_people(message.astype(np.int64), part["deal"][message - start], (person, 2, None, None))

    def _write_events(self, kind: int, start: int, at: Any, seen: Any, told: tuple[Any, Any]) -> None:
        deal, state = told
        self._write_activities(
            start,
            deal,
            kind=pl.lit(kind, pl.Int16),
            flow=pl.lit(0, pl.Int16),
            state=pl.Series(state).cast(pl.Int16),
            occurred_at=self.moment(at),
            due_at=self.moment(at),
            recorded_at=self.moment(seen),
        )

    def _write_activities(self, start: int, deal: Any, **columns: Any) -> None:
        from auctor.crm.models.activities import Activity

        number = np.arange(start, start + len(deal))
        rows = pl.DataFrame({"id": ids(ACTIVITY, number), "deal_id": ids(DEAL, deal)}).with_columns(
            remote_id=pl.Series(number).cast(pl.String), observed_at=pl.lit(self.now, MOMENT), **columns
        )
        self._write(Activity, rows)

    def _write_people(self, activity: Any, deal: Any, told: tuple[Any, int, Any, Any]) -> None:
        from auctor.crm.models.activities import Participant

        person, part, answer, answered_at = told
        who = None if person is None else ids(CONTACT, person)
        number = np.arange(len(activity)) + int(activity[0]) * 8 + part if len(activity) else np.zeros(0, np.int64)
        rows = pl.DataFrame(
            {"id": ids(f"b{part + 4 * (person is None)}", number), "activity_id": ids(ACTIVITY, activity)}
        ).with_columns(
            deal_id=ids(DEAL, deal),
            person_id=pl.lit(None, pl.String) if who is None else who,
            contact_id=pl.lit(None, pl.String) if who is None else who,
            is_ours=pl.lit(value=person is None),
            part=pl.lit(part, pl.Int16),
            reply=pl.lit(0, pl.Int16) if answer is None else pl.Series(answer).cast(pl.Int16),
            replied_at=pl.lit(None, MOMENT) if answered_at is None else self.moment(answered_at),
        )
        self._write(Participant, rows)

    def _sourced(self, kind: str, count: int) -> pl.DataFrame:
        """What every record of a source has."""
        number = np.arange(count)
        return pl.DataFrame({"id": ids(kind, number), "remote_id": pl.Series(number).cast(pl.String)}).with_columns(
            first_seen_at=pl.lit(self.now, MOMENT), observed_at=pl.lit(self.now, MOMENT)
        )

    def _write(self, model: Any, rows: pl.DataFrame) -> None:
        from auctor.crm import bulk

        if rows.height:
            bulk.write(model, rows.with_columns(is_new=pl.lit(value=True)), workspace_id=self.workspace_id, updates=())


NAMES = {
    Field.STAGE: "stage",
    Field.AMOUNT: "amount",
    Field.CLOSE_ON: "close_on",
    Field.OWNER: "owner",
    Field.CATEGORY: "category",
    Field.NEXT_STEP_ON: "next_step_on",
}


def ids(kind: str, numbers: Any) -> pl.Series:
    """Ids as hex: the kind's two digits and the number."""
    return kind + pl.Series(numbers).cast(pl.String).str.zfill(30)


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
