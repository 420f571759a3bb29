"""the same as the bare workflow: five steps without work, one after the other"""

from airflow.sdk import dag, task


@dag(schedule=None, catchup=False)
def five_steps():
    @task
    def noop():
        pass

    previous = None
    for step in range(5):
        this = noop.override(task_id=f"step_{step}")()
        if previous is not None:
            previous >> this
        previous = this


five_steps()
