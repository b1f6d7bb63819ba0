"""The running role's rights on the queue, two indexes it lacks, and the failures."""

from django.db import migrations, models

import auctor.kit.ids
from auctor.tenancy.policy import ProtectTable

# The queue's functions run with the rights of their caller. Nobody but the running role may call them.
GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers
    TO auctor_app;
GRANT SELECT, INSERT ON procrastinate_events TO auctor_app;
GRANT USAGE, SELECT ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq,
    procrastinate_periodic_defers_id_seq, procrastinate_workers_id_seq TO auctor_app;
DO $$
DECLARE
    called regprocedure;
BEGIN
    FOR called IN SELECT oid::regprocedure FROM pg_proc
                   WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'procrastinate_') LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', called);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO auctor_app', called);
    END LOOP;
END $$;
"""
NO_GRANTS = """
REVOKE ALL ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
    FROM auctor_app;
REVOKE ALL ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq,
    procrastinate_periodic_defers_id_seq, procrastinate_workers_id_seq FROM auctor_app;
"""

# The first finds who else has a lock, when a job is enqueued and when one is fetched. Every job changes its row
# three times: a queue that is not cleaned often is slow at its head.
INDEXES = """
CREATE INDEX jobs_queue_lock ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing');
CREATE INDEX jobs_queue_workspace ON procrastinate_jobs ((args ->> 'workspace_id'), id DESC);
ALTER TABLE procrastinate_jobs SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
"""
NO_INDEXES = """
DROP INDEX jobs_queue_lock, jobs_queue_workspace;
ALTER TABLE procrastinate_jobs RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
"""


class Migration(migrations.Migration):
    """After the queue's own tables and the context of workspaces."""

    initial = True
    dependencies = [("procrastinate", "0041_post_retry_failed_job"), ("tenancy", "0001_workspace")]
    operations = [
        migrations.RunSQL(GRANTS, NO_GRANTS),
        migrations.RunSQL(INDEXES, NO_INDEXES),
        migrations.CreateModel(
            name="JobFailure",
            fields=[
                (
                    "id",
                    models.UUIDField(default=auctor.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("job_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=128)),
                ("error", models.CharField(max_length=128)),
                ("attempt", models.IntegerField()),
                ("failed_at", models.DateTimeField()),
                ("will_retry", models.BooleanField()),
            ],
            options={
                "db_table": "jobs_failure",
                "indexes": [
                    models.Index(fields=["workspace_id", "job_id"], name="jobs_failure_job"),
                    models.Index(fields=["workspace_id", "-failed_at"], name="jobs_failure_last"),
                ],
            },
            managers=[
                ("objects", models.manager.Manager()),
                ("unscoped", models.manager.Manager()),
            ],
        ),
        ProtectTable("jobs_failure"),
    ]
