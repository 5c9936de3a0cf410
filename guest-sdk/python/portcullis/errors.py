class ConfigurationError(Exception):
    """Why a policy cannot be configured: one line for the operator, saying what, where, and how to
    mend it. It refuses this version of the policy; the version before goes on deciding.

    Put no secrets into it: it goes to a log.
    """
