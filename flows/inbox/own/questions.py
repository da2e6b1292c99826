"""What a draft cannot guess: each question with the option that answers it, and a default where one is usual."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from flows.errors import EntrepotError
from flows.inbox.own.cumulative import summed_in_part, why_cumulative
from flows.inbox.own.dimensions import REMEDY_OF_OTHER_CODES
from flows.inbox.own.draft import Draft

_MONTHLY = ("MM", "Mon", "q")  # what of a layout is finer than a year


class Question(BaseModel):
    """One thing to ask: the field of Answers it fills, the words, and what is taken when a person just agrees.

    `reason` says why the table does not answer it, where that is not plain to see. `taken` says what is taken in its
    place without asking, where figures are worth other than they are if that is wrong.
    """

    model_config = ConfigDict(frozen=True)

    field: str
    text: str
    default: str | None = None
    reason: str | None = None
    taken: str | None = None

    @property
    def option(self) -> str:
        """The option of the command line that answers it."""
        name = "value" if self.field == "values" else self.field
        return f"--{name.replace('_', '-')}"


def open_questions(draft: Draft) -> list[Question]:
    """Questions neither the table nor the answers so far settle, the roles first.

    Raises EntrepotError for an answer that cannot be.
    """
    draft.cadence()
    draft.valuation()
    asked = [*_of_roles(draft), *_of_units(draft), *_of_sums(draft), *_of_terms(draft)]
    draft.notes.clear()
    return asked


def _of_roles(draft: Draft) -> Iterator[Question]:
    said, found = draft.answers, draft.guess
    columns = f"a column ({', '.join(name for name in draft.sample.header if name)})"
    if draft.area("reporter") is None:
        yield Question(field="reporter", text=f"Whose statistic is it? {columns} or an ISO code, such as FIN")
    if draft.area("partner") is None:
        text = f"Who is the partner? {columns} or an ISO code; WLD for the World"
        yield Question(field="partner", text=text, reason=_why_partner_is_open(draft))
    draft.require_readable_months()
    if draft.period() is None and said.period_layout is None:
        draft.require_readable_periods()
    if draft.period() is None and said.period is None and found.period is None:
        yield Question(field="period", text=f"Which column has the period? {columns}", reason=_no_period(draft))
    elif draft.period() is None and said.period_layout is None:
        yield Question(field="period_layout", text="How are the periods written? Such as YYYY-MM or DD/MM/YYYY")
    if said.product is None and found.product is None and found.product_words is not None:
        header, other = draft.sample.header[found.product_words], found.other_classification
        text = f"Which column has the HS codes? {columns}, or TOTAL for all products together"
        what = f"codes of {other}, not of HS" if other else "no HS codes"
        if found.may_be_goods:
            what = "what may be codes of goods"
        reason = f"{header!r} has {what}: {REMEDY_OF_OTHER_CODES}"
        yield Question(field="product", text=text, reason=reason)
    if not draft.values():
        why = _unread_values(draft) or _other_sheets(draft)
        yield Question(field="values", text=f"Which column has the values? {columns}", reason=why)
    if draft.flow() is None and any("flow" not in value for value in draft.values()):
        yield Question(field="flow", text=f"Which flow? {columns}, or X for exports, M for imports")


def _why_partner_is_open(draft: Draft) -> str | None:
    """Which two columns say whom goods came from; none where there are no two."""
    if draft.guess.partners_open is None:
        return None
    origin, consignor = (draft.sample.header[at] for at in draft.guess.partners_open)
    return f"{origin!r} and {consignor!r} may each be the partner; customs usually publish imports by country of origin"


def _no_period(draft: Draft) -> str:
    """Where a period can be written that the table does not say."""
    sheets = _other_sheets(draft)
    remedy = "where no column has the period, a first line such as 'Year: 2021' or 'Period: March 2021' says it"
    return f"{sheets}; {remedy}" if sheets else remedy


def _other_sheets(draft: Draft) -> str | None:
    """The sheets that are not read, where the one that is may be a cover or a list of contents; none where all are."""
    if not draft.sample.unread_sheets:
        return None
    names = ", ".join(map(repr, draft.sample.unread_sheets[:5]))
    return f"only the sheet {draft.sample.sheet_name!r} is read; --sheet reads another, such as {names}"


def _unread_values(draft: Draft) -> str | None:
    """The column that is called a value and holds what is no number, with the first of it; none where there is none."""
    found = draft.guess.unread_values
    if found is None:
        return None
    header, text = draft.sample.header[found[0]], found[1]
    return f"{header!r} is called a value, and {text!r} in it cannot be read as a number; write plain numbers"


def _of_units(draft: Draft) -> Iterator[Question]:
    said, found = draft.answers, draft.guess
    draft.require_money()
    if found.is_spelling_open:
        at = next(at for at in found.values if any(mark in value for mark in ".," for value in draft.sample.column(at)))
        example = next(value for value in draft.sample.column(at) if "." in value or "," in value)
        reason = f"{example!r} in {draft.sample.header[at]!r} may be a thousand times more or less"
        yield Question(field="decimal_mark", text="What is the decimal mark of the figures, . or ,?", reason=reason)
    text = "Which currency are the values in (ISO 4217)?"
    if (reporter := draft.doubt_of_currency()) is not None:
        yield Question(
            field="currency",
            text=text,
            reason=f"what the table says may be {found.currency} or the own money of {reporter}",
        )
    elif said.currency is None and found.currency is None and found.currency_column is None:
        yield Question(field="currency", text=text, reason=_differing_titles(draft))
    if said.multiplier is None and draft.are_units_open():
        yield _of_multiplier(draft)
    if draft.product() != {"constant": "TOTAL"} and said.hs is None and found.classification is None:
        yield Question(field="hs", text="Which HS revision? H0 (1992) to H6 (2022), HS if not known", default="HS")
    if said.exports_valuation is None:
        yield Question(field="exports_valuation", text="How are exports valued?", default="FOB")
    if said.imports_valuation is None:
        yield Question(field="imports_valuation", text="How are imports valued?", default="CIF")


def _of_multiplier(draft: Draft) -> Question:
    """What one unit is worth: 1 where the table names a currency and nothing of thousands, else for a person to say."""
    text, doubt = "What is one unit of them worth? 1000 for thousands", _why_units_are_open(draft)
    if doubt is None and draft.guess.currency is None and draft.guess.currency_column is None:
        doubt = "nothing in the table says what its figures count: 1 for single units, 1000 for thousands"
    if doubt is not None:
        return Question(field="multiplier", text=text, reason=doubt)
    taken = "the table names a currency and neither thousands nor millions, so a figure counts single units of it"
    return Question(field="multiplier", text=text, default="1", taken=f"{taken}; --multiplier says otherwise")


def _why_units_are_open(draft: Draft) -> str | None:
    """What the table says of the worth of a unit that does not settle it; none where it says nothing."""
    scale, doubted = draft.guess.scale, draft.guess.multiplier_in_doubt
    if scale is not None:
        header, example = draft.sample.header[scale.column], draft.sample.column(scale.column)[0]
        return f"{header!r} says {example!r}, which leaves open what one unit is worth, or contradicts the heading"
    if differing := _differing_titles(draft):
        return differing
    if doubted is not None:
        return f"{doubted[-60:]!r} is thousands in Portuguese or Spanish and millions in English"
    return None


def _differing_titles(draft: Draft) -> str | None:
    """Two titles that say different units; none where all say the same."""
    said = draft.guess.titles_differ
    return (
        f"{said[0]!r} and {said[1]!r} say different units; read one sheet with --sheet, or part the file"
        if said
        else None
    )


def _of_sums(draft: Draft) -> Iterator[Question]:
    """Whether figures are sums since January, where something shows it.

    Raises EntrepotError where they are and the table does not say up to which month, or holds other figures too.
    """
    said = draft.answers.cumulative
    if said is not None and said.lower() not in ("yes", "no"):
        raise EntrepotError(f"--cumulative {said!r} is neither yes nor no.")
    if said is not None and said.lower() == "yes":
        _require_sums_up_to_a_month(draft)
    if said is None and draft.period() is not None and (reason := why_cumulative(draft)):
        text = "Are the figures sums since January? yes, or no if each is that of its period alone"
        answers = "say yes if they are sums since January, no if each is that of its period"
        yield Question(field="cumulative", text=text, reason=f"{reason}; {answers}")


def _require_sums_up_to_a_month(draft: Draft) -> None:
    period = draft.period() or {}
    if not period.get("month") and not any(part in layout for layout in period.get("layouts", ()) for part in _MONTHLY):
        raise EntrepotError(
            "Sums since January need the month they end with, and the period is a year. Write it into the file, "
            "or leave in it the sums of whole years and say --cumulative no."
        )
    if parts := summed_in_part(draft):
        raise EntrepotError(
            f"{parts[0]!r} reads as sums since January and {parts[1]!r} beside it does not; leave one of the two in "
            f"{draft.sample.path.name}."
        )


def _of_terms(draft: Draft) -> Iterator[Question]:
    if draft.answers.publisher is None:
        yield Question(field="publisher", text="Who publishes it?")
    if draft.answers.licence is None:
        yield Question(field="licence", text="What may be done with it (licence)?")
