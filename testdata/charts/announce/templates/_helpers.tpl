{{- /*
A file that begins with an underscore is never a manifest: only its definitions count.

The rest of a hook Job: what it runs. Hooks of this chart differ in their annotations, not in their pods.
*/ -}}
{{- define "announce.job" -}}
spec:
  # One attempt: a hook that fails should stop the operation at once.
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: run
          image: {{ .image }}
          command: ["sh", "-c", {{ .run | quote }}]
{{- end }}
