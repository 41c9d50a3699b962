# xueshid. `make` builds the daemon and its tool; `make test` and `make demo` need nothing else.
# Modes: MODE=release (default), san, tsan, cov; each has its own build/$(MODE)/.

MODE ?= release
PREFIX ?= /usr/local
DESTDIR ?=
PYTHON = /usr/bin/python3
PKGS = rdkafka libpq jansson libconfig libcrypto libmicrohttpd libsystemd

HANDLERS = arena catalogue certificate checks effect effects enrollment err event event_table \
	exam fold forms instant intervals map passage payment settle survey_credit text watch world
DAEMON = $(filter-out xueshid xueshictl,$(basename $(notdir $(wildcard daemon/*.c))))
TEST_TOOLS = build/$(MODE)/fold-log build/$(MODE)/relay-run \
	build/$(MODE)/issue-credentials
PROGRAMS = $(patsubst %,build/$(MODE)/%,$(notdir $(basename \
	$(wildcard daemon/xueshid.c daemon/xueshictl.c)))) $(TEST_TOOLS)

# Unit tests of the rules link libhandlers.a and cmocka; those of the plumbing also libxueshi.a.
PURE_TESTS = test_certificate test_checks test_containers test_enrollment test_exam test_fold \
	test_forms test_held test_identity test_instant test_intervals test_learning test_passage \
	test_payment test_registration test_revocation test_unknown_codes test_watch test_year
FIXTURE = $(patsubst %.c,$(B)/%.o,$(wildcard tests/unit/fixture*.c))
DAEMON_TESTS = $(filter-out $(PURE_TESTS),$(basename $(notdir $(wildcard tests/unit/test_*.c))))

B = build/$(MODE)
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wformat=2 -Wvla -Wundef \
	-Wimplicit-fallthrough $(if $(WERROR),-Werror)
HARDENING = -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection
MODE_CFLAGS_release = -O2 -D_FORTIFY_SOURCE=2
MODE_CFLAGS_san = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined
MODE_CFLAGS_tsan = -O1 -fno-omit-frame-pointer -fsanitize=thread
MODE_CFLAGS_cov = -O0 --coverage
VERSION := $(shell sed -n '1s/^xueshid \([0-9.]*\).*/\1/p' NEWS)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -g $(WARNINGS) $(HARDENING) $(MODE_CFLAGS_$(MODE)) \
	-DXUESHI_VERSION='"$(VERSION)"' -DXUESHI_SHARE='"$(PREFIX)/share/xueshi"' $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(filter -fsanitize% --coverage,$(MODE_CFLAGS_$(MODE))) \
	$(LDFLAGS)
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS) 2> /dev/null)
PKG_LIBS = $(shell pkg-config --libs $(PKGS) 2> /dev/null) -pthread

all: $(PROGRAMS)

$(B)/libhandlers.a: $(HANDLERS:%=$(B)/handlers/%.o)
$(B)/libxueshi.a: $(DAEMON:%=$(B)/daemon/%.o)
$(B)/%.a:
	rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/xueshid $(B)/xueshictl: $(B)/%: $(B)/daemon/%.o $(B)/libxueshi.a $(B)/libhandlers.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

FOLD_LOG = fold-log folding log_lines
$(B)/fold-log: $(FOLD_LOG:%=$(B)/tests/tools/%.o) $(B)/libxueshi.a $(B)/libhandlers.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(B)/relay-run $(B)/issue-credentials: $(B)/%: $(B)/tests/tools/%.o $(B)/libxueshi.a \
		$(B)/libhandlers.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(PURE_TESTS:%=$(B)/tests/%): $(B)/tests/%: $(B)/tests/unit/%.o \
		$(FIXTURE) $(B)/libhandlers.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka

$(DAEMON_TESTS:%=$(B)/tests/%): $(B)/tests/%: $(B)/tests/unit/%.o \
		$(FIXTURE) $(B)/tests/unit/files.o $(B)/tests/unit/trial.o $(B)/libxueshi.a $(B)/libhandlers.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS)

# Everything compiled, nothing linked: for the compilers' warnings.
objects: $(patsubst %.c,$(B)/%.o,$(wildcard handlers/*.c daemon/*.c tests/*/*.c))

print-flags:
	@: $(info $(filter -std=% -D% -I%,$(ALL_CFLAGS)))

unit-tests: $(PURE_TESTS:%=$(B)/tests/%) $(DAEMON_TESTS:%=$(B)/tests/%)

deps:
	@.ci/deps

# All tests, in release and under the sanitizers; ends with one line of counts.
test: deps
	$(MAKE) MODE=release all unit-tests
	$(MAKE) MODE=san all unit-tests
	$(MAKE) check-purity
	$(PYTHON) tests/check-rules
	$(PYTHON) tests/run

# Nothing of Kafka, PostgreSQL, configuration, clocks or I/O in the rules: every symbol that
# libhandlers.a leaves open is on the list.
check-purity: build/release/libhandlers.a
	tests/check-purity build/release/libhandlers.a

# Seeded small histories, folded by fold-log and by the oracle in Python, for T seconds.
T = 60
oracle: build/release/fold-log
	$(PYTHON) -m unittest discover -s tests/oracle
	$(PYTHON) tests/oracle/compare.py --seconds $(T)

# Faults under load, T seconds long, drawn from SEED (tests/faults/campaign.py).
faults: deps
	$(MAKE) MODE=release all
	$(PYTHON) tests/faults/campaign.py --seconds $(or $(T),600) --seed $(or $(SEED),1)

demo: deps
	$(MAKE) MODE=release all
	$(PYTHON) tests/demo/demo.py $(if $(KEEP),--keep) $(if $(KILL),--kill $(KILL))

# A million watch reports; figures go to build/bench/results.json.
bench: deps
	$(MAKE) MODE=release all
	$(PYTHON) tests/bench/bench.py $(BENCH)

lint: deps
	.ci/lint

# Rewrites the tables of docs/configuration.md from the settings; a unit test compares them.
docs: $(B)/tests/test_settings
	UPDATE=1 $<

format:
	clang-format -i handlers/*.[ch] daemon/*.[ch] $(wildcard tests/*/*.[ch] tests/*/*/*.[ch])

SYSTEMD = $(DESTDIR)$(PREFIX)/lib/systemd
install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/xueshi
	install -m 755 $(B)/xueshid $(DESTDIR)$(PREFIX)/sbin/
	install -m 755 $(B)/xueshictl $(DESTDIR)$(PREFIX)/bin/
	cp -r schemas config $(DESTDIR)$(PREFIX)/share/xueshi/
	install -d $(SYSTEMD)/system $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	for unit in xueshid.service xueshid@.service; do \
		sed 's|/usr/sbin/|$(PREFIX)/sbin/|' systemd/$$unit > $(SYSTEMD)/system/$$unit && \
		chmod 644 $(SYSTEMD)/system/$$unit || exit; done
	install -m 644 systemd/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/xueshi.conf
	install -m 644 systemd/tmpfiles.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/xueshi.conf
	install -d $(DESTDIR)$(PREFIX)/share/xueshi/systemd
	install -m 644 systemd/examples/*.conf $(DESTDIR)$(PREFIX)/share/xueshi/systemd/

clean:
	rm -rf build

.PHONY: all objects print-flags unit-tests deps test check-purity oracle faults demo bench lint \
	docs format install clean
.DELETE_ON_ERROR:
.SECONDARY:

-include $(shell find $(B) -name '*.d' 2> /dev/null)
