"""What can be asked: one function for each kind. Each gives the wire's ``interaction_data``.

What a function does not know can be added to its result, or written by hand: the client takes any mapping.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Union

if TYPE_CHECKING:
    from typing_extensions import Unpack

Interaction = dict[str, Any]
Text = Union[str, Mapping[str, str]]
"""What people read: a string, or one for each language: ``{"zh-CN": "…", "en": "…"}``."""
Option = Union[str, int, float, Mapping[str, Any]]
"""A bare value, or ``{"value": …, "label": …}``."""


class Consequences(TypedDict, total=False):
    """What will happen, shown before the decision."""

    on_answer: Text | list[Text]
    on_timeout: Text | list[Text]


class Shown(TypedDict, total=False):
    """What every kind may show beside its own."""

    consequences: Consequences
    default_value: Any
    """What stands in for silence, with ``on_timeout="default"``: the bare value or the kind's whole answer."""
    actions: Sequence[Mapping[str, Any]]
    """What the agent wants to do: ``[{"kind", "target", "args", "description"?, "allowed"?}]``."""
    data_for_review: Any
    checkpoint_name: str
    node_id: str
    """Sessions of one node are shown as attempts at the same thing."""
    attempt: int


class _OfNode(TypedDict):
    node_id: str
    """Sessions of one node are shown as attempts at the same thing."""


class PlanOptions(_OfNode, total=False):
    """What a review of a plan has beside the plan."""

    attempt: int
    """Counts the tries at one ``node_id`` from 1, the default: people see the earlier ones and what changed."""
    title: Text
    """Without it the checkpoint's name is shown as title."""
    fields: Sequence[Mapping[str, Any]]
    """What else to fill in beside the decision."""
    actions: Sequence[Mapping[str, Any]]
    """What the agent wants to do; several are decided one by one."""
    consequences: Consequences


def confirmation(
    title: Text, message: Text = "", *, options: Sequence[Option] | None = None, **shown: Unpack[Shown]
) -> Interaction:
    """Ask for a yes or no; answer ``{"choice": value}``. Without ``options``: ``confirm`` or ``cancel``."""
    return _interaction("confirmation", title, message, shown, options=options)


def selection(
    title: Text,
    message: Text = "",
    *,
    options: Sequence[Option],
    multiple: bool = False,
    min_choices: int | None = None,
    max_choices: int | None = None,
    **shown: Unpack[Shown],
) -> Interaction:
    """Ask to pick; answer ``{"selection": value}``, a list of values with ``multiple``."""
    own = {
        "options": options,
        "multiple": multiple or None,
        "min_choices": min_choices,
        "max_choices": max_choices,
    }
    return _interaction("selection", title, message, shown, **own)


def text_input(
    title: Text, message: Text = "", *, fields: Sequence[Mapping[str, Any]], **shown: Unpack[Shown]
) -> Interaction:
    """Ask to fill in ``fields`` (``{"name", "label", "field_type", …}``); answer ``{name: value, …}``."""
    return _interaction("text_input", title, message, shown, fields=fields)


def file_upload(
    title: Text,
    message: Text = "",
    *,
    accept_types: Sequence[str] | None = None,
    max_file_size: int | str | None = None,
    multiple: bool = False,
    **shown: Unpack[Shown],
) -> Interaction:
    """Ask for files; answer ``{"files": [file_id, …]}``, to be fetched with ``download``.

    ``max_file_size`` is in bytes, or a text such as ``"10MB"``.
    """
    own = {"accept_types": accept_types, "max_file_size": max_file_size, "multiple": multiple or None}
    return _interaction("file_upload", title, message, shown, **own)


def custom(title: Text, message: Text = "", *, schema: Mapping[str, Any], **shown: Unpack[Shown]) -> Interaction:
    """Ask for anything that a JSON Schema admits."""
    return _interaction("custom", title, message, shown, schema=schema)


def plan_review(
    checkpoint_name: str, context_message: Text, data_for_review: Any = None, **plan: Unpack[PlanOptions]
) -> Interaction:
    """Ask to approve, change or stop a plan; the client's ``review`` asks it and reads the answer."""
    given: dict[str, Any] = {"attempt": 1, **plan}
    unknown = sorted(set(given) - set(PlanOptions.__annotations__))
    if unknown or not given.get("node_id"):
        raise TypeError(
            f"a plan's review takes no {', '.join(unknown)}" if unknown else "a plan's review needs node_id"
        )
    title = given.pop("title", None)
    shown: Shown = {"checkpoint_name": checkpoint_name, "data_for_review": data_for_review}
    return _interaction("review", checkpoint_name if title is None else title, context_message, shown, **given)


def _interaction(kind: str, title: Text, message: Text, shown: Shown, **own: Any) -> Interaction:
    unknown = sorted(set(shown) - set(Shown.__annotations__))
    if unknown:
        # Left to the server a misspelt word would only be a warning, and the person would not see what was meant.
        raise TypeError(f"{kind} takes no {', '.join(unknown)}")
    given = {**own, **shown}
    return {
        "interaction_type": kind,
        "title": title,
        "message": message,
        **{key: value for key, value in given.items() if value is not None},
    }
