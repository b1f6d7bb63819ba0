"""The functions of the schema `audit`, in SQL; the migration makes them."""

# Before the tables. Version 7 (RFC 9562) by hand, because PostgreSQL has it only from 18 on.
FIRST = r"""
-- The twelve bits after the milliseconds hold their fraction, so that ids of one transaction sort as written.
CREATE FUNCTION audit.uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT pg_catalog.encode(pg_catalog.overlay(
        pg_catalog.uuid_send(pg_catalog.gen_random_uuid()),
        pg_catalog.int8send((t / 1000) << 16 | 28672 | (t % 1000) * 4096 / 1000), 1, 8), 'hex')::uuid
    FROM (SELECT (extract(epoch from pg_catalog.clock_timestamp()) * 1000000)::bigint AS t) clock
$$;

CREATE FUNCTION audit.set_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.leaf := pg_catalog.sha256('\x00'::bytea || NEW.nonce || pg_catalog.convert_to(NEW.body, 'UTF8'));
    RETURN NEW;
END $$;
"""

# After the tables.
SECOND = r"""
-- Partitions of one day, attached without keeping anybody from writing. Safe to repeat.
CREATE FUNCTION audit.create_day(d date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    parent text;
    child text;
    is_new boolean := false;
BEGIN
    FOREACH parent IN ARRAY ARRAY['entry', 'seal', 'round'] LOOP
        child := parent || '_' || to_char(d, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('audit.' || child) IS NOT NULL;
        is_new := true;
        EXECUTE format('CREATE TABLE audit.%I (LIKE audit.%I INCLUDING ALL)', child, parent);
        EXECUTE format('ALTER TABLE audit.%I ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
            parent, child, d::timestamp AT TIME ZONE 'UTC', (d + 1)::timestamp AT TIME ZONE 'UTC');
        IF parent <> 'round' THEN
            EXECUTE format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', child);
            EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', child);
        END IF;
    END LOOP;
    RETURN is_new;
END $$;

-- Days that are old enough to leave, the oldest first.
CREATE FUNCTION audit.days_due() RETURNS SETOF date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_date(right(c.relname, 8), 'YYYYMMDD') FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'audit.entry'::regclass
      AND to_date(right(c.relname, 8), 'YYYYMMDD') <= (now() AT TIME ZONE 'UTC')::date - 90
    ORDER BY 1
$$;

-- Where each workspace's entries of a day end in its tree: one more than the last index. Refuses an unsealed day.
CREATE FUNCTION audit.ends_of_day(d date) RETURNS TABLE (workspace_id uuid, body_end bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    low timestamptz := d::timestamp AT TIME ZONE 'UTC';
    high timestamptz := (d + 1)::timestamp AT TIME ZONE 'UTC';
    written bigint;
    days integer;
BEGIN
    SELECT count(*) INTO written FROM audit.entry e WHERE e.at >= low AND e.at < high;
    -- Nearly always everything was sealed by the next day; the whole time is searched only when it was not.
    FOREACH days IN ARRAY ARRAY[2, 200] LOOP
        RETURN QUERY
            WITH found AS (
                SELECT s.workspace_id AS ws, s.first + o.place AS stop
                FROM audit.seal s CROSS JOIN unnest(s.entry_ids) WITH ORDINALITY o (id, place)
                JOIN audit.entry e ON e.workspace_id = s.workspace_id AND e.id = o.id
                    AND e.at >= low AND e.at < high
                WHERE s.at >= low AND s.at < low + make_interval(days => days)
            )
            SELECT ws, max(stop) FROM found GROUP BY ws
            HAVING (SELECT count(*) FROM found) = written;
        IF FOUND OR written = 0 THEN RETURN; END IF;
    END LOOP;
    RAISE EXCEPTION 'audit: not every entry of % is sealed', d USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

-- The only way out. Refuses a day that is younger than 90 days, not sealed, or without an anchor after it.
-- Works in two steps, so that the log verifies at every moment: the first call raises the limits in the heads and
-- answers false; when the sealer has signed them, the next call drops the day and answers true.
-- Whoever writes and reads takes the three tables in an order of its own. This gives up long before the server
-- looks for deadlocks (after 1 s by default), so that it is never another who is ended; the next call tries again.
CREATE FUNCTION audit.drop_day(d date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '300ms' AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    tomorrow timestamptz := (d + 1)::timestamp AT TIME ZONE 'UTC';
    raised bigint;
    child text;
BEGIN
    IF d > today - 90 THEN
        RAISE EXCEPTION 'audit: % is younger than 90 days', d USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF d > (SELECT min(due) FROM audit.days_due() due) THEN
        RAISE EXCEPTION 'audit: days before % are still there', d USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF EXISTS (SELECT FROM audit.ends_of_day(d) f WHERE f.body_end > coalesce((SELECT max(a.size)
               FROM audit.anchor a WHERE a.workspace_id = f.workspace_id AND a.day <= today - 89), 0)) THEN
        RAISE EXCEPTION 'audit: there is no anchor after %', d USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    WITH wanted AS (
        SELECT h.workspace_id, greatest(h.min_index, coalesce((SELECT max(a.size) FROM audit.anchor a
                   WHERE a.workspace_id = h.workspace_id AND a.day <= d), 0)) AS leaf_end, f.body_end
        FROM audit.head h LEFT JOIN audit.ends_of_day(d) f USING (workspace_id)
    )
    UPDATE audit.head h SET is_stale = true, min_index = w.leaf_end,
        body_min_index = greatest(h.body_min_index, w.leaf_end, w.body_end)
    FROM wanted w WHERE w.workspace_id = h.workspace_id AND (h.is_stale OR h.round_at < tomorrow
        OR h.min_index < w.leaf_end OR h.body_min_index < greatest(w.leaf_end, w.body_end));
    GET DIAGNOSTICS raised = ROW_COUNT;
    IF raised > 0 THEN RETURN false; END IF;
    FOREACH child IN ARRAY ARRAY['entry', 'seal', 'round'] LOOP
        EXECUTE format('DROP TABLE IF EXISTS audit.%I', child || '_' || to_char(d, 'YYYYMMDD'));
    END LOOP;
    RETURN true;
END $$;
"""
