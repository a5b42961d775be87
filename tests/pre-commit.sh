#!/usr/bin/env bash
# The hooks of .pre-commit-hooks.yaml in the real pre-commit: several charts, names of files, renamed files, files of no chart.
#
#   HELM_HOOKS: our binary (default: target/release/helm-hooks, built when missing)
#   PRE_COMMIT: the program (default: pre-commit)
#   BUILD=1 also tries the hook that pre-commit builds from source, which takes minutes
#
# Everything happens in a folder thrown away afterwards, with a home of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
ROOT=$PWD
HELM_HOOKS=${HELM_HOOKS:-$PWD/target/release/helm-hooks}
[ -x "$HELM_HOOKS" ] || cargo build -q --release --bin helm-hooks
PRE_COMMIT=$(command -v "${PRE_COMMIT:-pre-commit}") || { echo "no pre-commit to test with" >&2; exit 2; }
W=$(mktemp -d); trap 'rm -rf "$W"' EXIT
export PRE_COMMIT_HOME=$W/cache GIT_CONFIG_GLOBAL=$W/gitconfig GIT_CONFIG_NOSYSTEM=1
git config --global user.name test
git config --global user.email test@example.com
git config --global init.defaultBranch main
git config --global protocol.file.allow always
FAILED=0
fail() { echo "FAILED: $*" >&2; sed 's/^/  /' "$W/out" >&2; FAILED=$((FAILED + 1)); }

# The repository of the hooks, as pre-commit clones it.
mkdir "$W/hooks" "$W/bin"
cp .pre-commit-hooks.yaml "$W/hooks/"
ln -s "$HELM_HOOKS" "$W/bin/helm-hooks"
export PATH=$W/bin:$PATH
(cd "$W/hooks" && git init -q && git add . && git commit -qm hooks)
REV=$(git -C "$W/hooks" rev-parse HEAD)

# The repository of the charts.
R=$W/repo
mkdir -p "$R"
cd "$R"
git init -q
config() {
  printf 'repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: %s\n' "$W/$1" "$2" "$3" > .pre-commit-config.yaml
  git add .pre-commit-config.yaml
}
chart() {
  mkdir -p "$1/templates"
  printf 'apiVersion: v2\nname: %s\nversion: 1.0.0\n' "$(basename "$1")" > "$1/Chart.yaml"
  sed "s/pre-install,pre-upgrade/$2/" "$ROOT/testdata/lint/charts/good/templates/migrate.yaml" > "$1/templates/job.yaml"
}
# run: pre-commit over what is staged; its output lies in $W/out.
run() { CODE=0; "$PRE_COMMIT" run --color never > "$W/out" 2>&1 || CODE=$?; }
says() { grep -qF -- "$1" "$W/out"; }

config hooks "$REV" helm-hooks-lint-system
chart "charts/one" pre-install
chart "charts/two" pre-instal
chart "more charts/three" pre-install
printf 'no chart\n' > README.md
git add . && git commit -qnm charts

printf '\n' >> README.md && git add .
run
{ [ $CODE = 0 ] && says Skipped; } || fail "a file that is none of a chart's is not passed on"

mkdir -p docs/templates && printf 'x\n' > docs/templates/x.yaml && git add .
run
{ [ $CODE = 0 ] && says Passed; } || fail "a file of no chart is passed by ($CODE)"

printf '# changed\n' >> charts/one/templates/job.yaml && git add .
run
{ [ $CODE = 0 ] && says Passed; } || fail "only the changed chart is linted ($CODE)"

printf '# changed\n' >> charts/two/Chart.yaml && git add .
run
{ [ $CODE = 1 ] && says 'charts/two/templates/job.yaml:6:' && says HH101 && ! says charts/one/; } ||
  fail "a finding fails, whichever file of the chart was changed ($CODE)"

git commit -qnm two
git mv charts/two/templates/job.yaml charts/one/templates/moved.yaml
run
{ [ $CODE = 1 ] && says 'charts/one/templates/moved.yaml:6:'; } || fail "a renamed file is linted where it is now ($CODE)"

git commit -qnm moved
printf 'x: 1\n' > "more charts/three/values.yaml"
printf '# again\n' >> charts/one/templates/job.yaml
sed -i 's/pre-install/post-instal/' "more charts/three/templates/job.yaml"
git add .
run
{ [ $CODE = 1 ] && says 'more charts/three/templates/job.yaml:6:' && says 'in 2 charts'; } ||
  fail "several charts, each once, with blanks in their names ($CODE)"

CODE=0; "$PRE_COMMIT" run --all-files --color never > "$W/out" 2>&1 || CODE=$?
{ [ $CODE = 1 ] && says 'in 3 charts'; } || fail "all files ($CODE)"

if [ -n "${BUILD:-}" ]; then
  git -C "$ROOT" archive HEAD --prefix=source/ | tar -x -C "$W"
  cp "$ROOT/.pre-commit-hooks.yaml" "$W/source/"
  (cd "$W/source" && git init -q && git add . && git commit -qm source)
  config source "$(git -C "$W/source" rev-parse HEAD)" helm-hooks-lint
  run
  { [ $CODE = 1 ] && says 'more charts/three/templates/job.yaml:6:'; } || fail "the hook that is built from source ($CODE)"
fi

[ $FAILED = 0 ] && echo "pre-commit: all as it should be"
exit $((FAILED > 0))
