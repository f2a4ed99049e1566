"""Processes of forgesim that are talked to."""

from __future__ import annotations

import pytest

from forgesim.errors import InternalError
from forgesim.sandbox.crew import Crew, Message, processors

HELPER = "forgesim.proof.helper"


def test_a_process_that_is_let_go_of_before_it_has_work_ends_well() -> None:
    with Crew(HELPER) as crew:
        member = crew.start()
        assert crew.wait(0.01) == []
        crew.dismiss(member)
        assert crew.wait(30) == [Message(member, None)]
        assert len(crew) == 0


def test_what_a_process_dies_of_is_told() -> None:
    with Crew("forgesim.nothing_of_that_name") as crew:
        crew.start()
        with pytest.raises(InternalError, match=r"ended with status 1: .*No module named"):
            crew.wait(30)


def test_a_process_that_cannot_read_what_it_is_sent_is_no_silence() -> None:
    with Crew(HELPER) as crew:
        crew.send(crew.start(), b"no setup")
        with pytest.raises(InternalError, match="JSON is malformed"):
            crew.wait(30)


def test_leaving_ends_all() -> None:
    with Crew(HELPER) as crew:
        crew.start()
        crew.start()
        assert len(crew) == 2
    assert len(crew) == 0


def test_there_is_a_processor() -> None:
    assert 1 <= processors() <= 8
