# Everything that one does with a clone. `make run` and `make test` need Python 3.11 or later and
# nothing else; each sets up what it lacks. See docs/running.md.

PY := .venv/bin/python
COP := $(PY) -m cop.cli
ONLY ?=
ARGS ?=

.PHONY: help setup run test check translations requirements bench bench-full soak clean

help: ## what one can do here
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## make .venv with everything pinned; quick when nothing changed
	@sh scripts/setup.sh

run: setup ## set up and serve pages, sockets and the worker on one address
	@sh scripts/run.sh

test: setup ## set up, browser included, and run every test
	@sh scripts/test.sh $(ARGS)

check: setup ## style, types, architecture, templates, translations, drift
	@sh scripts/check.sh

translations: setup ## take new texts from the source into the catalogues
	@$(PY) scripts/translations.py update

requirements: ## pin anew what pyproject.toml asks for (needs uv); keeps pins that still fit
	@sh scripts/requirements.sh

bench: setup ## measure what the issues promise; ONLY=community for one part
	@sh scripts/bench.sh $(if $(ONLY),--only $(ONLY))

bench-full: setup ## measure what takes longer than ten minutes
	@sh scripts/bench.sh --full $(if $(ONLY),--only $(ONLY))

soak: setup ## the long runs: kills, faults, fuzzing
	@sh scripts/test.sh --soak $(ARGS)

clean: ## remove what can be made again; the data folder stays
	rm -rf .venv .cache build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
