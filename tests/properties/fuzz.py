"""A fuzzer of krmfn: `python tests/properties/fuzz.py [CORPUS…] [-max_total_time=60] [-seed=1] …`, as libFuzzer.

The first byte of an input says which property it is for, the next ones decide the edit; the rest decides what
`Writer` writes, or is itself the text that is read and edited. Without a directory the corpus is made of generated
texts. `pip install -e '.[fuzz]'` brings atheris.

It is with the property tests because it is one more way to look for what breaks them: same texts, same edits,
same oracle. `test_fuzz.py` runs it on a few inputs without atheris, and on those that it once failed on.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random

TOP = Path(__file__).resolve().parents[2]
DECIDING = 48
"""How many bytes decide the edit."""
RAW = 64
"""Inputs whose first byte is lower hold a text; others hold choices."""
SEEDS = 40
"""How many inputs for each property a run starts with."""
LONGEST = 2048
"""Bytes of the longest input: enough for any layout; longer ones are only slower."""


def run(data: bytes) -> str:
    """Hold krmfn to the property that this input is for; return what was done."""
    from properties import examples
    from properties.choices import Choices

    kind, editing, rest = (data[0] if data else 0), Choices(data[1 : 1 + DECIDING]), data[1 + DECIDING :]
    if kind >= RAW:
        example = examples.ALL[kind % len(examples.ALL)]
        return example(Choices(rest), editing)
    text = examples.decoded(rest)
    if text is None:
        return examples.NO_YAML
    return examples.reading_of_any_list(text) if kind % 2 else examples.edit_of_any_text(text, editing)


def seeds(number: int) -> list[bytes]:
    """Return inputs to start with, so many for every property: choices, or generated texts."""
    from properties import examples
    from properties.list_text import ListWriter
    from properties.yaml_text import Writer

    found = []
    for seed in range(number):
        random = Random(seed)
        deciding = random.randbytes(DECIDING)
        texts = [Writer(random).text().encode(), ListWriter(random).list_text().text.encode()]
        found += [bytes([kind]) + deciding + text for kind, text in enumerate(texts)]
        for kind in range(RAW, RAW + len(examples.ALL)):
            found.append(bytes([kind]) + deciding + random.randbytes(random.randrange(LONGEST // 4)))
    return found


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer has enough; it ends the process, with an error where something was found."""
    import atheris

    sys.path[:0] = [str(TOP / "fn"), str(TOP / "tests")]
    with atheris.instrument_imports(include=["krmfn"]):
        run(b"")

    def target(data: bytes) -> None:
        run(data)

    with tempfile.TemporaryDirectory() as made:
        options = ["-timeout=10", "-rss_limit_mb=2048", f"-max_len={LONGEST}", *arguments]
        if all(argument.startswith("-") for argument in arguments):
            options.append(made)
            for number, data in enumerate(seeds(SEEDS)):
                Path(made, str(number)).write_bytes(data)
        atheris.Setup([sys.argv[0], *options], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
