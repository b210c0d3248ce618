"""What is compared between two actions, as numbers; each belongs to one term of evidence."""

from __future__ import annotations

import numpy as np

from concord.engine.reading import Reading
from concord.engine.texts import row_products

#: Term of evidence, under which people see them -> features, in the order of the model's columns.
_TERMS: dict[str, tuple[str, ...]] = {
    "wording": (
        "title_words", "title_letters", "summary_words", "all_words", "title_within", "title_within_other",
    ),
    "subject": ("subjects", "subjects_shared"),
    "topics": (
        "topics", "topics_shared", "topics_rare", "first_topic", "main_topics", "main_topics_rare",
        "narrow_topics", "narrow_topics_shared", "broad_topics", "broad_topics_shared", "narrow_fewer",
        "narrow_more", "pillars",
    ),
    "means": (
        "means", "types", "types_shared", "types_alike", "types_rare", "types_within", "types_fewer",
        "types_more", "types_apart", "first_type",
    ),
    "whom it works with": ("targets", "targets_shared"),
    "donors": ("donors", "donors_known", "donors_rare"),
    "implementers": ("implementers", "implementers_known", "implementers_rare"),
    "organisations": ("organisations", "organisations_rare", "roles_swapped"),
    "beneficiaries": (
        "beneficiaries", "beneficiaries_shared", "beneficiaries_within", "beneficiaries_more",
        "beneficiaries_fewer", "title_places",
    ),
    "period": (
        "common_days", "gap_days", "common_share", "starts_apart", "ends_apart", "dates_stated",
        "same_start", "turn",
    ),
    "phase": (
        "phases", "phase_step", "phase_one_only", "phase_same", "phase_order", "next_words", "before_words",
        "same_call",
    ),
    "programme name": ("marks", "marks_rare", "mark_in_title"),
    "money": ("same_amount", "amount_ratio", "amounts_stated"),
    "whole and part": ("part_words", "news_words", "length_ratio"),
}  # fmt: skip
TERM_OF: dict[str, str] = {name: term for term, names in _TERMS.items() for name in names}
#: The term of what the profiles add: it has no features of its own.
TOGETHER = "what goes together"
TERMS: tuple[str, ...] = (*_TERMS, TOGETHER)
FEATURES: tuple[str, ...] = tuple(TERM_OF)
_FAR = 3650.0  # days: periods whose distance is not known, or ten years and more
_SAME_AMOUNT = 0.98  # two pages round the same budget
_SAME_START_DAYS = 62  # two pages date the same beginning by signature and by kick-off

Columns = dict[str, np.ndarray]


def compare(reading: Reading, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The features of the pairs (a[i], b[i]), one row per pair, columns in the order of FEATURES.

    All are symmetric: swapping a and b gives the same numbers.
    """
    columns: Columns = {}
    for part in (
        _wording,
        _topics,
        _facets,
        _organisations,
        _beneficiaries,
        _period,
        _phases,
        _marks,
        _money,
        _parts,
    ):
        columns |= part(reading, a, b)
    return np.column_stack([np.asarray(columns[name], dtype=np.float32) for name in FEATURES])


def share(part: np.ndarray, whole: np.ndarray, otherwise: float = 0.0) -> np.ndarray:
    """part / whole, `otherwise` where whole is zero."""
    return np.asarray(np.divide(part, whole, out=np.full(len(part), otherwise), where=whole > 0))


def _wording(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    one, other = _title_share(r, a, b), _title_share(r, b, a)
    return {
        "title_words": row_products(r.title_vectors, a, b),
        "title_letters": row_products(r.title_letters, a, b),
        "summary_words": row_products(r.summary_vectors, a, b),
        "all_words": row_products(r.all_vectors, a, b),
        "title_within": np.maximum(one, other),
        "title_within_other": np.minimum(one, other),
    }


def _title_share(r: Reading, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How much of a's title, by weight, stands anywhere in b."""
    shared = row_products(r.title_weights, a, b, r.text_words)
    return share(shared, np.asarray(r.title_weights.sum(axis=1)).ravel()[a])


def _topics(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    sizes = r.facet("narrow_topics").sizes
    shared, _, weighted = _sets(r, "topics", a, b)
    main, _, main_rare = _sets(r, "main_topics", a, b)
    narrow_shared, narrow_share, _ = _sets(r, "narrow_topics", a, b)
    broad_shared, broad_share, _ = _sets(r, "broad_topics", a, b)
    return {
        "topics": _cosine(r, "topics", a, b), "topics_shared": shared, "topics_rare": weighted,
        "first_topic": _first(r, "first_topic", "topics", a, b),
        "main_topics": main, "main_topics_rare": main_rare,
        "narrow_topics": narrow_share, "narrow_topics_shared": narrow_shared,
        "broad_topics": broad_share, "broad_topics_shared": broad_shared,
        "narrow_fewer": np.minimum(sizes[a], sizes[b]), "narrow_more": np.maximum(sizes[a], sizes[b]),
        "pillars": _sets(r, "pillars", a, b)[1],
    }  # fmt: skip


def _facets(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    shared, part, rare = _sets(r, "types", a, b)
    sizes = r.facet("types").sizes
    fewer, more = np.minimum(sizes[a], sizes[b]), np.maximum(sizes[a], sizes[b])
    return {
        "types": part,
        "types_shared": shared,
        "types_alike": _cosine(r, "types", a, b),
        "types_rare": rare,
        "types_within": share(shared, fewer, otherwise=0.5),
        "types_fewer": fewer,
        "types_more": more,
        "types_apart": fewer + more - 2 * shared,
        "first_type": _first(r, "first_type", "types", a, b),
        "means": _cosine(r, "means", a, b),
        "subjects": _cosine(r, "subjects", a, b),
        "subjects_shared": _sets(r, "subjects", a, b)[0],
        "targets": _cosine(r, "targets", a, b),
        "targets_shared": _sets(r, "targets", a, b)[0],
    }


def _organisations(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    found: Columns = {}
    for role in ("donors", "implementers"):
        known = (r.facet(role).sizes > 0).astype(float)
        _, part, weighted = _sets(r, role, a, b)
        found |= {role: part, f"{role}_known": known[a] + known[b], f"{role}_rare": weighted}
    _, part, weighted = _sets(r, "organisations", a, b)
    donors, implementers = r.facet("donors").plain, r.facet("implementers").plain
    crossed = row_products(donors, a, b, implementers) + row_products(donors, b, a, implementers)
    return found | {"organisations": part, "organisations_rare": weighted, "roles_swapped": crossed > 0}


def _beneficiaries(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    sizes = r.facet("beneficiaries").sizes
    shared, part, _ = _sets(r, "beneficiaries", a, b)
    smaller = np.minimum(sizes[a], sizes[b])
    named = r.facet("title_places").sizes > 0
    return {
        "beneficiaries": part,
        "beneficiaries_shared": shared,
        "beneficiaries_within": share(shared, smaller, otherwise=0.5),
        "beneficiaries_more": np.maximum(sizes[a], sizes[b]),
        "beneficiaries_fewer": smaller,
        "title_places": np.where(named[a] & named[b], _sets(r, "title_places", a, b)[1], 0.5),
    }


def _period(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    p = r.periods
    dated = p.dated[a] & p.dated[b]
    overlap = np.minimum(p.last[a], p.last[b]) - np.maximum(p.first[a], p.first[b]) + 1
    shorter = np.minimum(p.last[a] - p.first[a], p.last[b] - p.first[b]) + 1
    starts, ends = p.has_start[a] & p.has_start[b], p.has_end[a] & p.has_end[b]
    a_first = p.first[a] <= p.first[b]
    turn = np.abs(np.where(a_first, p.first[b], p.first[a]) - np.where(a_first, p.last[a], p.last[b]))
    apart = np.abs(p.first[a] - p.first[b])
    return {
        "common_days": np.where(dated, np.clip(overlap, 0, _FAR), -1.0),
        "gap_days": np.where(dated, np.clip(1 - overlap, 0, _FAR), -1.0),
        "common_share": np.where(dated, np.clip(overlap / np.maximum(shorter, 1), -2, 1), 0.5),
        "starts_apart": np.where(dated, np.minimum(apart, _FAR), -1.0),
        "ends_apart": np.where(dated, np.minimum(np.abs(p.last[a] - p.last[b]), _FAR), -1.0),
        "dates_stated": p.known[a].astype(float) + p.known[b] + starts + ends,
        "same_start": starts & (apart <= _SAME_START_DAYS),
        "turn": np.where(dated, np.minimum(turn, _FAR), -1.0),
    }


def _phases(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    phase, p, call = r.phases, r.periods, r.calls
    called = (call[a] > 0) & (call[b] > 0)
    both = (phase[a] > 0) & (phase[b] > 0)
    order = np.sign(phase[a] - phase[b]) * np.sign(p.first[a] - p.first[b])
    return {
        "phases": (phase[a] > 0).astype(float) + (phase[b] > 0),
        "phase_step": np.where(both, np.minimum(np.abs(phase[a] - phase[b]), 5), -1),
        "phase_one_only": (phase[a] > 0) ^ (phase[b] > 0),
        "phase_same": both & (phase[a] == phase[b]),
        "phase_order": np.where(p.dated[a] & p.dated[b] & both, order, 0),
        "next_words": r.follows[a] + r.follows[b],
        "before_words": r.precedes[a] + r.precedes[b],
        "same_call": np.where(called, np.where(call[a] == call[b], 1, -1), 0),
    }


def _marks(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    shared, _, weighted = _sets(r, "marks", a, b)
    titles, texts = r.facet("title_marks").plain, r.facet("marks").plain
    in_title = row_products(titles, a, b, texts) + row_products(titles, b, a, texts)
    return {"marks": shared, "marks_rare": weighted, "mark_in_title": in_title > 0}


def _money(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    known = np.array([bool(sums) for sums in r.amounts])
    ratio = np.full(len(a), -1.0)
    for place in np.flatnonzero(known[a] & known[b]):
        left, right = r.amounts[a[place]], r.amounts[b[place]]
        common = left.keys() & right.keys()
        if common:
            ratio[place] = max(min(left[c], right[c]) / max(left[c], right[c]) for c in common)
    stated = known[a].astype(float) + known[b]
    return {"same_amount": ratio >= _SAME_AMOUNT, "amount_ratio": ratio, "amounts_stated": stated}


def _parts(r: Reading, a: np.ndarray, b: np.ndarray) -> Columns:
    length = np.maximum(r.lengths, 1).astype(float)
    return {
        "part_words": r.partial[a] + r.partial[b],
        "news_words": r.newslike[a] + r.newslike[b],
        "length_ratio": np.minimum(length[a], length[b]) / np.maximum(length[a], length[b]),
    }


def _sets(r: Reading, name: str, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How many values are shared, their share of the union, their sum weighed by how rare they are."""
    facet = r.facet(name)
    shared, sizes = row_products(facet.plain, a, b), facet.sizes
    return shared, share(shared, sizes[a] + sizes[b] - shared), row_products(facet.rare, a, b)


def _first(r: Reading, first: str, every: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether each one's first value is among the other's, and whether both have the same first: 0 to 3."""
    heads, all_of = r.facet(first).plain, r.facet(every).plain
    ends = ((a, b, all_of), (b, a, all_of), (a, b))
    return np.asarray(sum(row_products(heads, *end) for end in ends))


def _cosine(r: Reading, name: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    weighted = r.facet(name).rare
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return share(row_products(weighted, a, b), lengths[a] * lengths[b])
