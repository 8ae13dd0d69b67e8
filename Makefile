# Two commands from nothing but python3 (>= 3.11), make and git: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint types layers site man format clean prose

demo: .venv/.runtime ## the main job on the seed case, as a diff; writes nothing
	@$(BIN)/fluxmark inject fixtures/homelab --diff

test: .venv/.dev ## all quick tests; those that need a client that is not installed say so and are skipped
	@echo "This takes about 2 minutes on two processors. The slow tests run in .ci/run."
	$(BIN)/python -m pytest -q -n 2

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

layers: .venv/.dev
	$(BIN)/lint-imports --no-cache

site: .venv/.ci ## the documentation as a site, in build/site
	$(BIN)/mkdocs build --strict --quiet --site-dir build/site

man: .venv/.ci ## the man page, in build/fluxmark.1
	@mkdir -p build
	$(BIN)/python .ci/man > build/fluxmark.1

prose: .venv/.dev ## retired terms in README, docs, help and docstrings; needs npm
	@.ci/prose/check

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -m venv .venv

# locked versions, so that a new release of a dependency is found by CI and not by a newcomer; NEWEST=1 takes the newest
LOCKS := requirements.lock requirements-build.lock
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.venv/.runtime: pyproject.toml $(LOCKS) .venv/bin/python
ifdef NEWEST
	$(INSTALL) --upgrade --upgrade-strategy eager -e .
else
	$(INSTALL) --require-hashes -r requirements-build.lock -r requirements.lock
	$(INSTALL) --no-build-isolation --no-deps -e .
endif
	@touch $@

.venv/.dev: pyproject.toml $(LOCKS) requirements-dev.lock .venv/bin/python
ifdef NEWEST
	$(INSTALL) --upgrade --upgrade-strategy eager -e '.[dev]'
else
	$(INSTALL) --require-hashes -r requirements-build.lock -r requirements-dev.lock
	$(INSTALL) --no-build-isolation --no-deps -e .
endif
	@touch $@ .venv/.runtime

.venv/.ci: .venv/.dev requirements-ci.lock
	$(INSTALL) --require-hashes -r requirements-ci.lock
	@touch $@
