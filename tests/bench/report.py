"""Bars, ratios and how sure one can be of them: the table and the JSON."""
import statistics
from dataclasses import dataclass

from load import Measurement

NOISY = 0.10


@dataclass(frozen=True)
class Bar:
    """One row: `ours` must be at least `times` times as good as `peer`; None: told, not judged."""

    ours: str
    peer: str
    times: float | None
    metric: str = "rate"  # or "p99_ms", where less is better


def spread(values: list[float]) -> float:
    """How far the rounds lie apart: the middle half of them, relative to the median."""
    if len(values) < 2:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / statistics.median(values)


def judge(bar: Bar, rounds: list[dict[str, Measurement]]) -> dict:
    """A row of results.json. The ratio is the median of the ratios of each round that has both,
    whose two measurements were made in the same minute."""
    both = [each for each in rounds if bar.ours in each and bar.peer in each]
    ours = [getattr(each[bar.ours], bar.metric) for each in both]
    peer = [getattr(each[bar.peer], bar.metric) for each in both]
    row = {"ours": bar.ours, "peer": bar.peer, "metric": bar.metric, "bar": bar.times,
           "ours_value": statistics.median(ours) if ours else None,
           "peer_value": statistics.median(peer) if peer else None,
           "ratio": None, "spread": None}
    if not ours or not peer:
        return {**row, "verdict": "missing"}
    ratios = [mine / theirs for mine, theirs in zip(ours, peer)]
    if bar.metric == "p99_ms":
        ratios = [1 / ratio for ratio in ratios]
    ratio, distance = statistics.median(ratios), spread(ratios)
    if distance > NOISY:
        verdict = "too noisy to conclude"
    elif bar.times is None:
        verdict = "for information"
    else:
        verdict = "ok" if ratio >= bar.times else "MISSED"
    return {**row, "ratio": ratio, "spread": distance, "verdict": verdict}


def table(rows: list[dict], missing: dict[str, str]) -> str:
    line = "{:<30} {:>9}  {:<31} {:>9}  {:>6} {:>5} {:>6}  {}"
    lines = [line.format("ours", "req/s", "peer", "req/s", "ratio", "bar", "spread", "").rstrip()]
    for row in rows:
        def cell(key: str, form: str) -> str:
            return "-" if row[key] is None else format(row[key], form)
        value = ".0f" if row["metric"] == "rate" else ".2f"
        unit = "" if row["metric"] == "rate" else ", p99 in ms"
        lines.append(line.format(row["ours"] + unit, cell("ours_value", value), row["peer"],
                                 cell("peer_value", value), cell("ratio", ".2f"),
                                 cell("bar", ".2f"), cell("spread", ".1%"), row["verdict"]))
    lines += [f"missing: {name}: {why}" for name, why in missing.items()]
    return "\n".join(lines)


def at_most(what: str, value: float, most: float, unit: str) -> bool:
    """Prints one bar that is no ratio between two servers; whether it is met."""
    verdict = "ok" if value <= most else "MISSED"
    print(f"{what:<58} {value:8.2f} {unit:<4} bar {most:6.2f}  {verdict}", flush=True)
    return value <= most
