class ConfigurationError(Exception):
    """Why a policy cannot be configured: one line for the operator that says what is wrong, where,
    and how to fix it. It refuses this version of the policy; the previous version keeps deciding.

    Do not put secrets into it: it is logged.
    """
