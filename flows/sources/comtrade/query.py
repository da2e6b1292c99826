"""One question to UN Comtrade, and how it is taken apart when the answer would be too large."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from flows.contracts.seeds import seed_rows
from flows.errors import EntrepotError, FileRefused
from flows.settings import Settings

FLOWS = ("M", "X", "RX", "RM")
_LONGEST = 3500  # characters of parameters; the server refuses addresses of 4,096
_LEVEL = re.compile(r"AG(\d)")

# Without a mode the keyed service answers in plus mode: every combination of second partner, customs procedure
# and mode of transport, totals included. Pinned to the totals, each cell comes once.
PINNED = {"breakdownMode": "plus", "partner2Code": "0", "customsCode": "C00", "motCode": "0"}


class Query(BaseModel):
    """A reporter's trade in some periods, with some partners (all if empty), in some products and flows."""

    model_config = ConfigDict(frozen=True)

    reporter: str
    periods: tuple[str, ...]
    partners: tuple[str, ...] = ()
    products: tuple[str, ...]
    flows: tuple[str, ...] = FLOWS

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the request; no key among them."""
        partners = {"partnerCode": ",".join(self.partners)} if self.partners else {}
        return {
            "reporterCode": self.reporter,
            "period": ",".join(self.periods),
            **partners,
            "cmdCode": ",".join(self.products),
            "flowCode": ",".join(self.flows),
            **PINNED,
        }

    @property
    def text(self) -> str:
        """The parameters as they stand in an address."""
        return urlencode(self.params, safe=",")

    @property
    def is_too_long(self) -> bool:
        """Whether the server would refuse the address for its length."""
        return len(self.text) > _LONGEST

    def __str__(self) -> str:
        return f"Reporter {self.reporter}, period {','.join(self.periods)}"

    def split(self, all_partners: Callable[[], list[str]], codes_of: Callable[[int], list[str]]) -> list[Self]:
        """Two or more questions that together ask the same: by period, then partner, product, flow.

        `all_partners` gives the codes of every partner, `codes_of` those of a product level in the order of
        chapters. Raises FileRefused when nothing is left to split.
        """
        if len(self.periods) > 1:
            return self._halves("periods", self.periods)
        if not self.partners:
            return self._halves("partners", tuple(all_partners()))
        if len(self.partners) > 1:
            return self._halves("partners", self.partners)
        if len(self.products) > 1:
            return self._halves("products", self.products)
        if level := _LEVEL.fullmatch(self.products[0]):
            return self._halves("products", tuple(codes_of(int(level[1]))))
        if len(self.flows) > 1:
            return self._halves("flows", self.flows)
        raise FileRefused(f"{self}: one cell has more rows than UN Comtrade hands out at once; nothing can be trusted.")

    def _halves(self, name: str, values: tuple[str, ...]) -> list[Self]:
        if len(values) < 2:
            raise FileRefused(f"{self}: UN Comtrade's list of {name} has {len(values)} entries; it cannot be split.")
        middle = len(values) // 2
        return [self.model_copy(update={name: half}) for half in (values[:middle], values[middle:])]


def comtrade_codes(settings: Settings, areas: Iterable[str]) -> tuple[str, ...]:
    """UN Comtrade's numbers for economies given as alpha-3; an economy may have had several.

    Raises EntrepotError for one UN Comtrade does not know.
    """
    rows = [row for row in seed_rows(settings.seeds, "area_code") if row["code_system"] == "comtrade"]
    wanted = set(areas)
    unknown = sorted(wanted - {row["area_code"] for row in rows})
    if unknown:
        raise EntrepotError(f"UN Comtrade has no code for {', '.join(unknown)}; give economies as ISO 3166 alpha-3.")
    return tuple(sorted((row["code"] for row in rows if row["area_code"] in wanted), key=int))
