# `make run` and `make test`, and `make docs` for the documentation. Each sets up what it needs, once.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test test-all lint style types quick-tests all-tests prove bench bench-full bench-peers bench-peers-lock faults faults-server fuzz docs docs-serve dbt-docs lock audit-lock clean superset superset-stop superset-lock spark spark-lock
.DEFAULT_GOAL := run

# Install a lock file into an environment: by uv, itself locked, or by pip where the package index has no uv for this
# machine. Byte code is made at once, on all cores: a run starts several processes, and each would make it again where
# Python may not write it.
PIP := -m pip --quiet --disable-pip-version-check install --no-deps
define install
	$(1)/python $(PIP) --require-hashes --only-binary :all: -r requirements-uv.lock && \
		$(1)/uv pip install --quiet --python $(1)/python --require-hashes --no-deps --compile-bytecode -r $(2) || \
		$(1)/python $(PIP) --require-hashes --compile -r $(2)
endef

# What running needs.
.venv/installed: requirements-uv.lock requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Entrepôt needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	$(call install,$(BIN),requirements.lock)
	$(BIN)/python $(PIP) --no-build-isolation -e .
	$(BIN)/python -m compileall -q flows expectations
	touch $@

# What checking, testing and documenting need on top.
.venv/installed-dev: .venv/installed requirements-dev.lock
	$(call install,$(BIN),requirements-dev.lock)
	touch $@

# Bring the warehouse up to date and answer the article.
run: .venv/installed
	$(BIN)/entrepot run

# A worker for every core and one more, each with whole files of tests; what takes long comes first (tests/conftest.py).
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# Style, types, SQL style, and the tests that need nothing but Python. mypy takes one core for a minute where it has
# checked nothing before, and runs beside the tests; where it finds something the tests still run to their end.
test: style prove
	@$(MAKE) --no-print-directory -j2 types quick-tests

# Everything that must hold, with the tests that need a browser, Superset, PostgreSQL, Spark, kills or minutes.
test-all: style prove .venv-spark/installed
	@$(MAKE) --no-print-directory -j2 types all-tests

quick-tests: .venv/installed-dev
	$(PYTEST) -m "not e2e"

all-tests: .venv/installed-dev
	$(PYTEST)

lint: style types

style: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfmt --check --quiet --no-jinjafmt dbt_project

types: .venv/installed-dev
	$(BIN)/mypy

# The unit tests of the models, unless this state of the SQL has passed them: runs then need not repeat them.
# Commit the record it writes, dbt_project/unit_tests.json, with the change of the models.
prove: .venv/installed
	@$(BIN)/python -m flows.steps.building.unit_tests

# The product and the floor over invented BACI years, interleaved; results in warehouse/bench/. Not a test.
bench: .venv/installed-dev
	$(BIN)/python -m bench

# Other tools beside them, from an environment of their own.
bench-peers: .venv/installed-dev .venv-bench/installed
	$(BIN)/python -m bench --peers

.venv-bench/installed: bench/peers/requirements.lock
	$(PYTHON) -m venv --clear .venv-bench
	$(call install,.venv-bench/bin,bench/peers/requirements.lock)
	touch $@

bench-peers-lock: .venv/installed
	UV_CUSTOM_COMPILE_COMMAND="make bench-peers-lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-annotate --output-file bench/peers/requirements.lock bench/peers/requirements.in

# The same over thirty years, 270 million rows: most of an hour, and some 35 GB of disk.
bench-full: .venv/installed-dev
	$(BIN)/python -m bench.full

# Faults on purpose: hundreds of kills, a full disk, damaged files and the rest; the table in warehouse/faults/faults.md.
# An hour or so; FAULTS="--kills 50 --seed 2" asks for less, or for others. Not a test: a short one is (tests/e2e).
faults: .venv/installed-dev
	$(BIN)/python -m tests.faults $(FAULTS)

# A team's own server, its worker and the process of a run, each stopped and killed in mid-run, five times each; the table
# in warehouse/faults/served/served.md. An hour or so; SERVED="--times 1 --only worker-killed" asks for less. Not a test.
faults-server: .venv/installed-dev
	$(BIN)/python -m tests.faults.served $(SERVED)

# Mutated files of every format and spoilt answers of every publisher; the table in warehouse/fuzz/fuzz.md. Minutes;
# FUZZ="--files 20000 --bodies 5000 --seed 2" tries more, and others. Not a test: a short one is (tests/e2e).
fuzz: .venv/installed-dev
	$(BIN)/python -m tests.fuzz $(FUZZ)

# The documentation as a site that opens from disk.
docs: .venv/installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "Documentation: warehouse/export/docs/index.html"

# dbt's own documentation of the published release, lineage graph included, in one file.
DBT_DOCS := $(CURDIR)/warehouse/export/dbt_docs
dbt-docs: .venv/installed
	@mkdir -p $(DBT_DOCS)
	DO_NOT_TRACK=1 ENTREPOT_DBT_TARGET=published ENTREPOT_LANDED=none ENTREPOT_CANDIDATE=$(CURDIR)/warehouse/trade.duckdb \
		$(BIN)/dbt --quiet docs generate --static --project-dir dbt_project --profiles-dir dbt_project \
		--vars "$$($(BIN)/python -m flows.steps.building.own)" --target-path $(DBT_DOCS)/target --log-path $(DBT_DOCS)/target
	@mv $(DBT_DOCS)/target/static_index.html $(DBT_DOCS)/index.html && rm -r $(DBT_DOCS)/target
	@echo "dbt docs: warehouse/export/dbt_docs/index.html"

# The documentation with its search, on http://127.0.0.1:8000; changes show at once.
docs-serve: .venv/installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs serve --dev-addr 127.0.0.1:8000

# Resolve the dependencies anew for every supported Python: hashes, no addresses. What developers need holds what running
# needs, in the same versions.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate

lock: .venv/installed
	echo uv | $(COMPILE) --output-file requirements-uv.lock -
	$(COMPILE) --extra build --extra dev --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --extra build --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml

# The licence of every locked package, and its known vulnerabilities where an index of them can be reached.
audit-lock: .venv/installed-dev
	@$(BIN)/python -m supply

# Apache Superset over the published warehouse, with its dashboards, in an environment of its own.
superset: .venv-superset/installed
	@.venv-superset/bin/python -m bi.superset

superset-stop:
	@test ! -e .venv-superset/installed || .venv-superset/bin/python -m bi.superset stop

.venv-superset/installed: bi/superset/requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Superset needs Python 3.11 or newer; name one with: make superset PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv --clear .venv-superset
	$(call install,.venv-superset/bin,bi/superset/requirements.lock)
	touch $@

# Resolve Superset's dependencies as of its release: with later ones it does not start.
superset-lock: .venv/installed
	UV_CUSTOM_COMPILE_COMMAND="make superset-lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--exclude-newer 2026-05-20 --exclude-newer-package duckdb=2026-11-24 --generate-hashes --no-annotate \
		--output-file bi/superset/requirements.lock bi/superset/requirements.in

# Apache Spark for the heavy models (docs/how-to/spark.md), in an environment of its own; it needs Java 17 or newer.
spark: .venv-spark/installed
	@echo "Spark is installed; ENTREPOT_HEAVY_ENGINE=spark makes a run use it."

SPARK_LOCK := flows/steps/building/spark/requirements.lock
.venv-spark/installed: $(SPARK_LOCK)
	$(PYTHON) -m venv --clear .venv-spark
	$(call install,.venv-spark/bin,$(SPARK_LOCK))
	touch $@

spark-lock: .venv/installed
	UV_CUSTOM_COMPILE_COMMAND="make spark-lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-annotate --output-file $(SPARK_LOCK) $(SPARK_LOCK:.lock=.in)

# Delete the environments; raw files, runs and releases stay.
clean:
	rm -rf .venv .venv-superset .venv-bench .venv-spark
