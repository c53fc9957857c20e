import re
from dataclasses import replace
from pathlib import Path

import pytest
from mcp.shared.exceptions import MCPError

from dialler_mcp import prompts
from dialler_mcp.domain.fields import Language
from dialler_mcp.domain.untrusted import Fence
from dialler_mcp.problem import Problem
from dialler_mcp.prompts import NAMES, SUFFIX, templates_dir
from dialler_mcp.service.answers import SANDBOX_WORDS
from tests.examples import rest_thorough
from tests.prompts.asking import FRONT, SUBJECTS, MakeBench, ask
from tests.shared_snapshots import report_on_what_is_there
from tests.tools.asking import CAMPAIGN_1000


async def test_lists_the_prompts_with_their_arguments(bench: MakeBench, era: str) -> None:
    async with bench().connect(era) as client:
        answer = (await client.list_prompts()).prompts
    assert [prompt.name for prompt in answer] == list(NAMES)
    for prompt in answer:
        assert prompt.title
        assert prompt.description
        arguments = {argument.name: argument.required for argument in prompt.arguments or ()}
        subject, *more = SUBJECTS[prompt.name]
        assert arguments == {subject: True, **dict.fromkeys(more, False), "language": False}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("era", "language"),
    [
        ("auto", "de"),
        pytest.param("legacy", "en", marks=pytest.mark.thorough),
        pytest.param("auto", "en", marks=pytest.mark.thorough),
        pytest.param("legacy", "de", marks=pytest.mark.thorough),
    ],
)
async def test_renders_in_both_languages(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch, era: str, name: str, language: str
) -> None:
    report_on_what_is_there(monkeypatch)
    text = await ask(bench(read=[CAMPAIGN_1000]), name, era, **SUBJECTS[name], language=language)
    assert ("Antworte auf Deutsch" in text or "auf Deutsch:" in text) == (language == "de")
    assert ("in English" in text or "Answer in English" in text) == (language == "en")
    assert "Campaign 1000 (538)" in text
    assert "2026-11-20 14:00+01:00" in text
    assert SANDBOX_WORDS.text(Language(language)) in text
    assert "None" not in text
    assert "{" not in text
    assert len(text.encode()) < 8_000


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", rest_thorough(["de", "en"]))
async def test_what_comes_from_records_stands_apart_from_the_words_of_the_person(
    bench: MakeBench, monkeypatch: pytest.MonkeyPatch, name: str, language: str
) -> None:
    """A prompt is sent as if the person had written it."""
    report_on_what_is_there(monkeypatch)
    b = bench(read=[CAMPAIGN_1000])
    b.profile.present = replace(b.profile.present, fence=Fence("qz7w"))
    text = await ask(b, name, **SUBJECTS[name], language=language)
    ours, begin, rest = text.partition("\n«qz7w-data:\n")
    block, end, nothing = rest.partition("\n:qz7w-data»")
    assert (begin, end, nothing) == ("\n«qz7w-data:\n", "\n:qz7w-data»", "")
    assert "«qz7w-data: " in ours
    assert not re.search("Campaign|Contact10|Mustermann", ours)
    assert "Campaign 1000" in block
    assert ":qz7w-data»" not in block


async def test_takes_the_language_of_the_settings_when_none_is_asked(bench: MakeBench) -> None:
    assert "auf Deutsch" in await ask(bench(language="de"), "safe_reset", user_data="Contact10", language="")
    assert "in English" in await ask(bench(language="de"), "safe_reset", user_data="Contact10", language="EN")


async def test_names_the_sandbox_only_where_it_is_one(bench: MakeBench) -> None:
    real = bench(base_url="https://dialler.example.com/rest/v1.0/1", token="t")
    assert SANDBOX_WORDS.en not in await ask(real, "safe_reset", user_data="Contact10")


def own(directory: Path, name: str, text: str) -> Path:
    path = directory / f"{name}{SUFFIX}"
    path.write_text(text, "utf-8")
    return directory


async def test_a_template_of_ones_own_replaces_ours(bench: MakeBench, tmp_path: Path, era: str) -> None:
    body = "{% for contact in contacts %}\nGrüße an {{ contact.label }} ({{ language }})\n{% endfor %}\n"
    b = bench(prompts_dir=own(tmp_path, "safe_reset", FRONT + body))
    async with b.connect(era) as client:
        titles = {prompt.name: prompt.title for prompt in (await client.list_prompts()).prompts}
    assert titles["safe_reset"] == "Mine"
    assert titles["campaign_report"] == "Report on a campaign"
    text = await ask(b, "safe_reset", era, user_data="Contact10", language="de")
    assert text == "Grüße an Contact10 · Mustermann · Campaign 1000 (de)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello", "line 1: must be +++"),
        ("", "line 1: must be +++"),
        ('+++\ntitle = "x"\n', "line 2: the front matter does not end"),
        ('+++\ntitle = "x"\ndescription = x\n+++\n', "line 3: the front matter is no TOML"),
        ('+++\ntitle = "x\n+++\n', "the front matter is no TOML"),
        ('+++\ntitle = """x\n+++\n', "the front matter is no TOML"),
        ('+++\ntitle = "x"\n+++\n', "must hold title, description and [[arguments]]"),
        (FRONT.replace("title", 'extra = "x"\ntitle'), "and nothing else"),
        (FRONT.replace("required = true", 'required = "yes"'), "must hold name, description and required"),
        (FRONT.replace("required = true", "required = false"), "user_data (required = true), language"),
        (FRONT.replace('"user_data"', '"key"'), "user_data (required = true), language"),
        (FRONT + "one\n{% if language %}\n", "line 14: Unexpected end of template"),
        (FRONT + "one\n{{ language | nofilter }}\n", "line 14: No filter named 'nofilter'"),
        (FRONT + "one\n\n{{ contact }}\n", "line 15: there is no variable contact; there are begin, can, contacts"),
    ],
)
def test_a_broken_template_is_refused_at_the_start(bench: MakeBench, tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(Problem) as error:
        bench(prompts_dir=own(tmp_path, "safe_reset", text))
    assert str(error.value).startswith("safe_reset.md.j2")
    assert words in str(error.value)


def test_a_file_that_is_no_text_is_refused_at_the_start(bench: MakeBench, tmp_path: Path) -> None:
    (tmp_path / f"safe_reset{SUFFIX}").write_bytes(b"\xff\xfe")
    with pytest.raises(Problem, match="cannot be read as UTF-8"):
        bench(prompts_dir=tmp_path)


def test_a_misspelled_template_is_refused_at_the_start(bench: MakeBench, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Did you mean safe_reset"):
        bench(prompts_dir=own(tmp_path, "save_reset", FRONT))


def test_a_directory_that_is_none_is_refused_at_the_start(bench: MakeBench, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="DIALLER_PROMPTS_DIR names no directory"):
        bench(prompts_dir=tmp_path / "nowhere")


async def test_a_template_that_uses_what_is_not_there_says_where(bench: MakeBench, tmp_path: Path, era: str) -> None:
    b = bench(prompts_dir=own(tmp_path, "safe_reset", FRONT + "one\n{{ contacts[0].nothing }}\n"))
    async with b.connect(era) as client:
        with pytest.raises(MCPError) as error:
            await client.get_prompt("safe_reset", {"user_data": "Contact10"})
    assert error.value.error.message == "safe_reset.md.j2, line 14: the template uses what is not there."


async def test_what_is_wrong_with_a_template_is_told_in_german(bench: MakeBench, tmp_path: Path) -> None:
    with pytest.raises(Problem) as problem:
        bench(prompts_dir=own(tmp_path, "safe_reset", FRONT + "one\n{% if language %}\n"))
    assert problem.value.text(Language.de).startswith("safe_reset.md.j2, Zeile 14: das ist keine gültige Vorlage;")
    b = bench(prompts_dir=own(tmp_path, "safe_reset", FRONT + "one\n{{ contacts[0].nothing }}\n"))
    async with b.connect() as client:
        with pytest.raises(MCPError) as error:
            await client.get_prompt("safe_reset", {"user_data": "Contact10", "language": "de"})
    assert error.value.error.message == "safe_reset.md.j2, Zeile 14: die Vorlage verwendet, was es nicht gibt."


async def test_a_template_cannot_reach_into_python(bench: MakeBench, tmp_path: Path) -> None:
    b = bench(prompts_dir=own(tmp_path, "safe_reset", FRONT + "{{ language.__class__.__mro__ }}\n"))
    async with b.connect() as client:
        with pytest.raises(MCPError, match="uses what is not there"):
            await client.get_prompt("safe_reset", {"user_data": "Contact10"})


def test_every_template_stands_for_itself() -> None:
    """What is demanded of a user's template holds for ours."""
    assert sorted(path.name.removesuffix(SUFFIX) for path in templates_dir().iterdir()) == sorted(NAMES)
    for name in NAMES:
        ours = prompts.read_template(templates_dir() / f"{name}{SUFFIX}")
        assert prompts.Templates().checked(ours, ours) is ours


def test_an_installed_package_has_its_templates_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "package" / "templates").mkdir(parents=True)
    monkeypatch.setattr(prompts, "__file__", str(tmp_path / "package" / "prompts" / "__init__.py"))
    assert templates_dir() == tmp_path / "package" / "templates"
