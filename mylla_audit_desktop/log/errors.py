"""The one kind of error that has words for the user."""


class KnownError(Exception):
    """Something foreseen went wrong: says what happened and what to do.

    The window and the commands show `sentence`; every other exception is a bug
    and reaches the error boundary. `exit_code` follows the command contract:
    1 the answer is no, 2 the call is wrong, 3 the database cannot be reached
    or refuses.
    """

    exit_code = 2

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice

    @property
    def sentence(self) -> str:
        """Both parts on one line."""
        return " ".join(f"{self.what} {self.advice}".split())

    def __str__(self) -> str:
        return self.sentence


class AnswerIsNoError(KnownError):
    """The question was understood and the answer is no (exit code 1)."""

    exit_code = 1


class InputError(KnownError):
    """What the user typed or passed is wrong (exit code 2); `field` names where."""

    exit_code = 2

    def __init__(self, what: str, advice: str = "", *, field: str = "") -> None:
        super().__init__(what, advice)
        self.field = field


class LineError(InputError):
    """A line of a file is wrong; `line` counts from 1, `problem` says what is wrong."""

    def __init__(self, line: int, problem: str, advice: str = "") -> None:
        super().__init__(f"Line {line}: {problem}.", advice)
        self.line = line
        self.problem = problem


class DatabaseError(KnownError):
    """The database cannot be reached, or refuses (exit code 3)."""

    exit_code = 3


class MisfitError(DatabaseError):
    """The database does not take a statement that it took before: perhaps it was changed."""


class UncertainError(DatabaseError):
    """The database was lost just while it was told to record: whether it did is not known."""


class PasswordError(DatabaseError):
    """The server wants a password, or another one; `was_given` tells which."""

    def __init__(self, what: str, advice: str = "", *, was_given: bool) -> None:
        super().__init__(what, advice)
        self.was_given = was_given


class CancelledError(Exception):
    """The user cancelled (exit code 130). Not an error, so words only where there is news."""
