"""Files with faults, made from a seed: real and generated ones, changed byte by byte and part by part.

Run as `python -m tests.intake.fuzzing FIRST_SEED SECONDS` it tries as many as fit into the time, with the
memory of a reading child, and prints one JSON line per file on which something other than UnreadableFile
left a reader.
"""

import io
import json
import random
import resource
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from concord.intake.formats.classified import unclassified
from concord.intake.formats.content import format_of, looks_like_mail
from concord.intake.formats.limits import MEGABYTE
from concord.intake.formats.mail.parsing import mail_in
from concord.intake.formats.messages import line_of, said_in
from concord.intake.formats.parts import UnreadableFile, collect
from concord.intake.formats.registry import FORMATS
from tests.intake import samples

SHARED = Path(__file__).parents[3] / "shared" / "data"
SAMPLES = Path(format_of.__code__.co_filename).parent
LARGEST = 2 * MEGABYTE  # of a file to start from
MEMORY_BYTES = 1_500 * MEGABYTE  # address space, libraries included
PIECES = (
    b"",
    b"\x00",
    b"\xff",
    b'"',
    b"<",
    b"&",
    b"]]>",
    b"1e999",
    b"-1",
    b"99999999999",
    b"NaN",
    b"\xed\xa0\x80",
)


@cache
def bases() -> tuple[tuple[str, bytes], ...]:
    """Names and bytes of the files to start from: the samples, and the shared real files where they are."""
    paths = [path for path in SAMPLES.glob("*/samples/*.*") if not path.parent.parent.name.startswith("_")]
    paths += [*SHARED.glob("partner-files/*"), *SHARED.glob("iati/*")]
    found = [(path.name, path.read_bytes()) for path in sorted(paths) if path.stat().st_size <= LARGEST]
    return (*found, *_generated())


def _generated() -> Iterator[tuple[str, bytes]]:
    table = samples.csv_text([samples.a_row(n) for n in range(20)]).encode()
    yield "mail.eml", samples.a_mail(("list.csv", table), ("scan.pdf", b"%PDF x")).as_bytes()
    yield "list.csv", table
    yield "list1250.csv", "naslov;kraj\nObuka službenika č;2019\n".encode("cp1250") * 20
    yield "list16.csv", "title;end\nObuka č;2019\n".encode("utf-16")
    with tempfile.TemporaryDirectory() as folder:
        cells = samples.as_cells([samples.a_row(n) for n in range(20)])
        yield "list.xlsx", samples.xlsx_file(Path(folder), {"A": cells, "B": [["=1+1", 2.5]]}).read_bytes()


def damaged(seed: int) -> tuple[str, bytes]:
    """The name of a file to start from, and its bytes with faults: the same for the same seed."""
    source = random.Random(seed)
    name, data = source.choice(bases())
    if zipfile.is_zipfile(io.BytesIO(data)) and source.random() < 0.8:
        return name, _with_a_changed_part(data, source)
    return name, _changed(data, source)


def _with_a_changed_part(data: bytes, source: random.Random) -> bytes:
    """A zip that is whole, one or two of whose parts are not."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name in source.choices(list(parts), weights=[min(len(part), 20_000) for part in parts.values()], k=2):
        parts[name] = _changed(parts[name], source)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def _changed(data: bytes, source: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(source.choice((1, 1, 2, 5, 30))):
        if not changed:
            break
        place = source.randrange(len(changed))
        match source.randrange(6):
            case 0:
                changed[place] = source.randrange(256)
            case 1:
                changed[place : place + source.randrange(1, 20)] = source.choice(PIECES)
            case 2:
                del changed[place : place + source.choice((1, 10, 1_000))]
            case 3:
                other = source.randrange(len(changed))
                changed[place:place] = changed[other : other + source.choice((10, 100, 1_000))]
            case 4:
                _change_a_number(changed, place, source)
            case 5:
                if source.random() < 0.1:
                    del changed[place:]
    return bytes(changed)


def _change_a_number(changed: bytearray, place: int, source: random.Random) -> None:
    for at in range(place, min(place + 200, len(changed))):
        if chr(changed[at]).isdigit():
            changed[at : at + 1] = source.choice((b"0", b"9", b"1048577", b"-3", b"70000", b"x"))
            return


def outcome(data: bytes, folder: Path) -> str:
    """ "read", or the rule by which a file is refused.

    Raises:
        Exception: whatever else leaves a reader, and what must not.
    """
    path = folder / "input"
    path.write_bytes(data)
    try:
        if looks_like_mail(data[:8192]):
            mail_in(data)
            return "read"
        parts = list(unclassified(FORMATS[format_of(path)].read(path)))
    except UnreadableFile as refusal:
        if not (refusal.message and refusal.remedy):
            raise AssertionError(f"{refusal.rule} says too little") from refusal
        return refusal.rule
    for part in parts:
        assert said_in(line_of(part)) == part
    collect(iter(parts))
    return "read"


def main(first_seed: int, seconds: int) -> None:
    """Tries damaged files for so long, and prints what went wrong and how many there were."""
    bases()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        counted: Counter[str] = Counter()
        ends_at, seed = time.monotonic() + seconds, first_seed
        while time.monotonic() < ends_at:
            name, data = damaged(seed)
            print(json.dumps({"seed": seed, "file": name}), flush=True)
            try:
                counted[outcome(data, path)] += 1
            except MemoryError:
                counted["too-much-memory"] += 1
            except BaseException:
                print(json.dumps({"seed": seed, "file": name, "error": traceback.format_exc()[-1500:]}))
            seed += 1
        print(json.dumps({"tried": seed - first_seed, "outcomes": counted}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
