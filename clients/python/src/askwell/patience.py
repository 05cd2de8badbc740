"""How long the client tries, and how it spaces its tries. All in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """Every duration that the client knows. The defaults suit a server across the internet."""

    retry_for: float = 60.0
    """How long any call but a wait goes on trying to reach the server; a wait has its own clock."""
    grace: float = 30.0
    """How long after its deadline a session may still be told as open before a wait gives up."""
    request: float = 15.0
    """How long one exchange may take, beyond the time for which the server was asked to hold it."""
    long_poll: float = 30.0
    """For how long the server is asked to hold a request while no socket is there."""
    reread: float = 60.0
    """How often a session is read unprompted while a socket is there: a lost event costs this much, no more."""
    socket: float = 5.0
    """How long a new socket may take before waiting goes on without it."""
    first_retry: float = 0.2
    """Pause before the first repetition; each later one is twice as long."""
    longest_retry: float = 5.0
    longest_socket_retry: float = 60.0

    def pause(self, failures: int, chance: float, longest: float) -> float:
        """Pause after so many failures in a row (1, 2, …). ``chance`` in [0, 1) spreads many clients."""
        # The exponent is bounded because a float is.
        whole = min(longest, self.first_retry * 2.0 ** min(failures - 1, 60))
        return whole * (0.5 + 0.5 * chance)
