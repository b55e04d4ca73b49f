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

{{/* One address as a range. */}}
{{- define "vish.cidr" -}}
{{- if contains "/" . }}{{ . }}{{ else if contains ":" . }}{{ . }}/128{{ else }}{{ . }}/32{{ end }}
{{- end }}

{{/* An egress rule to those who answer DNS. */}}
{{- define "vish.dnsRule" -}}
- to:
    {{- toYaml . | nindent 4 }}
  ports:
  - {protocol: UDP, port: 53}
  - {protocol: TCP, port: 53}
{{- end }}

{{/* Egress rules to all that is public, without this cluster's own ranges. A NetworkPolicy knows no names. */}}
{{- define "vish.publicRule" -}}
{{- $refused := .root.Files.Get "files/network/refused-ranges.yaml" | fromYaml }}
{{- $outbound := .root.Values.settings.outbound | default dict }}
{{- $own := concat ($outbound.clusterRanges | default list) ($outbound.apiServers | default list) }}
- to:
  - ipBlock:
      cidr: 0.0.0.0/0
      except:
      {{- range $refused.ipv4 }}
      - {{ . }}
      {{- end }}
      {{- range $own }}{{ if regexMatch "^[0-9.]+(/[0-9]+)?$" . }}
      - {{ include "vish.cidr" . }}
      {{- end }}{{ end }}
  - ipBlock:
      cidr: 2000::/3
      except:
      {{- range $refused.ipv6 }}
      - {{ . }}
      {{- end }}
      {{- range $own }}{{ if regexMatch "^[23][0-9a-fA-F]{3}:" . }}
      - {{ include "vish.cidr" . }}
      {{- end }}{{ end }}
  {{- with .ports }}
  ports:
    {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* Egress rules for the holes of settings.outbound.allow, by address and port. */}}
{{- define "vish.allowedRules" -}}
{{- $outbound := .Values.settings.outbound | default dict }}
{{- range $outbound.allow }}
- to:
  - ipBlock: {cidr: {{ include "vish.cidr" .cidr }}}
  ports:
  {{- if .port }}
  - {protocol: TCP, port: {{ .port }}}
  {{- else }}
  - {protocol: TCP, port: 443}
  {{- if .http }}
  - {protocol: TCP, port: 80}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}
