{{- define "common.labels" -}}
app: shop
{{- end }}
