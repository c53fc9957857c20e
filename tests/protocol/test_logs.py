import logging
import re

from dialler_mcp.protocol.logs import DiscreetFormatter


def test_a_log_line_without_an_exception_is_as_usual():
    record = logging.LogRecord("n", logging.INFO, __file__, 1, "hello %s", ("you",), None)
    assert DiscreetFormatter("%(message)s").format(record) == "hello you"


def test_a_log_line_of_the_sdk_holds_nothing_of_a_call():
    values = (
        ("dialler_lock_contact", "Near matches: Contact10"),
        ("dialler://contacts/4930231250000", {"Name": "Geheim"}),
    )
    for name, error in values:
        record = logging.LogRecord(
            "mcp.server.mcpserver.server", logging.INFO, __file__, 1, "%r: %r", (name, error), None
        )
        line = DiscreetFormatter("%(message)s").format(record)
        assert not re.search("Contact10|4930231250000|Geheim", line)
        assert ("dialler_lock_contact" in line) == name.startswith("dialler_lock")
        assert record.args == (name, error), "other handlers see it as it was"
