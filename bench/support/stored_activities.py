"""The activities of the made-up pipeline as rows of the copy."""

from typing import Any, Final

import numpy as np
import polars as pl

from auctor.signals.vocabulary import NEVER, Direction
from bench.support.stored_rows import ACTIVITY, CONTACT, DEAL, MOMENT, Placed, ids

PORTION: Final = 1_000_000


class StoredActivities(Placed):
    """Messages, meetings and tasks with their people."""

    def fill(self) -> None:
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
        self.write(Activity, rows)

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
        self.write(Participant, rows)
