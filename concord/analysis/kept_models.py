"""The models that were trained here: files of plain numbers in CONCORD_DATA/models, and which one is in use.

A file is written whole or not at all and never changed: a run names the model that it used, and the file says
how it was trained. Beside each stand the labels that it learnt from, by key alone.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from concord.engine.features import FEATURES
from concord.engine.relation_model import RelationModel, relation_model_from_json
from concord.kernel.errors import BadInput, NotFound, SchemaMismatch

SHIPPED: Final = "shipped"
"""The name of the model that comes with the release."""

LABELS: Final = ("id_a", "id_b", "kind")


@dataclass(frozen=True, slots=True)
class Kept:
    """One model that was trained here. number: from 1 on, in the order of training."""

    number: int
    path: Path

    @property
    def name(self) -> str:
        """What people call it: "relations-3"."""
        return f"relations-{self.number}"

    @property
    def about(self) -> dict[str, Any]:
        """How it was trained: seed, counts, SHA-256 of what it learnt from, figures before and after."""
        return dict(json.loads(self.path.read_text("utf-8"))["about"])


@dataclass(frozen=True, slots=True)
class InUse:
    """The model that analysis uses; None for the shipped one. set_aside: why a chosen one is not used."""

    name: str
    model: RelationModel | None
    set_aside: str = ""


def kept() -> list[Kept]:
    """The models that were trained here, the latest first."""
    found = [Kept(_number(path), path) for path in _folder().glob("relations-*.json")]
    return sorted(found, key=lambda one: -one.number)


def kept_named(name: str) -> Kept:
    """One of them.

    Raises:
        NotFound: there is none of this name.
    """
    for one in kept():
        if one.name == name:
            return one
    known = ", ".join([SHIPPED, *(one.name for one in kept())])
    raise NotFound(f"There is no model “{name}”. There are: {known}.")


def keep(model: RelationModel, labels: Iterable[Mapping[str, str]]) -> Kept:
    """Keeps a model and what it learnt from under the next number; takes it into use is another act."""
    number = max((one.number for one in kept()), default=0) + 1
    table = io.StringIO()
    writer = csv.DictWriter(table, LABELS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(labels)
    _write(_folder() / f"relations-{number}.labels.csv", table.getvalue())
    path = _folder() / f"relations-{number}.json"
    _write(path, model.to_json())
    return Kept(number, path)


def choose(name: str) -> None:
    """Takes a model into use, or the shipped one again.

    Raises:
        NotFound: there is none of this name. BadInput: this release cannot use it.
    """
    if name != SHIPPED:
        try:
            _read(kept_named(name).path)
        except SchemaMismatch as error:
            raise BadInput(f"{name} cannot be used: {error}.") from error
    _write(_choice(), name + "\n")


def in_use() -> InUse:
    """The model that analysis uses now.

    A chosen model that this release cannot read, say after an upgrade that compares more, is set aside for
    the shipped one, and the reason is told: work goes on, and nobody is misled about the model.
    """
    name = chosen()
    if name == SHIPPED:
        return InUse(SHIPPED, None)
    try:
        return InUse(name, _read(kept_named(name).path))
    except (NotFound, SchemaMismatch) as error:
        return InUse(SHIPPED, None, set_aside=f"{name}: {error}")


def chosen() -> str:
    """The name of the model that was chosen; the shipped one where nobody chose."""
    try:
        return _choice().read_text("utf-8").strip() or SHIPPED
    except FileNotFoundError:
        return SHIPPED


def _read(path: Path) -> RelationModel:
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _parsed(path: Path, _changed_at: int) -> RelationModel:
    return relation_model_from_json(path.read_text("utf-8")).for_features(FEATURES)


def _number(path: Path) -> int:
    text = path.stem.removeprefix("relations-")
    return int(text) if text.isdigit() else 0


def _folder() -> Path:
    place = Path(settings.DATA) / "models"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def _choice() -> Path:
    return _folder() / "in-use"


def _write(path: Path, text: str) -> None:
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".fresh-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(fresh).replace(path)
