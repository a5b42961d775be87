#!/usr/bin/env bash
# The plugin in both real Helms: installing, running, what Helm hands over, exit codes, removing.
#
#   HELM_HOOKS: our binary (default: target/release/helm-hooks, built when missing)
#   HELM: the Helms (default: helm3 and helm4 in the lab's bin, whichever is there)
#
# Helm's homes are folders thrown away afterwards; nothing of the machine's own Helm is touched.
set -euo pipefail
cd "$(dirname "$0")/../.."
ROOT=$PWD
HELM_HOOKS=${HELM_HOOKS:-$PWD/target/release/helm-hooks}
[ -x "$HELM_HOOKS" ] || cargo build -q --release --bin helm-hooks
LAB=${LAB:-$HOME/.cache/helm-hooks-lab}
HELMS=${HELM:-$(ls "$LAB"/bin/helm3 "$LAB"/bin/helm4 2> /dev/null || true)}
[ -n "$HELMS" ] || { echo "no helm to test with" >&2; exit 2; }
W=$(mktemp -d); trap 'rm -rf "$W"' EXIT
FAILED=0
fail() { echo "FAILED ($(basename "$helm")): $*" >&2; FAILED=$((FAILED + 1)); }

# A checkout without build products, and an archive as a release has it.
mkdir -p "$W/archive/helm-hooks/bin" "$W/src"
cp "$HELM_HOOKS" "$W/archive/helm-hooks/bin/helm-hooks"
tar -czf "$W/release.tar.gz" -C "$W/archive" helm-hooks
cp -r plugin.yaml scripts "$W/src/"
[ ! -f completion.yaml ] || cp completion.yaml "$W/src/"

mkdir -p "$W/chart/templates" "$W/broken/templates"
printf 'apiVersion: v2\nname: demo\nversion: 1.0.0\n' | tee "$W/broken/Chart.yaml" > "$W/chart/Chart.yaml"
cat > "$W/chart/templates/job.yaml" <<'EOF'
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-{{ .Release.Namespace }}-migrate
  annotations: {helm.sh/hook: pre-install}
EOF
echo '{{ fail "no such luck" }}' > "$W/broken/templates/x.yaml"

run() { # wanted exit code, command; output in $W/out and $W/err
  local want=$1 code=0; shift
  "$@" > "$W/out" 2> "$W/err" || code=$?
  [ $code = "$want" ] || fail "exit code $code instead of $want: $* ($(tail -c 400 "$W/err"))"
}
says() { grep -qF -- "$1" "$W/out" || fail "stdout lacks »$1«: $(head -c 600 "$W/out")"; }
complains() { grep -qF -- "$1" "$W/err" || fail "stderr lacks »$1«: $(head -c 600 "$W/err")"; }

for helm in $HELMS; do
  name=$(basename "$helm")
  H=$W/home-$name
  mkdir -p "$H"
  export HELM_CACHE_HOME=$H/cache HELM_CONFIG_HOME=$H/config HELM_DATA_HOME=$H/data
  unset HELM_NAMESPACE HELM_KUBECONTEXT HELM_DEBUG HELM_PLUGINS HELM_BIN HELM_PLUGIN_NAME HELM_PLUGIN_DIR HELM_CONTENT_CACHE 2> /dev/null || true

  # From a folder, with the release's archive; Helm links the folder.
  HELM_HOOKS_ARCHIVE=$W/release.tar.gz run 0 "$helm" plugin install "$W/src"
  run 0 "$helm" plugin list
  says hooks; says 0.1.0
  [ ! -s "$W/err" ] || fail "plugin list complains: $(cat "$W/err")"

  # It runs, knows how it was started, and which Helm started it.
  run 0 "$helm" hooks plan "$W/chart"
  says release-name-default-migrate
  run 0 "$helm" hooks --help
  says 'helm hooks'
  engine=helm4; case $("$helm" version --short) in v3*) engine=helm3 ;; esac
  run 0 "$helm" hooks plan "$W/chart" -o json
  says "\"engine\": \"$engine\""

  # Helm takes its own flags and hands them over as environment, before or after the plugin's name.
  for flags in "-n x hooks plan" "--namespace x hooks plan" "--namespace=x hooks plan" "hooks -n x plan" "hooks plan -n x" "hooks plan --namespace=x"; do
    # shellcheck disable=SC2086
    run 0 "$helm" $flags "$W/chart"
    says release-name-x-migrate
  done
  HELM_NAMESPACE=y run 0 "$helm" hooks plan "$W/chart"
  says release-name-y-migrate
  HELM_NAMESPACE=y run 0 "$helm" -n x hooks plan rel "$W/chart"
  says rel-x-migrate
  run 0 "$helm" --debug hooks plan "$W/chart"
  run 0 "$helm" hooks template rel "$W/chart" --namespace z
  says rel-z-migrate
  # Helm leaves the plugin's own flags alone, also those that look like Helm's.
  run 0 "$helm" hooks plan "$W/chart" --for helm3 -o json --set a=b
  says '"engine": "helm3"'

  # Exit codes are those of the program.
  run 2 "$helm" hooks plan
  run 2 "$helm" hooks no-such-command
  run 3 "$helm" hooks plan "$W/broken"
  complains 'no such luck'
  run 3 "$helm" hooks plan "$W/missing"

  # Removing leaves the folder.
  run 0 "$helm" plugin uninstall hooks
  run 0 "$helm" plugin list
  if grep -q '^hooks' "$W/out"; then fail "still listed after uninstall"; fi
  [ -f "$W/src/plugin.yaml" ] || fail "uninstall removed the folder it was installed from"
  rm -rf "$W/src/bin"

  # From git, where Helm keeps a clone that can be updated.
  VERIFY=; [ $engine = helm3 ] || VERIFY=--verify=false
  rm -rf "$W/repository"; cp -r "$W/src" "$W/repository"
  (cd "$W/repository" && git init -q -b main && git add -A && git -c user.name=x -c user.email=x@x.example commit -qm one && git tag v0.1.0)
  # shellcheck disable=SC2086
  HELM_HOOKS_ARCHIVE=$W/release.tar.gz run 0 "$helm" plugin install $VERIFY "file://$W/repository"
  run 0 "$helm" hooks version
  (cd "$W/repository" && sed -i 's/^usage: .*/usage: changed/' plugin.yaml && git -c user.name=x -c user.email=x@x.example commit -qam two)
  HELM_HOOKS_ARCHIVE=$W/release.tar.gz run 0 "$helm" plugin update hooks
  run 0 "$helm" hooks --help
  run 0 "$helm" help
  says changed
  run 0 "$helm" plugin uninstall hooks

  # The installer finds the archive of a release in dist/, and says so when there is nothing to install from.
  platform=$(uname -s | tr 'A-Z' 'a-z')-$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  mkdir -p "$W/src/dist"
  cp "$W/release.tar.gz" "$W/src/dist/helm-hooks-0.1.0-$platform.tar.gz"
  (cd "$W/src/dist" && sha256sum "helm-hooks-0.1.0-$platform.tar.gz" > "helm-hooks-0.1.0-$platform.tar.gz.sha256")
  run 0 "$helm" plugin install "$W/src"
  run 0 "$helm" hooks version
  run 0 "$helm" plugin uninstall hooks
  echo damaged >> "$W/src/dist/helm-hooks-0.1.0-$platform.tar.gz"
  run 1 "$helm" plugin install "$W/src"
  cat "$W/out" >> "$W/err"; complains 'is damaged'
  "$helm" plugin uninstall hooks > /dev/null 2>&1 || true
  rm -rf "$W/src/dist" "$W/src/bin"
  # A PATH with the tools of the script and without cargo.
  mkdir -p "$W/tools"
  for tool in sh sed uname dirname mktemp cp mv chmod mkdir rm find head cut tar gzip sha256sum; do ln -sf "$(command -v $tool)" "$W/tools/$tool"; done
  PATH=$W/tools run 1 "$helm" plugin install "$W/src"
  cat "$W/out" >> "$W/err"; complains 'HELM_HOOKS_ARCHIVE'
  "$helm" plugin uninstall hooks > /dev/null 2>&1 || true
done

# What a release archive holds can be installed as it is.
for helm in $HELMS; do
  export HELM_CACHE_HOME=$W/as-is/cache HELM_CONFIG_HOME=$W/as-is/config HELM_DATA_HOME=$W/as-is/data
  cp -r plugin.yaml scripts "$W/archive/helm-hooks/"
  run 0 "$helm" plugin install "$W/archive/helm-hooks"
  run 0 "$helm" hooks plan "$W/chart"
  says release-name-default-migrate
  run 0 "$helm" plugin uninstall hooks
  rm -rf "$W/as-is"
done

[ $FAILED = 0 ] || { echo "$FAILED failed" >&2; exit 1; }
echo "the plugin installs and runs in $(for h in $HELMS; do basename "$h"; done | paste -sd ' ')"
