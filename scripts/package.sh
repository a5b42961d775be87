#!/usr/bin/env bash
# Makes dist/helm-hooks-VERSION-OS-ARCH.tar.gz and its .sha256: both programs, the plugin's manifest and the papers.
#   scripts/package.sh             for this machine
#   scripts/package.sh TRIPLE      for a Rust target that is installed, such as aarch64-apple-darwin
# The same tree packed twice gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
triple=${1:-$(rustc -vV | sed -n 's/^host: //p')}
version=$(sed -n 's/^version: *//p' plugin.yaml)
case $triple in
  *linux*) os=linux exe= ;;
  *darwin*) os=darwin exe= ;;
  *windows*) os=windows exe=.exe ;;
  *) echo "unknown platform $triple" >&2; exit 2 ;;
esac
case $triple in
  x86_64*) arch=amd64 ;;
  aarch64*) arch=arm64 ;;
  *) arch=${triple%%-*} ;;
esac
if [ $# = 0 ]; then
  cargo build --release --locked; built=${CARGO_TARGET_DIR:-target}/release
else
  cargo build --release --locked --target "$triple"; built=${CARGO_TARGET_DIR:-target}/$triple/release
fi
name=helm-hooks-$version-$os-$arch
stage=$(mktemp -d); trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/$name/bin" "$stage/$name/scripts" dist
cp "$built/helm-hooks$exe" "$built/kubectl-hooks$exe" "$stage/$name/bin/"
cp plugin.yaml "$stage/$name/"
cp scripts/install.sh "$stage/$name/scripts/"
for paper in README.md LICENSE CHANGELOG.md COMPATIBILITY.md completion.yaml; do
  if [ -f $paper ]; then cp $paper "$stage/$name/"; fi
done
chmod 755 "$stage/$name/bin/"* "$stage/$name/scripts/"*
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime='@0' -C "$stage" -cf - "$name" | gzip -9n > "dist/$name.tar.gz"
(cd dist && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
echo "dist/$name.tar.gz"
