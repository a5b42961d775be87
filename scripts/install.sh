#!/bin/sh
# Puts the program where plugin.yaml looks for it: bin/ of the plugin's folder. Helm runs this after `helm plugin install`
# and `helm plugin update`. Nothing is downloaded. In this order:
#   1. the archive $HELM_HOOKS_ARCHIVE names
#   2. an archive of this version and platform in dist/ (scripts/package.sh makes one)
#   3. the program that came along, when this folder is an unpacked archive
#   4. cargo, which builds it from this folder
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^version: *//p' "$root/plugin.yaml")

case $(uname -s) in
  Linux) os=linux exe= ;;
  Darwin) os=darwin exe= ;;
  MINGW* | MSYS* | CYGWIN* | Windows_NT) os=windows exe=.exe ;;
  *) os=unknown exe= ;;
esac
case $(uname -m) in
  x86_64 | amd64) arch=amd64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) arch=$(uname -m) ;;
esac

say() { printf 'helm-hooks: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

unpack() {
  archive=$1
  if [ -f "$archive.sha256" ]; then
    want=$(cut -d' ' -f1 < "$archive.sha256")
    if command -v sha256sum > /dev/null; then got=$(sha256sum "$archive"); else got=$(shasum -a 256 "$archive"); fi
    [ "${got%% *}" = "$want" ] || die "$archive is damaged: its SHA-256 is ${got%% *}, not $want"
  fi
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  tar -xzf "$archive" -C "$scratch" || die "$archive cannot be unpacked"
  found=$(find "$scratch" -type f -name "helm-hooks$exe" | head -n 1)
  [ -n "$found" ] || die "there is no helm-hooks$exe in $archive"
  place "$found"
}

# A running program's file cannot be written to, but it can be replaced.
place() {
  mkdir -p "$root/bin"
  cp "$1" "$root/bin/.helm-hooks.new"
  chmod 755 "$root/bin/.helm-hooks.new"
  mv -f "$root/bin/.helm-hooks.new" "$root/bin/helm-hooks$exe"
}

if [ -n "${HELM_HOOKS_ARCHIVE:-}" ]; then
  [ -f "$HELM_HOOKS_ARCHIVE" ] || die "HELM_HOOKS_ARCHIVE: there is no file $HELM_HOOKS_ARCHIVE"
  unpack "$HELM_HOOKS_ARCHIVE"
elif [ -f "$root/dist/helm-hooks-$version-$os-$arch.tar.gz" ]; then
  unpack "$root/dist/helm-hooks-$version-$os-$arch.tar.gz"
elif [ -x "$root/bin/helm-hooks$exe" ] && [ ! -f "$root/Cargo.toml" ]; then
  :
elif command -v cargo > /dev/null; then
  say "building with cargo; this takes some minutes the first time"
  cargo build --quiet --release --locked --bin helm-hooks --manifest-path "$root/Cargo.toml" || die "cargo could not build it"
  place "${CARGO_TARGET_DIR:-$root/target}/release/helm-hooks$exe"
else
  die "there is no release archive for $os/$arch in dist/ and no cargo to build with; give one with HELM_HOOKS_ARCHIVE"
fi

"$root/bin/helm-hooks$exe" version > /dev/null || die "the program does not run on this machine ($os/$arch)"
say "$version is ready: helm hooks plan CHART"
