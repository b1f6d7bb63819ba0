-- 1. The state of every deal at the moment: the last value of each field that was on record.
CREATE OR REPLACE TEMP TABLE visible AS
SELECT * FROM changes WHERE greatest(effective_at, observed_at) <= getvariable('now');

CREATE OR REPLACE TEMP TABLE latest AS
SELECT deal,
    arg_max(value, id) FILTER (field = 0) AS stage, max(effective_at) FILTER (field = 0) AS entered_at,
    arg_max(value, id) FILTER (field = 1) AS amount, arg_max(value, id) FILTER (field = 2) AS close_on,
    arg_max(value, id) FILTER (field = 3) AS owner, arg_max(value, id) FILTER (field = 4) AS category,
    arg_max(value, id) FILTER (field = 5) AS step_on,
    arg_max(effective_at, id) FILTER (field = 5) AS step_at
FROM visible GROUP BY deal;

CREATE OR REPLACE TEMP TABLE steps AS
SELECT v.deal, v.id, v.effective_at AS "at", greatest(v.effective_at, v.observed_at) AS known_at, v.actor, v.value AS stage,
    coalesce(lag(v.value) OVER w, d.stage) AS before
FROM changes v JOIN deals d ON d.id = v.deal WHERE v.field = 0
WINDOW w AS (PARTITION BY v.deal ORDER BY v.id);

-- Moves that change the stage, among those on record now.
CREATE OR REPLACE TEMP TABLE moves AS
SELECT * FROM (
    SELECT v.deal, v.id, v.effective_at AS "at", greatest(v.effective_at, v.observed_at) AS known_at, v.actor,
        v.value AS stage, coalesce(lag(v.value) OVER w, d.stage) AS before
    FROM visible v JOIN deals d ON d.id = v.deal WHERE v.field = 0
    WINDOW w AS (PARTITION BY v.deal ORDER BY v.id)
) WHERE stage <> before;

CREATE OR REPLACE TEMP TABLE state AS
SELECT d.id AS deal, d.created_at, coalesce(l.stage, d.stage) AS stage,
    coalesce(m.entered_at, d.created_at) AS entered_at, coalesce(l.amount, d.amount) AS amount,
    coalesce(l.close_on, d.close_on) AS close_on, coalesce(l.owner, d.owner) AS owner,
    coalesce(l.category, d.category) AS category, l.step_on, l.step_at, d.next_step_on AS first_step_on,
    s.pipeline, s.kind, s.probability, getvariable('now') // 86400000000 AS today,
    CASE WHEN s.probability >= .5 THEN 3 WHEN s.probability < .25 THEN 1 ELSE 2 END AS phase
FROM deals d LEFT JOIN latest l ON l.deal = d.id
LEFT JOIN (SELECT deal, max("at") AS entered_at FROM moves GROUP BY deal) m ON m.deal = d.id
JOIN stages s ON s.stage = coalesce(l.stage, d.stage)
WHERE d.created_at <= getvariable('now');

-- The day began at midnight: norms know what was on record then.
CREATE OR REPLACE TEMP TABLE wins AS
SELECT deal, won_at, row_number() OVER (ORDER BY deal) - 1 AS win FROM (
    SELECT c.deal, min(greatest(c.effective_at, c.observed_at)) AS won_at
    FROM changes c JOIN stages s ON s.stage = c.value AND s.kind = 1
    WHERE c.field = 0 GROUP BY c.deal)
WHERE won_at <= getvariable('now') // 86400000000 * 86400000000
  AND won_at > getvariable('now') // 86400000000 * 86400000000 - 730 * 86400000000;

CREATE OR REPLACE TEMP TABLE won AS
SELECT w.win, w.deal, w.won_at, s.pipeline, d.created_at,
    coalesce(arg_max(c.value, c.id) FILTER (c.field = 1), any_value(d.amount)) AS amount,
    coalesce(arg_max(c.value, c.id) FILTER (c.field = 3), any_value(d.owner)) AS owner
FROM wins w JOIN deals d ON d.id = w.deal
LEFT JOIN changes c ON c.deal = w.deal AND greatest(c.effective_at, c.observed_at) <= w.won_at
JOIN stages s ON s.stage = d.stage
GROUP BY w.win, w.deal, w.won_at, s.pipeline, d.created_at;

CREATE OR REPLACE TEMP TABLE bounds AS
SELECT pipeline, quantile_cont(amount, 1 / 3) AS low, quantile_cont(amount, 2 / 3) AS high FROM won GROUP BY pipeline;

CREATE OR REPLACE TEMP TABLE won_sized AS
SELECT w.*, (w.amount > b.low)::INT + (w.amount > b.high)::INT AS segment
FROM won w JOIN bounds b USING (pipeline);

-- 2. Whose mail was read: since when, for each owner, up to the moment asked.
CREATE OR REPLACE TEMP TABLE reading AS
SELECT owner, source, since, "until" FROM coverage;

-- 3. What is asked about buyers: open deals now, won deals at their win.
CREATE OR REPLACE TEMP TABLE subjects AS
SELECT s.deal AS sid, s.deal, getvariable('now') AS t, false AS is_win FROM state s WHERE s.kind = 0
UNION ALL
SELECT -1 - w.win, w.deal, w.won_at, true FROM won_sized w
JOIN reading r ON r.owner = w.owner AND r.source = 0
WHERE r.since <= w.created_at AND r."until" >= w.won_at - 86400000000;

CREATE OR REPLACE TEMP TABLE heard AS
SELECT s.sid, s.t, m.id, m."at", m.direction, m.to_us, m.thread, m.sender, c.until_day, m."at" // 86400000000 AS day,
    c.worked + CASE WHEN c.opens_at < 4611686018427387904
        THEN least(greatest(m."at" - c.opens_at, 0), 28800000000) ELSE 0 END AS clock
FROM subjects s JOIN messages m ON m.deal = s.deal AND greatest(m."at", m.observed_at) <= s.t
JOIN calendar c ON c.day = m."at" // 86400000000;

CREATE OR REPLACE TEMP TABLE held AS
SELECT s.sid, s.t, g.id, g."at", g.done_at <= s.t AS took_place, c.until_day
FROM subjects s JOIN meetings g ON g.deal = s.deal AND g.observed_at <= s.t AND g.void_at > s.t
JOIN calendar c ON c.day = g."at" // 86400000000;

CREATE OR REPLACE TEMP TABLE guests AS
SELECT h.sid, h.id, h."at", h.t, h.took_place, h.until_day, a.person,
    arg_max(a.answer, (greatest(a.answered_at, g.observed_at), a.id)) AS answer,
    max(greatest(a.answered_at, g.observed_at)) FILTER (a.answer = 1) AS accepted_at
FROM held h JOIN meetings g ON g.id = h.id
JOIN answers a ON a.meeting = h.id AND greatest(a.answered_at, g.observed_at) <= h.t
GROUP BY ALL;

-- Touches by person, and touches as such (a meeting is one, whoever came); messages first at the same moment.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT sid, t, "at", 0 AS kind, id, sender AS person, until_day FROM heard WHERE direction = 1
UNION ALL
SELECT sid, t, "at", 1, id, person, until_day FROM guests
WHERE "at" <= t AND (answer = 1 OR (took_place AND answer <> 2));

CREATE OR REPLACE TEMP TABLE touches AS
SELECT sid, any_value(t) AS t, "at", kind, id, any_value(until_day) AS until_day FROM touched GROUP BY sid, "at", kind, id;

-- 4. Answers: a buyer's message takes the latest open one of ours from its thread's pile. The height of the pile
-- after each message, never below zero, tells which one lies on top.
CREATE OR REPLACE TEMP TABLE piles AS
SELECT *, total - least(0, min(total) OVER (PARTITION BY sid, thread ORDER BY "at", id)) AS height FROM (
    SELECT *, sum(CASE direction WHEN 2 THEN 1 ELSE -1 END) OVER (PARTITION BY sid, thread ORDER BY "at", id) AS total,
        row_number() OVER (PARTITION BY sid ORDER BY "at", id) AS place
    FROM heard);

CREATE OR REPLACE TEMP TABLE leveled AS
SELECT *, CASE direction WHEN 2 THEN height ELSE coalesce(lag(height) OVER (PARTITION BY sid, thread ORDER BY "at", id), 0)
    END AS level FROM piles;

CREATE OR REPLACE TEMP TABLE replies AS
SELECT i.sid, i.t, i."at", (i.clock - o.clock) / 3600000000 AS gap
FROM (SELECT * FROM leveled WHERE direction = 1 AND level > 0) i
ASOF JOIN (SELECT * FROM leveled WHERE direction = 2) o
ON i.sid = o.sid AND i.thread = o.thread AND i.level = o.level AND i.place > o.place;

-- 5. Norms of won deals, for pipeline and size, pipeline, workspace.
CREATE OR REPLACE TEMP TABLE silences AS
SELECT sid, max(gap) AS gap FROM (
    SELECT sid, until_day - lag(until_day) OVER (PARTITION BY sid ORDER BY "at", kind, id) AS gap FROM touches
    UNION ALL
    SELECT x.sid, c.until_day - x.last_day FROM (
        SELECT sid, any_value(t) AS t, arg_max(until_day, ("at", kind, id)) AS last_day FROM touches GROUP BY sid) x
    JOIN calendar c ON c.day = x.t // 86400000000
) GROUP BY sid;

CREATE OR REPLACE TEMP TABLE measured AS
SELECT w.*, r.reply, s.gap FROM won_sized w
LEFT JOIN (SELECT sid, quantile_cont(gap, .5) AS reply FROM replies GROUP BY sid) r ON r.sid = -1 - w.win
LEFT JOIN silences s ON s.sid = -1 - w.win;

CREATE OR REPLACE TEMP TABLE norms AS
SELECT pipeline, segment, count(amount) AS amount_n, quantile_cont(amount, .5) AS amount_median,
    quantile_cont(amount, .75) AS amount_high, count(reply) AS reply_n, quantile_cont(reply, .5) AS reply,
    count(gap) AS gap_n, quantile_cont(gap, .75) AS gap_usual, quantile_cont(gap, .95) AS gap_long
FROM measured GROUP BY GROUPING SETS ((pipeline, segment), (pipeline), ());

CREATE OR REPLACE TEMP TABLE stays AS
SELECT v.win, v.pipeline, v.segment, v.stage, max(v.left_at - v.entered_at) // 86400000000 AS stay,
    max(v.left_at) AS left_at FROM (
    SELECT w.win, w.pipeline, w.segment, m.before AS stage, m."at" AS left_at,
        coalesce(lag(m."at") OVER (PARTITION BY m.deal ORDER BY m.id), w.created_at) AS entered_at
    FROM won_sized w JOIN (
        SELECT * FROM (
            SELECT deal, id, "at", known_at, stage, coalesce(lag(stage) OVER (PARTITION BY deal ORDER BY id), first_stage) AS before
            FROM (SELECT s.deal, s.id, s."at", s.known_at, s.stage, d.stage AS first_stage
                  FROM steps s JOIN deals d ON d.id = s.deal JOIN wins w ON w.deal = s.deal AND s.known_at <= w.won_at))
        WHERE stage <> before) m ON m.deal = w.deal
    WHERE m.known_at <= w.won_at) v
JOIN stages k ON k.stage = v.stage AND k.kind = 0
GROUP BY v.win, v.pipeline, v.segment, v.stage;

CREATE OR REPLACE TEMP TABLE stay_norms AS
SELECT y.stage, y.segment, count(stay) AS stay_n, quantile_cont(stay, .75) AS stay_usual,
    quantile_cont(stay, .95) AS stay_long, count(b.buyers) AS buyers_n, quantile_cont(b.buyers, .5) AS buyers
FROM stays y LEFT JOIN (
    SELECT y.win, y.stage, count(DISTINCT x.person) AS buyers FROM stays y
    JOIN silences s ON s.sid = -1 - y.win AND s.gap IS NOT NULL
    LEFT JOIN touched x ON x.sid = -1 - y.win AND x."at" <= y.left_at AND x."at" > y.left_at - 30 * 86400000000
    GROUP BY y.win, y.stage) b ON b.win = y.win AND b.stage = y.stage
GROUP BY GROUPING SETS ((y.stage, y.segment), (y.stage));

-- 6. Kaplan-Meier: every visit of every deal to an open stage, as it was on record when the day began.
CREATE OR REPLACE TEMP TABLE day_moves AS
SELECT * FROM (
    SELECT s.deal, s.id, s."at", s.stage, coalesce(lag(s.stage) OVER (PARTITION BY s.deal ORDER BY s.id), d.stage) AS before
    FROM steps s JOIN deals d ON d.id = s.deal
    WHERE s.known_at <= getvariable('now') // 86400000000 * 86400000000)
WHERE stage <> before;

CREATE OR REPLACE TEMP TABLE day_state AS
SELECT d.id AS deal, coalesce(m.stage, d.stage) AS stage, k.kind, k.pipeline,
    CASE WHEN k.kind = 0 THEN getvariable('now') // 86400000000 * 86400000000 ELSE m."at" END AS ended_at,
    coalesce(a.amount, d.amount) AS amount
FROM deals d
LEFT JOIN (SELECT deal, arg_max(stage, id) AS stage, max("at") AS "at" FROM day_moves GROUP BY deal) m ON m.deal = d.id
LEFT JOIN (SELECT deal, arg_max(value, id) AS amount FROM changes WHERE field = 1
           AND greatest(effective_at, observed_at) <= getvariable('now') // 86400000000 * 86400000000
           GROUP BY deal) a ON a.deal = d.id
JOIN stages k ON k.stage = coalesce(m.stage, d.stage)
WHERE d.created_at <= getvariable('now') // 86400000000 * 86400000000;

CREATE OR REPLACE TEMP TABLE visits AS
SELECT v.stage, (s.amount > b.low)::INT + (s.amount > b.high)::INT AS segment, (s.kind = 1)::INT AS is_won,
    least((v.left_at - v.entered_at) // 86400000000, 4095) AS stay,
    least((s.ended_at - v.entered_at) // 86400000000, 4095) AS ended
FROM (
    SELECT deal, stage, "at" AS entered_at, lead("at") OVER (PARTITION BY deal ORDER BY id) AS next_at FROM (
        SELECT deal, id, stage, "at" FROM day_moves
        UNION ALL SELECT id, -1, stage, created_at FROM deals
        WHERE created_at <= getvariable('now') // 86400000000 * 86400000000)
) x JOIN day_state s USING (deal)
JOIN stages k ON k.stage = x.stage AND k.kind = 0
JOIN bounds b ON b.pipeline = s.pipeline,
LATERAL (SELECT x.stage, x.entered_at, coalesce(x.next_at, s.ended_at) AS left_at) v
WHERE s.ended_at > getvariable('now') // 86400000000 * 86400000000 - 730 * 86400000000;

CREATE OR REPLACE TEMP TABLE visit_counts AS
SELECT stage, segment, stay, ended, count(*) AS visits, sum(is_won) AS won
FROM visits GROUP BY GROUPING SETS ((stage, segment, stay, ended), (stage, stay, ended));

CREATE OR REPLACE TEMP TABLE asked AS
SELECT s.deal, s.stage, (s.amount > b.low)::INT + (s.amount > b.high)::INT AS segment,
    (getvariable('now') - s.entered_at) // 86400000000 AS stay, s.close_on - s.today AS left_days
FROM state s JOIN bounds b USING (pipeline) WHERE s.kind = 0 AND s.close_on >= s.today;

CREATE OR REPLACE TEMP TABLE points AS
SELECT q.stage, q.segment, q.stay, v.ended, sum(v.visits) AS exits, sum(v.won) AS won
FROM (SELECT DISTINCT stage, segment, stay FROM asked UNION SELECT DISTINCT stage, NULL, stay FROM asked) q
JOIN visit_counts v ON v.stage = q.stage AND v.segment IS NOT DISTINCT FROM q.segment AND v.stay >= q.stay
GROUP BY q.stage, q.segment, q.stay, v.ended;

CREATE OR REPLACE TEMP TABLE factors AS
SELECT *, sum(won) OVER (PARTITION BY stage, segment, stay) AS won_n,
    1 - won / sum(exits) OVER (PARTITION BY stage, segment, stay ORDER BY ended DESC) AS factor FROM points;

CREATE OR REPLACE TEMP TABLE shares AS
SELECT q.deal, 1 - coalesce(product(f.factor) FILTER (f.ended <= q.stay + q.left_days), 1) AS share
FROM asked q
JOIN factors f ON f.stage = q.stage AND f.stay = q.stay AND f.won_n >= 20
  AND f.segment IS NOT DISTINCT FROM CASE WHEN EXISTS (
    SELECT 1 FROM factors g WHERE g.stage = q.stage AND g.stay = q.stay AND g.segment = q.segment AND g.won_n >= 20)
    THEN q.segment END
GROUP BY q.deal;

-- 7. The open deals: what buyers did.
CREATE OR REPLACE TEMP TABLE paces AS
SELECT sid, count(*) FILTER (recent) AS recent_n, quantile_cont(gap, .5) FILTER (recent) AS recent_gap,
    count(*) FILTER (NOT recent) AS before_n, quantile_cont(gap, .5) FILTER (NOT recent) AS before_gap
FROM (SELECT *, "at" > t - 21 * 86400000000 AS recent FROM replies WHERE sid >= 0) GROUP BY sid;

CREATE OR REPLACE TEMP TABLE owed AS
SELECT i.sid, arg_min(i.clock, (i."at", i.id)) AS clock FROM heard i
LEFT JOIN (SELECT sid, thread, max(("at", id)) AS last_out FROM heard WHERE direction = 2 GROUP BY sid, thread) o
    ON o.sid = i.sid AND o.thread = i.thread
LEFT JOIN (SELECT sid, person, max("at") AS met_at FROM guests WHERE answer <> 2 GROUP BY sid, person) m
    ON m.sid = i.sid AND m.person = i.sender
WHERE i.sid >= 0 AND i.direction = 1 AND i.to_us = 1
  AND (o.last_out IS NULL OR o.last_out < (i."at", i.id)) AND (m.met_at IS NULL OR m.met_at <= i."at")
GROUP BY i.sid;

CREATE OR REPLACE TEMP TABLE contact AS
SELECT sid, max("at") AS touch_at, max(place) AS last_touch,
    count(*) FILTER (t - "at" < 14 * 86400000000) AS touches_14,
    count(*) FILTER (t - "at" >= 14 * 86400000000 AND t - "at" < 56 * 86400000000) AS touches_before
FROM (SELECT *, ("at", kind, id) AS place FROM touches) WHERE sid >= 0 GROUP BY sid;

CREATE OR REPLACE TEMP TABLE written AS
SELECT h.sid, min(h."at") AS first_out,
    count(*) FILTER (c.last_touch IS NULL OR (h."at", 0, h.id) > c.last_touch) AS outs,
    count(DISTINCT h.day) FILTER (c.last_touch IS NULL OR (h."at", 0, h.id) > c.last_touch) AS out_days
FROM heard h LEFT JOIN contact c USING (sid) WHERE h.sid >= 0 AND h.direction = 2 GROUP BY h.sid;

CREATE OR REPLACE TEMP TABLE ahead AS
SELECT sid, min("at") AS accepted_meeting_at, max(said_at) AS said_at FROM (
    SELECT sid, id, any_value("at") AS "at", max(accepted_at) AS said_at, bool_or(answer = 1) AS accepted
    FROM guests WHERE sid >= 0 AND "at" > t GROUP BY sid, id) WHERE accepted GROUP BY sid;

CREATE OR REPLACE TEMP TABLE people_of AS
SELECT x.sid, x.person, max(x."at") AS touch_at, count(*) FILTER (x.kind = 0) AS ins, count(*) FILTER (x.kind = 1) AS met,
    count(*) FILTER (x.kind = 0 AND x."at" > x.t - 30 * 86400000000) AS ins_30
FROM touched x WHERE x.sid >= 0 GROUP BY x.sid, x.person;

CREATE OR REPLACE TEMP TABLE ranked AS
SELECT p.*, CASE WHEN r.person IS NOT NULL THEN 4 WHEN q.titled_at <= getvariable('now') THEN q.seniority ELSE -1 END AS rank,
    q.left_at
FROM people_of p JOIN people q ON q.id = p.person
LEFT JOIN (SELECT DISTINCT deal, person FROM roles WHERE role IN (2, 3) AND since <= getvariable('now')
           AND "until" > getvariable('now')) r ON r.deal = p.sid AND r.person = p.person;

-- Everybody's first sight, and who brought them: the sender, else the thread's latest earlier writer.
CREATE OR REPLACE TEMP TABLE writers AS
SELECT *, last_value(CASE WHEN direction = 1 THEN sender END IGNORE NULLS) OVER (
    PARTITION BY sid, thread ORDER BY "at", id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS writer
FROM heard WHERE sid >= 0;

CREATE OR REPLACE TEMP TABLE first_seen AS
SELECT sid, person, arg_min_null(brought_by, place) AS brought_by FROM (
    SELECT sid, sender AS person, ("at", 0, id, 0) AS place, writer AS brought_by FROM writers WHERE direction = 1
    UNION ALL
    SELECT w.sid, p.person, (w."at", 0, w.id, 1), CASE WHEN w.direction = 1 THEN w.sender ELSE w.writer END
    FROM writers w JOIN message_people p ON p.message = w.id
    UNION ALL
    SELECT sid, person, ("at", 1, id, 0), NULL FROM guests WHERE sid >= 0)
GROUP BY sid, person;

CREATE OR REPLACE TEMP TABLE seen AS
SELECT sid, count(*) AS people_seen, count(brought_by) AS brought FROM first_seen GROUP BY sid;

CREATE OR REPLACE TEMP TABLE crowd AS
SELECT r.sid, count(*) FILTER (r.touch_at > getvariable('now') - 30 * 86400000000) AS buyers_30,
    count(*) FILTER (r.touch_at > getvariable('now') - 30 * 86400000000 AND r.rank >= 0) AS titled_30,
    sum(r.ins_30) AS ins_30, max(r.ins_30) AS top_ins_30,
    max(r.touch_at) FILTER (r.rank >= CASE WHEN s.people_seen <= 3 THEN 2 ELSE 3 END) AS senior_at,
    sum(r.ins) AS ins
FROM ranked r JOIN seen s USING (sid) GROUP BY r.sid;

CREATE OR REPLACE TEMP TABLE met_counts AS
SELECT sid, count(*) AS met FROM touches WHERE kind = 1 AND sid >= 0 GROUP BY sid;

CREATE OR REPLACE TEMP TABLE named AS
SELECT r.deal AS sid, arg_max(r.person, (coalesce(p.touch_at, -1), -r.id)) AS person,
    arg_max(r.since, (coalesce(p.touch_at, -1), -r.id)) AS since
FROM roles r JOIN state s ON s.deal = r.deal AND s.kind = 0
LEFT JOIN people_of p ON p.sid = r.deal AND p.person = r.person
WHERE r.role = 1 AND r.since <= getvariable('now') AND r."until" > getvariable('now') GROUP BY r.deal;

CREATE OR REPLACE TEMP TABLE inferred AS
SELECT r.sid, arg_max(r.person, (.5 * r.ins / c.ins + .3 * r.met / greatest(coalesce(m.met, 0), 1)
    + .2 * coalesce(b.brought, 0) / greatest(s.brought, 1), -r.person)) AS person
FROM ranked r JOIN crowd c USING (sid) JOIN seen s USING (sid) LEFT JOIN met_counts m USING (sid)
LEFT JOIN (SELECT sid, brought_by AS person, count(*) AS brought FROM first_seen GROUP BY sid, brought_by) b
    ON b.sid = r.sid AND b.person = r.person
WHERE r.ins >= 3 GROUP BY r.sid;

CREATE OR REPLACE TEMP TABLE champions AS
SELECT s.deal AS sid, coalesce(n.person, i.person) AS person, n.since FROM state s
LEFT JOIN named n ON n.sid = s.deal LEFT JOIN inferred i ON i.sid = s.deal
WHERE s.kind = 0 AND coalesce(n.person, i.person) IS NOT NULL;

CREATE OR REPLACE TEMP TABLE champion_paces AS
SELECT sid, count(gap) AS gaps, quantile_cont(gap, .5) AS gap FROM (
    SELECT c.sid, x.until_day - lag(x.until_day) OVER (PARTITION BY c.sid ORDER BY x."at", x.kind, x.id) AS gap
    FROM champions c JOIN touched x ON x.sid = c.sid AND x.person = c.person) GROUP BY sid;

CREATE OR REPLACE TEMP TABLE champion_state AS
SELECT c.sid, coalesce(p.touch_at, c.since) AS since, q.left_at <= getvariable('now')
        AND coalesce(p.touch_at, -1) < q.left_at AS has_left,
    CASE WHEN g.gaps >= 4 THEN g.gap ELSE 5 END AS gap,
    EXISTS (SELECT 1 FROM people_of o WHERE o.sid = c.sid AND o.person <> c.person
            AND o.touch_at > getvariable('now') - 14 * 86400000000) AS others
FROM champions c LEFT JOIN people_of p ON p.sid = c.sid AND p.person = c.person
JOIN people q ON q.id = c.person LEFT JOIN champion_paces g ON g.sid = c.sid;

-- 8. The open deals: what happened to their fields.
CREATE OR REPLACE TEMP TABLE pushes AS
SELECT deal, count(*) AS pushes, count(*) FILTER (EXISTS (
    SELECT 1 FROM periods p WHERE p.ends_on >= start_on AND p.ends_on < start_on + moved)) AS crossings
FROM (
    SELECT deal, merged, sum(value - before) AS moved, arg_min(before, id) AS start_on FROM (
        SELECT *, count(*) FILTER (gap IS NULL OR gap > 86400000000) OVER (PARTITION BY deal ORDER BY id) AS merged FROM (
            SELECT *, effective_at - lag(effective_at) OVER (PARTITION BY deal ORDER BY id) AS gap FROM (
                SELECT v.deal, v.id, v.effective_at, v.value, d.created_at,
                    coalesce(lag(v.value) OVER (PARTITION BY v.deal ORDER BY v.id), d.close_on) AS before
                FROM visible v JOIN deals d ON d.id = v.deal JOIN state s ON s.deal = v.deal AND s.kind = 0
                WHERE v.field = 2)
            WHERE effective_at >= created_at + 7 * 86400000000)
    ) GROUP BY deal, merged)
WHERE moved >= 7 GROUP BY deal;

CREATE OR REPLACE TEMP TABLE moves_judged AS
SELECT m.*, CASE WHEN a.kind = 2 OR b.kind = 2 THEN 0 WHEN a.kind <> b.kind THEN CASE WHEN b.kind = 1 THEN 1 ELSE -1 END
    WHEN a.pipeline <> b.pipeline THEN 0 ELSE sign(b.position - a.position) END AS step
FROM moves m JOIN state s ON s.deal = m.deal AND s.kind = 0
JOIN stages a ON a.stage = m.before JOIN stages b ON b.stage = m.stage;

CREATE OR REPLACE TEMP TABLE backs AS
SELECT DISTINCT b.deal FROM moves_judged b
WHERE b.step < 0 AND b."at" > getvariable('now') - 30 * 86400000000 AND NOT EXISTS (
    SELECT 1 FROM moves_judged f WHERE f.deal = b.deal AND f.step > 0 AND f.actor = b.actor
    AND abs(f."at" - b."at") <= 86400000000);

CREATE OR REPLACE TEMP TABLE past AS
SELECT s.deal,
    coalesce(arg_max(v.value, v.id) FILTER (v.field = 1 AND v.effective_at <= v.edge), any_value(d.amount)) AS amount_then,
    greatest(coalesce(arg_max(v.value, v.id) FILTER (v.field = 4 AND v.effective_at <= v.edge), any_value(d.category)),
        coalesce(max(v.value) FILTER (v.field = 4 AND v.effective_at > v.edge), -1)) AS category_peak,
    coalesce(arg_max(v.value, v.id) FILTER (v.field = 1 AND v.settled), any_value(d.amount)) AS settled_amount,
    coalesce(arg_max(v.value, v.id) FILTER (v.field = 2 AND v.settled), any_value(d.close_on)) AS settled_close_on,
    arg_max(v.value, v.id) FILTER (v.field = 5 AND v.settled) AS settled_step_on,
    arg_max(v.effective_at, v.id) FILTER (v.field = 5 AND v.settled) AS settled_step_at
FROM state s JOIN deals d ON d.id = s.deal
LEFT JOIN (
    SELECT v.*, getvariable('now') - 30 * 86400000000 AS edge,
        NOT (v.effective_at > x.taken - 86400000000 AND v.effective_at <= x.taken) AS settled
    FROM visible v, (SELECT max(taken_at) AS taken FROM snapshots WHERE taken_at <= getvariable('now')) x) v
    ON v.deal = s.deal
WHERE s.kind = 0 GROUP BY s.deal;

CREATE OR REPLACE TEMP TABLE handed AS
SELECT DISTINCT deal FROM (
    SELECT v.deal, v.effective_at, v.value, coalesce(lag(v.value) OVER (PARTITION BY v.deal ORDER BY v.id), d.owner) AS before
    FROM visible v JOIN deals d ON d.id = v.deal WHERE v.field = 3)
WHERE value <> before AND effective_at > getvariable('now') - 30 * 86400000000;

CREATE OR REPLACE TEMP TABLE planned AS
SELECT deal, count(*) AS tasks FROM tasks WHERE observed_at <= getvariable('now') AND closed_at > getvariable('now')
    AND due_at >= getvariable('now') AND due_at <= getvariable('now') + 14 * 86400000000 GROUP BY deal;

-- 9. All columns of the open deals side by side.
CREATE OR REPLACE TEMP TABLE wide AS
SELECT s.*, getvariable('now') AS now, (getvariable('now') - s.created_at) // 86400000000 AS age,
    (getvariable('now') - s.entered_at) // 86400000000 AS stage_days,
    CASE WHEN mail."until" >= getvariable('now') - 86400000000 THEN mail.since END AS mail_since,
    cal."until" >= getvariable('now') - 86400000000 AS has_calendar,
    job."until" >= getvariable('now') - 86400000000 AS has_tasks,
    p.recent_n, p.recent_gap, p.before_n, p.before_gap, o.clock AS owed_clock,
    tc.worked + CASE WHEN tc.opens_at < 4611686018427387904
        THEN least(greatest(getvariable('now') - tc.opens_at, 0), 28800000000) ELSE 0 END AS clock_now,
    tc.until_day AS today_until, c.touch_at, coalesce(c.touches_14, 0) AS touches_14,
    coalesce(c.touches_before, 0) AS touches_before, w.first_out, coalesce(w.outs, 0) AS outs,
    coalesce(w.out_days, 0) AS out_days, a.accepted_meeting_at, a.said_at,
    coalesce(k.buyers_30, 0) AS buyers_30, coalesce(k.titled_30, 0) AS titled_30, coalesce(k.ins_30, 0) AS ins_30,
    coalesce(k.top_ins_30, 0) AS top_ins_30, k.senior_at,
    ch.sid IS NOT NULL AS has_champion, ch.since AS champion_since, ch.has_left, ch.gap AS champion_gap, ch.others,
    coalesce(u.pushes, 0) AS pushes, coalesce(u.crossings, 0) AS crossings, x.share,
    b.deal IS NOT NULL AS went_back, y.amount_then, y.category_peak, y.settled_amount, y.settled_close_on,
    h.deal IS NOT NULL AS changed_hands, w2.inactive_at <= getvariable('now') AS is_orphan, t.tasks IS NOT NULL AS has_task,
    CASE WHEN s.step_at IS NULL THEN s.created_at >= getvariable('now') - 14 * 86400000000 AND s.first_step_on >= s.today
        ELSE s.step_at >= getvariable('now') - 14 * 86400000000 AND s.step_on >= s.today END AS has_step,
    CASE WHEN y.settled_step_at IS NULL THEN s.created_at >= getvariable('now') - 14 * 86400000000 AND s.first_step_on >= s.today
        ELSE y.settled_step_at >= getvariable('now') - 14 * 86400000000 AND y.settled_step_on >= s.today END AS has_settled_step,
    CASE WHEN n3.reply_n >= 20 THEN n3.reply WHEN n2.reply_n >= 20 THEN n2.reply WHEN n1.reply_n >= 20 THEN n1.reply END AS norm_reply,
    CASE WHEN n3.gap_n >= 20 THEN n3.gap_usual WHEN n2.gap_n >= 20 THEN n2.gap_usual WHEN n1.gap_n >= 20 THEN n1.gap_usual END AS gap_usual,
    CASE WHEN n3.gap_n >= 20 THEN n3.gap_long WHEN n2.gap_n >= 20 THEN n2.gap_long WHEN n1.gap_n >= 20 THEN n1.gap_long END AS gap_long,
    CASE WHEN n2.amount_n >= 20 THEN n2.amount_median WHEN n1.amount_n >= 20 THEN n1.amount_median END AS amount_median,
    CASE WHEN n2.amount_n >= 20 THEN n2.amount_high WHEN n1.amount_n >= 20 THEN n1.amount_high END AS amount_high,
    CASE WHEN y3.stay_n >= 20 THEN y3.stay_usual WHEN y2.stay_n >= 20 THEN y2.stay_usual END AS stay_usual,
    CASE WHEN y3.stay_n >= 20 THEN y3.stay_long WHEN y2.stay_n >= 20 THEN y2.stay_long END AS stay_long,
    CASE WHEN y3.buyers_n >= 20 THEN y3.buyers WHEN y2.buyers_n >= 20 THEN y2.buyers END AS norm_buyers
FROM state s
LEFT JOIN bounds bo ON bo.pipeline = s.pipeline
LEFT JOIN norms n3 ON n3.pipeline = s.pipeline AND n3.segment = (s.amount > bo.low)::INT + (s.amount > bo.high)::INT
LEFT JOIN norms n2 ON n2.pipeline = s.pipeline AND n2.segment IS NULL
LEFT JOIN norms n1 ON n1.pipeline IS NULL AND n1.segment IS NULL
LEFT JOIN stay_norms y3 ON y3.stage = s.stage AND y3.segment = (s.amount > bo.low)::INT + (s.amount > bo.high)::INT
LEFT JOIN stay_norms y2 ON y2.stage = s.stage AND y2.segment IS NULL
LEFT JOIN reading mail ON mail.owner = s.owner AND mail.source = 0
LEFT JOIN reading cal ON cal.owner = s.owner AND cal.source = 1
LEFT JOIN reading job ON job.owner = s.owner AND job.source = 2
LEFT JOIN paces p ON p.sid = s.deal LEFT JOIN owed o ON o.sid = s.deal LEFT JOIN contact c ON c.sid = s.deal
LEFT JOIN written w ON w.sid = s.deal LEFT JOIN ahead a ON a.sid = s.deal LEFT JOIN crowd k ON k.sid = s.deal
LEFT JOIN champion_state ch ON ch.sid = s.deal LEFT JOIN pushes u ON u.deal = s.deal LEFT JOIN shares x ON x.deal = s.deal
LEFT JOIN backs b ON b.deal = s.deal LEFT JOIN past y ON y.deal = s.deal LEFT JOIN handed h ON h.deal = s.deal
LEFT JOIN owners w2 ON w2.id = s.owner LEFT JOIN planned t ON t.deal = s.deal
JOIN calendar tc ON tc.day = s.today
WHERE s.kind = 0;

CREATE OR REPLACE TEMP TABLE wider AS
SELECT w.*, CASE WHEN a.since IS NOT NULL THEN w.today_until - sc.until_day END AS silent_days, a.since AS silent_since,
    ac.until_day - w.today_until AS accepted_days, w.today_until - cc.until_day AS champion_days,
    w.accepted_meeting_at <= w.now + 21 * 86400000000 AS has_meeting
FROM wide w,
LATERAL (SELECT CASE WHEN coalesce(w.touch_at, w.first_out) IS NULL THEN NULL
    ELSE greatest(coalesce(w.touch_at, w.first_out), coalesce(w.said_at, 0)) END AS since) a
LEFT JOIN calendar sc ON sc.day = a.since // 86400000000
LEFT JOIN calendar ac ON ac.day = w.accepted_meeting_at // 86400000000
LEFT JOIN calendar cc ON cc.day = w.champion_since // 86400000000;

-- 10. The twelve signals: severity, null for unknown, and value.
CREATE OR REPLACE TEMP MACRO ramp(x, lo, hi) AS least(greatest((x - lo) / (hi - lo), 0), 1);

CREATE OR REPLACE TEMP MACRO poisson(n, mean) AS
    list_sum(list_transform(range(0, n + 1), lambda k: exp(k * ln(mean) - mean - lgamma(k + 1))));

CREATE OR REPLACE TABLE answers_of AS
WITH parts AS (
    SELECT *, now - 30 * 86400000000 AS ago_30,
        CASE WHEN recent_n >= 2 AND recent_gap >= 8 THEN least(greatest(((recent_gap + 2)
            / (CASE WHEN before_n >= 3 THEN before_gap ELSE coalesce(norm_reply, 8) END + 2) - 2) / 2, 0), 1) ELSE 0 END AS slow,
        CASE WHEN owed_clock IS NULL THEN 0 ELSE ramp((clock_now - owed_clock) / 3600000000, 8, 24) END AS owed,
        CASE WHEN gap_usual IS NULL THEN 7 ELSE greatest(5, gap_usual) END AS gap_low,
        CASE WHEN age < 21 THEN 1 WHEN norm_buyers IS NOT NULL THEN least(greatest(floor(norm_buyers + .5), 2), 6)
            WHEN phase = 3 AND amount >= amount_high THEN 4 WHEN phase = 3 THEN 3 ELSE 2 END AS needed,
        coalesce(has_meeting, false) AS meets, has_task OR coalesce(has_step, false) AS own,
        has_task OR coalesce(has_settled_step, false) AS settled_own, close_on - today AS left_days
    FROM wider),
weighed AS (
    SELECT *, CASE WHEN gap_usual IS NULL THEN 15 ELSE greatest(gap_low + 3, gap_long) END AS gap_high,
        touches_before / 3 AS usual, greatest((needed - buyers_30) / needed, 0) AS lacking,
        mail_since <= greatest(ago_30, created_at) AS reads_30,
        CASE WHEN phase = 3 OR left_days <= 30 THEN 1.0 WHEN phase = 2 THEN .67 ELSE .33 END AS nothing_planned,
        CASE WHEN settled_amount > 0 THEN 1 ELSE 0 END AS item_amount,
        CASE WHEN settled_close_on >= today THEN 1 ELSE 0 END AS item_close,
        CASE WHEN meets OR (settled_own AND phase < 3) THEN 1
            WHEN NOT has_calendar OR (NOT settled_own AND NOT has_tasks) THEN NULL ELSE 0 END AS item_step,
        CASE WHEN buyers_30 >= 2 THEN 1 WHEN mail_since <= greatest(ago_30, created_at) THEN 0 END AS item_buyers,
        CASE WHEN touches_14 > 0 THEN 1 WHEN mail_since <= greatest(now - 14 * 86400000000, created_at) THEN 0 END AS item_touch,
        CASE WHEN senior_at IS NOT NULL THEN 1
            WHEN mail_since <= created_at AND titled_30 * 2 >= buyers_30 THEN 0 END AS item_senior
    FROM parts),
judged AS (
    SELECT *, ramp(silent_days, gap_low, gap_high) AS silence, list_filter(
            [item_amount, item_close, item_step, item_buyers, item_touch, item_senior], lambda i: i IS NOT NULL) AS items,
        least(1, CASE WHEN went_back THEN .67 ELSE 0 END
            + CASE WHEN amount_then > 0 AND 1 - amount / amount_then >= .5 - 1e-9 THEN 1
                WHEN amount_then > 0 AND 1 - amount / amount_then >= .2 - 1e-9 THEN .5 ELSE 0 END
            + CASE WHEN category < category_peak THEN .5 ELSE 0 END
            + CASE WHEN is_orphan THEN .67 ELSE 0 END + CASE WHEN changed_hands THEN .33 ELSE 0 END) AS regression
    FROM weighed)
SELECT deal,
    CASE WHEN mail_since IS NULL THEN NULL WHEN owed > 0 AND owed >= slow THEN owed WHEN slow > 0 THEN slow
        WHEN coalesce(recent_n, 0) < 2 THEN NULL ELSE 0 END AS reply_latency,
    CASE WHEN owed > 0 AND owed >= slow THEN (clock_now - owed_clock) / 3600000000 ELSE recent_gap END AS reply_latency_value,
    CASE WHEN accepted_days <= 10 THEN 0 WHEN mail_since IS NULL THEN NULL WHEN outs < 2 OR out_days < 2 THEN 0
        WHEN silence > 0 AND mail_since > silent_since THEN NULL ELSE coalesce(silence, 0) END AS buyer_silence,
    silent_days AS buyer_silence_value,
    CASE WHEN age < 56 OR mail_since IS NULL OR mail_since > greatest(now - 56 * 86400000000, created_at) OR usual < 3 THEN NULL
        WHEN touches_14 < usual AND poisson(touches_14, usual) <= .10 THEN 1 - touches_14 / usual ELSE 0 END AS engagement_drop,
    touches_14 AS engagement_drop_value,
    CASE WHEN lacking > 0 THEN CASE WHEN reads_30 THEN lacking END
        WHEN needed >= 2 AND top_ins_30 / greatest(ins_30, 1) > .8 THEN CASE WHEN reads_30 THEN .33 END
        ELSE 0 END AS multi_threading, buyers_30 AS multi_threading_value,
    CASE WHEN NOT has_champion THEN NULL WHEN has_left THEN 1 WHEN mail_since IS NULL OR mail_since > champion_since THEN NULL
        ELSE least(1, ramp(champion_days, greatest(7, 2.5 * champion_gap), greatest(15, 5 * champion_gap))
            * CASE WHEN others THEN 1.2 ELSE 1 END) END AS champion, champion_days AS champion_value,
    CASE WHEN phase < 3 AND coalesce(amount < amount_median, true) THEN 0
        WHEN now - senior_at <= 45 * 86400000000 THEN 0
        WHEN mail_since IS NULL OR mail_since > greatest(now - 45 * 86400000000, created_at) THEN NULL
        WHEN titled_30 * 2 < buyers_30 THEN NULL
        WHEN senior_at IS NULL AND mail_since <= created_at AND phase = 3 THEN CASE WHEN left_days <= 30 THEN 1 ELSE .6 END
        ELSE .4 END AS senior_access, (now - senior_at) / 86400000000 AS senior_access_value,
    least(1, .25 * pushes + .25 * crossings) AS close_date_slips, pushes AS close_date_slips_value,
    CASE WHEN left_days < 0 THEN least(1, .5 - .5 * left_days / 28) WHEN share IS NOT NULL
        THEN greatest((.25 - share) / .25, 0) END AS close_date_credible,
    CASE WHEN left_days < 0 THEN -left_days ELSE share END AS close_date_credible_value,
    CASE WHEN stay_usual IS NULL THEN ramp(stage_days, 30, 60)
        ELSE ramp(stage_days, stay_usual, greatest(stay_long, stay_usual + 1)) END AS stage_stall, stage_days AS stage_stall_value,
    CASE WHEN meets OR (own AND phase < 3) THEN 0 WHEN NOT has_calendar OR (NOT own AND NOT has_tasks) THEN NULL
        WHEN own THEN .33 ELSE nothing_planned END AS next_step,
    meets::INT + has_task::INT + coalesce(has_step, false)::INT AS next_step_value,
    regression AS deal_regression, regression AS deal_regression_value,
    CASE WHEN category = 0 THEN 0 WHEN len(items) < 4 THEN NULL
        ELSE (len(items) - list_sum(items)) / len(items) * CASE category WHEN 3 THEN 1 WHEN 2 THEN .7 ELSE .4 END
        END AS commit_evidence, len(items) - list_sum(items) AS commit_evidence_value
FROM judged;
