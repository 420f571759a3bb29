/** what CloudFormation sends a custom resource: does the work and tells how it ended; deleting leaves what it made */
export async function respond(event, work) {
  const answer = { Status: 'SUCCESS', Reason: 'done' };
  try {
    if (event.RequestType !== 'Delete') await work(event.ResourceProperties);
  } catch (error) {
    console.error(error);
    answer.Status = 'FAILED';
    answer.Reason = String(error.message ?? error).slice(0, 1000);
  }
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = event;
  const body = JSON.stringify({ ...answer, StackId, RequestId, LogicalResourceId, PhysicalResourceId });
  // the signed address refuses a content type
  await fetch(event.ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body });
}
