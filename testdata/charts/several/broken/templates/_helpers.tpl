{{- define "broken.name" -}}
{{ required "a name is needed" .Values.name }}
{{- end }}
