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

{{/* Where untrusted builds run: as the operator names it where the settings do not. */}}
{{- define "vish.untrustedNamespace" -}}
{{- $trusted := .Values.settings.builds.namespace }}
{{- $name := .Values.settings.builds.untrustedNamespace | default (printf "%s-untrusted" $trusted) }}
{{- if eq $name $trusted }}
{{- fail "settings.builds.untrustedNamespace is settings.builds.namespace: untrusted builds need a namespace of their own, so name another one" }}
{{- end }}
{{- if gt (len $name) 63 }}
{{- fail "settings.builds.namespace is too long to have -untrusted behind it: name a namespace in settings.builds.untrustedNamespace" }}
{{- end }}
{{- $name }}
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

{{/* An egress rule to those who answer DNS. Without peers there is none: an empty list of peers means everybody. */}}
{{- define "vish.dnsRule" -}}
{{- with . }}
- to:
    {{- toYaml . | nindent 4 }}
  ports:
  - {protocol: UDP, port: 53}
  - {protocol: TCP, port: 53}
{{- end }}
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

{{/* An IPv4 address as a number. */}}
{{- define "vish.number4" -}}
{{- $number := 0 }}
{{- range splitList "." . }}{{ $number = add (mul $number 256) (int64 .) }}{{ end }}
{{- $number }}
{{- end }}

{{/* "yes" when the first IPv4 range lies in the second and is smaller. */}}
{{- define "vish.inside4" -}}
{{- $inner := splitList "/" (include "vish.cidr" (index . 0)) }}
{{- $outer := splitList "/" (include "vish.cidr" (index . 1)) }}
{{- $bits := int (index $outer 1) }}
{{- $size := 1 }}
{{- range until (int (sub 32 $bits)) }}{{ $size = mul $size 2 }}{{ end }}
{{- $first := div (int64 (include "vish.number4" (index $inner 0))) $size }}
{{- if and (gt (int (index $inner 1)) $bits) (eq $first (div (int64 (include "vish.number4" (index $outer 0))) $size)) }}yes{{ end }}
{{- end }}

{{/*
Egress rules for the holes of settings.outbound.allow, by address and port. As for the operator itself, a hole opens no smaller
range that is refused by itself: the API server, this cluster's ranges, a metadata service.
*/}}
{{- define "vish.allowedRules" -}}
{{- $outbound := .Values.settings.outbound | default dict }}
{{- $refused := .Files.Get "files/network/refused-ranges.yaml" | fromYaml }}
{{- $own := concat ($outbound.clusterRanges | default list) ($outbound.apiServers | default list) }}
{{- $closed := uniq (concat $refused.ipv4 $refused.nested $own) }}
{{- $ipv4 := "^[0-9.]+(/[0-9]+)?$" }}
{{- range $hole := $outbound.allow }}
{{- $except := list }}
{{- range $closed }}
{{- if and (regexMatch $ipv4 .) (regexMatch $ipv4 $hole.cidr) }}
{{- if eq (include "vish.inside4" (list . $hole.cidr)) "yes" }}{{ $except = append $except (include "vish.cidr" .) }}{{ end }}
{{- end }}
{{- end }}
- to:
  - ipBlock:
      cidr: {{ include "vish.cidr" $hole.cidr }}
      {{- with $except }}
      except:
      {{- range . }}
      - {{ . }}
      {{- end }}
      {{- end }}
  ports:
  {{- if $hole.port }}
  - {protocol: TCP, port: {{ $hole.port }}}
  {{- else }}
  - {protocol: TCP, port: 443}
  {{- if $hole.http }}
  - {protocol: TCP, port: 80}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}
