#!/usr/bin/env bash
# pushes an image to a repository of ECR under a tag, waits for its scan, and fails on a critical finding
#   npx waterclock-push-image IMAGE REPOSITORY_URI TAG
set -euo pipefail
[ $# = 3 ] || { sed -n '2,3s/^# *//p' "$0" >&2 && exit 2; }
image=$1 uri=$2 tag=$3
repository=${uri#*/}

aws ecr get-login-password | docker login --username AWS --password-stdin "${uri%%/*}"
# a tag cannot be moved: a second run for a commit keeps the image of the first
if ! aws ecr describe-images --repository-name "$repository" --image-ids "imageTag=$tag" >/dev/null 2>&1; then
  docker tag "$image" "$uri:$tag"
  docker push "$uri:$tag"
fi
aws ecr wait image-scan-complete --repository-name "$repository" --image-id "imageTag=$tag"
critical=$(aws ecr describe-image-scan-findings --repository-name "$repository" --image-id "imageTag=$tag" \
  --query 'imageScanFindings.findingSeverityCounts.CRITICAL || `0`' --output text)
echo "$uri:$tag: $critical critical findings"
[ "$critical" = 0 ]
