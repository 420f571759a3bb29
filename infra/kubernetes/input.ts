export interface KubernetesInput {
  /** name of the EKS cluster, which is there */
  cluster: string;
  /** of Kubernetes; `data` when absent */
  namespace?: string | undefined;
  /** name of Helm's release; `prod` when absent */
  release?: string | undefined;
  /** one that runs in the cluster, by its own chart: then neither the stack `temporal` nor `observability` is needed, and alerts do not go to SNS */
  temporal?: { address: string; namespace: string } | undefined;
}
