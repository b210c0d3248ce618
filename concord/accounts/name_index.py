"""Which known body a name means, with how sure that is and why. Pure: the register comes in as rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from concord.accounts.shapes import Shape, ends_in_place, places_in, shape_of
from concord.accounts.words import has_legal_form, phrases, plain, words_of
from concord.kernel.codelists import PLACES
from concord.kernel.names import fold

# How a fund or programme begins, where it stands beside its donor in brackets. Known from the
# instruments of the European Union and of the region's other donors; further ones go into the table.
_PROGRAMME = re.compile(
    r"(?:ipa|icsp|ifs|isf|amif|bmvi|ndici|cards|phare|eidhr|taiex|twinning|madad|matra|cssf|wbif|exbs"
    r"|instrument (?:for|contributing)|internal security fund|civil society facility"
    r"|asylum, migration|horizon (?:2020|europe)|eea and norway)\b"
)
_BRACKETED = re.compile(r"(?P<outer>[^()]+?)\s*\((?P<inner>.+)\)\s*")
_BRACKETED_FIRST = re.compile(r"(?P<outer>[^()]+?)\s*\((?P<inner>[^()]+)\)\s*(?P<form>[^()\s]*)")
_SEPARATOR = re.compile(r"\s+[-–—/|]\s+|\s*[,:;]\s+|(?<=\w)/(?=\w)")
_ORG_ID = re.compile(r"[a-z]{2,}(?:-[a-z0-9]+)*-[a-z0-9.]+")  # XM-DAC-41304, GB-COH-1234 (org-id.guide)
_RARE = 40  # names with a word, up to which it tells bodies apart in a small register
_SHORTEST_ACRONYM = 3  # letters of an acronym that a legal form may stand behind


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation of the register: its primary key, its name, what it stands under, whose it is."""

    pk: int
    name: str
    parent: int | None = None
    beneficiary: str = ""


@dataclass(frozen=True, slots=True)
class KnownName:
    """A string by which a body is known. sort: name, acronym or alias; only_in: the one source, or "".

    restricted: it stands only in rows that not every member may see; it reads them and is never proposed.
    """

    owner: int
    sort: str
    text: str
    folded: str
    only_in: str = ""
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Looks:
    """The names that hold everywhere, as likeness compares them; all lists in one order.

    plain: as compared; ordered: with their words sorted; by_word: the positions of the names with a
    word, for words that are not in too many; places: names of states, which stand in many others.
    """

    names: list[KnownName]
    plain: list[str]
    ordered: list[str]
    by_word: dict[str, list[int]]
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class Settled:
    """A certain reading: the body and, for a donor, the instrument or programme that the string names."""

    owner: int
    instrument: str = ""


class NameIndex:
    """The register, looked up by each way in which sources write a name."""

    def __init__(
        self,
        bodies: Iterable[Body],
        names: Iterable[KnownName],
        identifiers: Mapping[str, int] | None = None,
        instruments: Mapping[str, tuple[int, str]] | None = None,
    ) -> None:
        """identifiers: "XM-DAC-41304" to its body; instruments: folded string to (donor, instrument)."""
        self.bodies = {body.pk: body for body in bodies}
        self.names = list(names)
        self._identifiers = {fold_id(text): pk for text, pk in (identifiers or {}).items()}
        self._instruments = dict(instruments or {})
        self._exact: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._local: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._plain: dict[str, set[int]] = defaultdict(set)
        self._acronyms: dict[str, set[int]] = defaultdict(set)
        self._names_of: dict[int, list[str]] = defaultdict(list)
        for name in self.names:
            self._exact[name.folded, name.only_in].add(name.owner)
            if name.only_in and not name.restricted:
                self._local[name.folded].append((name.folded, name.only_in))
            elif not name.only_in:
                self._names_of[name.owner].append(name.text)
                (self._acronyms if name.sort == "acronym" else self._plain)[plain(name.text)].add(name.owner)

    # --- certain -----------------------------------------------------------------------------------

    def settle(self, text: str, *, source: str = "", donor: bool = False) -> Settled | None:
        """The one body that the string means for certain; None: none, several, or not certain.

        Args:
            source: the file that the string stands in; an alias that holds only there counts first.
            donor: read as a donor: the table of instruments and NAME (PROGRAMME) count too.

        Source: docs/methods/names.md, section 2.
        """
        folded = fold(text)
        if donor and (listed := self._instruments.get(folded)):
            return Settled(*listed)
        if exact := self.exact(folded, source):
            return Settled(next(iter(exact))) if len(exact) == 1 else None
        if found := self.same(text, source):
            return Settled(next(iter(found))) if len(found) == 1 else None
        if donor and (paid := self._with_programme(text, source)):
            return paid
        return next((Settled(owner) for owner in self._composed(text, source)), None)

    def exact(self, folded: str, source: str = "") -> set[int]:
        """The bodies with this very name after folding; aliases of the source go before all others."""
        local = self._exact.get((folded, source), set()) if source else set()
        return local or self._exact.get((folded, ""), set())

    def elsewhere(self, folded: str, source: str) -> set[int]:
        """The bodies that are called so in other files than this one."""
        return {
            o
            for (name, only_in) in self._local.get(folded, ())
            for o in self._exact[name, only_in]
            if only_in != source
        }

    def same(self, text: str, source: str = "") -> set[int]:
        """The bodies that the whole string names, by the first way of writing that names any."""
        if found := self.exact(fold(text), source):
            return found
        if (owner := self._identifiers.get(fold_id(text))) is not None:
            return {owner}
        shape = shape_of(text)
        if shape is not None and is_open(shape):
            return set()
        if found := self._plain.get(plain(text), set()) or self._by_acronym(text):
            return found
        if shape is not None and (found := self.by_shape.get(shape, set())):
            return found
        words = bag(text)
        return self._by_bag.get(words, set()) if len(words) > 1 else set()

    def _by_acronym(self, text: str) -> set[int]:
        """An acronym in capitals with a legal form behind it: "GIZ GmbH"."""
        first = text.split()[0] if text.split() else ""
        if not has_legal_form(text) or not first.isupper() or len(first) < _SHORTEST_ACRONYM:
            return set()
        return self._acronyms.get(plain(text), set())

    def _with_programme(self, text: str, source: str) -> Settled | None:
        """NAME (PROGRAMME) or PROGRAMME (NAME), where NAME is known."""
        split = name_and_programme(text)
        found = self.same(split[0], source) if split else set()
        return Settled(next(iter(found)), split[1]) if split and len(found) == 1 else None

    def _composed(self, text: str, source: str) -> Iterator[int]:
        """Bodies of names made of two: a body with its own acronym, role, seat or part."""
        for head, tail in splits(text):
            owners, others = self.same(head, source), self.same(tail, source)
            if len(owners) == 1 and len(others) == 1:
                if (lower := self.lower_of(next(iter(owners)), next(iter(others)))) is not None:
                    yield lower
            elif len(owners) == 1 and not others:
                yield from self._with_tail(next(iter(owners)), tail)
            elif len(others) == 1 and not owners and (part := self.part_named(next(iter(others)), head)):
                yield part
        if (office := ends_in_place(text)) and len(heads := self.same(office[0], source)) == 1:
            head_pk = next(iter(heads))
            if part := self.part_named(head_pk, PLACES.get(office[1], "")):
                yield part

    def _with_tail(self, owner: int, tail: str) -> Iterator[int]:
        if is_note(tail) or self.is_short_for(owner, tail):
            yield owner
        elif part := self.part_named(owner, tail):
            yield part
        elif (code := only_place(tail)) and code in self.places_of(owner):
            yield owner

    # --- what the rules ask of the register -----------------------------------------------------------

    def lower_of(self, one: int, other: int) -> int | None:
        """The lower of two bodies of one branch of the tree; None where neither stands under the other."""
        if one == other or other in self.above(one):
            return one
        return other if one in self.above(other) else None

    def above(self, pk: int) -> list[int]:
        """The bodies that a body stands under, the nearest first."""
        found: list[int] = []
        parent = self.bodies[pk].parent
        while parent is not None and parent not in found and parent in self.bodies:
            found.append(parent)
            parent = self.bodies[parent].parent
        return found

    def part_named(self, pk: int, text: str) -> int | None:
        """The one body under another, at any depth, whose name adds just these words to it."""
        own = frozenset().union(*(bag(name) for name in self._names_of[pk])) | phrases("shapes", "office")
        wanted = bag(text) - own
        if not wanted:
            return None
        found = {
            part for part in self._below(pk) for name in self._names_of[part] if bag(name) - own == wanted
        }
        return next(iter(found)) if len(found) == 1 else None

    def _below(self, pk: int) -> list[int]:
        found = [pk]
        for body in found:
            found += [part for part in self._parts.get(body, []) if part not in found]
        return found[1:]

    @cached_property
    def _parts(self) -> dict[int, list[int]]:
        parts: dict[int, list[int]] = defaultdict(list)
        for body in self.bodies.values():
            if body.parent is not None:
                parts[body.parent].append(body.pk)
        return parts

    def is_short_for(self, pk: int, text: str) -> bool:
        """Whether a text in capitals is made of the first letters of one of the body's names, in order."""
        letters = text.replace(".", "").replace(" ", "")
        if len(letters) < 2 or not letters.isalpha() or not letters[:2].isupper():
            return False
        return any(is_initials(letters, name) for name in self._names_of[pk])

    def places_of(self, pk: int) -> frozenset[str]:
        """The places that a body is of, or that its names or those of what it stands under name."""
        line = [pk, *self.above(pk)]
        named = {code for body in line for name in self._names_of[body] for code in places_named(name)}
        return frozenset(named | {self.bodies[body].beneficiary for body in line} - {""})

    @cached_property
    def by_shape(self) -> dict[Shape, set[int]]:
        """The bodies whose names describe a shape."""
        return self._grouped(shape_of)

    @cached_property
    def _by_bag(self) -> dict[frozenset[str], set[int]]:
        found = self._grouped(bag)
        return {words: owners for words, owners in found.items() if len(words) > 1}

    def _grouped[Key](self, of: Callable[[str], Key | None]) -> dict[Key, set[int]]:
        found: dict[Key, set[int]] = defaultdict(set)
        for owner, names in self._names_of.items():
            for name in names:
                if (key := of(name)) is not None:
                    found[key].add(owner)
        return dict(found)

    @cached_property
    def looks(self) -> Looks:
        """What likeness compares with."""
        names = [name for name in self.names if not name.only_in]
        compared = [plain(name.text) for name in names]
        by_word: dict[str, list[int]] = defaultdict(list)
        for at, text in enumerate(compared):
            for word in set(text.split()):
                by_word[word].append(at)
        common = max(_RARE, len(names) // 50)
        states = {plain(name.text) for name in names if (s := shape_of(name.text)) and s.kind == "government"}
        return Looks(
            names,
            compared,
            [" ".join(sorted(text.split())) for text in compared],
            {word: at for word, at in by_word.items() if len(at) <= common},
            frozenset(states),
        )

    def names_of(self, pk: int) -> Sequence[str]:
        """The strings by which a body is known everywhere."""
        return self._names_of.get(pk, [])


def fold_id(text: str) -> str:
    """An org-id as it is compared; "" where the text is none."""
    bare = text.strip().casefold().replace(" ", "-")
    return bare if _ORG_ID.fullmatch(bare) and any(c.isdigit() for c in bare) else ""


def is_open(shape: Shape) -> bool:
    """Whether a shape leaves open whose body it is: a ministry of no place, an embassy without its seat."""
    if shape.kind in ("embassy", "delegation"):
        return not shape.at
    return not shape.of


@lru_cache(maxsize=200_000)
def bag(text: str) -> frozenset[str]:
    """The words of a name in no order, its places by their codes, without what every state has."""
    words = words_of(text)
    found = [place for place in places_in(words) if place.sort != "seat"]
    taken = {index for place in found for index in range(place.start, place.end)}
    left = plain(" ".join(word for index, word in enumerate(words) if index not in taken)).split()
    codes = {f"@{place.code}" for place in found}
    dropped = {"republic", "kingdom", "government"} if codes and len(left) > 1 else set()
    return frozenset({*left, *codes} - dropped)


@lru_cache(maxsize=200_000)
def places_named(text: str) -> frozenset[str]:
    """The codes of all places that a text names."""
    return frozenset(place.code for place in places_in(words_of(text)))


def only_place(text: str) -> str:
    """The code of a place where the text is nothing but its name; "" else."""
    words = words_of(text)
    found = places_in(words)
    return found[0].code if len(found) == 1 and found[0].end - found[0].start == len(words) else ""


def is_note(text: str) -> bool:
    """Whether a text in brackets says a role ("consortium lead") and no name."""
    return " ".join(words_of(text)) in phrases("notes", "words")


@lru_cache(maxsize=200_000)
def _initials(name: str) -> str:
    words = re.split(r"[\s\-–/&,]+", fold(name.replace("-", " ")))
    return "".join(word[:1] for word in words if word[:1].isalpha())


def is_initials(letters: str, name: str, *, left_out: int = 99) -> bool:
    """Whether the letters are the first ones of the name's words in order.

    left_out: how many words may be skipped beside small ones ("of", "the"), the first one never.
    """
    wanted, initials = letters.casefold(), _initials(name)
    at = 0
    for initial in initials:
        if at < len(wanted) and initial == wanted[at]:
            at += 1
    if at != len(wanted) or initials[0] != wanted[0]:
        return False
    return len(plain(name).split()) - len(wanted) <= left_out


def splits(text: str) -> list[tuple[str, str]]:
    """Ways to read the text as two: NAME (NAME), and NAME - NAME at the first and the last separator."""
    found: list[tuple[str, str]] = []
    bracket = _BRACKETED_FIRST.fullmatch(text.strip())
    if bracket and (not bracket["form"] or has_legal_form(f"x {bracket['form']}")):
        found.append((bracket["outer"].strip(), bracket["inner"].strip()))
    cuts = list(_SEPARATOR.finditer(text))
    ends = {cut.start(): cut for cut in (*cuts[:1], *cuts[-1:])}
    found += [(text[: cut.start()].strip(), text[cut.end() :].strip(" ,.;")) for cut in ends.values()]
    return [(head, tail) for head, tail in found if fold(head) and fold(tail)]


def name_and_programme(text: str) -> tuple[str, str] | None:
    """(NAME, PROGRAMME) of "NAME (PROGRAMME)" or "PROGRAMME (NAME)"; None for anything else."""
    found = _BRACKETED.fullmatch(text.strip())
    if not found:
        return None
    outer, inner = found["outer"].strip(), found["inner"].strip()
    if _PROGRAMME.match(fold(inner)):
        return outer, inner
    return (inner, outer) if _PROGRAMME.match(fold(outer)) else None
