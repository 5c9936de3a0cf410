from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from .contract import Decision, Request
from .errors import ConfigurationError
from .settings import Settings


class Policy(ABC):
    """The rule by which clients get in."""

    def configure(self, settings: Settings) -> None:
        """Prepares the policy from its settings and data; called once, before any decision.

        An exception refuses this version of the policy, and the operator reads its text: raise
        ``ConfigurationError`` where the operator can mend it.
        """

    @abstractmethod
    def decide(self, request: Request) -> Decision:
        """Decides on one client.

        An exception admits nobody, and its text goes to the operator's log.
        """

    def rehearsals(self) -> Iterable[Request]:
        """Requests on which ``decide`` is tried after ``configure``, a few times each, in the
        component alone: the interpreter learns the way then, once, and not in each decision. The
        decisions, exceptions and output are dropped. An empty list is no rehearsal; requests like
        those that will come (``portcullis.testing`` makes them) gain the most.
        """
        from . import testing

        return [testing.request("nobody", "not a password")]


class Exported:
    """What the host calls: configures the policy once, and hands on its decisions."""

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
            # The decision itself, without a step between.
            self.decide = policy.decide
            self.settle(policy)
        except ConfigurationError as error:
            raise self.refusal(str(error)) from None
        except Exception as error:
            raise self.refusal(describe(error)) from None


def export(policy: Callable[[], Policy]) -> Exported:
    """Makes a policy the one of this module: ``Authorizer = export(Directory)``.

    The host looks for the name ``Authorizer`` in the module that it was told, ``app``.
    """
    return Exported(policy)


def describe(error: BaseException) -> str:
    """An exception that nobody expected, in one line, with the place where it was raised."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    trace = error.__traceback__
    if trace is None:
        return text
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    file = code.co_filename.rsplit("/", 1)[-1]
    return f"{text} ({file}, line {trace.tb_lineno}, in {code.co_name})"
