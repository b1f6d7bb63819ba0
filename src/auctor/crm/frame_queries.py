"""The SQL behind `frames.py`: one query a table, each over the chosen deals, which are numbered in the order of ids;
the facts of a deal that was merged into another one are the other one's.

Every query sees the same snapshot, so that the numbers agree. `{chosen}` is the condition that chooses deals.
"""

# ruff: noqa: S608 - constants and enum numbers; ids are formatted from UUID objects

from typing import Final

from auctor.crm.vocabulary import ActivityKind, ActivityState, Entity, RecordState

CHOSEN: Final = (
    "WITH living AS (SELECT id, (row_number() OVER (ORDER BY id) - 1)::integer AS deal FROM crm_deal WHERE {chosen}),"
    " chosen AS MATERIALIZED (SELECT id, deal FROM living UNION ALL SELECT m.loser_id, l.deal FROM crm_merge m"
    f" JOIN living l ON l.id = m.root_id WHERE m.kind = {Entity.DEAL:d})"
)
# An import states what happened; a state that nobody told counts as done once its moment has come.
HAPPENED: Final = f"a.state IN ({ActivityState.UNKNOWN:d}, {ActivityState.DONE:d})"
LIVING: Final = f"a.record_state = {RecordState.ACTIVE:d}"

DEALS: Final = (
    "SELECT id, connection_id, created_at, stage_id, stage_kind, stage_since, closed_at, is_close_inferred,"
    " pipeline_id, owner_id, amount, currency, close_on, forecast, next_step_on, known, amount_override,"
    " close_on_override, forecast_override, overridden_at, touched_at, owner_member_id FROM crm_deal"
    " WHERE {chosen} ORDER BY id"
)
CHANGES: Final = (
    f"{CHOSEN} SELECT c.id, d.deal, c.field, c.effective_at, CASE WHEN c.basis IN (0, 3) THEN c.effective_at"
    " ELSE c.observed_at END AS observed_at, c.place, c.actor_id, c.bulk_at, c.old_value, c.new_value, c.old_ref,"
    " c.new_ref, c.old_text IS NULL AS was_empty FROM crm_dealchange c JOIN chosen d ON d.id = c.deal_id"
    " WHERE c.field <= 7"
)
MESSAGES: Final = (
    f"{CHOSEN} SELECT a.id, d.deal, a.occurred_at AS at, a.recorded_at AS observed_at, a.flow, a.is_automatic,"
    " a.thread FROM crm_activity a JOIN chosen d ON d.id = a.deal_id"
    f" WHERE a.kind IN ({ActivityKind.EMAIL:d}, {ActivityKind.CALL:d}) AND {HAPPENED} AND {LIVING}"
    " AND a.occurred_at IS NOT NULL"
)
MEETINGS: Final = (
    f"{CHOSEN} SELECT a.id, d.deal, a.occurred_at AS at, a.recorded_at AS observed_at, a.state, a.ended_at,"
    " a.observed_at AS seen_at FROM crm_activity a JOIN chosen d ON d.id = a.deal_id"
    f" WHERE a.kind = {ActivityKind.MEETING:d} AND {LIVING} AND a.occurred_at IS NOT NULL"
)
TASKS: Final = (
    f"{CHOSEN} SELECT a.id, d.deal, coalesce(a.due_at, a.occurred_at) AS due_at, a.recorded_at AS observed_at,"
    " a.state, coalesce(a.ended_at, a.occurred_at) AS ended_at, a.observed_at AS seen_at FROM crm_activity a"
    " JOIN chosen d ON d.id = a.deal_id"
    f" WHERE a.kind = {ActivityKind.TASK:d} AND {LIVING} AND coalesce(a.due_at, a.occurred_at) IS NOT NULL"
)
# Spelt out: row-level security takes coalesce() for something that might tell of hidden rows, and would read all people
# instead of looking some of them up.
PERSON: Final = "CASE WHEN m.root_id IS NULL THEN {} ELSE m.root_id END"
WHO: Final = PERSON.format("p.person_id")
IN_ROLE: Final = PERSON.format("r.contact_id")
# Somebody who is away does not say until when, unless the source does: two weeks are the most that count.
ABSENCES: Final = (
    f"{CHOSEN} SELECT d.deal, a.occurred_at AS since,"
    " coalesce(a.ended_at, a.occurred_at + interval '14 days') AS until,"
    " a.recorded_at AS observed_at FROM crm_activity a JOIN chosen d ON d.id = a.deal_id"
    f" WHERE a.is_absence AND {LIVING} AND a.occurred_at IS NOT NULL"
)
PARTICIPANTS: Final = (
    f"{CHOSEN} SELECT p.activity_id, p.part, p.is_ours, {WHO} AS person, p.reply,"
    " p.replied_at, k.seniority, k.titled_at, k.left_at FROM crm_participant p JOIN chosen d ON d.id = p.deal_id"
    f" LEFT JOIN crm_merge m ON m.kind = {Entity.CONTACT:d} AND m.loser_id = p.person_id"
    f" LEFT JOIN crm_contact k ON k.workspace_id = p.workspace_id AND k.id = {WHO}"
)
ROLES: Final = (
    f"{CHOSEN} SELECT r.id, d.deal, {IN_ROLE} AS person, r.role,"
    " coalesce(r.since, r.first_seen_at) AS since, r.ended_at AS until, k.seniority, k.titled_at, k.left_at"
    " FROM crm_dealcontact r JOIN chosen d ON d.id = r.deal_id"
    f" LEFT JOIN crm_merge m ON m.kind = {Entity.CONTACT:d} AND m.loser_id = r.contact_id"
    f" LEFT JOIN crm_contact k ON k.workspace_id = r.workspace_id AND k.id = {IN_ROLE}"
)
PAUSES: Final = f"{CHOSEN} SELECT d.deal, p.since, p.until FROM crm_dealpause p JOIN chosen d ON d.id = p.deal_id"
STAGES: Final = (
    "SELECT v.stage_id, v.valid_from, v.position, v.kind, v.probability, s.pipeline_id"
    " FROM crm_stageversion v JOIN crm_stage s ON s.workspace_id = v.workspace_id AND s.id = v.stage_id"
    " ORDER BY v.stage_id, v.valid_from NULLS FIRST"
)
OWNERS: Final = "SELECT id, is_active, inactive_since, observed_at FROM crm_owner ORDER BY id"
COVERAGE: Final = "SELECT connection_id, input, kind, owner_id, since, until, observed_at FROM crm_coverage"
RATES: Final = "SELECT currency, on_day, rate FROM crm_rate ORDER BY currency, on_day"
# Days of snapshots without reading them all: from one day to the next along the index.
SNAPSHOT_DAYS: Final = (
    "WITH RECURSIVE days AS ((SELECT on_day, taken_at FROM crm_snapshot ORDER BY on_day LIMIT 1) UNION ALL"
    " SELECT n.on_day, n.taken_at FROM days, LATERAL (SELECT on_day, taken_at FROM crm_snapshot s"
    " WHERE s.on_day > days.on_day ORDER BY on_day LIMIT 1) n) SELECT taken_at FROM days"
)
# What the learner reads besides the signals.
LABELS: Final = (
    f"{CHOSEN} SELECT d.deal, a.kind, a.flow, a.label_code, a.occurred_at AS at, a.recorded_at AS observed_at"
    f" FROM crm_activity a JOIN chosen d ON d.id = a.deal_id WHERE {LIVING}"
)
CUSTOM: Final = (
    f"{CHOSEN} SELECT d.deal, v.field_id, v.code, v.number, v.observed_at FROM crm_customvalue v"
    " JOIN chosen d ON d.id = v.deal_id"
)
CUSTOM_CHANGES: Final = (
    f"{CHOSEN} SELECT d.deal, c.custom_field_id AS field_id, c.effective_at, CASE WHEN c.basis IN (0, 3) THEN"
    " c.effective_at ELSE c.observed_at END AS observed_at, c.place, c.old_value AS old_code, c.new_value AS new_code"
    " FROM crm_dealchange c JOIN chosen d ON d.id = c.deal_id WHERE c.field = 9"
)
