"""A plugin of pytest (`-p tests.platforms.as_windows`): these tests and their child processes meet Windows."""

import os
import sys
from collections.abc import Sequence

import pytest
from hypothesis import settings

from tests.platforms.windows import SITE, pretend

MODES = "there are no modes"
LIMITS = "there are no limits of a process"
LINKS = "a directory is not opened step by step"
OPEN_FILES = "it removes or replaces a file that is open"

NOT_ON_WINDOWS = {
    "test_a_second_one_waits_in_vain_and_gets_it_afterwards": MODES,
    "test_only_its_owner_may_read_it": MODES,
    "test_a_file_that_others_could_read_is_closed_to_them": MODES,
    "test_what_others_may_not_read": MODES,
    "test_changes_are_exported_to_a_new_file_of_the_owner_only": MODES,
    "test_files_are_their_owner_s_alone": MODES,
    "test_the_archive_of_a_campaign_holds_all_of_it": MODES,
    "test_a_file_that_is_taken_away_while_it_is_used_is_an_error": OPEN_FILES,
    "test_a_reader_keeps_what_it_opened_while_a_refresh_replaces_it": OPEN_FILES,
    "test_a_place_of_ours_that_others_may_write_to_is_refused": MODES,
    "test_a_link_that_is_put_there_meanwhile_is_not_followed": LINKS,
    "test_a_sheet_that_needs_too_much_memory_is_told": LIMITS,
    "test_the_limits_are_those_of_the_system_and_never_wider": LIMITS,
    "test_it_ends_at_once_when_the_client_closes_stdout": "a closed stdout is noticed with the next answer only",
}
"""Tests of what Windows does not have, and what that is."""
ABOUT_MODES = "test_places.py"
"""A module whose tests are all about modes and links of POSIX."""

pretend()
settings.register_profile("windows", deadline=None)  # to look for open files takes its time
settings.load_profile("windows")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SITE), os.environ.get("PYTHONPATH"))))
sys.path.append(str(SITE))  # what is on our path is handed on to the processes of questions


def pytest_collection_modifyitems(items: Sequence[pytest.Function]) -> None:
    for item in items:
        if why := MODES if item.path.name == ABOUT_MODES else NOT_ON_WINDOWS.get(item.originalname):
            item.add_marker(pytest.mark.skip(reason=f"not on Windows: {why}"))
