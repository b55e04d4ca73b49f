# Every target sets up what it needs. Details and options: README.md, docs/.
.DEFAULT_GOAL := help
NAME ?= runtime
ARGS ?=

node_modules/.installed: package.json package-lock.json
	npm ci --loglevel=error
	@touch $@

.PHONY: quickstart test check bench down help

quickstart: node_modules/.installed ## A cluster, the kinds, a sample Project; then what to try next. Safe to run again
	@npm run --silent quickstart

test: node_modules/.installed ## Every check and every test; ends with "N passed, N failed"
	@npm run --silent check
	@npm test --silent -- --coverage

check: node_modules/.installed ## Types, lint, format, dead code, generated files: under a minute
	@npm run --silent check

bench: node_modules/.installed ## One benchmark: make bench NAME=runtime ARGS="--quick --json out.json"
	@npm run --silent bench -- $(NAME) $(ARGS)

down: node_modules/.installed ## Undoes quickstart: stops the local cluster and checks that nothing is left
	@npm run --silent cluster -- down

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
