{{- define "bad.annotations" -}}
helm.sh/hook: post-install
helm.sh/hook-delete-policy: hook-success
{{- end }}
