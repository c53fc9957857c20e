import asyncio

from dialler_mcp.audit.notes import Notes, note_change, note_crash, taking_notes


def test_what_a_call_does_stands_in_its_notes():
    with taking_notes() as notes:
        assert notes == Notes(sent=False, crashed=False)
        note_change()
        assert notes == Notes(sent=True, crashed=False)
        note_crash()
    assert notes == Notes(sent=True, crashed=True)


def test_outside_of_a_call_nothing_is_noted():
    with taking_notes() as notes:
        pass
    note_change()
    note_crash()
    assert notes == Notes()


def test_an_inner_call_has_notes_of_its_own():
    with taking_notes() as outer:
        with taking_notes() as inner:
            note_change()
        note_crash()
    assert (outer, inner) == (Notes(crashed=True), Notes(sent=True))


async def test_calls_at_the_same_time_do_not_mix():
    async def call(*, changes: bool) -> Notes:
        with taking_notes() as notes:
            await asyncio.sleep(0)
            if changes:
                note_change()
            await asyncio.sleep(0)
        return notes

    assert await asyncio.gather(call(changes=True), call(changes=False)) == [Notes(sent=True), Notes()]
