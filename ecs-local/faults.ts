/** what may go wrong with a task, where somebody asks for it */
export type Fault =
  /** RunTask starts nothing, and says so in `failures` */
  | 'capacity'
  /** RunTask does its work, and the answer is lost */
  | 'lost answer'
  /** the next request is refused for being one too many */
  | 'throttled'
  /** the task is stopped before its program begins */
  | 'failed to start'
  /** the image cannot be pulled, though it is there */
  | 'pull'
  /** the running task is taken away */
  | 'spot';

export function faults() {
  const asked: Fault[] = [];
  return {
    ask: (fault: Fault, times = 1) => void asked.push(...Array.from({ length: times }, () => fault)),
    /** whether it strikes now; once for each time that it was asked for */
    strikes(fault: Fault): boolean {
      const at = asked.indexOf(fault);
      if (at >= 0) asked.splice(at, 1);
      return at >= 0;
    },
  };
}

export type Faults = ReturnType<typeof faults>;
