"""The Python SDK for Portcullis policies.

NATS asks Portcullis who may connect, and Portcullis asks a policy: a WebAssembly component that
gets one client and what it presented, and answers with a decision. A policy is a module
``app.py``:

    from portcullis import Decision, Grant, Policy, Request, allow, deny, export

    class Hello(Policy):
        def decide(self, request: Request) -> Decision:
            if request.user != "guest":
                return deny("not a guest")
            return allow(Grant.only("APP", can=["subscribe news.>"], name="guest"))

    Authorizer = export(Hello)

The host calls the last line. The same module runs in native Python: tests make the policy and a
request (``portcullis.testing``), and check the decision.

``configure`` runs once. The host keeps the memory of the policy as a snapshot, and starts every
decision from it, in a sandbox of its own. Therefore:

* Parse in ``configure``, look up in ``decide``. The more memory a decision touches, the more it
  costs.
* A policy cannot remember anything from one decision to the next.
* Random numbers drawn in ``configure`` are the same in every decision, and so is the state of
  ``random``. ``secrets`` and ``random.SystemRandom`` give new numbers in each decision.
* There are no files: import everything at the top of the module, not within a function, unless it
  was imported before.

There is no network, no environment, no thread. The clock shows ``Request.received_at``.
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
