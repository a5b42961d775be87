#!/usr/bin/env bash
# Fuzzes every target of fuzz/ for some seconds: fuzz.sh [SECONDS=20 [TARGET…]]. What is found lies in fuzz/artifacts; its
# smallest form belongs below testdata/fuzz/TARGET, where `cargo test` runs it. Needs cargo-fuzz, which is built once into the lab.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-20}; shift || true
lab=${LAB:-$HOME/.cache/helm-hooks-lab}; export PATH=$PATH:$lab/bin
command -v cargo-fuzz >/dev/null || cargo install --quiet --locked --root "$lab" cargo-fuzz || { echo 'SKIPPED: cargo-fuzz cannot be had'; exit 0; }
# The same versions as the program's, beside the few that only fuzzing needs.
cp Cargo.lock fuzz/Cargo.lock
# Coverage is asked of the compiler by flags that it takes from everybody; without a sanitizer no nightly is needed. Kept in the lab: a build takes minutes.
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=${FUZZ_TARGET_DIR:-$lab/fuzz-target}
python3 fuzz/seed.py
[ $# -gt 0 ] || set -- $(cd fuzz && cargo fuzz list)
cd fuzz && cargo fuzz build -s none 2>&1 | tail -1
found=0
for target; do
  mkdir -p "artifacts/$target"
  log=artifacts/$target.log
  if "$(find "$CARGO_TARGET_DIR" -path "*/release/$target" -type f | head -1)" "corpus/$target" -artifact_prefix="artifacts/$target/" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 > "$log" 2>&1
  then echo "$target: $(grep -aoE 'executed_units: *[0-9]+' "$log" | grep -oE '[0-9]+') inputs, nothing found"
  else found=1; echo "$target: FOUND"; grep -aE 'panicked|ERROR|Test unit written|ALARM' -A2 "$log" | head -12; fi
done
exit $found
