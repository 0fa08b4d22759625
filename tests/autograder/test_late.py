"""What lateness costs: the same in `grade`, its `--diff`, the page, both exports and the gradebook, and why."""

import csv
import io
import re
import shutil
from datetime import datetime, timedelta
from functools import partial

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin

from autograder.course.course import Course
from autograder.gradebook import late, record
from tests.forked import nbgrader
from tests.runs import words
from tests.small_class import ASSIGNMENT, RIGHT, WRONG, by_hand, hand_in

DUE = datetime(2026, 11, 1, 12, 30)
HERE = "tests.autograder.test_late"


class HalfAPointADay(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 86400 / 2


class Broken(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {}[student_id]


@pytest.fixture(scope="module")
def done(released_class, tmp_path_factory, root, grade):
    """A class graded without a policy: ada (6.5) two days late, ben (3.5) in time, cleo (6.5) nobody knows when."""
    home = tmp_path_factory.mktemp("late") / "class"
    shutil.copytree(released_class, home)
    course = Course(home, home / "course")
    course.secret()
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    for student, answers, days in (("ada", RIGHT, 2), ("ben", RIGHT | WRONG, -1), ("cleo", RIGHT, None)):
        hand_in(course, student, answers)
        course.handed_in(ASSIGNMENT, student).unlink()
        if days is not None:
            late.note(course, ASSIGNMENT, student, DUE + timedelta(days=days), "by nbgrader's exchange")
    shutil.copyfile(root / "nbgrader_config.py", home / "nbgrader_config.py")
    grade(course)
    for student in ("ada", "ben"):
        by_hand(course, student, "why", manual_score=4.0, needs_manual_grade=False)
    return course


@pytest.fixture
def again(done, tmp_path, monkeypatch):
    """A copy of that class, which is the working directory: its policy is looked for there."""
    shutil.copytree(done.root, tmp_path / "again")
    monkeypatch.chdir(tmp_path / "again")
    return Course(tmp_path / "again", tmp_path / "again" / "course")


def follow(course, *lines):
    """Have the course follow a policy, or none."""
    config = course.root / "nbgrader_config.py"
    text = re.sub(r"^c\.(Assign|Late).*\n", "", config.read_text(), flags=re.MULTILINE)
    config.write_text("\n".join([text.rstrip(), *lines, ""]))


@pytest.fixture
def staff(again, ask_warm):
    """What the command line says to staff in that class."""
    return partial(ask_warm, again.root)


def penalties(course):
    with record.open_gradebook(course.db_url) as gradebook:
        return record.recorded_penalties(gradebook, ASSIGNMENT)


def totals(text, column):
    return {
        row["student_id" if "student_id" in row else "student"]: row[column]
        for row in csv.DictReader(io.StringIO(text))
    }


POLICY = f'c.AssignLatePenalties.plugin_class = "{HERE}.HalfAPointADay"'
SAID = "handed in 2 days late: 10.5 − 1 points by HalfAPointADay"


def test_a_new_policy_is_the_same_everywhere_and_says_why(again, staff):
    follow(again, POLICY)
    looked = staff("grade", ASSIGNMENT, "--diff").stdout
    assert "1 of 3 students' marks would change" in looked and "-1:" in looked
    assert f"late penalty 0 → 1: {SAID}" in looked
    assert set(penalties(again).values()) == {0.0}
    told = staff("grade", ASSIGNMENT, "--feedback").stdout
    assert "3 of 3 submissions are unchanged since they were graded, nobody to judge again" in told
    assert "1 of 3 students' marks changed" in told and f"late penalty 0 → 1: {SAID}" in told
    assert penalties(again) == {"ada": 1.0, "ben": 0.0, "cleo": 0.0}
    page = words(again.feedback(ASSIGNMENT, "ada").read_text())
    assert "9.5 of 10.5 points" in page and "Handed in 2 days late: 10.5 − 1 points." in page
    assert "It was due on 1 November 2026, 12:30 UTC" in page and "(HalfAPointADay)" in page
    assert "Handed in on 3 November 2026, 12:30 UTC (by nbgrader's exchange)" in page
    ours = staff("export", ASSIGNMENT).stdout
    assert totals(ours, "total") == {"ada": "9.5", "ben": "7.5", "cleo": ""}
    assert totals(ours, "late_penalty") == {"ada": "1", "ben": "0", "cleo": ""}
    assert totals(ours, "late")["ada"] == SAID
    run = nbgrader(again.root, "export", "--to", "theirs.csv")
    assert run.returncode == 0, run.stderr
    assert totals((again.root / "theirs.csv").read_text(), "score") == {"ada": "9.5", "ben": "7.5", "cleo": "6.5"}
    assert "nothing to grade" in staff("grade", ASSIGNMENT).stdout  # it is known by now


def test_a_penalty_goes_with_its_policy(again, staff):
    follow(again, POLICY)
    staff("grade", ASSIGNMENT)
    follow(again)
    looked = staff("grade", ASSIGNMENT, "--diff").stdout
    assert "1 of 3 students' marks would change" in looked and "+1:" in looked
    assert "late penalty 1 → 0: there is no policy for late work" in looked
    assert penalties(again)["ada"] == 1.0
    assert "1 of 3 students' marks changed" in staff("grade", ASSIGNMENT, "--feedback").stdout
    assert set(penalties(again).values()) == {0.0}
    page = words(again.feedback(ASSIGNMENT, "ada").read_text())
    assert "10.5 of 10.5 points" in page and "late" not in page
    assert totals(staff("export", ASSIGNMENT).stdout, "total")["ada"] == "10.5"


def test_who_is_judged_and_late_is_said_to_be_both(again, staff):
    follow(again, 'c.LateSubmissionPlugin.penalty_method = "zero"')
    hand_in(again, "ada", RIGHT | WRONG)
    late.note(again, ASSIGNMENT, "ada", DUE + timedelta(hours=3), "by nbgrader's exchange")
    for option, verb in (("--diff", "would change"), ("--json", ""), ("--again", "changed")):
        told = staff("grade", ASSIGNMENT, "ada", option).stdout
        if option == "--diff":
            assert f"1 of 1 students' marks {verb}" in told and "two 3 → 0" in told and "-10.5:" in told
            assert "late penalty 0 → 7.5: handed in 3 h late: 7.5 − 7.5 points by nbgrader's 'zero'" in told
        if option == "--again":
            assert "3.5 / 6.5, −7.5 late" in told and "handed in 3 h late: 7.5 − 7.5 points" in told
    assert penalties(again)["ada"] == 7.5


def test_of_whom_nobody_knows_when_they_handed_in_is_said_where_it_matters(again, staff):
    assert "nobody knows" not in staff("grade", ASSIGNMENT).stdout
    follow(again, POLICY)
    told = staff("grade", ASSIGNMENT).stdout
    assert "nobody knows when cleo handed in, which counts as in time" in told
    again.handed_in(ASSIGNMENT, "cleo").write_text("2026-11-05 12:30 UTC\n")
    told = staff("grade", ASSIGNMENT).stdout
    assert "nobody knows" not in told and "late penalty 0 → 2: handed in 4 days late: 6.5 − 2" in told
    staff("feedback", ASSIGNMENT)
    assert "5 November 2026, 12:30 UTC (noted by staff)" in words(again.feedback(ASSIGNMENT, "cleo").read_text())


def test_a_mark_by_hand_after_the_penalty_is_on_the_page_and_in_the_export_at_once(again, staff):
    follow(again, 'c.LateSubmissionPlugin.penalty_method = "zero"')
    staff("grade", ASSIGNMENT)
    by_hand(again, "ada", "why", manual_score=2.0)
    staff("feedback", ASSIGNMENT)
    assert "Handed in 2 days late: 8.5 − 8.5 points." in words(again.feedback(ASSIGNMENT, "ada").read_text())
    assert totals(staff("export", ASSIGNMENT).stdout, "total")["ada"] == "0"
    assert "late penalty 10.5 → 8.5" in staff("grade", ASSIGNMENT).stdout


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([f'c.AssignLatePenalties.plugin_class = "{HERE}.Broken"'], "asked about ada, ends in KeyError: 'ada'."),
        (['c.AssignLatePenalties.plugin_class = "nowhere.Policy"'], "nowhere"),
        (['c.LateSubmissionPlugin.penalty_method = "half"'], "half"),
    ],
)
def test_a_policy_that_cannot_be_asked_is_one_sentence(again, staff, lines, said):
    follow(again, *lines)
    for command in (("grade", ASSIGNMENT), ("grade", ASSIGNMENT, "--diff"), ("export", ASSIGNMENT)):
        ended = staff(*command)
        assert ended.returncode == 2 and len(ended.stderr.splitlines()) == 1, ended
        assert "policy for late work in nbgrader_config.py" in ended.stderr and said in ended.stderr
    assert set(penalties(again).values()) == {0.0}


def test_a_note_of_the_time_that_is_none_stops_the_run_before_anybody_is_judged(again, staff):
    again.handed_in(ASSIGNMENT, "ada").write_text("last Tuesday")
    for student in ("ada", "ben"):
        path = again.submission(ASSIGNMENT, student)
        path.write_text(path.read_text() + "\n")
    before = again.verdict(ASSIGNMENT, "ben").read_text()
    ended = staff("grade", ASSIGNMENT)
    assert ended.returncode == 2 and "ada.txt begins with 'last Tuesday', expected a date and a time" in ended.stderr
    assert again.verdict(ASSIGNMENT, "ben").read_text() == before


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (59, "59 s"), (61, "1 min 1 s"), (3 * 3600, "3 h"), (86400, "1 day"), (180060, "2 days 2 h")],
)
def test_a_time_span_is_said_in_two_units(seconds, words):
    assert late.span(seconds) == words
