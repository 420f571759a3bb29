/** how a call of an activity ended that is tried within a budget: details of its failure, for the workflow to decide */
export interface GivenUp {
  /** those of this call */
  attempts: number;
  /** ms that its last attempt waited for a worker; the budget does not count them */
  waited: number;
}
