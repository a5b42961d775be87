#!/usr/bin/env bash
# Everything that needs a cluster. run.sh [smoke] [replay] [faults] [rights] [scale] [speed] [planted] [plugins] [access] [interrupts]; nothing named: all.
# Against HELM_HOOKS_TEST_KUBECONFIG or KUBECONFIG; else ../shared/cluster/up.sh starts a real Kubernetes on this machine, which is
# taken down at the end. The replay compares with what is in that cluster's audit log.
set -euo pipefail
cd "$(dirname "$0")/../.."
SHARED=${HELM_HOOKS_SHARED:-../shared}
export LAB=${LAB:-$HOME/.cache/helm-hooks-lab} HELM_HOOKS_SHARED=$SHARED
export HELM_HOOKS_TEST_KUBECONFIG=${HELM_HOOKS_TEST_KUBECONFIG:-${KUBECONFIG:-}}
part() { printf '\n--- cluster: %s (%ss)\n' "$*" "$SECONDS"; }

if [ -z "$HELM_HOOKS_TEST_KUBECONFIG" ]; then
  up() { "$SHARED/cluster/up.sh" 2> "${TMPDIR:-/tmp}/helm-hooks-up.log"; }
  running=$LAB/run/kubeconfig
  # One that somebody else started is used, and left as it is.
  if ! { [ -f "$running" ] && "$LAB/bin/kubectl" --kubeconfig "$running" get --raw /readyz >/dev/null 2>&1; }; then
    trap '"$SHARED/cluster/down.sh"' EXIT
  fi
  part "starting Kubernetes"
  HELM_HOOKS_TEST_KUBECONFIG=$(up || up) || { tail -20 "${TMPDIR:-/tmp}/helm-hooks-up.log"; exit 1; }
  export HELM_HOOKS_TEST_KUBECONFIG
fi
export KUBECONFIG=$HELM_HOOKS_TEST_KUBECONFIG

[ $# -gt 0 ] || set -- smoke replay faults rights scale speed planted plugins access interrupts
for name in "$@"; do
  part "$name"
  case "$name" in
    smoke) cargo test --quiet --test cluster -- --ignored ;;
    replay) python3 tests/real-cluster/replay.py --prefix "replay-$$" ;;
    plugins) bash tests/real-cluster/plugins.sh ;;
    *) python3 "tests/real-cluster/$name.py" ;;
  esac
done
part "done"
