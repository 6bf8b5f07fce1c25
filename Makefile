# Every target starts from a fresh clone: Python 3.11 or newer and make are enough (and root or sudo, for bubblewrap).

.DEFAULT_GOAL := help
.NOTPARALLEL:

# The Python that .venv is made with. Empty: the first one on the PATH that is new enough.
PYTHON ?=
export PYTHON

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: system .venv/.installed ## From a fresh machine to a graded synthetic class, with feedback and a report in demo/
	.venv/bin/lossmark demo

.PHONY: hub
hub: system .venv/.installed deploy/node_modules/.installed ## Try the course out on a JupyterHub of this machine (PORT=8000)
	.venv/bin/python deploy/start_hub.py --port $(or $(PORT),8000)

# Each file is one process's: what its tests share is made once, and the checks of an assignment share a notebook, whose
# time runs. tests/conftest.py puts first what takes longest.
ALL_TESTS = -m pytest --numprocesses logical --dist loadfile --no-loadscope-reorder

# Tests start hundreds of programs of the engine, and sandboxes, each of which would compile it again where Python is
# told to leave no bytecode behind (PYTHONDONTWRITEBYTECODE), as in many containers.
COMPILE = .venv/bin/python -m compileall -q src

.PHONY: test
test: system .venv/.installed ## Run all tests, on all cores (OPTIONS= of pytest)
	@$(COMPILE)
	.venv/bin/python $(ALL_TESTS) $(OPTIONS)

.PHONY: test-fast
test-fast: system .venv/.installed ## Run the unit tests, within a minute: no sandbox, server, cluster or browser
	.venv/bin/python -m pytest --numprocesses logical --dist worksteal -m "not (sandbox or course or slow)" \
		tests --ignore tests/graders

.PHONY: coverage
coverage: system .venv/.installed ## Run all tests and print which lines and branches of the engine they reach (at least 90 %)
	rm -f .coverage .coverage.*
	@$(COMPILE)
	.venv/bin/coverage run $(ALL_TESTS) --timeout 900
	.venv/bin/coverage combine --quiet
	.venv/bin/coverage report

FUZZED := another_seed_tells or test_fuzz or test_same_scores or test_hostile_folders

.PHONY: fuzz
fuzz: system .venv/.installed ## Grade 2,400 notebooks and read 30,000 replies, grade 300 more notebooks in all ways, and run all wrong and right versions with drawn inputs (some 40 minutes)
	@$(COMPILE)
	LOSSMARK_FUZZ=25 .venv/bin/python -m pytest --numprocesses logical --dist worksteal --timeout 1800 tests/test_fuzz.py tests/test_same_scores.py tests/test_hostile_folders.py tests/graders -k "$(FUZZED)" $(OPTIONS)

.PHONY: verify
verify: system .venv/.installed ## Show again all that is claimed, renew the pages about it (some 60 minutes on two cores)
	.venv/bin/python benchmarks/verify.py $(OPTIONS)

.PHONY: check
check: .venv/.installed ## Lint, format and types, release/ matches source/, the guides build, no package with a known vulnerability
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python -m pytest -q tests/test_release.py tests/test_docs.py
	PATH=".venv/bin:$$PATH" tools/audit-packages

.PHONY: docs
docs: .venv/.installed ## Build the guides of docs/ as a site in docs/_build/html
	.venv/bin/python -m sphinx -E -W --keep-going -q -b html docs docs/_build/html
	@echo "The guides: docs/_build/html/index.html"

.PHONY: pictures
pictures: system .venv/.installed ## Take the picture of a feedback page in docs/images anew (needs chromium)
	.venv/bin/python docs/pictures.py

.PHONY: mutants
mutants: system .venv/.installed ## Derive mutants of every solution and list those that no check notices (some minutes)
	.venv/bin/lossmark mutants

# Behind bubblewrap with nothing to write to but memory: a mutant may delete what it likes.
.PHONY: mutate-engine
mutate-engine: system .venv/.installed ## Derive mutants of the engine and list those that its tests miss (MODULES="wire results")
	bwrap --unshare-pid --die-with-parent --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp \
		--ro-bind $(CURDIR) $(CURDIR) .venv/bin/python tools/mutate_engine.py $(MODULES)

.PHONY: scorecard
scorecard: system .venv/.installed ## Grade the graders and renew the table in docs/scorecard.md (some minutes)
	.venv/bin/lossmark scorecard --table docs/scorecard.md

.PHONY: bench
bench: system .venv/.installed ## Measure against stock nbgrader, Otter-Grader and no isolation, renew docs/performance.md (half an hour)
	@set -e; for benchmark in kernel_start grading_steps notebook_parts class_throughput sandbox_cost class_report; do \
		.venv/bin/python benchmarks/$$benchmark.py --json benchmarks/results/$$benchmark.json; \
	done
	.venv/bin/python benchmarks/performance.py

.PHONY: growth
growth: system .venv/.installed ## Measure growing classes, up to 1,000 submissions, renew docs/performance.md (a quarter of an hour)
	.venv/bin/python benchmarks/growing_class.py $(if $(wildcard /usr/lib/postgresql),--postgres) \
		--json benchmarks/results/growing_class.json
	.venv/bin/python benchmarks/performance.py

.PHONY: performance
performance: .venv/.installed ## Write what was measured last into docs/performance.md and the README
	.venv/bin/python benchmarks/performance.py

# Without a gradebook (--no-db): the notebooks come out the same, and the course's own gradebook stays as it is.
.PHONY: release
release: .venv/.installed ## Compile the students' notebooks: source/ to release/
	@set -e; for folder in source/*/; do \
		.venv/bin/nbgrader generate_assignment --no-db --force "$$(basename "$$folder")"; \
	done

.PHONY: dist
dist: .venv/.installed ## Build the package, a source distribution and a wheel, in dist/
	.venv/bin/python -m build --no-isolation

# uv comes into an environment of its own, so that a broken lock file can still be made anew.
.PHONY: lock
lock: ## Write requirements.lock from pyproject.toml, keeping versions (UPGRADE=1: take the newest)
	@set -e; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	"$$(tools/find-python)" -m venv "$$scratch"; \
	"$$scratch/bin/python" -m pip install --quiet --disable-pip-version-check uv; \
	UV_CUSTOM_COMPILE_COMMAND='make lock' "$$scratch/bin/uv" --no-config --quiet pip compile pyproject.toml \
		--group dev --universal --python-version 3.11 --generate-hashes $(if $(UPGRADE),--upgrade) \
		--output-file requirements.lock

.PHONY: system
system: ## Install the system packages that are missing: bubblewrap, libseccomp
	@tools/install-system-packages

.PHONY: clean
clean: ## Delete demo/, caches and builds; never a submission, a grade or .venv
	rm -rf demo build dist docs/_build .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . \( -path ./.git -o -path ./.venv -o -path ./submitted -o -path ./hub -o -path ./autograded \) -prune -o \
		-type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

deploy/node_modules/.installed: deploy/package.json deploy/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: apt-get install nodejs npm" >&2; exit 1; }
	npm ci --prefix deploy --no-audit --no-fund
	touch $@

.venv/.installed: requirements.lock pyproject.toml
	@tools/create-environment
