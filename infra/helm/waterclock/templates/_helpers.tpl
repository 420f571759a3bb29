{{- define "waterclock.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "waterclock.labels" -}}
app.kubernetes.io/name: waterclock
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "waterclock.selector" -}}
app.kubernetes.io/name: waterclock
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "waterclock.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}{{ $image.repository }}@{{ $image.digest }}
{{- else -}}{{ $image.repository }}:{{ $image.tag }}
{{- end -}}
{{- end -}}

{{- /* the version of the workers: another image, another version */ -}}
{{- define "waterclock.buildId" -}}
{{- .Values.image.digest | default .Values.image.tag -}}
{{- end -}}

{{- define "waterclock.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "waterclock.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- /* variables of every container; a value that is empty is left out */ -}}
{{- define "waterclock.settings" -}}
{{- $values := .Values -}}
{{- $own := dict
  "TEMPORAL_ADDRESS" $values.temporal.address
  "TEMPORAL_NAMESPACE" $values.temporal.namespace
  "AWS_REGION" $values.aws.region
  "WATERCLOCK_LAKE_BUCKET" $values.lake.bucket
  "WATERCLOCK_TAG_SUPERSEDED" (toString $values.lake.tagSuperseded)
  "WATERCLOCK_REDSHIFT_DATABASE" $values.warehouse.database
  "WATERCLOCK_REDSHIFT_WORKGROUP" $values.warehouse.workgroup
  "WATERCLOCK_REDSHIFT_CLUSTER" $values.warehouse.cluster
  "WATERCLOCK_REDSHIFT_HOST" $values.warehouse.host
  "WATERCLOCK_REDSHIFT_PORT" (toString $values.warehouse.port)
  "WATERCLOCK_COPY_ROLE_ARN" $values.warehouse.copyRoleArn
  "WATERCLOCK_CATALOG" $values.warehouse.catalog
  "WATERCLOCK_DBT_TARGET" $values.dbt.target
  "WATERCLOCK_DBT_THREADS" (toString $values.dbt.threads)
  "WATERCLOCK_DBT_BUILDS" (toString $values.dbt.builds)
  "WATERCLOCK_GRACE_SECONDS" (toString $values.graceSeconds)
  "WATERCLOCK_WEB_UI" $values.temporal.webUi
-}}
{{- if $values.deployment.enabled -}}
{{- $_ := set $own "WATERCLOCK_DEPLOYMENT" $values.deployment.name -}}
{{- $_ := set $own "WATERCLOCK_BUILD_ID" (include "waterclock.buildId" .) -}}
{{- end -}}
{{- if or $values.temporal.tls $values.temporal.clientCertificateSecret -}}{{- $_ := set $own "TEMPORAL_TLS" "true" -}}{{- end -}}
{{- if $values.temporal.apiKeySecret -}}{{- $_ := set $own "TEMPORAL_API_KEY_FILE" "/run/temporal/token/token" -}}{{- end -}}
{{- if $values.temporal.clientCertificateSecret -}}
{{- $_ := set $own "TEMPORAL_TLS_CLIENT_CERT_PATH" "/run/temporal/tls/tls.crt" -}}
{{- $_ := set $own "TEMPORAL_TLS_CLIENT_KEY_PATH" "/run/temporal/tls/tls.key" -}}
{{- end -}}
{{- $buckets := list -}}
{{- range $known, $bucket := $values.lake.rawBuckets -}}{{- $buckets = append $buckets (printf "%s=%s" $known $bucket) -}}{{- end -}}
{{- if $buckets -}}{{- $_ := set $own "WATERCLOCK_RAW_BUCKETS" (join "," $buckets) -}}{{- end -}}
{{- range $name, $value := merge (deepCopy $values.settings) $own -}}
{{- if ne (toString $value) "" }}
- name: {{ $name }}
  value: {{ toString $value | quote }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* variables from secrets of the cluster, and of the store outside of it. root, optional */ -}}
{{- define "waterclock.secrets" -}}
{{- $root := .root -}}
{{- $optional := ternary ", optional: true" "" .optional -}}
{{- range $name, $from := $root.Values.secrets }}
- name: {{ $name }}
  valueFrom: { secretKeyRef: { name: {{ $from.secret }}, key: {{ $from.key }}{{ $optional }} } }
{{- end -}}
{{- if $root.Values.externalSecrets.enabled -}}
{{- range $name, $_ := $root.Values.externalSecrets.data }}
- name: {{ $name }}
  valueFrom: { secretKeyRef: { name: {{ include "waterclock.name" $root }}-external, key: {{ $name }}{{ $optional }} } }
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "waterclock.mounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if .Values.temporal.apiKeySecret }}
- { name: temporal-token, mountPath: /run/temporal/token, readOnly: true }
{{- end }}
{{- if .Values.temporal.clientCertificateSecret }}
- { name: temporal-tls, mountPath: /run/temporal/tls, readOnly: true }
{{- end }}
{{- end -}}

{{- define "waterclock.volumes" -}}
# dbt and the health note write here, and nowhere else
- name: tmp
  emptyDir: { sizeLimit: 10Gi }
{{- if .Values.temporal.apiKeySecret }}
- name: temporal-token
  secret: { secretName: {{ .Values.temporal.apiKeySecret }} }
{{- end }}
{{- if .Values.temporal.clientCertificateSecret }}
- name: temporal-tls
  secret: { secretName: {{ .Values.temporal.clientCertificateSecret }} }
{{- end }}
{{- end -}}

{{- /* a command that is run once. root, name, command, hook, weight, serviceAccount, resources, environment */ -}}
{{- define "waterclock.job" -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "waterclock.name" .root }}-{{ .name }}
  labels: {{- include "waterclock.labels" .root | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .hook }}
    helm.sh/hook-weight: {{ .weight | quote }}
    # one that failed stays to be looked at, until the next
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 5
  activeDeadlineSeconds: 1800
  template:
    metadata:
      labels: {{- include "waterclock.selector" (dict "root" .root "role" .name) | nindent 8 }}
    spec:
      restartPolicy: Never
      {{- include "waterclock.commandPod" . | nindent 6 }}
{{- end -}}

{{- /* a pod of the image for commands. root, name, command, serviceAccount, resources, environment */ -}}
{{- define "waterclock.commandPod" -}}
serviceAccountName: {{ .serviceAccount }}
automountServiceAccountToken: false
securityContext: {{- include "waterclock.podSecurity" .root | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
containers:
  - name: {{ .name }}
    image: {{ include "waterclock.image" .root }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    command: {{ toJson .command }}
    # what `kubectl describe` shows of one that failed
    terminationMessagePolicy: FallbackToLogsOnError
    securityContext: {{- include "waterclock.containerSecurity" .root | nindent 6 }}
    env: {{- include "waterclock.settings" .root | nindent 6 }}
      {{- /* before an upgrade, those that it adds are not there yet */ -}}
      {{- include "waterclock.secrets" (dict "root" .root "optional" true) | nindent 6 }}
      {{- range $name, $value := .environment }}
      {{- if $value }}
      - name: {{ $name }}
        value: {{ $value | quote }}
      {{- end }}
      {{- end }}
    resources: {{- toYaml .resources | nindent 6 }}
    volumeMounts: {{- include "waterclock.mounts" .root | nindent 6 }}
volumes: {{- include "waterclock.volumes" .root | nindent 2 }}
{{- end -}}

{{- /* how people run a command */ -}}
{{- define "waterclock.exec" -}}
kubectl exec --namespace {{ .Release.Namespace }} deploy/{{ include "waterclock.name" . }}-{{ ternary "operator" "workflows" .Values.operator.enabled }} -- waterclock
{{- end -}}

{{- /* where pods may connect to */ -}}
{{- define "waterclock.egress" -}}
- to:
    - namespaceSelector: {}
  ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
# Temporal, S3, the warehouse and sources
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        {{- with .Values.networkPolicy.blockedCidrs }}
        except: {{- toYaml . | nindent 10 }}
        {{- end }}
    - namespaceSelector: {}
  ports:
    - { protocol: TCP, port: 1, endPort: 65535 }
{{- with .Values.networkPolicy.egress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "waterclock.taskNamespace" -}}
{{- .Values.tasks.namespace | default .Release.Namespace -}}
{{- end -}}

{{- /* variables of the workers that start tasks */ -}}
{{- define "waterclock.taskSettings" -}}
{{- $spec := dict "serviceAccountName" (printf "%s-tasks" (include "waterclock.name" .)) -}}
{{- with .Values.image.pullSecrets -}}
{{- $secrets := list -}}
{{- range . -}}{{- $secrets = append $secrets (dict "name" .) -}}{{- end -}}
{{- $_ := set $spec "imagePullSecrets" $secrets -}}
{{- end -}}
{{- with .Values.priorityClassName -}}{{- $_ := set $spec "priorityClassName" . -}}{{- end -}}
{{- $labels := merge (dict "app.kubernetes.io/instance" .Release.Name) .Values.podLabels -}}
{{- $metadata := dict "labels" $labels -}}
{{- with .Values.podAnnotations -}}{{- $_ := set $metadata "annotations" . -}}{{- end -}}
{{- $known := list -}}
{{- range $name, $from := .Values.secrets -}}
{{- $known = append $known (printf "%s=%s/%s" $name $from.secret $from.key) -}}
{{- end -}}
{{- if .Values.externalSecrets.enabled -}}
{{- range $name, $_ := .Values.externalSecrets.data -}}
{{- $known = append $known (printf "%s=%s-external/%s" $name (include "waterclock.name" $) $name) -}}
{{- end -}}
{{- end -}}
- name: WATERCLOCK_KUBERNETES_NAMESPACE
  value: {{ include "waterclock.taskNamespace" . }}
- name: WATERCLOCK_KUBERNETES_POD
  value: {{ mergeOverwrite (dict "metadata" $metadata "spec" $spec) (deepCopy .Values.tasks.pod) | toJson | quote }}
{{- with .Values.tasks.spotPod }}
- name: WATERCLOCK_KUBERNETES_SPOT_POD
  value: {{ toJson . | quote }}
{{- end }}
{{- with $known }}
- name: WATERCLOCK_KUBERNETES_SECRETS
  value: {{ join "," . | quote }}
{{- end }}
{{- end -}}
