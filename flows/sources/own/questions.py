"""What a draft cannot guess: each question with the option that answers it, and a default where one is usual."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from flows.sources.own.draft import Draft


class Question(BaseModel):
    """One thing to ask: the field of Answers it fills, the words, and what is taken when a person just agrees."""

    model_config = ConfigDict(frozen=True)

    field: str
    text: str
    default: str | None = None

    @property
    def option(self) -> str:
        """The option of the command line that answers it."""
        name = "value" if self.field == "values" else self.field
        return f"--{name.replace('_', '-')}"


def open_questions(draft: Draft) -> list[Question]:
    """Questions neither the table nor the answers so far settle, the roles first."""
    said, found = draft.answers, draft.guess
    columns = f"a column ({', '.join(name for name in draft.sample.header if name)})"
    asked: list[tuple[bool, Question]] = [
        (
            draft.area("reporter") is None,
            Question(field="reporter", text=f"Whose statistic is it? {columns} or an ISO code, such as FIN"),
        ),
        (
            draft.area("partner") is None,
            Question(field="partner", text=f"Who is the partner? {columns} or an ISO code; WLD for the World"),
        ),
        (
            draft.period() is None and said.period is None and found.period is None,
            Question(field="period", text=f"Where does the period stand? {columns}"),
        ),
        (
            said.product is None and found.product is None and found.product_words is not None,
            Question(field="product", text=f"Where do HS codes stand? {columns}, or TOTAL for all products together"),
        ),
        (not draft.values(), Question(field="values", text=f"Where do the values stand? {columns}")),
        (
            draft.flow() is None and any("flow" not in value for value in draft.values()),
            Question(field="flow", text=f"Which flow? {columns}, or X for exports, M for imports"),
        ),
        (
            said.currency is None and found.currency is None,
            Question(field="currency", text="Which currency are the values in (ISO 4217)?"),
        ),
        (
            said.multiplier is None and found.multiplier is None,
            Question(field="multiplier", text="What is one unit of them worth? 1000 for thousands", default="1"),
        ),
        (
            draft.product() != {"constant": "TOTAL"} and said.hs is None and found.classification is None,
            Question(field="hs", text="Which HS revision? H0 (1992) to H6 (2022), HS if not known", default="HS"),
        ),
        (
            said.exports_valuation is None,
            Question(field="exports_valuation", text="How are exports valued?", default="FOB"),
        ),
        (
            said.imports_valuation is None,
            Question(field="imports_valuation", text="How are imports valued?", default="CIF"),
        ),
        (said.publisher is None, Question(field="publisher", text="Who publishes it?")),
        (said.licence is None, Question(field="licence", text="What may be done with it (licence)?")),
    ]
    layout = Question(field="period_layout", text="How are the periods written? for example YYYY-MM or DD/MM/YYYY")
    has_column = said.period is not None or found.period is not None
    asked.insert(3, (draft.period() is None and has_column and said.period_layout is None, layout))
    draft.notes.clear()
    return [question for is_open, question in asked if is_open]
