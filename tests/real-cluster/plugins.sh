#!/usr/bin/env bash
# `kubectl hooks …` through the real kubectl, `helm hooks …` through both Helms with the checkout installed as plugin.
# Needs a cluster (KUBECONFIG), kubectl, helm3 and helm4 in $LAB/bin; HELM_HOOKS_BIN is the program (default: target/).
set -euo pipefail
cd "$(dirname "$0")/../.."
LAB=${LAB:-$HOME/.cache/helm-hooks-lab}
PROGRAM=${HELM_HOOKS_BIN:-}
for kind in release debug; do [ -n "$PROGRAM" ] || { [ -x "target/$kind/helm-hooks" ] && PROGRAM=$PWD/target/$kind/helm-hooks; } || true; done
PROGRAM=$(realpath "$PROGRAM")
KUBECTL_HOOKS=$(dirname "$PROGRAM")/kubectl-hooks
[ -x "$KUBECTL_HOOKS" ] || { echo "kubectl-hooks is not built beside $PROGRAM" >&2; exit 2; }
W=$(mktemp -d) NS=plugins-$$ FAILED=0
KUBECTL="$LAB/bin/kubectl"; [ -x "$KUBECTL" ] || KUBECTL=$(command -v kubectl)
trap 'rm -rf "$W"; "$KUBECTL" delete namespace "$NS" --wait=false >/dev/null 2>&1 || true' EXIT
fail() { echo "WRONG: $*" >&2; sed 's/^/      | /' "$W/out" "$W/err" >&2; FAILED=$((FAILED + 1)); }
expect() { # title, wanted exit code, text that the output has, command
  local title=$1 want=$2 has=$3 code=0; shift 3
  "$@" > "$W/out" 2> "$W/err" < /dev/null || code=$?
  if [ "$code" = "$want" ] && grep -- "$has" "$W/out" "$W/err" > /dev/null; then echo "ok    $title"; else fail "$title: exit $code, wanted $want and \"$has\""; fi
}

mkdir -p "$W/path" "$W/src/bin" "$W/chart/templates"
ln -s "$KUBECTL_HOOKS" "$W/path/kubectl-hooks"
cp -r plugin.yaml scripts "$W/src/"; cp "$PROGRAM" "$W/src/bin/helm-hooks"
[ ! -f completion.yaml ] || cp completion.yaml "$W/src/"
printf 'apiVersion: v2\nname: demo\nversion: 1.0.0\n' > "$W/chart/Chart.yaml"
cat > "$W/chart/templates/all.yaml" <<'END'
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-settings
  annotations: {helm.sh/hook: "pre-install,post-install"}
data: {a: b}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-asked
  annotations: {helm.sh/hook: test}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-plain}
END
"$KUBECTL" create namespace "$NS" > /dev/null
settings() { "$KUBECTL" get configmap "$1-settings" -n "$NS" -o name; }

K() { PATH=$W/path:$PATH "$KUBECTL" hooks "$@"; }
expect 'kubectl hooks run' 0 k-settings K run pre-install k --chart "$W/chart" -n "$NS" --yes
expect '  made its object' 0 k-settings settings k
expect 'kubectl hooks status' 0 '' K status -n "$NS"
expect 'kubectl hooks, usage' 2 'unknown event' K run pre-instal k -n "$NS"

for helm in helm3 helm4; do
  H=$LAB/bin/$helm; [ -x "$H" ] || continue
  export HELM_CACHE_HOME=$W/$helm/cache HELM_CONFIG_HOME=$W/$helm/config HELM_DATA_HOME=$W/$helm/data
  expect "$helm plugin install" 0 '' "$H" plugin install "$W/src"
  expect "$helm hooks run, by chart" 0 "$helm-settings" "$H" hooks run pre-install "$helm" --chart "$W/chart" -n "$NS" --yes
  expect '  made its object' 0 "$helm-settings" settings "$helm"
  expect "$helm install --no-hooks" 0 deployed "$H" install "$helm" "$W/chart" -n "$NS" --no-hooks
  expect "$helm hooks run, by record" 0 "$helm-settings" "$H" hooks run post-install "$helm" -n "$NS" --yes
  expect "$helm hooks run test" 0 "$helm-asked" "$H" hooks run test "$helm" -n "$NS" --yes
  expect "$helm hooks run, without --yes" 5 '' "$H" hooks run test "$helm" -n "$NS"
  expect "$helm hooks status" 0 "$helm" "$H" hooks status "$helm" -n "$NS"
  expect "$helm hooks leftovers" 0 settings "$H" hooks leftovers "$helm" -n "$NS"
  expect "$helm hooks leftovers --exit-code" 1 settings "$H" hooks leftovers "$helm" -n "$NS" --exit-code
  expect "$helm hooks plan --live" 0 "$helm-asked" "$H" hooks plan --live "$helm" -n "$NS"
  expect "$helm hooks leftovers --delete" 0 settings "$H" hooks leftovers "$helm" -n "$NS" --delete --yes
  expect '  deleted it' 1 'not found' settings "$helm"
done
[ "$FAILED" = 0 ] && echo "all of kubectl and both Helms as wanted"
exit $((FAILED > 0))
