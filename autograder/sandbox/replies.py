"""What a message of a notebook's says of a call: a reply, or the student's fault, and nothing else."""

from typing import Any

from autograder.sandbox.fault import Reply, StudentFault
from autograder.sandbox.inside import wire
from practice.faults import not_callable, not_defined, raised

MOST_ARGUMENTS = 16


def one_of_many(name: str, answer: Any) -> Reply | StudentFault:
    try:
        match answer:
            case (str(kind), body):
                return reply(name, wire.Message(kind, "", body))
    except StudentFault as fault:
        return fault
    return unreadable(name)


def reply(name: str, message: wire.Message) -> Reply:
    match message.kind, message.body:  # str(…): an array compares with a text entry by entry
        case "value", {"value": value, "changed": list(changed)} if all(map(_is_position, changed)):
            return Reply(value, tuple(sorted(set(changed))))
        case "fault", {"fault": str("not_defined")}:
            raise not_defined(name)
        case "fault", {"fault": str("not_callable")}:
            raise not_callable(name)
        case "fault", {"fault": str("raised"), "type": str(kind), "message": str(text)}:
            raise raised(name, kind, text)
    raise unreadable(name)


def unreadable(name: str) -> StudentFault:
    return StudentFault("died", f"{name} gave a reply that could not be read.")


def _is_position(value: Any) -> bool:
    return type(value) is int and 0 <= value < MOST_ARGUMENTS
