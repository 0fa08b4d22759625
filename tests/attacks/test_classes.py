"""Every class of attack that was thought of, and the tests that try it: none may gain a mark, reach outside or stop the
class."""

import subprocess
import sys

import pytest

MARKS, STATE, REPLIES, ENDINGS, REACH, FILES, BESIDE, TIMES = (
    f"tests/attacks/test_{name}.py::"
    for name in ("marks", "state", "replies", "endings", "reach", "class", "folders", "times")
)
BAD_INPUT, DISPLAY, PAGE, FUZZ, PINNING, FORMULAS, TERMINAL, EXCHANGE = (
    f"tests/autograder/test_{name}.py::"
    for name in ("bad_input", "showable", "feedback", "host_fuzz", "pinning", "formulas", "terminal", "exchange")
)
MISLEADS = f"{TERMINAL}test_a_name_that_would_mislead"
NEIGHBOURS = "tests/attacks/test_neighbours.py::"
PATCH, OUTLIVE = f"{MARKS}test_patching_gains_nothing", f"{STATE}test_what_outlives_a_cell_gains_nothing"
BLANK = f"{ENDINGS}test_a_blank_that_ends_badly_costs_its_own_marks_only"
CELL = f"{ENDINGS}test_a_cell_that_ends_badly_does_not_cost_the_other_answers"
BOMB, SENT = f"{REPLIES}test_a_bomb_costs_its_own_blank", f"{REPLIES}test_replies_sent_another_way_gain_nothing"
REDEFINED = f"{STATE}test_redefining_what_locked_cells_call_gains_nothing"
TELLS, NOT_THEIRS = f"{STATE}test_answers_taken_from_elsewhere_gain_nothing", f"{FILES}test_what_is_no_file_of_theirs"
GRADED = f"{BAD_INPUT}test_what_can_be_opened_gets_the_marks_it_deserves"
SHOWN = f"{FILES}test_nothing_that_runs_is_kept"
CHANGED = f"{REACH}test_of_all_folders_and_files_only_private_ones_can_be_changed"
SIBLING = f"{REACH}test_what_one_submission_leaves_the_next_does_not_find"

GUESS, DIGITS = "tests/attacks/test_guesses.py::test_", "tests/attacks/test_numerical_derivatives.py::test_"

# class of attack: beginnings of the names of the tests that try it
CLASSES = {
    "patching numpy": (f"{PATCH}[np.allclose", f"{PATCH}[numpy's arithmetic"),
    "patching builtins": (f"{PATCH}[builtins",),
    "patching sys.modules": (f"{PATCH}[sys.modules", f"{PATCH}[the guest's own code", f"{OUTLIVE}[import hooks"),
    "patching __eq__": (f"{MARKS}test_an_array_that_equals_everything", f"{REPLIES}test_an_object_that_computes_later"),
    "patching assert": (f"{PATCH}[an AST transformer", f"{PATCH}[builtins"),
    "AST hooks": (f"{PATCH}[an AST transformer",),
    "input hooks": (f"{PATCH}[an input transformer", f"{REDEFINED}[the magic of every cell"),
    "display hooks": (f"{PATCH}[display hooks",),
    "atexit": (f"{OUTLIVE}[atexit", f"{ENDINGS}test_threads_timers_and_exit_handlers"),
    "__del__": (f"{OUTLIVE}[__del__", f"{REPLIES}test_an_object_that_computes_later_gains_nothing[__del__"),
    "threads that outlive the cell": (f"{OUTLIVE}[a thread that patches", f"{OUTLIVE}[a thread that takes"),
    "processes that outlive the cell": (f"{OUTLIVE}[a process that answers", f"{BLANK}[processes that stay"),
    "signal handlers that outlive the cell": (f"{OUTLIVE}[signal handlers",),
    "os._exit": (f"{BLANK}[os._exit", f"{CELL}[os._exit"),
    "sys.exit": (f"{BLANK}[sys.exit", f"{ENDINGS}test_exits_that_python_catches_are_harmless"),
    "quit()": (f"{BLANK}[quit", f"{ENDINGS}test_exits_that_python_catches_are_harmless"),
    "segfault": (f"{BLANK}[segfault", f"{CELL}[segfault", f"{BLANK}[abort"),
    "recursion": (f"{BLANK}[recursion",),
    "stack exhaustion": (f"{BLANK}[stack",),
    "heap exhaustion": (
        f"{BLANK}[heap",
        f"{BLANK}[array",
        f"{CELL}[heap",
        f"{ENDINGS}test_memory_is_that_of_the_whole",
    ),
    "signals to the process group": (f"{BLANK}[stop the group", f"{ENDINGS}test_a_signal_to_the_group"),
    "an answer too large to send": (f"{ENDINGS}test_an_answer_too_large",),
    "fork bomb": (f"{BLANK}[fork bomb", f"{BLANK}[threads"),
    "memfd": (f"{BLANK}[memfd", f"{REACH}test_doors_of_the_kernel_are_shut"),
    "shared memory without a file": (f"{REACH}test_memory_that_no_process_shows",),
    "memory in sockets": (f"{ENDINGS}test_what_sockets_hold_is_memory",),
    "outputs that fill the grader's memory": (f"{FUZZ}test_what_all_cells_send",),
    "disk filling": (f"{BLANK}[disk", f"{REACH}test_disk_and_inodes_end"),
    "inode filling": (f"{BLANK}[inodes", f"{REACH}test_disk_and_inodes_end"),
    "output flood": (f"{BLANK}[flood", f"{CELL}[flood"),
    "array bombs on the wire": (f"{BOMB}[zeros without end", f"{BOMB}[a large array", f"{BOMB}[many arrays"),
    "other bombs on the wire": (f"{BOMB}[a list of ten million", f"{BOMB}[a dict whose keys", f"{BOMB}[a deep tuple"),
    "loops that swallow interrupts": (
        f"{BLANK}[swallowed",
        f"{CELL}[swallowed",
        f"{BLANK}[a loop in C",
        f"{BLANK}[sleep",
    ),
    "interrupts overridden": (f"{BLANK}[handlers of one's own",),
    "interrupts blocked": (f"{BLANK}[signals blocked, timers stopped",),
    "frame walking": (f"{REACH}test_frames_and_the_collector", f"{TELLS}[the caller", f"{OUTLIVE}[a trace function"),
    "gc walking": (f"{REACH}test_frames_and_the_collector", f"{TELLS}[the caller"),
    "reading /proc": (f"{REACH}test_the_course_and_the_machine", f"{REACH}test_no_process_memory_but_its_own"),
    "reading the environment": (f"{REACH}test_environment_and_home",),
    "reading the home folder": (f"{REACH}test_environment_and_home", f"{REACH}test_the_course_and_the_machine"),
    "reading the gradebook": (f"{REACH}test_the_course_and_the_machine", f"{REACH}test_only_its_own_code_is_found"),
    "reading the source": (f"{REACH}test_the_course_and_the_machine", f"{TELLS}[the text of the tests"),
    "reading the secret": (f"{REACH}test_the_course_and_the_machine", f"{FILES}test_the_secret_is_nowhere"),
    "reading other submissions": (f"{SIBLING}", f"{REACH}test_only_its_own_code_is_found_by_walking"),
    "reading the zygote's memory": (f"{REACH}test_no_process_memory", f"{REACH}test_text_of_one_submission"),
    "writing where a sibling could read": (SIBLING, f"{REACH}test_nothing_can_be_written_but"),
    "writing into the interpreter": (CHANGED,),
    "writing into the venv": (CHANGED,),
    "writing into nnlib": (CHANGED, f"{REACH}test_nothing_can_be_written_but"),
    "writing into __pycache__": (CHANGED,),
    "writing into /dev/shm": (SIBLING, f"{BLANK}[inodes"),
    "network": (f"{REACH}test_no_network_and_no_socket",),
    "sockets outside the network namespace": (f"{REACH}test_of_socket_families",),
    "system calls of other architectures": (f"{REACH}test_system_calls_of_other",),
    "busy processes beside an honest one": (f"{NEIGHBOURS}test_beside_58", f"{PINNING}test_submissions_at_once"),
    "moving to another core": (f"{REACH}test_a_submission_stays_on_its_core",),
    "abstract sockets": (f"{REACH}test_no_network_and_no_socket",),
    "inherited descriptors": (f"{REACH}test_only_its_own_processes_and_descriptors",),
    "privileges": (f"{REACH}test_neither_root_nor", f"{REACH}test_doors_of_the_kernel"),
    "forged replies": (f"{MARKS}test_forged_replies_are_not_believed[forged", f"{SENT}[with a verdict"),
    "early replies": (f"{MARKS}test_forged_replies_are_not_believed[early", f"{MARKS}test_a_reply_forged_before"),
    "replayed replies": (f"{SENT}[replayed",),
    "doubled replies": (f"{SENT}[doubled", f"{SENT}[many before one"),
    "symlinks among submitted files": (
        f"{NOT_THEIRS}_waits_for_staff[linked",
        f"{FILES}test_anothers_work_is_not_shown[sibling",
    ),
    "hard links among submitted files": (f"{NOT_THEIRS}_waits_for_staff[hard",),
    "devices, pipes and folders for files": (f"{NOT_THEIRS}_waits_for_staff[device", f"{BAD_INPUT}test_what_cannot_be"),
    "links, pipes and more beside the notebook": (f"{BESIDE}test_nobody_holds_up", f"{BESIDE}test_nothing_beside"),
    "links in the exchange": (f"{EXCHANGE}test_a_link_in_the_exchange",),
    "what the exchange needs left out": (f"{EXCHANGE}test_a_student_without",),
    "names with ..": (f"{FILES}test_a_student_is_a_name_and_no_path", f"{FILES}test_an_assignment_is_a_name"),
    "edited cell metadata": (f"{GRADED}[flags_edited", f"{BAD_INPUT}test_a_notebook_without_any"),
    "edited points": (f"{GRADED}[points_edited",),
    "edited grade_id": (f"{GRADED}[grade_id_edited",),
    "copied locked cells": (f"{GRADED}[copied_right_last", f"{BAD_INPUT}test_the_last_copy_counts"),
    "edited locked cells": (f"{GRADED}[test_edited", f"{MARKS}test_edited_tests_that_print_full_marks_gain_nothing"),
    "cells that redefine what locked cells call": (REDEFINED,),
    "answers imported from nnlib": (f"{MARKS}test_answers_cannot_be_imported[from nnlib", f"{REACH}test_the_library"),
    "answers imported from another library": (f"{MARKS}test_answers_cannot_be_imported[import scipy",),
    "answers that recognise the visible example": (f"{MARKS}test_answers_of_the_visible_examples", f"{TELLS}[the text"),
    "numerical derivatives": (f"{MARKS}test_finite_differences_lose_on_accuracy",),
    "a second guess": (f"{GUESS}right_only_from_a_later_process", f"{GUESS}right_only_from_a_later_message"),
    "a second guess by follow-through": (f"{GUESS}a_wrong_prerequisite_is_no_second_guess",),
    "a second guess behind infinity": (f"{GUESS}a_prerequisite_that_is_not_finite",),
    "bombs for our own reference": (f"{GUESS}what_a_prerequisite_gives_is_no_bomb",),
    "fresh numbers in what is said of arguments": (
        "tests/autograder/test_blank.py::test_what_a_notebook_says_of_its_arguments",
    ),
    "errors that patterns choke on": ("tests/autograder/test_causes.py::test_a_forged_error_is_cut",),
    "a second guess by ending the notebook": (f"{GUESS}ending_the_notebooks_process",),
    "hidden inputs in the text of an exception": (f"{GUESS}no_fresh_input_is_shown",),
    "derivatives in more digits": (f"{DIGITS}more_digits_than_float64", f"{DIGITS}differences_of_low_order"),
    "values that change between calls": (f"{MARKS}test_values_that_change", f"{TELLS}[chance", f"{TELLS}[the time"),
    "in-place changes to what was sent": (f"{STATE}test_changing_what_was_sent",),
    "lazily evaluated objects": (f"{REPLIES}test_an_object_that_computes_later",),
    "state left by one check for the next": (
        f"{STATE}test_what_one_check_writes_down",
        f"{REACH}test_checks_do_not_see",
    ),
    "answers that call each other": (f"{STATE}test_answers_that_call_each_other",),
    "a written answer with script": (f"{SHOWN}_in_the_notebook", f"{DISPLAY}test_nothing_hostile_is_left"),
    "an SVG with script": (f"{SHOWN}_in_the_notebook", f"{DISPLAY}test_other_kinds_of_output"),
    "HTML output with script": (f"{SHOWN}_in_the_notebook", f"{SHOWN}_in_the_feedback_page", f"{PAGE}test_every_field"),
    "links that open programs": (f"{DISPLAY}test_nothing_hostile_is_left_in_a_students_markdown[[x](vscode:x)",),
    "formulas that paint over the page": (f"{FORMULAS}test_no_formula_covers", f"{FORMULAS}test_space_is_short"),
    "formulas that define commands": (f"{DISPLAY}test_nothing_hostile_is_left_in_a_students_markdown[$\\\\newcommand",),
    "images that fill disk and browser": (
        f"{FILES}test_what_is_written_of_one_submission",
        f"{DISPLAY}test_the_images_of_a_notebook_are_bounded",
    ),
    "text that fills disk and browser": (f"{DISPLAY}test_the_text_and_the_number_of_all_outputs",),
    "many figures under long text": (f"{PAGE}test_the_work_for_figures_does_not_grow",),
    "output that Formgrader cannot show": (f"{DISPLAY}test_whatever_is_printed_can_be_converted",),
    "escape sequences for the terminal of staff": (
        f"{TERMINAL}test_grading_says_whom_it_leaves_out",
        f"{TERMINAL}test_nbgrader_leaves_the_same_out",
        f"{TERMINAL}test_a_message_names_a_format_or_a_file",
    ),
    "names that a spreadsheet runs": (f"{MISLEADS}_is_left_out_and_the_class_goes_on[=HYPERLINK",),
    "a time of handing in made up": (
        f"{TIMES}test_a_time_that_a_student_made_up",
        f"{TIMES}test_a_time_among_the_files_of_a_plain",
    ),
    "unreadable files": (f"{BAD_INPUT}test_what_cannot_be_opened", f"{NOT_THEIRS}_waits_for_staff[broken"),
    "a class of the worst": (f"{FILES}test_everybody_gets_a_verdict", f"{FILES}test_each_pays_for_what_is_theirs"),
}


@pytest.fixture(scope="module")
def collected(request, root):
    """The names of all tests that the table could name: pytest has them, unless it was asked for a few."""
    names = [item.nodeid for item in request.session.items]
    return _all(root) if untried(CLASSES, names) else names


def _all(root):
    files = sorted({name.partition("::")[0] for names in CLASSES.values() for name in names})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    return [line for line in run.stdout.splitlines() if "::" in line]


def untried(classes, collected):
    """The classes, and the names in the table, for which there is no test."""
    empty = [what for what, names in classes.items() if not names]
    return empty + [
        name for names in classes.values() for name in names if not any(c.startswith(name) for c in collected)
    ]


def test_every_class_of_attack_is_tried(collected):
    assert len(collected) > 200 and untried(CLASSES, collected) == []
    assert len(CLASSES) >= 75, f"classes tried: {len(CLASSES)}"


def test_a_class_without_a_test_is_seen(collected):
    planted = {"nothing": (), "gone": (f"{MARKS}test_that_is_gone",), "there": (PATCH,)}
    assert untried(planted, collected) == ["nothing", f"{MARKS}test_that_is_gone"]
