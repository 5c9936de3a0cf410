# Everything a developer does, by one word each. The first build of wasmtime takes some minutes; everything shares one
# target directory and one profile, so that it happens once.

.DEFAULT_GOAL := help
.PHONY: help build demo demo-kv test bench lint fuzz deny book tools dist dist-check install servers clients nats-cli everything

CARGO_TARGET_DIR ?= target
PROGRAMS := $(CARGO_TARGET_DIR)/debug

# The program and those that are named after it. Always the whole workspace, and an example: so dependencies get the features
# that `make test` gives them (cargo counts those of tests when an example is asked for), and wasmtime is compiled once.
BUILD := cargo build --workspace --example prints --bin portcullis
# Downloads wait for the network and compilers do not: they run side by side.
BESIDE := $(MAKE) --no-print-directory --jobs

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

build: ## the program, at target/debug/portcullis, and everything else
	@tests/tools/prepare
	cargo build --workspace --all-targets

demo: ## see it work: a real nats-server, clients, and a policy that changes while it runs
	@tests/tools/prepare 2.15.1
	$(BUILD) --bin demo
	$(PROGRAMS)/demo

demo-kv: ## routers that share a key-value bucket, each with its own keys: async-nats and the nats command
	@tests/tools/prepare 2.15.1
	@tests/tools/nats-cli >/dev/null
	$(BUILD) --bin demo_kv
	$(PROGRAMS)/demo_kv

test: ## every test; languages without a toolchain are passed over, unless PORTCULLIS_LANGUAGES=all
	@tests/tools/prepare
	@$(BESIDE) tools everything
	cargo test --workspace

# `make dist` costs minutes the first time, and little if nothing has changed.
bench: $(if $(DEV),,dist) ## the figures of the archive's program, beside those to reach; DEV=1: of the dev build; PART=languages, sandbox, service, load or chain: one part
	@tests/tools/prepare 2.15.1
	$(BUILD) --bin bench
	@tests/tools/bench $(CARGO_TARGET_DIR) $(PROGRAMS) "$(DEV)" $(PART)

lint: ## formatting, clippy and documentation, each with warnings as errors
	cargo fmt --all --check
	cargo fmt --manifest-path tests/fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --lib --example prints

SECONDS ?= 60
fuzz: ## what reads bytes from outside, for SECONDS=60 each; TARGET=claims: one of them
	@tests/tools/prepare
	@tests/tools/fuzz "$(SECONDS)" $(TARGET)

deny: ## licences, duplicates, sources and advisories of dependencies; installs cargo-deny below target/tools the first time
	@tests/tools/deny

book: ## the book in docs/ as HTML, at target/book/html; installs mdBook below target/tools the first time
	@docs/build

tools: servers clients nats-cli ## fetch what the tests need: wasm targets of Rust, three versions of nats-server, client libraries, the nats command

servers:
	@tests/tools/prepare 2.15.1 2.12.8 2.10.25

clients:
	@tests/tools/clients

nats-cli:
	@tests/tools/nats-cli

everything:
	MAKEFLAGS= cargo build --workspace --all-targets

dist: ## the archive to install from, at target/dist; its first build takes some ten minutes
	@cargo run --quiet --locked --package portcullis-dist -- archive

dist-check: ## use the archive of `make dist` in an empty folder, as a new user would, and run the demos with its program
	@tests/tools/prepare 2.15.1
	@tests/tools/nats-cli >/dev/null
	$(BUILD) --bin dist_check --bin demo --bin demo_kv
	@tests/tools/dist-check $(CARGO_TARGET_DIR)/dist $(abspath $(PROGRAMS))

PREFIX ?= /usr/local
install: ## the program, its manual pages, policies and systemd unit below PREFIX=/usr/local; DESTDIR= for packages
	@cargo run --quiet --locked --package portcullis-dist -- install --prefix "$(PREFIX)" $(if $(DESTDIR),--destdir "$(DESTDIR)")
