"""What can go wrong in a way that a person can mend: one class a failure.

The message is a Vietnamese template with named facts (`"Văn bản dài {count} ký tự"`), so that the
page can translate it and the command line can print it as it stands.  It says what happened, where,
and what to do.  `field` names the form field at fault.
"""

from __future__ import annotations

from typing import Any, ClassVar


class LoaPhuongError(Exception):
    """A failure that is told to a person; never raised for a bug."""

    code: ClassVar[str] = "error"

    def __init__(self, template: str, /, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(template)
        self.template = template
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        return self.template.format(**self.facts) if self.facts else self.template


class InvalidInputError(LoaPhuongError):
    """What was given cannot be taken as it stands."""

    code = "invalid_input"


class ConfigurationError(LoaPhuongError):
    """A setting, folder, port or file of the installation is not usable."""

    code = "configuration"


class NotFoundError(LoaPhuongError):
    """What was asked for is not there, or not for this person to know of."""

    code = "not_found"


class SignInRequiredError(LoaPhuongError):
    """Nobody is signed in, or the token is not valid."""

    code = "sign_in_required"


class ForbiddenError(LoaPhuongError):
    """The person is known, and has no right to this here."""

    code = "forbidden"


class ConflictError(LoaPhuongError):
    """The thing has changed, or is in a state that does not allow this."""

    code = "conflict"


class NotReadyError(LoaPhuongError):
    """Something that this needs is still being made."""

    code = "not_ready"


class ThrottledError(LoaPhuongError):
    """Too many tries; `retry_after_seconds` stands among the facts."""

    code = "throttled"


class UnavailableError(LoaPhuongError):
    """Something outside (a voice, a disk, the network) cannot serve now."""

    code = "unavailable"


class CorruptError(LoaPhuongError):
    """Stored bytes are not what was stored."""

    code = "corrupt"


class ContractError(LoaPhuongError):
    """A message between centre and station breaks the contract: form, signature, mode or order."""

    code = "contract"
