# Every target sets up what it needs first; a second run finds it done.
#     make run PORT=9000        settings come from the environment or from here
#     make test ARGS="-k move"  arguments for pytest

.PHONY: help run test check bench soak lock extract translate compile clean
.DEFAULT_GOAL := help

BIN := .venv/bin
ARGS :=

# Another activated environment and packages in somebody's home have no say here.
export PYTHONNOUSERSITE := 1
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST)

# exec: Ctrl-C and TERM reach the supervising process itself, no shell in between.
run: ## Start the clinic on http://127.0.0.1:8000 (first time: set up, with a demo clinic)
	@tools/setup.sh requirements.txt
	@exec env DEMO="$${DEMO-1}" $(BIN)/flask --app wsgi serve

# More workers than processors: tests wait a good deal, for browsers, servers and the disk.
test: ## Run the whole test suite
	@tools/setup.sh requirements-dev.txt
	@tools/needs.sh
	@workers=$$($(BIN)/python -c 'import os; print((os.cpu_count() or 2) + 2)') && \
		$(BIN)/pytest -n $$workers --dist worksteal $(ARGS)

check: ## Check format, style and types
	@tools/setup.sh requirements-dev.txt
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: ## Measure speed and print the tables
	@tools/setup.sh requirements-dev.txt
	@tools/needs.sh
	@$(BIN)/python -m benchmarks $(ARGS)

# One at a time and without a time limit: these proofs load the machine themselves.
soak: ## Run the long proofs (races, crashes), which take a while
	@tools/setup.sh requirements-dev.txt
	@tools/needs.sh
	@$(BIN)/pytest -m soak --timeout=0 $(ARGS)

lock: ## Rewrite the locked requirements from the .in files (UPGRADE=1: newest versions)
	@tools/lock.sh

# What the marks in code are called: `to_patients("…")`, and the sentence of `found.add(field, code, "…")`.
extract: ## Gather what is said to patients into translations/messages.pot
	@tools/setup.sh requirements-dev.txt
	$(BIN)/pybabel -q extract -F translations/babel.cfg -k to_patients -k add:3 --sort-output --no-location \
		--omit-header -o translations/messages.pot .

translate: extract ## Bring new sentences into every catalogue, and drop those that are gone
	@for catalogue in translations/*/LC_MESSAGES; do \
		language=$$(basename $$(dirname $$catalogue)); \
		$(BIN)/pybabel -q update -i translations/messages.pot -d translations -l $$language \
			--width 100 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date || exit 1; \
	done

compile: ## Compile the catalogues, which are committed compiled
	@tools/setup.sh requirements-dev.txt
	$(BIN)/pybabel compile -d translations --statistics

clean: ## Remove what set-up and tests made; instance/ with its data stays
	rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* htmlcov test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
