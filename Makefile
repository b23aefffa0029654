# `make demo` and `make test` do all set-up by themselves.
SHELL := /bin/bash
PREFIX ?= /usr/local

.DEFAULT_GOAL := help
.PHONY: help demo models test test-arm test-clients test-opensearch-client test-seeds test-exports test-crashes build lint bench bench-encoders bench-serve bench-search bench-retrieval bench-rerank-search bench-ingest bench-train docs fuzz install clean bootstrap

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-24s %s\n", $$1, $$2}'

bootstrap: ## Install the Debian packages that a build needs
	@scripts/bootstrap

build: bootstrap ## Build the program (release), into .build/release/needletail
	swift build -c release --product needletail

demo: build ## Index the example texts, search them by words and by models, rerank, show what each gains
	@scripts/demo

models: build ## Make the starter models again: COLLECTIONS="DEBIAN MEDQUAD", two folders in BEIR's layout
	@scripts/models $(COLLECTIONS)

test: ## Run all tests (release), fetching the model that some of them read
	@scripts/bootstrap --tests
	@scripts/fetch-test-models
	swift build -c release --build-tests
	@scripts/swift-tests --skip '^(ServingTests|FineTuningHostingTests)\.'
	@# Clients and servers with time limits run apart: long computations of other tests would hold the threads that their clients need.
	@scripts/swift-tests --filter '^(ServingTests|FineTuningHostingTests)\.'
	@scripts/test-seeds

test-arm: ## Compile the kernels for 64-bit Arm and test them in an emulator
	@scripts/test-arm

test-clients: build ## Call a server with the official clients of OpenAI, Cohere, Voyage and Hugging Face
	@scripts/test-clients

test-opensearch-client: build ## Drive a server that keeps documents with opensearch-py
	@scripts/test-opensearch-client

test-seeds: build ## Run users' scripts for ML Commons and Elasticsearch with their clients
	@scripts/test-seeds --full

test-exports: ## Load written models in sentence-transformers, transformers and ONNX Runtime, and compare
	@scripts/test-exports

test-crashes: build ## Kill a server in the middle of registrations, deployments and bulk requests, 50 times
	@scripts/test-crashes

lint: ## Check formatting, documentation of public declarations, dependency arrows, licences
	@scripts/bootstrap --lint
	@scripts/lint

bench: build ## Measure speed (Benchmarks/README.md)
	@Benchmarks/run

bench-encoders: build ## Measure encoders beside other engines (Benchmarks/README.md)
	@Benchmarks/encoders

bench-serve: build ## Measure serving beside other servers (Benchmarks/README.md)
	@Benchmarks/serve

bench-search: ## Measure search beside Lucene and tantivy (Benchmarks/README.md)
	@Benchmarks/search

bench-retrieval: build ## Measure sparse and dense search beside Lucene, pyseismic, hnswlib, faiss and usearch
	@Benchmarks/retrieval

bench-rerank-search: build ## Measure reranked searches over HTTP beside the engine's own time
	@Benchmarks/rerank-search

bench-ingest: build ## Measure documents that are encoded as they come in, beside the encoders alone
	@Benchmarks/ingest

bench-train: build ## Measure training beside sentence-transformers and PyTorch
	@Benchmarks/train

docs: build ## Write the man pages and shell completions into .build/docs
	@scripts/docs

fuzz: bootstrap ## Fuzz every reader of foreign bytes for a minute each (Fuzz/README.md)
	@scripts/fuzz all 60

install: build docs ## Install program, models, man pages and completions under PREFIX (/usr/local)
	@scripts/install "$(DESTDIR)$(PREFIX)"

clean: ## Remove everything that was built
	rm -rf .build .build-static Benchmarks/.build Fuzz/.build
