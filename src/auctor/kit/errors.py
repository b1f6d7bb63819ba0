"""The one root of errors that a person may read.

AuctorError
└── each package's own, beside the function that raises it
"""

from typing import ClassVar


class AuctorError(Exception):
    """Something a person can mend: what happened, where, and what to do.

    `code` is stable and documented (`package.what`); `status` is the HTTP status a face answers with.
    """

    code: ClassVar[str] = "auctor.error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return f"{self.message}{place}{' ' + self.mend if self.mend else ''}"
