"""Run opskpi: the entry of the `opskpi` command and of `python -m opskpi`."""

import gc
import os
import sys

#: A workbook's cells are a million objects and no garbage: looking for cycles among them takes a tenth of a run.
_ALLOCATIONS_BETWEEN_COLLECTIONS = 500_000


def main() -> None:
    """Run the command line; Ctrl-C ends with 130 and a closed pipe is quiet, even while importing."""
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS, 50, 100)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - lives as long as we
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    try:
        from opskpi.commands import run

        status = run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was written\n")
        status = 130
    except BrokenPipeError:
        # what is still buffered has no reader: let it go without a second error at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as error:
        sys.stderr.write(f"opskpi: cannot write to standard output: {error.strerror}\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 5
    sys.exit(status)


if __name__ == "__main__":
    main()
