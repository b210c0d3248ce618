"""What an activity costs and who pays, from its budgets or, without any, from its commitments.

Budgets are added per currency and status; a revised budget replaces the original one of the same period.
Without budgets the outgoing commitments are added per provider and currency, and without those the
incoming ones: a commitment is "a firm, written obligation", which is money secured in the source's own
words. Disbursements and expenditures are parts of what was committed and are never added to it.

Source: IATI standard 2.03, elements budget (BudgetType, BudgetStatus) and transaction (TransactionType).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from concord.intake.formats.iati.elements import Element, code_of, one_line, said
from concord.intake.formats.iati.words import BUDGET_STATUSES, COMMITMENTS, INCOMING_COMMITMENTS
from concord.intake.template import join_records
from concord.kernel.codelists import CURRENCIES
from concord.kernel.money import CENT, LARGEST

REVISED = "2"
SECURED = "secured"
Remark = Callable[[str, str], None]
"""Takes a rule and a value: an amount that could not be taken over."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sum. provider: who gives it, "" where the file does not say; status: "" where it does not."""

    provider: str
    currency: str
    status: str
    amount: Decimal


def money_cells(
    budgets: Sequence[Element],
    transactions: Sequence[Mapping[str, Element]],
    donors: Sequence[str],
    *,
    currency: str,
    language: str,
    remark: Remark,
) -> dict[str, str]:
    """The cells `budget_amount`, `budget_currency` and `funding`; empty where no amount is stated.

    transactions: the parts of each by tag.

    One sum without status or provider stands in the two simple columns, which leave its status to be
    inferred from the action's own. Everything else stands line by line in `funding`; a line without
    provider is that of the only donor, or joint.
    """
    lines = _budget_lines(budgets, currency, remark)
    if not lines:
        lines = _commitment_lines(transactions, currency, language, remark)
    if not lines:
        return {"budget_amount": "", "budget_currency": "", "funding": ""}
    if len(lines) == 1 and not lines[0].status and not lines[0].provider:
        return {"budget_amount": _shown(lines[0].amount), "budget_currency": lines[0].currency, "funding": ""}
    alone = donors[0] if len(donors) == 1 else ""
    records = [
        (line.provider or alone, _shown(line.amount), line.currency, line.status or "not reported")
        for line in lines
    ]
    return {"budget_amount": "", "budget_currency": "", "funding": join_records(records)}


def _shown(amount: Decimal) -> str:
    return f"{amount:f}".removesuffix(".00")


def _budget_lines(budgets: Sequence[Element], currency: str, remark: Remark) -> list[Line]:
    return _added(
        (
            ("", value[1], BUDGET_STATUSES.get(budget.get("status") or "", ""), value[0])
            for budget in _without_replaced(budgets)
            if (value := _value(budget.find("value"), currency, remark))
        ),
        remark,
    )


def _without_replaced(budgets: Sequence[Element]) -> list[Element]:
    if len(budgets) < 2:
        return list(budgets)
    revised = {_period(budget) for budget in budgets if _is_revised(budget)}
    return [budget for budget in budgets if _is_revised(budget) or _period(budget) not in revised]


def _is_revised(budget: Element) -> bool:
    return (budget.get("type") or "").strip().lower() in (REVISED, "revised")


def _period(budget: Element) -> tuple[str, str]:
    start, end = budget.find("period-start"), budget.find("period-end")
    return (
        (start.get("iso-date") or "") if start is not None else "",
        (end.get("iso-date") or "") if end is not None else "",
    )


def _commitment_lines(
    transactions: Sequence[Mapping[str, Element]], currency: str, language: str, remark: Remark
) -> list[Line]:
    by_kind: dict[bool, list[tuple[str, str, str, Decimal]]] = {True: [], False: []}
    for transaction in transactions:
        kind = transaction.get("transaction-type")
        code = code_of(kind).lower() if kind is not None else ""
        if code not in COMMITMENTS and code not in INCOMING_COMMITMENTS:
            continue
        if value := _value(transaction.get("value"), currency, remark):
            provider = _provider(transaction, language)
            by_kind[code in COMMITMENTS].append((provider, value[1], SECURED, value[0]))
    return _added(by_kind[True] or by_kind[False], remark)


def _provider(transaction: Mapping[str, Element], language: str) -> str:
    provider = transaction.get("provider-org")
    return one_line(said([provider], language))[:300] if provider is not None else ""


def _added(parts: Iterable[tuple[str, str, str, Decimal]], remark: Remark) -> list[Line]:
    sums: dict[tuple[str, str, str], Decimal] = {}
    for provider, currency, status, amount in parts:
        place = provider, currency, status
        sums[place] = sums.get(place, Decimal(0)) + amount
    lines = []
    for (provider, currency, status), amount in sums.items():
        if 0 <= amount <= LARGEST:
            lines.append(Line(provider, currency, status, amount.quantize(CENT)))
        else:
            remark("amount-below-zero" if amount < 0 else "no-such-amount", f"{amount:f} {currency}")
    return lines


def _value(element: Element | None, currency: str, remark: Remark) -> tuple[Decimal, str] | None:
    """An amount with its currency, None where it is empty or cannot be taken over, which is remarked."""
    text = one_line(element.text) if element is not None else ""
    if element is None or not text:
        return None
    amount = _amount(text)
    if amount is None:
        remark("no-such-amount", text)
        return None
    code = (element.get("currency") or "").strip().upper() or currency
    if code not in CURRENCIES:
        remark("no-such-currency", f"{text} {code}".strip())
        return None
    return amount, code


def _amount(text: str) -> Decimal | None:
    """A number as XML writes it; commas between thousands are tolerated."""
    if len(text) > 40:
        return None
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) <= LARGEST else None
