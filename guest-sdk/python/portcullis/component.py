"""The package inside a WebAssembly component, where componentize-py calls it.

componentize-py imports the policy's module while it builds, and only afterwards looks up the types
that it makes and takes, in the bindings that it generated from the contract. The types of this
package replace those: no decision has to convert anything, and tests use the same types.
"""

import contextlib
import dataclasses
import gc
import io
import sys
from types import TracebackType

from componentize_py_types import Err  # type: ignore[import-not-found]
from wit_world.imports import types as bindings  # type: ignore[import-not-found]

from . import contract, heap, log
from . import testing as testing  # rehearsals import it when there are no files any more
from .contract import Request
from .policy import Exported, Policy, describe
from .secret import same_secret
from .settings import Settings

_OBJECTS_BEFORE_COLLECTION = 20_000
"""A decision makes a few hundred objects; only instances that are reused often reach this."""

_REHEARSALS = 20

_TYPES = {
    "Settings": Settings,
    "Server": contract.Server,
    "Sentinel": contract.Sentinel,
    "Client": contract.Client,
    "Credentials": contract.Credentials,
    "Certificate": contract.Certificate,
    "Tls": contract.Tls,
    "Request": contract.Request,
    "SubjectRules": contract.SubjectRules,
    "ResponseRule": contract.ResponseRule,
    "Permissions": contract.Permissions,
    "Access_Only": contract.Only,
    "Access_Role": contract.Role,
    "Access_AccountDefaults": contract.AccountDefaults,
    "Grant": contract.Grant,
    "Decision_Deny": contract.Deny,
    "Decision_Ignore": contract.Ignore,
    "Decision_Pass": contract.Pass,
    "Decision_Allow": contract.Allow,
}


def adopt() -> None:
    """Replaces the generated types by the types of this package."""
    for name, own in _TYPES.items():
        generated = getattr(bindings, name)
        if dataclasses.is_dataclass(own) and _fields(own) != _fields(generated):
            raise TypeError(f"this portcullis package is for another contract: {name} differs")
        setattr(bindings, name, own)
    bindings.Transport = contract.Transport
    Exported.refusal = Err
    Exported.settle = staticmethod(_settle)
    sys.excepthook = _report
    for _ in range(_REHEARSALS):
        _grant_something()


def _grant_something() -> contract.Allow:
    """What most policies do, so that the interpreter learns it while the component is built."""
    request = testing.request("nobody", "not a password")
    same_secret(request.password, "another")
    grant = contract.Grant.only("A", can=["publish a"], publish=["a"], name=request.user)
    return contract.Allow(grant)


def _fields(kind: type) -> list[str]:
    return [field.name for field in dataclasses.fields(kind)]


def _settle(policy: Policy) -> None:
    """Prepares the memory for the snapshot. A garbage collection in a decision would visit, and so
    copy, all of it."""
    _rehearse(policy)
    gc.collect()
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    heap.fill_holes()
    gc.freeze()


def _rehearse(policy: Policy) -> None:
    """The interpreter rewrites code during its first few runs."""
    requests = list(policy.rehearsals())
    write, stdout, stderr = log._write, sys.stdout, sys.stderr
    log._write = lambda level, message: None
    sys.stdout = sys.stderr = io.StringIO()
    try:
        for request in requests:
            _try(policy, request)
    finally:
        log._write, sys.stdout, sys.stderr = write, stdout, stderr


def _try(policy: Policy, request: Request) -> None:
    """Ignores errors: a policy that fails here will fail in a decision and be logged then."""
    with contextlib.suppress(Exception, SystemExit):
        for _ in range(_REHEARSALS):
            policy.decide(request)


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Logs an exception that left the policy, before it traps."""
    log.error(describe(error.with_traceback(trace)))
