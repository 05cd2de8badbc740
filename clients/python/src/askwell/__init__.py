"""Askwell: automation asks, a person answers, and there is exactly one answer.

>>> from askwell import Askwell, confirmation
>>> answer = Askwell().ask(confirmation("Deploy version 7?"), timeout=600)  # doctest: +SKIP
>>> if answer.data["choice"] == "confirm": ...                              # doctest: +SKIP
"""

from .blocking import Askwell
from .client import AsyncAskwell
from .credential import Token
from .draft import DraftOptions
from .errors import (
    AskwellError,
    AuthenticationError,
    Cancelled,
    Failed,
    Finding,
    ForbiddenError,
    InvalidSignature,
    NotAskwell,
    Problem,
    TimedOut,
    Unanswered,
    Unreachable,
)
from .feed import Event
from .filters import Filters
from .interactions import (
    Consequences,
    Interaction,
    Shown,
    confirmation,
    custom,
    file_upload,
    plan_review,
    selection,
    text_input,
)
from .outcome import Answer, Outcome
from .patience import Patience
from .review import Review, review_of
from .session import Session
from .version import VERSION as __version__
from .webhooks import verify_webhook

__all__ = [
    "Answer",
    "Askwell",
    "AskwellError",
    "AsyncAskwell",
    "AuthenticationError",
    "Cancelled",
    "Consequences",
    "DraftOptions",
    "Event",
    "Failed",
    "Filters",
    "Finding",
    "ForbiddenError",
    "Interaction",
    "InvalidSignature",
    "NotAskwell",
    "Outcome",
    "Patience",
    "Problem",
    "Review",
    "Session",
    "Shown",
    "TimedOut",
    "Token",
    "Unanswered",
    "Unreachable",
    "__version__",
    "confirmation",
    "custom",
    "file_upload",
    "plan_review",
    "review_of",
    "selection",
    "text_input",
    "verify_webhook",
]
