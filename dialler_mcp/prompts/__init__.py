"""Prompts: a template each, `prompts/<name>.md.j2`, whose front matter (TOML between `+++` lines) describes it.

A template gets the fields of what the function of its name returns (`contacts.py` and its neighbours), and
`language` (`de` or `en`), `now`, `fence` (what the marks around foreign text mean), `begin` and `end` (the marks around
all that comes from records, since a prompt is sent as the words of a person), `sandbox` (a sentence, or empty), `can`
(`can("dialler_lock_contact")`: whether that tool is there).
"""

import difflib
import re
import tomllib
import traceback
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.prompts.base import Prompt, PromptArgument
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR

from dialler_mcp.domain.callers import Caller
from dialler_mcp.domain.fields import Language
from dialler_mcp.problem import Problem
from dialler_mcp.prompts.template_errors import (
    ENDLESS,
    NO_DIRECTORY,
    NO_FRONT,
    NO_TEXT,
    NO_TOML,
    NO_VARIABLE,
    NOT_THERE,
    OTHER_ARGUMENTS,
    STRANGER,
    SYNTAX,
    WRONG_ARGUMENT,
    WRONG_FRONT,
    WRONG_LANGUAGE,
    placed,
    wrong,
)
from dialler_mcp.protocol.server import DiallerServer
from dialler_mcp.reference.completion import add_completion
from dialler_mcp.service.answers import SANDBOX_WORDS
from dialler_mcp.service.invocation import left_out
from dialler_mcp.service.process import Process
from dialler_mcp.service.profile import Profile
from dialler_mcp.settings import Settings

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

    from dialler_mcp.prompts.contacts import Inquiry

SUFFIX = ".md.j2"
COMMON = frozenset({"language", "now", "fence", "begin", "end", "sandbox", "can"})

_LISTED = frozenset({"dialler_list_campaigns"})
_CAMPAIGN = _LISTED | {"dialler_list_contacts"}
_CONTACT = frozenset({"dialler_find_contacts_by_user_data", "dialler_get_contact_history"})

NEEDS = {
    "contact_history_summary": _CONTACT,
    "result_code_summary": _CAMPAIGN | {"dialler_get_result_codes"},
    "campaign_report": _LISTED | {"dialler_campaign_report"},
    "callback_plan": _CAMPAIGN,
    "safe_reset": _CONTACT | {"dialler_reset_contact", "dialler_reset_contact_by_user_data"},
    "list_cleanup": _LISTED | {"dialler_check_data"},
    "import_list": _LISTED | {"dialler_check_list", "dialler_import_list"},
}
"""The tools that read what a prompt brings, or that its steps cannot do without: it is there when all of them are."""
NAMES = tuple(NEEDS)


def add_prompts(server: DiallerServer[Process], settings: Settings) -> None:
    """Add the prompts, and the completion of their arguments.

    Raises:
        Problem: a template in the directory of the settings is wrong; says which, where and why.
    """
    templates = Templates()
    for name in NAMES:
        template = _ours(name)
        if own := _own(settings, name):
            template = templates.checked(read_template(own), template)
        server.add_prompt(_prompt(server, template, templates))
    _refuse_strangers(settings)
    add_completion(server)


def templates_dir() -> Path:
    """Our templates: inside the package where it is installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    own = package / "templates"
    return own if own.is_dir() else package.parent / "prompts"


@cache
def _ours(name: str) -> "Template":
    return read_template(templates_dir() / f"{name}{SUFFIX}")


@dataclass(frozen=True)
class Template:
    """A template: its front matter, and its source with the front matter blanked, so that lines keep their numbers."""

    path: Path
    title: str
    description: str
    arguments: tuple[PromptArgument, ...]
    source: str

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(SUFFIX)


def read_template(path: Path) -> Template:
    """The template in a file; its body is not looked at.

    Raises:
        Problem: the file cannot be read, or its front matter is wrong.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise wrong(path.name, None, NO_TEXT) from None
    if not lines or lines[0].strip() != "+++":
        raise wrong(path.name, 1, NO_FRONT)
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == "+++"), None)
    if end is None:
        raise wrong(path.name, len(lines), ENDLESS)
    try:
        front = tomllib.loads("\n".join(lines[1:end]))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) + 1 if at else end
        raise wrong(path.name, line, NO_TOML) from None
    return _described(path, front, "\n" * (end + 1) + "\n".join(lines[end + 1 :]))


def _described(path: Path, front: dict[str, Any], source: str) -> Template:
    match front:
        case {"title": str() as title, "description": str() as description, "arguments": [*declared]} if (
            title and description and len(front) == 3
        ):
            arguments = tuple(_argument(path, argument) for argument in declared)
            return Template(path, title, description, arguments, source)
        case _:
            raise wrong(path.name, 1, WRONG_FRONT)


def _argument(path: Path, declaration: object) -> PromptArgument:
    match declaration:
        case {"name": str() as name, "description": str() as description, "required": bool() as required}:
            return PromptArgument(name=name, description=description, required=required)
        case _:
            raise wrong(path.name, 1, WRONG_ARGUMENT)


def _own(settings: Settings, name: str) -> Path | None:
    """The user's own template of this name, if there is one."""
    if settings.prompts_dir is None:
        return None
    path = settings.prompts_dir / f"{name}{SUFFIX}"
    return path if path.exists() else None


def _refuse_strangers(settings: Settings) -> None:
    """A misspelled name must not look like a template that works."""
    if settings.prompts_dir is None:
        return
    if not settings.prompts_dir.is_dir():
        raise Problem(NO_DIRECTORY)
    for path in sorted(settings.prompts_dir.glob(f"*{SUFFIX}")):
        name = path.name.removesuffix(SUFFIX)
        if name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, 1) or NAMES
            raise Problem(STRANGER.filled(file=path.name, names=", ".join(near)))


class Templates:
    """Renders templates. Jinja2 is imported with the first one: a start does without."""

    @cached_property
    def _environment(self) -> "SandboxedEnvironment":
        from jinja2 import StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment

        return SandboxedEnvironment(
            autoescape=False,  # the text is for a model, not for a browser
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )

    def checked(self, own: Template, ours: Template) -> Template:
        """A user's template, once it is known that it can stand for ours.

        Raises:
            Problem: its arguments differ, its body is no template, or uses variables that there are not.
        """
        from jinja2 import TemplateSyntaxError, meta

        ours_required = {argument.name: argument.required for argument in ours.arguments}
        if {argument.name: argument.required for argument in own.arguments} != ours_required:
            must = ", ".join(
                f"{name} (required = {str(is_required).lower()})" for name, is_required in ours_required.items()
            )
            raise wrong(own.path.name, 1, OTHER_ARGUMENTS.filled(arguments=must))
        try:
            tree = self._environment.parse(own.source)
            self._environment.from_string(own.source)
        except TemplateSyntaxError as error:
            raise wrong(own.path.name, error.lineno, SYNTAX.filled(message=error.message)) from None
        names = COMMON | {field.name for field in fields(get_type_hints(_gather(own.name))["return"])}
        if wrong_names := sorted(meta.find_undeclared_variables(tree) - names):
            line = next(
                n for n, text in enumerate(own.source.splitlines(), 1) if re.search(rf"\b{wrong_names[0]}\b", text)
            )
            there = ", ".join(sorted(names))
            raise wrong(own.path.name, line, NO_VARIABLE.filled(name=wrong_names[0], names=there))
        return own

    def render(self, template: Template, variables: Mapping[str, Any]) -> str:
        """The text of a prompt.

        Raises:
            MCPError: the template uses what is not there; says where, but no value.
        """
        from jinja2 import TemplateError

        try:
            return self._environment.from_string(template.source).render(variables).strip()
        except TemplateError as error:
            frames = traceback.extract_tb(error.__traceback__)
            line = next((frame.lineno for frame in reversed(frames) if frame.filename == "<template>"), 1)
            message = placed(template.path.name, line, NOT_THERE)
            raise MCPError(INTERNAL_ERROR, message.text(Language(variables["language"]))) from None


def _prompt(server: DiallerServer[Process], template: Template, templates: Templates) -> Prompt:
    async def ask(*, context: Context[Process], language: str = "", **subject: str) -> str:
        process = context.request_context.lifespan_context
        inquiry, data = await _asked(process.profile_of(server.caller), server.caller, template.name, language, subject)
        text = templates.render(template, {**data, **_common(inquiry), "can": server.permitted})
        return "\n\n".join([text, *inquiry.profile.legend(text, inquiry.language)])

    return Prompt(
        name=template.name,
        title=template.title,
        description=template.description,
        arguments=list(template.arguments),
        fn=ask,
        context_kwarg="context",
    )


async def _asked(
    profile: Profile, caller: Caller, name: str, language: str, subject: Mapping[str, str]
) -> "tuple[Inquiry, dict[str, Any]]":
    """The data of a prompt, by field."""
    from dialler_mcp.prompts.contacts import Inquiry

    inquiry = Inquiry(profile, _language(profile, language), caller)
    data = await _gather(name)(inquiry, **subject)
    return inquiry, {field.name: getattr(data, field.name) for field in fields(data)}


def _common(inquiry: "Inquiry") -> dict[str, Any]:
    """What every template gets."""
    fence = inquiry.profile.present.fence
    sandbox = [SANDBOX_WORDS.text(inquiry.language)] if inquiry.profile.is_sandbox else []
    return {
        "language": inquiry.language.value,
        "now": inquiry.time(inquiry.now()),
        "fence": fence.explained(inquiry.language),
        "begin": fence.begin,
        "end": fence.end,
        "sandbox": " ".join([*sandbox, *left_out(inquiry.strangers, inquiry.language)]),
    }


def _gather(name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    """The function that gathers the data of a prompt; imported with the first one, as Jinja2 is."""
    from dialler_mcp.prompts import campaigns, contacts, imports, lists, reports

    modules = (contacts, campaigns, lists, reports, imports)
    return next(getattr(module, name) for module in modules if hasattr(module, name))


def _language(profile: Profile, text: str) -> Language:
    """The language that is asked for; hosts send an empty text for an argument that was left out."""
    code = text.strip().casefold()
    if code not in ("", *Language):
        raise Problem(WRONG_LANGUAGE)
    return profile.language(Language(code) if code else None)
