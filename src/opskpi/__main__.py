"""Run opskpi as `python -m opskpi`."""

from opskpi.commands import main

if __name__ == "__main__":
    main()
