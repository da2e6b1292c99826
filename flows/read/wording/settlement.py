"""Settlement in words: what trade a share is of, and in which currencies. One wording for terminal and page."""

from __future__ import annotations

from flows.read.wording.numbers import possessive, words

_FLOWS = {"X": "exports", "M": "imports", "T": "trade"}


def settled_trade(flow_code: str, reporter: str, partner: str) -> str:
    """The trade of two that a share is of: `China's exports to Russia`, `trade between the two`; names as in text."""
    if flow_code not in ("X", "M"):
        return "trade between the two"
    return f"{possessive(reporter)} {_FLOWS[flow_code]} {'to' if flow_code == 'X' else 'from'} {partner}"


def all_trade(flow_code: str, reporter: str) -> str:
    """What a share of one side's trade with everyone is of: `all exports of China`."""
    return f"all {_FLOWS.get(flow_code, 'trade')} of {reporter}"


def currencies(code: str | None) -> str:
    """Currencies by their codes: `CNY`, `CNY and RUB together`, `national currencies`."""
    codes = (code or "").split("+")
    text = words([each.replace("_", " ").lower() if len(each) > 3 else each for each in codes])
    return f"{text} together" if len(codes) > 1 else f"{text} currencies" if len(codes[0]) > 3 else text
