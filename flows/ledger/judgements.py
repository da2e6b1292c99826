"""What is on record beside runs and files: unit tests that passed, and rows that people have accepted."""

from __future__ import annotations

import logging
from pathlib import Path

from expectations.acceptance import Acceptance
from expectations.shipped import shipped
from flows.ledger.files import read_record, write_json
from flows.records import UnitTests
from flows.settings import Settings

log = logging.getLogger("entrepot")


class Judgements:
    """The judgements on record in one warehouse and in the project."""

    settings: Settings

    def unit_tests(self, fingerprint: str) -> UnitTests | None:
        """When the unit tests of the SQL of this fingerprint passed, here or before it was shipped; None if never."""
        for path in (self._unit_tests_path(fingerprint), self._shipped_unit_tests):
            if path.is_file():
                passed = UnitTests.model_validate_json(path.read_text(encoding="utf-8"))
                if passed.fingerprint == fingerprint:
                    return passed
        return None

    def record_unit_tests(self, passed: UnitTests) -> None:
        """Write down that they passed."""
        write_json(self._unit_tests_path(passed.fingerprint), passed.model_dump_json(indent=1))

    def ship_unit_tests(self, passed: UnitTests) -> None:
        """Write it into the project, for those who get this state of it."""
        write_json(self._shipped_unit_tests, passed.model_dump_json(indent=1) + "\n")

    @property
    def _shipped_unit_tests(self) -> Path:
        return self.settings.dbt_project / "unit_tests.json"

    def _unit_tests_path(self, fingerprint: str) -> Path:
        return self.settings.runs / "unit_tests" / f"{fingerprint}.json"

    def acceptances(self) -> list[Acceptance]:
        """What has been accepted of the release gate's findings, withdrawn or not: what ships first, then by age.

        A record that cannot be read counts for nothing, and is named.
        """
        found = []
        for path in sorted((self.settings.runs / "acceptances").glob("[!.]*.json")):
            if (acceptance := read_record(Acceptance, path)) is None:
                log.warning("%s cannot be read as the record of an acceptance, and counts for nothing.", path)
            else:
                found.append(acceptance)
        return [*shipped(), *sorted(found, key=lambda each: each.accepted_at)]

    def save_acceptance(self, acceptance: Acceptance) -> None:
        """Write down who accepted what until when and why, or that it was withdrawn."""
        path = self.settings.runs / "acceptances" / f"{acceptance.acceptance_id}.json"
        write_json(path, acceptance.model_dump_json(indent=1))
