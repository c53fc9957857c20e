"""What a person chose for a check: campaign, scope, what becomes of a contact that is there, what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto

from dialler_mcp.domain.phones import HOME_REGION
from dialler_mcp.lists.columns.aliases import FIELDS, target_of
from dialler_mcp.lists.kinds import Kind, Verdict
from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

_NO_FIELD = Words(
    "A rule names a field that an import does not take. Use the names of the import's fields.",
    "Eine Regel nennt ein Feld, das ein Import nicht nimmt. Verwenden Sie die Namen seiner Felder.",
)
_NO_RULE = Words(
    "Correct the arguments: rules say of a field, or of all ({all}), one of: {rules}.",
    "Berichtigen Sie die Angaben: rules sagen zu einem Feld, oder zu allen ({all}), eines von: {rules}.",
)
_ALL = "*"
_NOT_ASKED = Words(
    "Only what is asked about can be decided, as ready or left_out.",
    "Entscheiden lässt sich nur, was gefragt ist, als ready oder left_out.",
)


class Scope(StrEnum):
    """Where to look for people who are there already. Whoever is closed or locked is looked for everywhere."""

    file = auto()
    campaign = auto()
    everywhere = auto()


class Rule(StrEnum):
    """What an import does to a field of a contact that exists."""

    always = auto()  # also with nothing: an empty cell erases
    if_new = auto()  # only where the list has a value
    if_old_empty = auto()  # only where the contact has none
    never = auto()


@dataclass(frozen=True)
class Options:
    """`campaign_id` applies to rows that name none; `campaigns` are the IDs by name. `decisions` are a person's answers
    to what is asked, for each kind: such rows are then ready or left out. Ready means: with the number that seems to be
    meant, without a date or amount that is unclear, with a text cut to the length of its field. `checks` are the names
    of further checks.
    """

    campaign_id: int | None = None
    campaigns: Mapping[str, int] = field(default_factory=dict[str, int])
    scope: Scope = Scope.everywhere
    region: str = HOME_REGION
    rule: Rule = Rule.if_new
    rules: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    decisions: Mapping[Kind, Verdict] = field(default_factory=dict[Kind, Verdict])
    checks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not FIELDS.keys() >= self.rules.keys():
            raise Problem(_NO_FIELD)
        choices = {Verdict.ready, Verdict.left_out}
        if any(kind.verdict is not Verdict.asked or one not in choices for kind, one in self.decisions.items()):
            raise Problem(_NOT_ASKED)

    def verdict_of(self, kind: Kind) -> Verdict | None:
        return self.decisions.get(kind, kind.verdict)

    def with_rules(self, wishes: Mapping[str, object]) -> "Options":
        """The same with the rules that a person gives: field to rule, `*` for fields that are not named. A field may be
        called as the head of a column is.

        Raises:
            Problem: there is no such rule, or field.
        """
        try:
            rules = {_field(str(name)): Rule(str(rule)) for name, rule in wishes.items()}
        except ValueError:
            raise Problem(_NO_RULE.filled(rules=", ".join(Rule), all=_ALL)) from None
        return replace(self, rule=rules.pop(_ALL, Rule.if_new), rules=rules)

    def rule_of(self, name: str) -> Rule:
        return self.rules.get(name, self.rule)


def _field(name: str) -> str:
    """The field of this name, or of this head; what is neither stays as it is, and is refused."""
    return name if name == _ALL or name in FIELDS else target_of(name) or name
