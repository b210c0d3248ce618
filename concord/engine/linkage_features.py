"""What is compared between two records, as numbers; each belongs to one term of evidence."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import scipy.sparse as sp
from rapidfuzz import fuzz, process

from concord.engine.linkage_donors import KNOWN as _KNOWN
from concord.engine.linkage_reading import Both, Side
from concord.engine.texts import row_products

#: Term of evidence, under which people see them -> features, in the order of the model's columns.
_TERMS: dict[str, tuple[str, ...]] = {
    "title": (
        "letters", "title_words", "title_in_title", "title_in_title_back", "same_title", "token_set",
        "token_sort", "partial", "rarest_shared", "rarest_missing", "rarest_missing_back", "shared_words",
        "words_left", "words_right", "first_word",
    ),
    "description": (
        "all_words", "text_words", "title_in_all", "title_in_all_back", "all_rarest", "text_left",
        "text_right",
    ),
    "numbers": (
        "numbers_shared", "numbers_missing", "numbers_missing_back", "years_shared", "years_apart",
    ),
    "part or whole": ("part_words", "part_words_back", "part_words_text"),
    "donors": (
        "donors_shared", "donors_apart", "donor_reach", "crossed", "implementers_shared", "donors_many",
        "bodies_apart",
    ),
    "country": ("country_same", "country_listed", "country_open"),
    "dates": ("starts_apart", "starts_later", "ends_apart", "start_inside", "same_day", "dates_known"),
    "amount": ("amount_ratio", "amount_apart", "amount_same", "amounts_known", "amount_nought"),
    "sector": ("sectors",),
    "rivals": (
        "rank", "margin", "letters_margin", "words_margin", "rank_back", "margin_back", "letters_margin_back",
        "near_rivals", "twins", "twins_back",
    ),
}  # fmt: skip
TERM_OF: dict[str, str] = {name: term for term, names in _TERMS.items() for name in names}
TERMS: tuple[str, ...] = tuple(_TERMS)
FEATURES: tuple[str, ...] = tuple(TERM_OF)
#: Roots by which a part, a study or a further payment of a project is told from the project itself.
_PART = frozenset(
    """
    gef addition supplement supplementar grant loan credit ta tal preparat prepar ppta pilot stud evaluat
    component
    trust fund cofinanc parallel bridg restructur monitor audit consult supervis extension followup
    """.split()  # noqa: SIM905
)
_FAR_DAYS = 3650.0  # dates whose distance is not known, or ten years and more
_FAR_RATIO = 7.0  # amounts that differ a thousandfold and more
_UNKNOWN_RATIO = -1.0
_SAME_RATIO = 0.02  # amounts rounded differently
_NEAR = 0.05  # a rival whose likeness is so close

Columns = dict[str, np.ndarray]


def compare(both: Both, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The features of the pairs (left[i], right[i]), one row per pair, columns in the order of FEATURES.

    A pair's rivals are the other pairs given with one of its two records, so that all candidates of a left
    record are to be compared together.
    """
    columns: Columns = {}
    columns |= _wording(both, left, right)
    columns |= _words(both, left, right)
    columns |= _bodies(both, left, right)
    columns |= _places(both, left, right)
    columns |= _dates(both.left, both.right, left, right)
    columns |= _money(both.left, both.right, left, right)
    columns["sectors"] = row_products(both.sectors[0], left, right, both.sectors[1])
    columns |= _rivals(both, left, right, columns)
    if not len(left):
        return np.empty((0, len(FEATURES)), dtype=np.float32)
    return np.column_stack([columns[name] for name in FEATURES]).astype(np.float32)


def _wording(both: Both, left: np.ndarray, right: np.ndarray) -> Columns:
    titles = [" ".join(words) for words in both.left.title_roots]
    others = [" ".join(words) for words in both.right.title_roots]
    ours, theirs = [titles[place] for place in left], [others[place] for place in right]
    one, other = both.title_flags
    whole, other_whole = both.all_flags
    weights = sp.diags(both.weights)
    weighed, other_weighed = sp.csr_matrix(one @ weights), sp.csr_matrix(other @ weights)
    sums = np.asarray(weighed.sum(axis=1)).ravel()
    other_sums = np.asarray(other_weighed.sum(axis=1)).ravel()
    size, other_size = np.maximum(sums[left], 1e-6), np.maximum(other_sums[right], 1e-6)
    shared = row_products(weighed, left, right, other)
    return {
        "letters": row_products(both.letters[0], left, right, both.letters[1]),
        "title_words": row_products(both.title_words[0], left, right, both.title_words[1]),
        "title_in_title": shared / size,
        "title_in_title_back": shared / other_size,
        "same_title": np.array([a == b for a, b in zip(ours, theirs, strict=True)], dtype=float),
        "token_set": _fuzzy(ours, theirs, fuzz.token_set_ratio),
        "token_sort": _fuzzy(ours, theirs, fuzz.token_sort_ratio),
        "partial": _fuzzy(ours, theirs, fuzz.partial_ratio),
        "all_words": row_products(both.all_words[0], left, right, both.all_words[1]),
        "text_words": row_products(both.text_words[0], left, right, both.text_words[1]),
        "title_in_all": row_products(weighed, left, right, other_whole) / size,
        "title_in_all_back": row_products(whole, left, right, other_weighed) / other_size,
        "text_left": np.array([min(len(words), 60) for words in both.left.text_roots])[left],
        "text_right": np.array([min(len(words), 60) for words in both.right.text_roots])[right],
    }


def _fuzzy(ours: list[str], theirs: list[str], scorer: Any) -> np.ndarray:
    """Likeness of each two titles by rapidfuzz, 0 to 100; very long ones by their beginning."""
    short = [text[:200] for text in ours], [text[:200] for text in theirs]
    return np.asarray(process.cpdist(*short, scorer=scorer, dtype=np.float32))


def _words(both: Both, left: np.ndarray, right: np.ndarray) -> Columns:
    names = (
        "rarest_shared", "rarest_missing", "rarest_missing_back", "shared_words", "words_left", "words_right",
        "first_word", "all_rarest", "numbers_shared", "numbers_missing", "numbers_missing_back",
        "years_shared",
        "years_apart", "part_words", "part_words_back", "part_words_text",
    )  # fmt: skip
    found = np.zeros((len(left), len(names)))
    titles = [frozenset(words) for words in both.left.title_roots]
    others = [frozenset(words) for words in both.right.title_roots]
    wholes = [title.union(words) for title, words in zip(titles, both.left.text_roots, strict=True)]
    other_wholes = [title.union(words) for title, words in zip(others, both.right.text_roots, strict=True)]
    weight, most = both.weight, max(both.weight.values(), default=1.0)
    for row, (i, j) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        a, b = titles[i], others[j]
        shared = a & b
        numbers, years = both.left.numbers[i]
        other_numbers, other_years = both.right.numbers[j]
        found[row] = (
            max((weight[word] for word in shared), default=0.0) / most,
            max((weight[word] for word in a - other_wholes[j]), default=0.0) / most,
            max((weight[word] for word in b - wholes[i]), default=0.0) / most,
            len(shared),
            len(a),
            len(b),
            both.left.title_roots[i][:1] == both.right.title_roots[j][:1],
            max((weight[word] for word in wholes[i] & other_wholes[j]), default=0.0) / most,
            len(numbers & other_numbers),
            len(numbers - other_numbers),
            len(other_numbers - numbers),
            len(years & other_years),
            bool(years and other_years and not years & other_years),
            len((a & _PART) - b),
            len((b & _PART) - a),
            len((other_wholes[j] & _PART) - wholes[i]),
        )
    return {name: found[:, place] for place, name in enumerate(names)}


def _bodies(both: Both, left: np.ndarray, right: np.ndarray) -> Columns:
    names = _TERMS["donors"]
    found = np.zeros((len(left), len(names)))
    one, other = both.left, both.right
    held = Counter(body for bodies in other.donors for body in bodies)
    reach = [
        max((held[body] for body in bodies), default=0) / max(len(other), 1) if bodies else -1.0
        for bodies in one.donors
    ]
    for row, (i, j) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        ours, theirs = one.donors[i], other.donors[j]
        known, other_known = one.implementers[i] & _KNOWN, other.implementers[j] & _KNOWN
        found[row] = (
            len(ours & theirs),
            bool(ours and theirs and not ours & theirs),
            np.sqrt(reach[i]) if reach[i] >= 0 else -1.0,
            len(ours & other.implementers[j]) + len(one.implementers[i] & theirs),
            len(one.implementers[i] & other.implementers[j]),
            len(ours),
            bool(known and other_known and not known & other_known),
        )
    return {name: found[:, place] for place, name in enumerate(names)}


def _places(both: Both, left: np.ndarray, right: np.ndarray) -> Columns:
    ours, theirs = both.left.countries, both.right.countries
    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    return {
        "country_same": np.array([bool(ours[i]) and ours[i] == theirs[j] for i, j in pairs], dtype=float),
        "country_listed": np.array(
            [bool(ours[i] & theirs[j]) and ours[i] != theirs[j] for i, j in pairs], dtype=float
        ),
        "country_open": np.array([not ours[i] or not theirs[j] for i, j in pairs], dtype=float),
    }


def _dates(one: Side, other: Side, left: np.ndarray, right: np.ndarray) -> Columns:
    starts = one.starts[left] - other.starts[right]
    ends = one.ends[left] - other.ends[right]
    after = one.starts[left] >= other.starts[right] - 31
    before = ~(one.starts[left] > other.ends[right])  # an end that is not known bounds nothing
    known = (
        np.isfinite(starts).astype(float) + np.isfinite(ends) + 0.5 * (one.exact[left] & other.exact[right])
    )
    return {
        "starts_apart": np.nan_to_num(np.minimum(np.abs(starts), _FAR_DAYS), nan=_FAR_DAYS / 2),
        "starts_later": np.nan_to_num(np.clip(starts, -_FAR_DAYS, _FAR_DAYS), nan=0.0),
        "ends_apart": np.nan_to_num(np.minimum(np.abs(ends), _FAR_DAYS), nan=_FAR_DAYS / 2),
        "start_inside": (after & before).astype(float),
        "same_day": ((starts == 0) & one.exact[left]).astype(float) + (ends == 0),
        "dates_known": known,
    }


def _money(one: Side, other: Side, left: np.ndarray, right: np.ndarray) -> Columns:
    ratio = np.log(one.amounts[left]) - np.log(other.amounts[right])
    apart = np.minimum(np.abs(ratio), _FAR_RATIO)
    return {
        "amount_ratio": np.nan_to_num(np.clip(ratio, -_FAR_RATIO, _FAR_RATIO), nan=0.0),
        "amount_apart": np.nan_to_num(apart, nan=_UNKNOWN_RATIO),
        "amount_same": (apart < _SAME_RATIO).astype(float),
        "amounts_known": np.isfinite(ratio).astype(float),
        "amount_nought": other.nought[right].astype(float) - one.nought[left],
    }


def _rivals(both: Both, left: np.ndarray, right: np.ndarray, columns: Columns) -> Columns:
    likeness = (
        0.35 * columns["letters"]
        + 0.25 * columns["title_in_all"]
        + 0.2 * columns["all_words"]
        + 0.15 * np.minimum(columns["donors_shared"], 1)
        + 0.1 * np.exp(-columns["starts_apart"] / 365)
        + 0.1 * np.where(columns["amounts_known"] > 0, np.exp(-2 * columns["amount_apart"]), 0.3)
    )
    rank, margin = rank_and_margin(left, likeness)
    rank_back, margin_back = rank_and_margin(right, likeness)
    near = np.zeros(len(left))
    close = np.flatnonzero(-margin <= _NEAR) if len(left) else np.empty(0, dtype=np.int64)
    near += np.bincount(left[close], minlength=len(both.left))[left] if len(left) else 0
    return {
        "rank": np.minimum(rank, 20),
        "margin": margin,
        "letters_margin": rank_and_margin(left, columns["letters"])[1],
        "words_margin": rank_and_margin(left, columns["all_words"])[1],
        "rank_back": np.minimum(rank_back, 20),
        "margin_back": margin_back,
        "letters_margin_back": rank_and_margin(right, columns["letters"])[1],
        "near_rivals": np.minimum(near, 20),
        "twins": _twins(both.left)[left],
        "twins_back": _twins(both.right)[right],
    }


def rank_and_margin(group: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rank of each value in its group from 0, and its distance to the best other there (alone: to nought)."""
    if not len(group):
        return np.empty(0), np.empty(0)
    order = np.lexsort((-values, group))
    sorted_group, sorted_values = group[order], values[order]
    first = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    sizes = np.diff(np.r_[first, len(order)])
    best = np.repeat(sorted_values[first], sizes)
    second = np.repeat(np.where(sizes > 1, sorted_values[np.minimum(first + 1, len(order) - 1)], 0.0), sizes)
    place = np.arange(len(order)) - np.repeat(first, sizes)
    rank, margin = np.empty(len(order)), np.empty(len(order))
    rank[order] = place
    margin[order] = sorted_values - np.where(place == 0, second, best)
    return rank, margin


def _twins(side: Side) -> np.ndarray:
    """How many other records of the side have the same title in the same countries, as a logarithm."""
    keys = [
        (codes, " ".join(sorted(words)))
        for codes, words in zip(side.countries, side.title_roots, strict=True)
    ]
    counts = Counter(keys)
    return np.log(np.array([counts[key] for key in keys], dtype=float))
