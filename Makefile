# Every habit of the project is a target; `make help` lists them.
.PHONY: help run test lint fix hooks bench bench-large screenshots looks docs setup setup-test wheel bundle deb release audit rehearsal
.NOTPARALLEL:
.DEFAULT_GOAL := help

PY := .venv/bin/python
CODE := mylla_audit_desktop tests benchmarks packaging

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: setup ## set everything up and open the window on the demo log
	@packaging/setup/run.sh

test: setup-test lint ## set everything up and pass all checks and tests
	@$(PY) -m pytest

lint: setup ## ruff, mypy --strict, the walls between the rooms
	@.venv/bin/ruff check $(CODE)
	@.venv/bin/ruff format --check -q $(CODE)
	@.venv/bin/mypy
	@.venv/bin/mypy packaging/setup
	@.venv/bin/lint-imports --no-logo

fix: setup ## let ruff mend and format what it can
	@.venv/bin/ruff check --fix $(CODE)
	@.venv/bin/ruff format $(CODE)

hooks: ## have git run `make lint` before each commit
	@git config core.hooksPath packaging/setup/hooks

bench: setup-test ## measure against the bare tools (a million entries; minutes)
	@$(PY) -m benchmarks.run

bench-large: setup-test ## the same with ten million entries, on PostgreSQL
	@$(PY) -m benchmarks.run --large

screenshots: setup-test ## renew the pictures in docs/images from the real window
	@packaging/setup/screenshots.sh

looks: setup-test ## take pictures of every page and dialog, in all themes, sizes and scales
	@packaging/setup/looks.sh build/looks

docs: setup ## renew the command reference, and build the guide as HTML in build/docs
	@$(PY) -m mylla_audit_desktop.reference > .cache/commands.md
	@mv .cache/commands.md docs/guide/commands.md
	@$(PY) packaging/docs/build.py build/docs

wheel: setup ## build the wheel, for pipx and uv tool
	@packaging/wheel/build.sh

bundle: setup ## build a folder that needs no Python, and its tarball
	@packaging/bundle/build.sh

deb: setup ## build the .deb for Debian and Ubuntu
	@packaging/deb/build.sh

release: setup ## build all packages, check them, write SBOM, changes and checksums
	@packaging/release/release.sh

audit: setup ## hold the locked dependencies against the advisory services
	@packaging/release/audit.sh

rehearsal: ## the README's commands and the .deb in an empty system (root; SUITE=noble)
	@packaging/rehearsal/rehearse.sh --suite $(or $(SUITE),bookworm) all

setup:
	@packaging/setup/system.sh run
	@packaging/setup/environment.sh

setup-test: setup
	@packaging/setup/system.sh test
