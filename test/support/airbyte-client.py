"""Airbyte's own client, unmodified, over a server: starts a job, is refused a second, lists, follows, cancels; says it as JSON."""

import json
import sys

import airbyte_api
from airbyte_api import api, errors, models

url, token, connection = sys.argv[1:4]
client = airbyte_api.AirbyteAPI(server_url=url, security=models.Security(bearer_auth=token))
sync = models.JobCreateRequest(connection_id=connection, job_type=models.JobTypeEnum.SYNC)


def refusal(work):
    try:
        work()
    except errors.SDKError as error:
        return error.status_code
    return None


def job(number):
    return client.jobs.get_job(request=api.GetJobRequest(job_id=number)).job_response


started = client.jobs.create_job(request=sync).job_response
second = refusal(lambda: client.jobs.create_job(request=sync))
listed = client.jobs.list_jobs(
    request=api.ListJobsRequest(connection_id=connection, limit=100, order_by="createdAt|DESC")
).jobs_response
statuses = [started.status.value]
while statuses[-1] not in ("succeeded", "failed", "cancelled"):
    statuses.append(job(started.job_id).status.value)
again = client.jobs.create_job(request=sync).job_response
client.jobs.cancel_job(request=api.CancelJobRequest(job_id=again.job_id))
stranger = airbyte_api.AirbyteAPI(server_url=url, security=models.Security(bearer_auth="stranger"))
print(
    json.dumps(
        {
            "second": second,
            "listed": [one.job_id for one in listed.data],
            "started": started.job_id,
            "statuses": statuses,
            "cancelled": job(again.job_id).status.value,
            "unknown": refusal(lambda: job(7)),
            "stranger": refusal(lambda: stranger.jobs.list_jobs(request=api.ListJobsRequest())),
            "order": refusal(lambda: client.jobs.list_jobs(request=api.ListJobsRequest(order_by="newest"))),
        }
    )
)
