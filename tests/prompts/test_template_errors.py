from dialler_mcp.prompts.template_errors import NO_TOML, placed, wrong
from dialler_mcp.words import Language


def test_an_error_names_its_file_and_its_line_where_there_is_one():
    assert placed("a.md.j2", 7, NO_TOML).de.startswith("a.md.j2, Zeile 7: der Kopf")
    assert placed("a.md.j2", None, NO_TOML).en == "a.md.j2: the front matter is no TOML."


def test_as_a_problem_it_is_told_in_both_languages():
    problem = wrong("a.md.j2", 7, NO_TOML)
    assert str(problem) == "a.md.j2, line 7: the front matter is no TOML."
    assert problem.text(Language.de) == placed("a.md.j2", 7, NO_TOML).de
