# The front door. CMake does the work; each target installs the Debian packages it misses and says so.
#   make                 tools and firmware into build/
#   make BOARD=my.json   firmware for a board file of yours, into build/boards/
#   make demo            a virtual STM32F407 is updated over its UART and its USB, a virtual STM32H743 by bank swap
#   make design          the design tool: build/design/holdfast-design.html, opened when there is a desktop
#   make check           every test; ends with "N passed, N failed"
#   make faults          a fault at each place on the way to the boot decision; a quarter of an hour, writes its table into docs/security.md
#   make campaign        power fails in the flash operations of every update: long; build/reports/campaign.json
#   make analyze         static analysis with cppcheck, gcc -fanalyzer and clang-tidy; findings that are none have a reason beside them
#   make proof           Frama-C proves for all inputs: no undefined behaviour in the bootloader's core, no write outside the slot; minutes
#   make noise           28 000 updates over bad lines, by every protocol of the serial line; minutes; build/reports/noise.json
#   make fuzz            each parser meets 10 million odd inputs; hours, goes on where it was stopped; build/reports/fuzz.json
#   make bench           measures, and writes docs/performance.md
#   make clean

BOARDS := $(if $(BOARD),$(abspath $(BOARD)))

.PHONY: all demo design check faults campaign noise fuzz fuzzers analyze proof bench clean

all:
	@tools/setup.sh build
	@cmake --preset release --log-level=WARNING -D HF_BOARDS="$(BOARDS)"
	@cmake --build build
	@tools/sizes.sh build/boards

demo: all
	@tools/setup.sh demo
	@tools/demo.sh build

design:
	@tools/setup.sh design
	@cmake --preset release --log-level=WARNING
	@cmake --build build --target design
	@echo "build/design/holdfast-design.html opens in any browser, from disk"
	@[ -z "$$DISPLAY$$WAYLAND_DISPLAY" ] || xdg-open build/design/holdfast-design.html >/dev/null 2>&1 || true

check: all fuzzers
	@tools/setup.sh check
	@cmake --preset check --log-level=WARNING
	@cmake --build build/check
	@tests/run.sh build/check

faults: all
	@tools/setup.sh check
	@cmake --preset campaign --log-level=WARNING
	@cmake --build build/campaign --target hf-faults
	@mkdir -p build/reports
	@build/campaign/bin/hf-faults boards/stm32f407-signed.json build/boards/stm32f407-signed/boot.elf \
	    tests/keys/test-1.pem 1 64 build/reports/faults.md --document docs/security.md; status=$$?; cat build/reports/faults.md; exit $$status

# What is in the report already is not done again: a campaign that was interrupted goes on.
campaign: all
	@tools/setup.sh check
	@cmake --preset campaign --log-level=WARNING
	@cmake --build build/campaign --target hf-engine-cuts hf-cuts
	@mkdir -p build/reports
	@tests/cuts/campaign.sh build/campaign/bin build/reports/campaign.json

NOISE_SESSIONS := 1000
noise: all
	@tools/setup.sh check
	@cmake --preset campaign --log-level=WARNING
	@cmake --build build/campaign --target hf-noise
	@mkdir -p build/reports
	@build/campaign/bin/hf-noise --sessions $(NOISE_SESSIONS) --report build/reports/noise.json

fuzzers: all
	@tools/setup.sh check
	@cmake --preset fuzz --log-level=WARNING
	@cmake --build build/fuzz --target fuzzers

FUZZ_EXECUTIONS := 10000000
fuzz: fuzzers
	@mkdir -p build/reports
	@tests/fuzz/campaign.sh build/fuzz $(FUZZ_EXECUTIONS) build/reports/fuzz.json

analyze: all
	@tools/setup.sh check
	@node tests/analysis/analyze.mjs build

proof: all
	@tools/setup.sh proof
	@node tests/proof/proof.mjs build
	@node tests/proof/proof.mjs build --mutate

bench: all
	@tools/setup.sh bench
	@cmake --build build --target hf-bench bench_firmware
	@mkdir -p build/reports
	@build/bin/hf-bench --boards build/boards --markdown docs/performance.md --json build/reports/bench.json --picture docs/images/serial.svg

clean:
	rm -rf build
