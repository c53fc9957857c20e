"""A report: every measure and breakdown of some campaigns, worked out from their snapshot."""

# ruff: noqa: S608 - the SQL is put together from our own names, values are parameters

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from dialler_mcp.domain.standing.callbacks import callback_sql, redial_sql
from dialler_mcp.domain.standing.clock import Clock
from dialler_mcp.domain.standing.rules import Standing, standing_sql
from dialler_mcp.reporting.figures import measures as metrics
from dialler_mcp.reporting.figures.measure import Figure, Measure, Unit, View
from dialler_mcp.reporting.figures.measures import MEASURES
from dialler_mcp.reporting.figures.scope import Scope
from dialler_mcp.reporting.figures.statistics import Interval, Rate, better, wilson
from dialler_mcp.reporting.snapshot.opening import Coverage, Snapshot
from dialler_mcp.words import Words

Key = int | str | date | None


class Row(NamedTuple):
    """The figures of one key of a breakdown: an hour, an agent, a day. None: not known.

    Only answered attempts have an agent, so the contact rate of an agent says nothing.
    """

    key: Key
    attempts: int
    connects: int
    right_party: int
    wins: int
    """Attempts that won, as the measure `winning_attempts`."""
    talk_median: float | None = None
    talk_p90: float | None = None
    wrap_up_median: float | None = None
    wrap_up_p90: float | None = None
    """Seconds, as the measures of these names."""
    appointments: int = 0
    """Attempts that ended in an appointment."""
    talk_total: float | None = None
    """Seconds of all talks together."""

    @property
    def contact_rate(self) -> float | None:
        return self.connects / self.attempts if self.attempts else None

    @property
    def interval(self) -> Interval | None:
        """Where the contact rate lies with 95 % certainty."""
        return wilson(self.connects, self.attempts)


TIMES = ("talk_median", "talk_p90", "wrap_up_median", "wrap_up_p90")
"""The measures of time that a row has."""


class ResultCount(NamedTuple):
    """How often a result was recorded: its names, its type in English, the codes that share its export key."""

    export_key: str
    name: Words
    type: str | None
    times: int
    codes: tuple[int, ...]


class CallCounts(NamedTuple):
    """Calls by the contacts' counters (since import or reset): attempts and test calls together. `history` are the
    attempts of the whole history, `tests` its test calls, which no measure counts.
    """

    counters: int
    history: int
    tests: int

    @property
    def agrees(self) -> bool:
        return self.counters == self.history + self.tests


BREAKDOWNS: Mapping[str, tuple[Words, str]] = {
    "hour": (Words("hour", "Stunde"), "hour"),
    "weekday": (Words("weekday", "Wochentag"), "weekday"),
    "week": (Words("hour of the week", "Wochenstunde"), "weekday * 100 + hour"),
    "day": (Words("day", "Tag"), "day"),
    "agent": (Words("agent", "Agent"), "agent_id"),
    "number": (Words("number slot", "Rufnummer"), "number_slot"),
    "attempt": (Words("attempt number", "Versuch Nr."), "attempt_number"),
    "campaign": (Words("campaign", "Kampagne"), "campaign_id"),
    "outcome": (Words("outcome", "Ausgang"), "connres"),
    "cause": (Words("cause", "Auslösegrund"), "cause"),
}
"""What attempts can be broken down by: its name, and the key in SQL. `week` is weekday * 100 + hour."""


@dataclass(frozen=True)
class Report:
    """All figures of some campaigns within a scope, at `now` (with its zone). Words are left to whoever shows it."""

    scope: Scope
    now: datetime
    coverage: Coverage
    figures: Mapping[str, Figure]
    figures_by_campaign: Mapping[int, Mapping[str, Figure]]
    """The figures of each campaign, where there are several."""
    breakdowns: Mapping[str, Sequence[Row]]
    results: Sequence[ResultCount]
    standings: Mapping[Standing, int]
    attempt_counts: CallCounts
    first: datetime | None
    """When the first call within the scope began, local; `last` likewise."""
    last: datetime | None

    @property
    def campaigns(self) -> dict[int, str]:
        """Names by ID."""
        return {one.campaign_id: one.name or str(one.campaign_id) for one in self.coverage.campaigns}

    def best_hours(self) -> list[Row]:
        """The hours whose contact rate is surely above that of the other hours, best first."""
        rows = {row.key: row for row in self.breakdowns["hour"] if isinstance(row.key, int)}
        return [rows[rate.key] for rate in better(Rate(key, row.connects, row.attempts) for key, row in rows.items())]


def report_of(
    snapshot: Snapshot,
    scope: Scope,
    now: datetime,
    wrong_party: Collection[str] = (),
    times: Collection[str] = tuple(BREAKDOWNS),
) -> Report:
    """Work out the whole report. `wrong_party`: names and export keys of results of talks with the wrong person.
    `times`: the breakdowns whose rows have talk and wrap-up times, which take longest on millions of calls.

    Raises:
        Damaged: a file cannot be read; it is thrown away.
    """
    _prepare(snapshot, now, wrong_party)
    figures, by_campaign = _all_figures(snapshot, scope)
    calls, coverage = scope.calls(), snapshot.coverage
    ((first, last),) = snapshot.rows(f"SELECT min(began), max(began) FROM calls WHERE {calls.sql}", calls.values)
    return Report(
        scope,
        now,
        coverage,
        _whole(figures, calls_known=coverage.calls_known),
        {
            one.campaign_id: _whole(by_campaign[one.campaign_id], calls_known=one.calls_known)
            for one in coverage.campaigns
            if one.campaign_id in by_campaign
        },
        _breakdowns(snapshot, scope, times),
        _results(snapshot, scope),
        _standings(snapshot, scope),
        _tried(snapshot, scope),
        first,
        last,
    )


def figures_of(snapshot: Snapshot, scope: Scope, now: datetime, wrong_party: Collection[str] = ()) -> dict[str, Figure]:
    """The measures alone, of all campaigns together; arguments and errors as in `report_of`."""
    _prepare(snapshot, now, wrong_party)
    figures, _ = _all_figures(snapshot, scope)
    return _whole(figures, calls_known=snapshot.coverage.calls_known)


def _all_figures(snapshot: Snapshot, scope: Scope) -> tuple[dict[str, Figure], dict[int, dict[str, Figure]]]:
    """Every measure of all campaigns together, and by campaign where there are several; in no order."""
    several = len(snapshot.coverage.campaigns) > 1
    calls, contacts = scope.calls(), scope.contacts()
    figures, by_campaign = dict[str, Figure](), dict[int, dict[str, Figure]]()
    columns = ", ".join(f"{part} AS {name}" for name, part in metrics.PEOPLE.items())
    people = f"SELECT any_value(campaign_id) AS campaign_id, {columns} FROM calls WHERE {calls.sql} GROUP BY contact_id"
    of_calls = MEASURES.of(View.calls)
    for measures, source, values in (
        ([one for one in of_calls if not one.sql.people], f"calls WHERE {calls.sql}", calls.values),
        ([one for one in of_calls if one.sql.people], f"({people})", calls.values),
        (MEASURES.of(View.contacts), f"standing_contacts WHERE {contacts.sql}", contacts.values),
    ):
        for campaign_id, figures_of_one in _figures(snapshot, measures, source, values, several):
            (figures if campaign_id is None else by_campaign.setdefault(campaign_id, {})).update(figures_of_one)
    if several:
        by_campaign = {one.campaign_id: by_campaign.get(one.campaign_id, {}) for one in snapshot.coverage.campaigns}
    return figures, by_campaign


def _whole(figures: Mapping[str, Figure], *, calls_known: bool) -> dict[str, Figure]:
    """All measures in the order of their declaration: those without a row are 0 of 0, those of calls that were not read
    are not known.
    """
    whole = dict[str, Figure]()
    for name, measure in MEASURES.items():
        if measure.view is View.calls and not calls_known:
            whole[name] = Figure(measure, None, 0, 0, known=False)
        else:
            whole[name] = figures.get(name) or Figure(measure, 0 if measure.unit is Unit.count else None, 0, 0)
    return whole


def _prepare(snapshot: Snapshot, now: datetime, wrong_party: Collection[str]) -> None:
    """Make the tables and views that the measures need, in memory, for this snapshot alone."""
    snapshot.database.run("CREATE OR REPLACE TEMP TABLE right_party (result_code_id BIGINT)")
    for code_id in list(_right_party(snapshot, wrong_party)):
        snapshot.database.run("INSERT INTO right_party VALUES (?)", [code_id])
    clock = Clock(now, now.tzinfo or UTC)
    snapshot.database.run(
        f"""CREATE OR REPLACE TEMP VIEW standing_contacts AS SELECT c.*, {standing_sql(clock)} AS standing,
        {callback_sql(clock)} AS callback, {redial_sql(clock)} AS redial, coalesce(t.test_calls, 0) AS test_calls
        FROM contacts c LEFT JOIN campaigns k ON k.campaign_id = c.campaign_id LEFT JOIN (
            SELECT contact_id, count(*) AS test_calls FROM calls WHERE {metrics.TEST_CALL} GROUP BY contact_id
        ) t ON t.contact_id = c.contact_id"""
    )


def _right_party(snapshot: Snapshot, wrong_party: Collection[str]) -> Iterator[int]:
    """The result codes of talks with the right person."""
    wrong = {name.casefold().strip() for name in wrong_party}
    system = "SELECT abort_on_no_tel_number_result_codes_id FROM campaigns"
    rows = snapshot.rows(
        "SELECT result_code_id, name_en, name_de, export_key FROM result_codes"
        f" WHERE result_type IN ('Done', 'Appointment', 'Abort') AND result_code_id NOT IN ({system} WHERE"
        " abort_on_no_tel_number_result_codes_id IS NOT NULL)"
    )
    for code_id, *names in rows:
        if not wrong & {str(name or "").casefold().strip() for name in names}:
            yield code_id


def _figures(
    snapshot: Snapshot, measures: list[Measure], source: str, values: list[object], several: bool
) -> Iterator[tuple[int | None, dict[str, Figure]]]:
    """These measures in one query: of all campaigns together, and by campaign where there are several."""
    columns = ", ".join(f"{part} AS {measure.name}_{name}" for measure in measures for name, part in _parts(measure))
    grouping = "GROUP BY GROUPING SETS ((), (campaign_id))" if several else ""
    key = "campaign_id" if several else "NULL"
    for campaign_id, *counts in snapshot.rows(f"SELECT {key} AS campaign, {columns} FROM {source} {grouping}", values):
        cells = iter(counts)
        figures = dict[str, Figure]()
        for measure in measures:
            part = {name: next(cells) for name, _ in _parts(measure)}
            is_known = part.get("known", True)
            value = _value(measure, part) if is_known else None
            figures[measure.name] = Figure(measure, value, part["n"], part["of"], is_known)
        yield campaign_id, figures


def _parts(measure: Measure) -> list[tuple[str, str]]:
    sql = measure.sql
    parts = (("n", sql.n), ("of", sql.of), ("value", sql.value), ("known", sql.known_where))
    return [(name, part) for name, part in parts if part]


def _value(measure: Measure, part: Mapping[str, Any]) -> float | None:
    if "value" in part:
        return None if part["value"] is None else float(part["value"])
    if measure.unit is Unit.share:
        return part["n"] / part["of"] if part["of"] else None
    return part["n"]


def _breakdowns(snapshot: Snapshot, scope: Scope, times: Collection[str]) -> dict[str, list[Row]]:
    """Every breakdown, its rows sorted by key; the row of an unknown key comes last. None by agent, where agents are
    not told apart.
    """
    rows = _rows(snapshot, scope, [name for name in BREAKDOWNS if name not in times], times=False)
    for name in times:  # one at a time, since a median holds all its values
        rows |= _rows(snapshot, scope, [name], times=True)
    if not snapshot.coverage.agents:
        rows["agent"] = []
    return {name: rows[name] for name in BREAKDOWNS}


def _rows(snapshot: Snapshot, scope: Scope, names: Sequence[str], *, times: bool) -> dict[str, list[Row]]:
    """These breakdowns in one query, so that it goes through the calls only once."""
    by_name: dict[str, list[Row]] = {name: [] for name in names}
    if not names:
        return by_name
    where = scope.calls()
    counts = (metrics.ATTEMPTS, metrics.CONNECTS, metrics.counted(metrics.RIGHT_PARTY))
    wins = metrics.counted(metrics.WON_BY_CALL)
    lasting = [str(MEASURES[name].sql.value) if times else "NULL" for name in TIMES]
    further = (metrics.counted("attempt AND result_type = 'Appointment'"), "sum(talk_seconds) FILTER (attempt)")
    keys = [f"key_{name}" for name in names]
    expressions = ", ".join(f"{BREAKDOWNS[name][1]} AS key_{name}" for name in names)
    columns = ", ".join([*keys, *counts, wins, *lasting, *further])
    sql = (
        f"SELECT {', '.join(f'grouping({key})' for key in keys)}, {columns}"
        f" FROM (SELECT *, {expressions} FROM calls WHERE {where.sql} AND attempt)"
        f" GROUP BY GROUPING SETS ({', '.join(f'({key})' for key in keys)})"
    )
    for row in snapshot.rows(sql, where.values):
        which, values, rest = row[: len(keys)], row[len(keys) : 2 * len(keys)], row[2 * len(keys) :]
        place = which.index(0)
        by_name[names[place]].append(Row(values[place], *rest))
    for rows in by_name.values():
        rows.sort(key=lambda row: (row.key is None, row.key))
    return by_name


def _results(snapshot: Snapshot, scope: Scope) -> list[ResultCount]:
    """How often each result was recorded, the commonest first. Codes of several campaigns with the same export key are
    one result.
    """
    where = scope.calls()
    sql = f"""
    SELECT coalesce(nullif(r.export_key, ''), f.result_code_id::VARCHAR) AS key, first(r.name_en ORDER BY f.n DESC),
           first(r.name_de ORDER BY f.n DESC), first(coalesce(r.result_type, f.type) ORDER BY f.n DESC), sum(f.n),
           list(f.result_code_id ORDER BY f.result_code_id)
    FROM (SELECT result_code_id, any_value(result_type) AS type, count(*) AS n FROM calls
          WHERE {where.sql} AND {metrics.RESULT} GROUP BY result_code_id) f
    LEFT JOIN result_codes r ON r.result_code_id = f.result_code_id
    GROUP BY key ORDER BY 5 DESC, 1"""
    return [
        ResultCount(key, Words(en or key, de or en or key), kind, int(count), tuple(codes))
        for key, en, de, kind, count, codes in snapshot.rows(sql, where.values)
    ]


def _standings(snapshot: Snapshot, scope: Scope) -> dict[Standing, int]:
    where = scope.contacts()
    sql = f"SELECT standing, count(*) FROM standing_contacts WHERE {where.sql} GROUP BY standing"
    counts = {Standing(name): count for name, count in snapshot.rows(sql, where.values)}
    return {one: counts[one] for one in Standing if one in counts}


def _tried(snapshot: Snapshot, scope: Scope) -> CallCounts:
    where = scope.contacts()
    ((counters,),) = snapshot.rows(
        f"SELECT coalesce(sum(attempts), 0)::BIGINT FROM contacts WHERE {where.sql}", where.values
    )
    sql = f"SELECT {metrics.ATTEMPTS}, {metrics.counted(metrics.TEST_CALL)} FROM calls WHERE {where.sql}"
    ((history, tests),) = snapshot.rows(sql, where.values)
    return CallCounts(counters, history, tests)
