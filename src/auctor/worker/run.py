"""The worker's process: finds the jobs of all packages, runs them, rescues what others left behind."""

import asyncio
import importlib
import importlib.util
import logging
import pkgutil
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import structlog
from django.db import DatabaseError, connections, transaction
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.contrib.django import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.worker import Worker

import auctor
from auctor.jobs.declare import Declaration, declared
from auctor.jobs.failures import record_failure
from auctor.jobs.queue import QUEUE
from auctor.jobs.records import FailureRecord
from auctor.jobs.rescue import ERROR_WORKER_LOST, RescuedJob, list_held, rescue_forgotten, rescue_stalled
from auctor.jobs.retry import POLICIES
from auctor.jobs.timetable import TIMETABLE
from auctor.worker import compiling
from auctor.worker.execute import PolicyStrategy, execute
from auctor.worker.metrics import RESCUED
from auctor.worker.timetable import CATCH_UP_SECONDS, register

log = structlog.get_logger("auctor.worker")

POLLING_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
# Four heartbeats missed. With the interval of looks below, a killed worker's jobs run again within 30 seconds.
STALLED_SECONDS = 20.0
RESCUE_SECONDS = 5.0
# Less than the supervisor's patience, so that the worker says good-bye itself.
STOP_SECONDS = 8.0


class Held:
    """What this worker really runs, to be compared with what the queue believes."""

    def __init__(self) -> None:
        self.worker_id: int | None = None
        self.running: set[int] = set()
        self._suspects: set[int] = set()

    async def note(self, call: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
        """Procrastinate's middleware around each job."""
        self.worker_id = worker.worker_id
        number = context.job.id or 0
        self.running.add(number)
        try:
            return await call()
        finally:
            self.running.discard(number)

    def find_forgotten(self, held: list[int]) -> list[int]:
        """Jobs held but not run, now and at the look before: their end could not be stored."""
        idle = set(held) - self.running
        forgotten, self._suspects = idle & self._suspects, idle
        return sorted(forgotten)


def run(*, concurrency: int) -> int:
    """Work until SIGTERM or SIGINT; returns the exit code, 1 when the worker ended without being asked to."""
    find_jobs()
    compiler = compiling.start()
    logging.getLogger("procrastinate").addFilter(_is_not_ours)
    logging.getLogger("procrastinate.worker").addFilter(_is_not_ours)
    try:
        return asyncio.run(_work(make_app(), concurrency))
    finally:
        if compiler is not None:
            compiler.kill()
            compiler.wait()


def find_jobs() -> None:
    """Import `jobs.py` of every package that has one: importing declares."""
    for package in pkgutil.iter_modules(auctor.__path__, "auctor."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.jobs"):
            importlib.import_module(f"{package.name}.jobs")


def make_app() -> App:
    """Procrastinate's application with every declared job and the timetable."""
    connector = PsycopgConnector(kwargs=connector_params("default"), min_size=1, max_size=4)
    app = DjangoApp(connector=connector, periodic_defaults={"max_delay": CATCH_UP_SECONDS})
    for declaration in declared().values():
        strategy = PolicyStrategy(POLICIES[declaration.retry])
        app.task(name=declaration.name, queue=QUEUE, retry=strategy, pass_context=True)(_runner(declaration))
    register(app, TIMETABLE, declared())
    return app


def _runner(declaration: Declaration) -> Callable[..., None]:
    def runner(context: JobContext, **arguments: object) -> None:
        execute(declaration, context, arguments)

    return runner


async def _work(app: App, concurrency: int) -> int:
    # Each running job holds a thread; two more serve the rescue and procrastinate itself.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(concurrency + 2, "worker"))
    held = Held()
    async with app.open_async():
        worker = asyncio.create_task(_procrastinate(app, concurrency, held))
        asked = _stop_on_signal(worker)
        rescue = asyncio.create_task(_rescue_again_and_again(held))
        log.info("worker started", jobs=len(declared()), concurrency=concurrency)
        try:
            await worker
        except asyncio.CancelledError:
            log.info("worker stopped")
        except Exception as error:
            log.exception("worker failed", exc_info=error)
        finally:
            rescue.cancel()
    return 0 if asked.is_set() else 1


async def _procrastinate(app: App, concurrency: int, held: Held) -> None:
    await app.run_worker_async(
        queues=[QUEUE],
        concurrency=concurrency,
        fetch_job_polling_interval=POLLING_SECONDS,
        abort_job_polling_interval=HEARTBEAT_SECONDS,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=STALLED_SECONDS,
        shutdown_graceful_timeout=STOP_SECONDS,
        install_signal_handlers=False,
        worker_middleware=[held.note],
    )


def _stop_on_signal(worker: "asyncio.Task[None]") -> threading.Event:
    """The first SIGTERM or SIGINT lets running jobs end; tells whether there was one."""
    asked = threading.Event()

    def stop() -> None:
        if not asked.is_set():
            asked.set()
            worker.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    return asked


async def _rescue_again_and_again(held: Held) -> None:
    while True:
        try:
            await asyncio.to_thread(rescue, held)
        except DatabaseError as error:
            # The database is away for a moment; the next look is soon.
            log.warning("no rescue", exc_info=error)
        await asyncio.sleep(RESCUE_SECONDS)


def rescue(held: Held) -> list[RescuedJob]:
    """One look: jobs of dead workers, and jobs that this worker forgot. In a thread, with a connection of its own."""
    try:
        rescued = rescue_stalled(seconds=STALLED_SECONDS)
        if held.worker_id is not None and (forgotten := held.find_forgotten(list_held(held.worker_id))):
            rescued += rescue_forgotten(forgotten, worker_id=held.worker_id)
        for job in rescued:
            _note_rescue(job)
    finally:
        connections["default"].close()
    return rescued


def _note_rescue(job: RescuedJob) -> None:
    outcome = "given_up" if job.is_given_up else "requeued"
    RESCUED.labels(job.name, outcome).inc()
    log.warning("job rescued", job=job.name, job_id=job.id, workspace=str(job.workspace_id), outcome=outcome)
    failure = FailureRecord(job.id, job.name, ERROR_WORKER_LOST, job.attempts, datetime.now(UTC), not job.is_given_up)
    with transaction.atomic():
        record_failure(job.workspace_id, failure)


def _is_not_ours(record: logging.LogRecord) -> bool:
    """Procrastinate logs failed jobs with their arguments; ours says the same by ids and codes."""
    return not str(getattr(record, "action", "")).startswith("job_")
