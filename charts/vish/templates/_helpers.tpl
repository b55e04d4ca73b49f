{{- define "vish.labels" -}}
app.kubernetes.io/name: vish
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "vish.selector" -}}
app.kubernetes.io/name: vish
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "vish.serviceAccount" -}}
{{ .Values.serviceAccount.name | default .Release.Name }}
{{- end }}

{{- define "vish.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* The rules of a file in config/rbac, as they stand there. */}}
{{- define "vish.rules" -}}
{{- $text := .root.Files.Get (printf "files/rbac/%s.yaml" .file) -}}
rules:
{{- index (splitList "\nrules:" $text) 1 | trimSuffix "\n" }}
{{- end }}

{{- define "vish.subject" -}}
- kind: ServiceAccount
  name: {{ include "vish.serviceAccount" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}
