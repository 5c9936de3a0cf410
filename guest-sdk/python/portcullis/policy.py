from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from .contract import Decision, Request
from .errors import ConfigurationError
from .settings import Settings


class Policy(ABC):
    """Decides which clients are admitted."""

    def configure(self, settings: Settings) -> None:
        """Prepares the policy from its settings and data; called once, before any decision.

        An exception refuses this version of the policy, and the operator reads its text. Raise
        ``ConfigurationError`` if the operator can fix it.
        """

    @abstractmethod
    def decide(self, request: Request) -> Decision:
        """Decides about one client.

        An exception admits no client, and its text goes to the operator's log.
        """

    def rehearsals(self) -> Iterable[Request]:
        """Requests with which ``decide`` is tried after ``configure``, a few times each, only in
        the component: the interpreter then optimizes the code once, and not in each decision. The
        decisions, exceptions and output are dropped. With an empty list there is no rehearsal.
        Requests like the real ones (``portcullis.testing`` makes them) gain the most.
        """
        from . import testing

        return [testing.request("nobody", "not a password")]


class Exported:
    """The class that the host calls: configures the policy once, and passes on its decisions."""

    settle: Callable[[Policy], None] = staticmethod(lambda policy: None)
    refusal: Callable[[str], Exception] = ConfigurationError

    def __init__(self, policy: Callable[[], Policy]) -> None:
        self._policy = policy

    def __call__(self) -> Exported:
        """The host asks for an authorizer before each call, and gets the configured one."""
        return self

    def configure(self, settings: Settings) -> None:
        try:
            policy = self._policy()
            policy.configure(settings)
            # The method itself, without a call in between.
            self.decide = policy.decide
            self.settle(policy)
        except ConfigurationError as error:
            raise self.refusal(str(error)) from None
        except Exception as error:
            raise self.refusal(describe(error)) from None


def export(policy: Callable[[], Policy]) -> Exported:
    """Makes a policy the policy of this module: ``Authorizer = export(Directory)``.

    The host looks for the name ``Authorizer`` in the module ``app``.
    """
    return Exported(policy)


def describe(error: BaseException) -> str:
    """An unexpected exception in one line, with the place where it was raised."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    trace = error.__traceback__
    if trace is None:
        return text
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    file = code.co_filename.rsplit("/", 1)[-1]
    return f"{text} ({file}, line {trace.tb_lineno}, in {code.co_name})"
