# What the stages of script/test share. Sourced by script/stages/NN-name; never run by itself.
#
# A stage is an executable file; its second line is a comment: what it checks. script/test gives it:
#   TILLWATCH_ROOT    the source tree                    TILLWATCH_BUILD  holds the build folders
#   TILLWATCH_JOBS    how many things may run at once    TILLWATCH_LONG   not empty: run the long modes
#   TILLWATCH_COUNTS  a file for lines "passed N" and "failed N" (use `count`)
# It exits with 0 (good), 1 (something failed) or 3 (failed, and no later stage can mean anything).
# Run by hand it works alone, with the defaults below.
set -euo pipefail
TILLWATCH_ROOT=${TILLWATCH_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
TILLWATCH_BUILD=${TILLWATCH_BUILD:-$TILLWATCH_ROOT/build}
TILLWATCH_JOBS=${TILLWATCH_JOBS:-$(nproc)}
TILLWATCH_LONG=${TILLWATCH_LONG:-}
TILLWATCH_COUNTS=${TILLWATCH_COUNTS:-/dev/stdout}
export TILLWATCH_ROOT TILLWATCH_BUILD TILLWATCH_JOBS TILLWATCH_COUNTS

# count passed|failed N
count() { echo "$1 $2" >>"$TILLWATCH_COUNTS"; }

# quietly NAME COMMAND...: shows the output only if the command fails.
quietly() {
  local log=$TILLWATCH_BUILD/log/$1.out
  mkdir -p "$(dirname "$log")"
  shift
  if ! "$@" >"$log" 2>&1; then
    # What failed is of interest, not the lines of progress.
    grep -v -E '^\[[0-9]+/[0-9]+\] (Building|Linking|Re-checking)' "$log" | tail -n 200
    return 1
  fi
}

# alone_in PRESET COMMAND...: stages of other lanes may want the same folder, in which only one may build at a time.
alone_in() {
  local preset=$1
  shift
  mkdir -p "$TILLWATCH_BUILD"
  (flock 8 && "$@" 8>&-) 8>"$TILLWATCH_BUILD/$preset.lock"
}

# configure PRESET [CMAKE ARGUMENTS...]
configure() {
  local preset=$1
  shift
  alone_in "$preset" quietly "configure-$preset" \
    cmake -S "$TILLWATCH_ROOT" --preset "$preset" -B "$TILLWATCH_BUILD/$preset" "$@"
}

# build PRESET [TARGETS...]: everything where no target is named. Goes on after a failure, to show them all.
build() {
  local preset=$1 target targets=()
  shift
  for target in "$@"; do targets+=(--target "$target"); done
  alone_in "$preset" quietly "build-$preset" \
    cmake --build "$TILLWATCH_BUILD/$preset" --parallel "$TILLWATCH_JOBS" "${targets[@]}" -- -k 20
}

# has_target PRESET TARGET: whether the configured build knows the target.
has_target() { ninja -C "$TILLWATCH_BUILD/$1" -t query "$2" >/dev/null 2>&1; }

# run_tests PRESET [CTEST ARGUMENTS...]: counts every GoogleTest case (or the program, where it is none);
# fails if one failed.
run_tests() {
  local preset=$1 results=$TILLWATCH_BUILD/$1/results
  shift
  rm -rf "$results"
  mkdir -p "$results"
  ctest --test-dir "$TILLWATCH_BUILD/$preset" --show-only=json-v1 "$@" >"$results/tests.json"
  GTEST_OUTPUT="json:$results/" ctest --test-dir "$TILLWATCH_BUILD/$preset" --output-on-failure \
    --no-tests=ignore --parallel "$TILLWATCH_JOBS" --output-junit "$results/ctest.xml" "$@" || true
  python3 "$TILLWATCH_ROOT/script/stages/count_tests.py" "$results" "$TILLWATCH_COUNTS"
}
