"""What stops a run: one base, a few children, each with its exit code (design §5)."""

from opskpi.wording import Message


class OpskpiError(Exception):
    """A run that cannot go on, told in one or more sentences."""

    exit_code = 5

    def __init__(self, *messages: Message) -> None:
        """Keep the sentences; the command says them in the reader's language."""
        super().__init__(*messages)
        self.messages = messages

    def __str__(self) -> str:
        """Say it in English, for tracebacks and tests."""
        return "\n".join(each.text("en") for each in self.messages)


class SettingsError(OpskpiError):
    """Wrong usage, or a wrong targets, source or configuration file."""

    exit_code = 2


class ExportError(OpskpiError):
    """The exports cannot be used."""

    exit_code = 3


class OutputError(OpskpiError):
    """An output could not be written."""

    exit_code = 5


class ImbalanceError(OpskpiError):
    """The ledger does not balance: opskpi itself is wrong (design rule 2)."""

    exit_code = 5
