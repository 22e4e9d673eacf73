# Dunlin's commands; `make` alone lists them. The work is done by the scripts in tools/.
# Each command first installs the Debian packages it needs (tools/packages), if any are missing.

# Where `make run` keeps the server's data, and what else it tells the server: make run ARGS='--http 0.0.0.0:8080'
DATA ?= ./data
ARGS ?=
# How many processes build and test at once; without it, as many as cores and memory allow.
JOBS ?=
# For `make fuzz`: seconds for each fuzzer, and which (all if empty).
SECONDS ?= 60
FUZZERS ?=
# For `make sim`: how many seeds, and the first of them (a random one if empty).
SEEDS ?= 1000
SEED ?=

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run build test check screens fuzz sim bench test-sanitize clients clean
export JOBS
export LC_ALL := C.UTF-8

help: ## list the commands
	@echo 'Usage: make COMMAND [NAME=VALUE]...'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: ## build and start the server and the app, data in ./data  [DATA=./data ARGS=...]
	@tools/setup build try web
	@tools/build build dunlin
	@tools/app
	@exec build/dunlin serve --data $(DATA) $(ARGS)

build: ## build the server and the app: build/dunlin, web/dist
	@tools/setup build web
	@tools/build build dunlin
	@tools/app

test: ## run every test
	@tools/setup build clang test clients web browsers
	@. tools/lib.sh && step 'Step 1 of 3: build the server and its tests'
	@tools/build build
	@. tools/lib.sh && step 'Step 2 of 3: build the fuzzers'
	@tools/build build-fuzz fuzzers
	@. tools/lib.sh && step 'Step 3 of 3: run the tests'
	@tools/test build

check: ## check formatting and find mistakes without running anything
	@tools/setup build check web
	@tools/build build generated
	@tools/check

screens: ## write a picture of every screen of the app to build/screens  [ARGS='-g b-list']
	@tools/setup web browsers
	@tools/gallery screens $(ARGS)

fuzz: ## run the fuzzers  [SECONDS=60 FUZZERS='name...']
	@tools/setup build clang
	@tools/build build-fuzz fuzzers
	@tools/fuzz $(SECONDS) $(FUZZERS)

sim: ## run the simulator  [SEEDS=1000 SEED=first]
	@tools/setup build
	@tools/build build dunlin_sim
	@build/dunlin_sim --seeds $(SEEDS) $(if $(SEED),--seed $(SEED))

bench: ## measure the server beside mosquitto, and the app  [ARGS=...]
	@tools/setup build test bench broker web browsers
	@tools/build build
	@bench/run $(ARGS)

test-sanitize: ## run the tests with the address, undefined-behaviour and thread sanitizers
	@tools/setup build clang test clients
	@. tools/lib.sh && step 'Step 1 of 4: build the tests with ASan and UBSan'
	@tools/build build-asan
	@. tools/lib.sh && step 'Step 2 of 4: build the threaded tests with TSan'
	@tools/build build-tsan threaded_tests
	@. tools/lib.sh && step 'Step 3 of 4: run the tests with ASan and UBSan'
	@tools/test build-asan
	@. tools/lib.sh && step 'Step 4 of 4: run the threaded tests with TSan'
	@tools/test build-tsan --label-regex threaded

clients: ## install the stock MQTT clients of the examples into .tools/
	@tools/setup clients

clean: ## remove what was built; the data and .tools/ stay
	rm -rf build build-fuzz build-asan build-tsan sdk/dist sdk/src/proto web/dist node_modules/.cache
