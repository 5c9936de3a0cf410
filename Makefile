# Everything a developer does, by one word each. The first build of wasmtime takes some minutes; everything shares one
# target directory and one profile, so that it happens once.

.DEFAULT_GOAL := help
.PHONY: help build demo demo-kv test bench lint book tools

# Always the whole workspace: with fewer packages, features would differ and wasmtime would be compiled again.
CARGO_TARGET_DIR ?= target
PROGRAMS := $(CARGO_TARGET_DIR)/debug

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

build: ## the program, at target/debug/portcullis, and everything else
	@tests/tools/prepare
	cargo build --workspace --all-targets

demo: ## see it work: a real nats-server, clients, and a policy that changes while it runs
	@tests/tools/prepare 2.15.1
	cargo build --workspace --all-targets
	$(PROGRAMS)/demo

demo-kv: ## routers that share a key-value bucket, each with its own keys: async-nats and the nats command
	@tests/tools/prepare 2.15.1
	@tests/tools/nats-cli >/dev/null
	cargo build --workspace --all-targets
	$(PROGRAMS)/demo_kv

test: tools ## every test; languages without a toolchain are passed over, unless PORTCULLIS_LANGUAGES=all
	cargo test --workspace

bench: ## the figures, beside those to reach; one part by PART=languages, or sandbox, service, load, chain
	@tests/tools/prepare 2.15.1
	cargo build --workspace --all-targets
	$(PROGRAMS)/bench $(PART)

lint: ## formatting, clippy and documentation, each with warnings as errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps

book: ## the book in docs/ as HTML, at target/book/html; installs mdBook below target/tools the first time
	@docs/build

tools: ## fetch what the tests need: wasm targets of Rust, three versions of nats-server, client libraries, the nats command
	@tests/tools/prepare 2.15.1 2.12.8 2.10.25
	@tests/tools/clients
	@tests/tools/nats-cli
