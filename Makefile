# Everything runs in .venv; nothing has to be installed by hand but Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
PIP := $(RUN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: demo test lint bench clean

demo: $(VENV)/.demo ## install, and score the example year
	@$(RUN)/opskpi score examples/2016/workbook -t targets/2016.yaml; status=$$?; \
	 if [ $$status -gt 1 ]; then exit $$status; fi; \
	 echo; echo "The example misses some targets on purpose (exit code $$status)."

test: $(VENV)/.test ## install what tests need, and run them all
	@$(RUN)/python -m pytest --numprocesses auto

lint: $(VENV)/.lint ## ruff, mypy --strict, import-linter
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports --no-cache

bench: $(VENV)/.bench ## compare with others in the same run
	@$(RUN)/python benchmarks/run.py $(ARGS)
	@$(RUN)/python benchmarks/worktime.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis benchmarks/.cache

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	@touch $@

$(VENV)/.%: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable ".[$*]"
	@touch $@
