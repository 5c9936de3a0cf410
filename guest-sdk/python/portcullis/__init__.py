"""Policies for Portcullis in Python.

NATS asks Portcullis who may connect, and Portcullis asks a policy: a WebAssembly component that
knows one client and what it presented, and answers with a decision. A policy is a module
``app.py``:

    from portcullis import Decision, Grant, Policy, Request, allow, deny, export

    class Hello(Policy):
        def decide(self, request: Request) -> Decision:
            if request.user != "guest":
                return deny("not a guest")
            return allow(Grant.only("APP", can=["subscribe news.>"], name="guest"))

    Authorizer = export(Hello)

The last line is what the host calls. The same module runs in the author's own Python: tests make
the policy, a request (``portcullis.testing``), and look at the decision.

``configure`` runs once. The host keeps what the policy then has in memory, and starts every
decision from that snapshot, in a sandbox of its own. Four things follow:

* Parse in ``configure``, look up in ``decide``. A decision costs the more, the more memory it
  touches.
* Nothing is remembered from one decision to the next.
* What was drawn at random in ``configure`` is the same in every decision, the state of ``random``
  included. ``secrets`` and ``random.SystemRandom`` draw anew in each.
* There are no files: whatever is imported has to be imported when the module is, not within a
  function, unless it was imported before.

There is no network, no environment, no thread. The clock stands at ``Request.received_at``.
"""

import sys as _sys

if _sys.platform == "wasi":
    from . import heap as _heap

    _heap.fill_holes()

from . import log
from .abilities import ability
from .contract import (
    UNLIMITED_MESSAGES,
    UNLIMITED_MS,
    Access,
    AccountDefaults,
    Allow,
    Certificate,
    Client,
    Credentials,
    Decision,
    Deny,
    Grant,
    Ignore,
    Only,
    Pass,
    Permissions,
    Request,
    ResponseRule,
    Role,
    Sentinel,
    Server,
    SubjectRules,
    Tls,
    Transport,
)
from .decisions import allow, deny, ignore, pass_
from .entries import Entry
from .errors import ConfigurationError
from .policy import Policy, export
from .secret import same_secret
from .settings import Settings

if _sys.platform == "wasi":
    from . import component as _component

    _component.adopt()
    _heap.open_holes()

__all__ = [
    "UNLIMITED_MESSAGES",
    "UNLIMITED_MS",
    "Access",
    "AccountDefaults",
    "Allow",
    "Certificate",
    "Client",
    "ConfigurationError",
    "Credentials",
    "Decision",
    "Deny",
    "Entry",
    "Grant",
    "Ignore",
    "Only",
    "Pass",
    "Permissions",
    "Policy",
    "Request",
    "ResponseRule",
    "Role",
    "Sentinel",
    "Server",
    "Settings",
    "SubjectRules",
    "Tls",
    "Transport",
    "ability",
    "allow",
    "deny",
    "export",
    "ignore",
    "log",
    "pass_",
    "same_secret",
]
