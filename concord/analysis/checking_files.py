"""Checking rows of one file beside the actions of another, without a database. Nothing here needs Django."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from concord.analysis.ideas import Idea, Like, ReadAs, likes_of, read_idea
from concord.analysis.reading_csv import Sheet, read_actions
from concord.analysis.standalone import FOUND, Report, refused, replace_file, require_writable, write_rows
from concord.engine.index import ASKED, Index
from concord.engine.relation_model import RelationModel
from concord.engine.schemas import ACTIONS, actions_table
from concord.kernel import clock
from concord.kernel.errors import BadInput
from concord.kernel.names import fold
from concord.kernel.texts import marked, plain

MOST_ROWS: Final = 2_000
"""So many rows are checked at once; more is a master list, for `concord relations`."""

MOST_AGAINST: Final = 100_000
"""So many actions are read into an index; beside more, `concord relations` compares."""

COLUMNS: Final = (
    "id_a",
    "title_a",
    "id_b",
    "title_b",
    "kind",
    "score",
    "evidence",
    "donors_b",
    "implementers_b",
)
PARTS: Final = ("p_duplicate", "p_continuation", "p_overlap", "p_synergy", "terms")
PARTNERS: Final = 8
_NEW: Final = "\x00idea"  # no id of a CSV file holds this sign
_FORMATS: Final = (".csv", ".json")


@dataclass(frozen=True, slots=True)
class Near:
    """An action of the other file: its row, what is said of it, and the engine's whole row."""

    like: Like
    row: Mapping[str, Any]
    found: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one row: how it was read, and what is like it, surest first."""

    id: str
    title: str
    read: ReadAs
    near: tuple[Near, ...]

    @property
    def partners(self) -> list[tuple[str, int]]:
        """Who pays for or does what was found (score 0.5 or more), as written, with in how many actions."""
        counts: Counter[str] = Counter()
        written: dict[str, str] = {}
        for near in self.near:
            if near.like.score >= FOUND:
                names = {fold(name): name for part in ("donors", "implementers") for name in near.row[part]}
                counts.update(names.keys())
                written = names | written
        best = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:PARTNERS]
        return [(written[name], count) for name, count in best]


def check_files(
    drafts: Path | Idea,
    against: Path,
    out: Path | None,
    *,
    explain: bool = False,
    today: date | None = None,
    model: RelationModel | None = None,
) -> tuple[Report, list[Answer]]:
    """Compare each row of a file, or one idea, with the actions of another file.

    Each row is compared by itself, rows of one file not with each other, and an id that stands in both files
    means nothing. What a row leaves out is read from its words as docs/methods/checking.md says.

    Args:
        drafts, against: CSV files with columns of the project's template; `id` and `title` are needed.
        out: a .csv (columns COLUMNS, in the order of the rows, surest first) or a .json file; None: none.
        explain: also write PARTS.
        today, model: as in `engine.find_relations`.

    Returns:
        The report, and the answers in the order of the rows; no answers where the report has problems.

    Raises:
        BadInput: a file cannot be read or written, is no table of actions or has too many; out is neither.
    """
    sources = (against,) if isinstance(drafts, Idea) else (drafts, against)
    if out is not None:
        require_writable(out, *sources)
        if out.suffix.casefold() not in _FORMATS:
            raise BadInput(f"{out}: what is to be written? Name it .csv or .json.")
    asked = None if isinstance(drafts, Idea) else read_actions(drafts)
    known = read_actions(against)
    sheets: list[Sheet] = [sheet for sheet in (asked, known) if sheet is not None]
    if any(sheet.problems for sheet in sheets):
        return refused(*sheets), []
    rows = [_row(drafts)] if isinstance(drafts, Idea) else asked.table.to_pylist() if asked else []
    _require_few(drafts, len(rows), against, len(known.table))
    day = today or clock.now().date()
    index = Index.of(known.table, today=day)
    answers = [_answer(row, index, day, model) for row in rows]
    if out is not None:
        _write(out, answers, explain=explain)
    figures = {
        "rows": len(rows),
        "against": len(known.table),
        "found": sum(_found(answer) > 0 for answer in answers),
        "kinds": dict(sorted(_kinds(answers).items())),
        **({"out": str(out)} if out else {}),
    }
    warnings = tuple(line for sheet in sheets for line in sheet.warnings)
    return Report(figures, warnings, (), tuple(_best(answers)) if explain else ()), answers


def as_json(answers: Iterable[Answer], *, explain: bool = False) -> list[dict[str, Any]]:
    """The answers as plain values."""
    return [
        {
            "id": answer.id,
            "title": answer.title,
            "read": {
                "topics": list(answer.read.topics),
                "action_types": list(answer.read.action_types),
                "beneficiaries": list(answer.read.beneficiaries),
                "whom": list(answer.read.whom),
                "from_words": sorted(answer.read.from_words),
            },
            "related": [
                {
                    "id": near.row["id"],
                    "title": near.row["title"],
                    "kind": near.like.kind,
                    "score": round(near.like.score, 6),
                    "evidence": near.like.evidence,
                    **({part: near.found[part] for part in PARTS} if explain else {}),
                }
                for near in answer.near
            ],
            "partners": [{"name": name, "actions": count} for name, count in answer.partners],
        }
        for answer in answers
    ]


def _require_few(drafts: Path | Idea, rows: int, against: Path, actions: int) -> None:
    instead = "Compare whole lists with `concord relations`, or take the rows out that do not matter."
    if rows > MOST_ROWS:
        raise BadInput(f"{drafts}: {rows:,} rows are more than the {MOST_ROWS:,} checked at once. {instead}")
    if actions > MOST_AGAINST:
        raise BadInput(
            f"{against}: {actions:,} actions are more than the {MOST_AGAINST:,} that rows are checked "
            f"against. {instead}"
        )


def _row(idea: Idea) -> dict[str, Any]:
    """An idea from the command line as a row of ACTIONS."""
    money = {"budget_amount": idea.amount, "budget_currency": idea.currency} if idea.amount else {}
    facts = {name: getattr(idea, name) for name in ACTIONS.names if hasattr(idea, name)}
    row: dict[str, Any] = actions_table([facts | {"id": "idea"} | money]).to_pylist()[0]
    return row


def _answer(row: dict[str, Any], index: Index, day: date, model: RelationModel | None) -> Answer:
    idea = Idea(
        row["title"],
        row["summary"] or "",
        beneficiaries=tuple(row["beneficiaries"]),
        topics=tuple(row["topics"]),
        action_types=tuple(row["action_types"]),
        start=row["start"] or "",
        end=row["end"] or "",
    )
    read = read_idea(idea, _NEW, index, on=day)
    as_read = {"topics": list(read.topics), "action_types": list(read.action_types)}
    asked = row | as_read | {"id": _NEW, "beneficiaries": list(read.beneficiaries)}
    found = index.related(actions_table([asked]), today=day, per_row=ASKED, model=model)
    pairs = {_other(each): each for each in found.to_pylist()}
    likes = likes_of(
        (_Pair(**{name: each[name] for name in _PAIR}) for each in pairs.values()), idea, _NEW, index
    )
    others = _rows_of(index, [like.key for like in likes])
    near = tuple(Near(like, others[like.key], pairs[like.key]) for like in likes)
    return Answer(row["id"], row["title"], read, near)


_PAIR = ("id_a", "id_b", "kind", "score", "evidence")


@dataclass(frozen=True, slots=True)
class _Pair:
    id_a: str
    id_b: str
    kind: str
    score: float
    evidence: str

    @property
    def key_a(self) -> str:
        return self.id_a

    @property
    def key_b(self) -> str:
        return self.id_b


def _other(found: Mapping[str, Any]) -> str:
    return str(found["id_b"] if found["id_a"] == _NEW else found["id_a"])


def _rows_of(index: Index, keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    places = [index.places[key] for key in keys]
    return {row["id"]: row for row in index.actions.take(places).to_pylist()} if places else {}


def _found(answer: Answer) -> int:
    return sum(near.like.score >= FOUND for near in answer.near)


def _kinds(answers: Iterable[Answer]) -> Counter[str]:
    return Counter(near.like.kind for each in answers for near in each.near if near.like.score >= FOUND)


def _best(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    lines = [
        {**near.found, "id_a": answer.id, "id_b": near.row["id"], "kind": near.like.kind}
        for answer in answers
        for near in answer.near
    ]
    return sorted(lines, key=lambda line: -line["score"])[:10]


def _write(out: Path, answers: Sequence[Answer], *, explain: bool) -> None:
    if out.suffix.casefold() == ".json":
        text = json.dumps(as_json(answers, explain=explain), ensure_ascii=False, indent=2)
        replace_file(out, lambda handle: handle.write(text + "\n"))
    else:
        write_rows(out, COLUMNS + (PARTS if explain else ()), _lines(answers, explain=explain))


def _inert(text: str) -> str:
    return marked(plain(text))


def _lines(answers: Iterable[Answer], *, explain: bool) -> Iterator[list[str]]:
    for answer in answers:
        for near in answer.near:
            line = [
                answer.id,
                _inert(answer.title),
                near.row["id"],
                _inert(near.row["title"]),
                near.like.kind,
                f"{near.like.score:.6f}",
                _inert(near.like.evidence),
                _inert("; ".join(near.row["donors"])),
                _inert("; ".join(near.row["implementers"])),
            ]
            if explain:
                line += [f"{near.found[part]:.6f}" for part in PARTS[:-1]]
                line.append(json.dumps(near.found["terms"], ensure_ascii=False))
            yield line
