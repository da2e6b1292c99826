"""What can go wrong because of input: shown to people as one sentence, never as a traceback."""

from __future__ import annotations


class EntrepotError(Exception):
    """Something a person can act on. The message says what, where and what to do."""

    exit_code = 1


class ContractError(EntrepotError):
    """A contract file is itself wrong."""


class FileRefused(EntrepotError):
    """A raw file breaks its contract so that none of it can be used."""


class WriterBusy(EntrepotError):
    """Another process is writing to the warehouse."""

    exit_code = 4


class BuildFailed(EntrepotError):
    """dbt could not build the candidate, or a dbt test failed."""


class GateFailed(EntrepotError):
    """The release gate found an error; nothing was published."""

    exit_code = 2


class PublishRefused(EntrepotError):
    """The candidate may not become the published file."""
