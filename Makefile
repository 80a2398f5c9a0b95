# Two commands do everything: `make quickstart` and `make test`. See README.md.
SHELL := /bin/bash
.DEFAULT_GOAL := help
ATTUNE := .build/release/attune

.PHONY: help setup setup-tests build quickstart reproduce test unit-tests example report-check exchange lint format docs docs-check clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

setup: ## Install the Debian packages that are missing
	@scripts/setup.sh

setup-tests:
	@scripts/setup.sh --tests

build: setup ## Build the attune command, optimized
	swift build -c release --product attune

quickstart: build ## Run the main experiment on shipped data and name its report
	$(ATTUNE) run experiments/quickstart.yaml

reproduce: ## Run experiments/reproduce on public data in the folder ATTUNE_DATA
	@ATTUNE=$(ATTUNE) scripts/reproduce.sh

test: setup-tests lint unit-tests docs-check example report-check exchange ## Check format, run all tests, the example, reports in a browser, exported files

unit-tests:
	swift test

docs: ## Make the pages of the library's documentation
	scripts/docs.sh

docs-check:
	scripts/docs.sh --check

example:
	scripts/check-example.sh

report-check: ## Open small reports in a headless Chromium at three widths
	swift build --product attune
	scripts/check-report.sh

exchange: ## Check exported files with the Python packages that read them
	scripts/check-exchange.sh

lint:
	scripts/lint.sh

format: ## Format all Swift sources in place
	swift format --in-place --parallel --recursive Package.swift Sources Tests Examples

clean:
	swift package clean
