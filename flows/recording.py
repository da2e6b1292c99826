"""How a flow is recorded: its settings, the writer's lock, its run record, and the state it ends in.

Whatever happens to the work of a flow, its record is closed, a person finds the summary in the UI, and Prefect is told
how it ended, in the words of the record.
"""

from __future__ import annotations

import contextlib
import logging
import signal
from collections.abc import Callable
from typing import cast

import httpx
from prefect import runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.blocks.system import Secret
from prefect.exceptions import TerminationSignal
from prefect.states import Completed, Failed
from pydantic import SecretStr

from flows.errors import (
    EntrepotError,
    GateFailed,
    LandedDamaged,
    NothingIngested,
    WriterBusy,
    is_interruption,
    of_the_machine,
)
from flows.ledger import Ledger, Run, RunState
from flows.machine import end_with_parent
from flows.redaction import redact_error, watch_logs
from flows.releases import gate_report, summary
from flows.settings import Settings, get_settings
from flows.steps import build
from flows.steps.landing import damage
from flows.stopping import blaming_signals, end_in_order, end_within, noting_signals, undisturbed
from flows.transport import server_trouble

log = logging.getLogger("entrepot")

INTERRUPTED: tuple[RunState, str] = (
    "interrupted", "Interrupted. What was fetched is kept; the next run resumes from it."
)  # fmt: skip
# A run from the UI waits for a person's own command as it waits for another run: it does not fail.
PATIENT_SECONDS = 6 * 3600.0
# For Prefect to tell its server that a run was stopped.
ENDING_SECONDS = 30.0


def standing_settings() -> Settings:
    """The settings of the environment, and of Prefect's Secret blocks a key the environment does not give.

    The block of `comtrade_key` is called `entrepot-comtrade-key`, and so on. A run of a deployment ends with the worker
    that has started it: it would go on unseen, and hold up those that follow.
    """
    settings, found = get_settings(), dict[str, object]()
    if runtime.deployment.id:
        end_with_parent(signal.SIGTERM)
        end_in_order()
        log.setLevel(logging.INFO)  # which Prefect leaves to us; the UI shows what the steps say
        found["lock_timeout_seconds"] = PATIENT_SECONDS
    for field in settings.missing_keys():
        with contextlib.suppress(ValueError):  # there is no such block
            found[field] = SecretStr(cast(Secret[str], Secret.load(f"entrepot-{field.replace('_', '-')}")).get())
    settings = settings.model_copy(update=found)
    watch_logs(settings, "entrepot", "prefect.flow_runs", "prefect.task_runs")
    return settings


def describe(settings: Settings, run: Run, kind: str) -> None:
    """Leave what a person needs to know as artifacts in the Prefect UI."""
    title = f"Run {run.run_id}"
    create_markdown_artifact(key=f"{kind}-summary", markdown=summary.markdown(settings, run), description=title)
    tables = {
        "ingest-outcomes": summary.outcome_table(run),
        "check-results": gate_report.check_table(gate_report.results_of(run)),
        "accepted-rows": gate_report.accepted_table(gate_report.results_of(run)),
        "what-changed": summary.revision_table(settings, run),
    }
    for key, table in tables.items():
        if table:
            create_table_artifact(key=key, table=table, description=title)


def tell(ledger: Ledger, run_id: str, kind: str) -> None:
    """The same for a run that is over: where the server is gone its record stands all the same."""
    try:
        describe(ledger.settings, ledger.run(run_id), kind)
    except Exception as error:  # noqa: BLE001  whatever it was, the run has ended as its record says
        said = server_trouble.answer(error) if isinstance(error, httpx.HTTPError) else error
        log.warning("The summary of run %s could not be left in the Prefect UI: %s", run_id, said)


def recorded(ledger: Ledger, kind: str, work: Callable[[Run], Run | None]) -> str:
    """Do `work` under the writer's lock and with a run record, closed and described whatever happens.

    The flow ends in a state that bears the name of how the run ended, such as Partial or Gate Failed: this one, or the
    earlier one `work` returns. What a person can act on is its message; anything else is raised.
    """
    try:
        with ledger.writing(f"{kind} (flow run {runtime.flow_run.name})"), noting_signals():
            return _recorded(ledger, kind, work)
    except WriterBusy as error:
        return refused(ledger.settings, error)


def _recorded(ledger: Ledger, kind: str, work: Callable[[Run], Run | None]) -> str:
    ledger.tidy()
    made_anew = damage.prepare_anew(ledger)
    run = ledger.start(kind, build.versions(), build.code_fingerprint())
    run.notices += [made_anew] if made_anew else []
    shown = run
    try:
        with blaming_signals():
            shown = work(run) or run
    except EntrepotError as error:
        redact_error(ledger.settings, error)
        refusal = _with_damage_set_aside(ledger, error)
        if not ledger.stop(run, "gate_failed" if isinstance(refusal, GateFailed) else "failed", str(refusal)):
            return refused(ledger.settings, refusal)
    except BaseException as error:
        redact_error(ledger.settings, error)
        if not _only_followers_failed(ledger, run, error):
            raise
        log.exception("What follows the release was not all made")
    finally:
        tell(ledger, shown.run_id, "refresh" if kind == "run" else kind)
    done = ledger.run(shown.run_id)
    return ended(done, " With Failures" if done.failed else "")


def _with_damage_set_aside(ledger: Ledger, error: EntrepotError) -> EntrepotError:
    """The error, or where landed.duckdb is damaged and could be set aside, one that says so and what to do."""
    if isinstance(error, LandedDamaged):
        with contextlib.suppress(LandedDamaged):
            return LandedDamaged(f"{damage.set_aside_for(ledger, error)} Run again.")
    return error


def _only_followers_failed(ledger: Ledger, run: Run, error: BaseException) -> bool:
    """Close the record of a run that was interrupted or met a fault nobody has foreseen; whether its release is out, so
    that the fault is a notice. An interruption by the UI's Cancel, the end of the worker or Ctrl-C never is one.
    """
    if not (isinstance(error, TerminationSignal | SystemExit) or is_interruption(error)):
        return ledger.stop(run, "failed", _told(ledger.settings, error))
    with undisturbed():
        ledger.stop(run, *INTERRUPTED)
    build.discard(ledger.settings, run)
    if runtime.deployment.id:  # a process of a worker, which does nothing else
        end_within(ENDING_SECONDS)
    return False


def _told(settings: Settings, error: BaseException) -> str:
    """A fault that nobody has foreseen; trouble of the machine or of Prefect's server in a sentence."""
    if isinstance(error, httpx.HTTPError):
        return server_trouble.failure(settings, error)
    return of_the_machine(error) or f"Unexpected {type(error).__name__}: {error}"


def pointed(kind: str, point: Callable[[Ledger], tuple[Run, list[str]]]) -> str:
    """Let `point` move the published link; the run it returns is the one the flow describes and ends as."""

    def work(ledger: Ledger) -> str:
        run, _ = point(ledger)
        tell(ledger, run.run_id, kind)
        return ended(run)

    return unrecorded(work)


def unrecorded(work: Callable[[Ledger], str]) -> str:
    """Do the `work` of a flow that keeps no run record by itself; where a person can act on its error, that is the
    message of the state the flow ends in.
    """
    ledger = Ledger(standing_settings())
    try:
        return work(ledger)
    except EntrepotError as error:
        return refused(ledger.settings, error)


def ended(run: Run, more: str = "") -> str:
    """The run's id, for Prefect in a state that bears the name of how the run ended, with `more` to say of it."""
    name = run.state.replace("_", " ").title() + more
    return cast(str, Completed(name=name, message=run.message, data=run.run_id))


# For the UI and its alerts: what stopped a flow that could not do what was asked. Any other error is just Failed.
_REFUSALS = {GateFailed: "Gate Failed", NothingIngested: "Nothing Ingested"}


def refused(settings: Settings, error: EntrepotError) -> str:
    """For Prefect the state of a flow that could not do what was asked; whoever called it gets the error raised,
    without the secrets of `settings`.
    """
    redact_error(settings, error)
    name = next((name for kind, name in _REFUSALS.items() if isinstance(error, kind)), "Failed")
    return cast(str, Failed(name=name, message=str(error), data=error))
