# Everything a person or CI does here. `make help` lists it.
PYTHON ?= python3
PRESET ?= default
ENVS := .venv
SERVE := $(ENVS)/serve
TRAIN := $(ENVS)/train
DEV := $(ENVS)/dev
PAGE_TOOLS := node_modules/.package-lock.json
SOURCES := tabuada trainer service tests benchmarks
LOCK := $(DEV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet
LOCK_ALIKE := $(LOCK) --constraint requirements/dev.txt # what is tested is what is run
SERVE_EXTRAS := --extra serve --extra telemetry --extra storage --extra client
TRAIN_EXTRAS := --extra train --extra storage
WORKERS ?= 3
SIDE_BY_SIDE := -n $(WORKERS) --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run serve train test test-slow tested check format lock docker-test clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(SERVE)/ready ## serve at once, train a new version (preset quick), serve that
	@SERVE=$(SERVE) TRAIN=$(TRAIN) PYTHON=$(PYTHON) scripts/run

serve: $(SERVE)/ready ## serve the published versions; no TensorFlow needed
	@$(SERVE)/bin/python -m service

train: $(TRAIN)/ready ## search, fit, evaluate, publish: make train PRESET=seed
	@$(TRAIN)/bin/python -m trainer run --preset $(PRESET)

# Whatever is set here: what is compiled is kept, by environments that many processes start from.
export PYTHONDONTWRITEBYTECODE :=

TESTED := $(DEV)/ready $(ENVS)/chromium $(ENVS)/kustomize $(ENVS)/nginx $(ENVS)/promtool
# Both suites asked for at once are one run: each fills the time in which the other waits or ends.
BOTH := $(filter 2,$(words $(filter test test-slow,$(MAKECMDGOALS))))

test: $(TESTED) ## run the default test suite; make test test-slow: both in one run, as CI does
	@$(DEV)/bin/python -m pytest $(SIDE_BY_SIDE) -m "$(if $(BOTH),,not slow and )not docker"

test-slow: $(if $(BOTH),test,$(TESTED)) ## run the tests that take minutes
	@$(if $(BOTH),:,$(DEV)/bin/python -m pytest $(SIDE_BY_SIDE) -m "slow and not docker")

tested: $(TESTED) $(PAGE_TOOLS) ## install what tests and checks need, and run none

check: $(DEV)/ready $(PAGE_TOOLS) ## ruff, format check, mypy strict; eslint, prettier, tsc for the page
	@$(DEV)/bin/ruff check $(SOURCES)
	@$(DEV)/bin/ruff format --check $(SOURCES)
	@$(DEV)/bin/mypy $(SOURCES:%=-p %)
	@scripts/npm run --silent check

format: $(DEV)/ready $(PAGE_TOOLS) ## format the code and mend what ruff and eslint can
	@$(DEV)/bin/ruff check --fix $(SOURCES)
	@$(DEV)/bin/ruff format $(SOURCES)
	@scripts/npm run --silent format

lock: $(DEV)/ready ## pin requirements anew from pyproject.toml
	@$(LOCK) $(SERVE_EXTRAS) $(TRAIN_EXTRAS) --extra signing --extra cpu --extra ray --extra dev \
		-o requirements/dev.txt
	@$(LOCK_ALIKE) $(SERVE_EXTRAS) -o requirements/serve.txt
	@$(LOCK_ALIKE) $(SERVE_EXTRAS) --extra gpu -o requirements/serve-gpu.txt
	@$(LOCK_ALIKE) $(TRAIN_EXTRAS) --extra cpu -o requirements/train.txt
	@$(LOCK_ALIKE) $(TRAIN_EXTRAS) --extra gpu -o requirements/train-gpu.txt
	@$(LOCK_ALIKE) $(TRAIN_EXTRAS) --extra cpu --extra ray -o requirements/train-ray.txt
	@echo pip | $(LOCK:pyproject.toml=-) -o requirements/pip.txt

docker-test: $(DEV)/ready ## build the images, train, serve, kill, fill and restart in containers
	@$(DEV)/bin/python -m pytest -m docker tests/containers

clean: ## remove environments and caches; artifacts and runs stay
	rm -rf $(ENVS) node_modules tests/description/clients/node_modules .mypy_cache .ruff_cache .pytest_cache ci-output

# An environment is ready when its lock file has been installed whole.
$(ENVS)/%/ready: requirements/%.txt requirements/pip.txt
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13); sys.exit(None if ok \
		else "expected Python 3.11 to 3.13. Received: " + sys.version.split()[0] \
		+ ". Name another one: make PYTHON=python3.12")'
	@echo "Installing $< into $(@D)"
	@rm -rf $(@D)
	@$(PYTHON) -m venv $(@D)
	@scripts/install-packages $(@D) --require-hashes -r requirements/pip.txt -r $<
	@touch $@

# What checks the page's JavaScript, by hash; Node and npm come with the development environment.
node_modules/.package-lock.json: package.json package-lock.json | $(DEV)/ready
	@echo "Installing package-lock.json into node_modules"
	@scripts/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# The tests look at pages in a real browser.
$(ENVS)/chromium:
	@mkdir -p $(ENVS)
	@scripts/install-chromium
	@touch $@

# And at the manifests as kustomize renders them.
$(ENVS)/kustomize: | $(DEV)/ready
	@scripts/install-kustomize $@

# And at the service through a proxy. One after the other: apt-get waits for nobody.
$(ENVS)/nginx: | $(ENVS)/chromium
	@scripts/install-debian-program nginx nginx $@

# And at the alerts as Prometheus evaluates them.
$(ENVS)/promtool: | $(ENVS)/nginx
	@scripts/install-debian-program promtool prometheus $@
