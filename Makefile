# The everyday commands; what a build is made of is in CMakePresets.json.
#   make build   the release build, in build/release
#   make run     serves routes.yaml on 127.0.0.1:8000
#   make test    every suite on the release build
#   make bench   measures against other servers (ARGS="--rounds 7 --only native")
#   make soak    the tests that repeat what must never fail, many times
.PHONY: build run test bench soak clean
.DEFAULT_GOAL := build

# plughost_core is what the pool's workers load.
PRODUCT := plughost native_plugin python_plugin plughost_core

build:
	@.ci/dependencies run
	@.ci/build release $(PRODUCT)

run: build
	@exec build/release/plughost -c routes.yaml

test:
	@.ci/dependencies run test
	@.ci/suite release

bench:
	@.ci/dependencies run bench
	@PLUGHOST_CMAKE_ARGS=-DPLUGHOST_BUILD_BENCH=ON .ci/build release $(PRODUCT) bench_peers
	@missed=0; \
	/usr/bin/python3 tests/bench/bench.py --build build/release $(ARGS) || missed=1; \
	/usr/bin/python3 tests/bench/crowd.py --build build/release || missed=1; \
	/usr/bin/python3 tests/bench/busy.py --build build/release || missed=1; \
	exit $$missed

soak:
	@.ci/dependencies run test bench
	@.ci/suite release --build-config soak --label-regex soak

clean:
	@rm -rf build
