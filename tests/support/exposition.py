"""Reads Prometheus' text format 0.0.4, and refuses what it does not allow."""
import math
import re
from dataclasses import dataclass, field

from support.http_client import get

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
TYPES = ("counter", "gauge", "histogram")

Labels = tuple[tuple[str, str], ...]


@dataclass
class Family:
    type: str
    help: str = ""
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


@dataclass
class Exposition:
    families: dict[str, Family]

    def value(self, name: str, **labels: str) -> float | None:
        """The sample of that name that has these labels among its own; None: there is none."""
        found = [value for family in self.families.values()
                 for (sample, own), value in family.samples.items()
                 if sample == name and set(labels.items()) <= set(own)]
        assert len(found) < 2, f"{name}{labels} names {len(found)} samples"
        return found[0] if found else None

    def labels(self, name: str) -> list[dict[str, str]]:
        return [dict(own) for family in self.families.values()
                for sample, own in family.samples if sample == name]


def scrape(admin_port: int) -> Exposition:
    answer = get(admin_port, "/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parse(answer.body.decode())


def parse(text: str) -> Exposition:
    assert text == "" or text.endswith("\n"), "the last line has no end"
    families: dict[str, Family] = {}
    helps: dict[str, str] = {}
    current = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name, _, words = line.removeprefix("# HELP ").partition(" ")
            assert name not in families and name not in helps, f"a second HELP: {line}"
            helps[name] = words
        elif line.startswith("# TYPE "):
            name, kind = line.removeprefix("# TYPE ").split(" ")
            assert kind in TYPES and name not in families, line
            families[name] = Family(kind, helps.get(name, ""))
            current = name
        else:
            _add(families[current], current, line)
    for name, family in families.items():
        assert family.samples, f"{name} has no samples"
        if family.type == "histogram":
            _check_histogram(name, family)
    return Exposition(families)


def _add(family: Family, name: str, line: str) -> None:
    match = SAMPLE.fullmatch(line)
    assert match, f"no sample: {line!r}"
    sample, labels, value = match.groups()
    suffixes = ("_bucket", "_sum", "_count") if family.type == "histogram" else ("",)
    assert sample in [name + suffix for suffix in suffixes], f"{line!r} stands below {name}"
    pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")
    key = (sample, tuple((label, _unescape(text)) for label, text in pairs))
    assert len(dict(pairs)) == len(pairs), f"a label twice: {line}"
    assert key not in family.samples, f"a sample twice: {line}"
    family.samples[key] = float(value)
    assert family.type == "gauge" or float(value) >= 0, line


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], text)


def _check_histogram(name: str, family: Family) -> None:
    series: dict[Labels, list[tuple[float, float]]] = {}
    for (sample, labels), value in family.samples.items():
        if sample == name + "_bucket":
            own = tuple(pair for pair in labels if pair[0] != "le")
            series.setdefault(own, []).append((float(dict(labels)["le"]), value))
    assert series, f"{name} has no buckets"
    for own, buckets in series.items():
        bounds, counts = zip(*buckets)
        assert list(bounds) == sorted(set(bounds)) and bounds[-1] == math.inf, (name, bounds)
        assert list(counts) == sorted(counts), f"{name}{own} is not cumulative"
        assert family.samples[(name + "_count", own)] == counts[-1], f"{name}{own} counts wrongly"
        assert (name + "_sum", own) in family.samples, f"{name}{own} has no sum"
