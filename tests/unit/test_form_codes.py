"""A drop-down takes what a person reads and the code; the form lists what a person reads first."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from flows import forms

FIELDS = [
    (forms.Source, "ecb"),
    (forms.LiveSource, "comtrade_api"),
    (forms.Economy, "CHN"),
    (forms.StatisticFrequency, "M"),
]


@pytest.mark.parametrize(("field", "code"), FIELDS)
def test_code_and_label_mean_the_same_and_nothing_else_is_taken(field: Any, code: str) -> None:
    kind = TypeAdapter(field)
    member = kind.validate_python(code)
    assert (member.name, kind.validate_python(member.value)) == (code, member)
    offered = kind.json_schema()["enum"]
    assert offered == [*(each.value for each in field), *(each.name for each in field)]
    for wrong in ("nowhere", "", code.swapcase()):
        with pytest.raises(ValidationError):
            kind.validate_python(wrong)
