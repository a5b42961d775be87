#!/usr/bin/env bash
# Keys and certificates of `helm-hooks template`, read back by openssl and compared with those of a real Helm.
#
#   HELM_HOOKS: our binary (default: target/release/helm-hooks, built when missing)
#   HELM: the other program (default: helm3 and helm4 in the lab's bin, whichever is there)
#
# Checked of ours: every chain verifies, every key belongs to its certificate, names, addresses and usages are there.
# Compared with Helm's: the text of openssl after numbers that are random (serials, keys, dates, signatures) are taken out.
set -euo pipefail
cd "$(dirname "$0")/../.."
HELM_HOOKS=${HELM_HOOKS:-$PWD/target/release/helm-hooks}
[ -x "$HELM_HOOKS" ] || cargo build -q --release --bin helm-hooks
LAB=${LAB:-$HOME/.cache/helm-hooks-lab}
HELMS=${HELM:-$(ls "$LAB"/bin/helm3 "$LAB"/bin/helm4 2>/dev/null || true)}
W=$(mktemp -d); trap 'rm -rf "$W"' EXIT
FAILED=0
fail() { echo "FAILED: $*" >&2; FAILED=$((FAILED + 1)); }

mkdir -p "$W/chart/templates"
printf 'apiVersion: v2\nname: keys\nversion: 1.0.0\n' > "$W/chart/Chart.yaml"
cat > "$W/chart/templates/all.yaml" <<'EOF'
{{- $names := list "a.example" "*.b.example" }}
{{- $addresses := list "10.1.2.3" "fe80::1" "::ffff:192.0.2.1" }}
{{- $all := dict }}
{{- range $kind := list "rsa" "ecdsa" "ed25519" }}
{{- $key := genPrivateKey $kind }}
{{- $ca := genCAWithKey (printf "ca of %s" $kind) 3650 $key }}
{{- $_ := set $all (printf "%s-ca" $kind) $ca }}
{{- $_ := set $all (printf "%s-self" $kind) (genSelfSignedCertWithKey "self" $addresses $names 30 $key) }}
{{- range $other := list "rsa" "ecdsa" "ed25519" }}
{{- $_ := set $all (printf "%s-by-%s" $other $kind) (genSignedCertWithKey "leaf" $addresses $names 30 $ca (genPrivateKey $other)) }}
{{- end }}
{{- end }}
{{- $ca := genCA "Grüße & Co" 100 }}
{{- $_ := set $all "plain-ca" $ca }}
{{- $_ := set $all "plain-self" (genSelfSignedCert "self.example" nil $names 365) }}
{{- $_ := set $all "plain-by-plain" (genSignedCert "leaf.example" nil nil 365 $ca) }}
{{- $_ := set $all "custom-by-plain" (genSignedCert "" nil (list "nameless.example") 365 (buildCustomCert (b64enc $ca.Cert) (b64enc $ca.Key))) }}
{{- $_ := set $all "far-ca" (genCA "far" 40000) }}
{{- $_ := set $all "past-self" (genSelfSignedCert "past" (list "192.0.2.7") nil -1) }}
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData:
{{- range $name, $pair := $all }}
  {{ $name }}.crt: |
    {{- $pair.Cert | nindent 4 }}
  {{ $name }}.key: |
    {{- $pair.Key | nindent 4 }}
{{- end }}
  dsa.key: |
    {{- genPrivateKey "dsa" | nindent 4 }}
EOF

render() { # program folder
  mkdir -p "$2"
  "$1" template rel "$W/chart" > "$2/all.yaml" || { fail "$1 does not render"; return; }
  awk -v dir="$2" '/^  [a-z0-9-]+\.(crt|key): \|/ { if (file) close(file); name = $1; sub(":", "", name); file = dir "/" name; next }
    /^    / && file { sub(/^    /, ""); print > file }' "$2/all.yaml"
}

# What of openssl's text is not random.
text() {
  openssl x509 -in "$1" -noout -text -certopt no_pubkey,no_sigdump,no_serial,no_validity |
    sed -E 's/([0-9A-F]{2}:){19}[0-9A-F]{2}/KEYID/'
  # How long it is valid, and in which form the dates are.
  openssl asn1parse -in "$1" | awk '/UTCTIME|GENERALIZEDTIME/ {print $4, $5, $6}' | sed -E 's/:[0-9]+Z//'
  local from to
  from=$(date -d "$(openssl x509 -in "$1" -noout -startdate | cut -d= -f2)" +%s)
  to=$(date -d "$(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)" +%s)
  echo "valid for $((to - from)) seconds"
  openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -noout -text_pub | sed -n '1p;/Exponent/p;/CURVE/p'
}

check() { # folder
  local crt key base by purpose
  for crt in "$1"/*.crt; do
    base=$(basename "$crt" .crt); key=$1/$base.key
    [ "$(openssl x509 -in "$crt" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout)" ] || fail "$base: the key is another one's"
    openssl pkey -in "$key" -noout -check > /dev/null 2>&1 || fail "$base: openssl rejects the key"
    case $base in
      *-by-*) by=$1/${base#*-by-}-ca.crt ;;
      past-*) continue ;;
      *) by=$crt ;;
    esac
    for purpose in sslserver sslclient; do
      openssl verify -x509_strict -purpose $purpose -CAfile "$by" "$crt" > "$W/verify" 2>&1 ||
        openssl verify -purpose $purpose -CAfile "$by" "$crt" > "$W/verify" 2>&1 || { fail "$base: $(cat "$W/verify")"; }
    done
    case $base in
      *-by-plain) ;;
      *-by-* | rsa-self | ecdsa-self | ed25519-self)
        openssl x509 -in "$crt" -noout -ext subjectAltName | grep -q 'DNS:a.example, DNS:\*.b.example, IP Address:10.1.2.3, IP Address:FE80:0:0:0:0:0:0:1, IP Address:192.0.2.1' || fail "$base: names" ;;
    esac
  done
  openssl dsa -in "$1/dsa.key" -noout -text 2> /dev/null | grep -q 'Private-Key: (2048 bit)' || fail "dsa: openssl rejects the key"
  openssl dsa -in "$1/dsa.key" -pubout 2> /dev/null | openssl pkey -pubin -noout -pubcheck > /dev/null 2>&1 || fail "dsa: parameters"
}

render "$HELM_HOOKS" "$W/ours"
check "$W/ours"
COUNT=$(ls "$W"/ours/*.crt | wc -l)
[ "$COUNT" = 21 ] || fail "$COUNT certificates instead of 21"
for helm in $HELMS; do
  theirs=$W/$(basename "$helm")
  render "$helm" "$theirs"
  for crt in "$W"/ours/*.crt; do
    base=$(basename "$crt")
    diff <(text "$theirs/$base") <(text "$crt") > "$W/diff" || fail "$base differs from $(basename "$helm")'s: $(cat "$W/diff")"
    diff <(sed -E '/^-----/!s/.+/x/' "$theirs/${base%.crt}.key" | uniq) <(sed -E '/^-----/!s/.+/x/' "$W/ours/${base%.crt}.key" | uniq) || fail "${base%.crt}.key: other blocks"
    # A real Helm must be able to sign with our authorities.
    case $base in *-ca.crt) ;; *) continue ;; esac
    mkdir -p "$W/sign/templates"; cp "$W/chart/Chart.yaml" "$W/sign"
    printf 'a: {{ genSignedCert "x" nil nil 1 (buildCustomCert .Values.c .Values.k) | kindOf }}\n' > "$W/sign/templates/x.yaml"
    "$helm" template rel "$W/sign" --set c="$(base64 -w0 "$crt")" --set k="$(base64 -w0 "${crt%.crt}.key")" > "$W/signed" 2>&1 || fail "$(basename "$helm") cannot sign with $base: $(cat "$W/signed")"
  done
done
[ $FAILED = 0 ] || { echo "$FAILED failed" >&2; exit 1; }
echo "$COUNT certificates and their keys are as openssl${HELMS:+ and} $(for h in $HELMS; do basename "$h"; done | paste -sd ' ') expect"
