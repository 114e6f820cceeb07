"""Four jobs of submitit work on one study: ``python with_submitit.py``.

``CLUSTER=local`` runs them on this machine; by default they go to Slurm, where one that is
pre-empted or out of time is submitted again.
"""

import os

import cloudpickle
import search
import submitit

# The jobs need not have this folder.
cloudpickle.register_pickle_by_value(search)


class Work:
    """One job: it takes trials until none is left."""

    def __call__(self):
        search.main()

    def checkpoint(self):
        # Called where Slurm ends the job early: the next one goes on with the study.
        return submitit.helpers.DelayedSubmission(self)


if __name__ == "__main__":
    cluster = os.environ.get("CLUSTER", "slurm")
    executor = submitit.AutoExecutor(folder="search_output/submitit", cluster=cluster)
    executor.update_parameters(name="clusters", timeout_min=240, cpus_per_task=1)
    with executor.batch():
        jobs = [executor.submit(Work()) for _ in range(int(os.environ.get("JOBS", "4")))]
    for job in jobs:
        job.result()
    print(f"{len(jobs)} jobs have ended; what they printed is in {executor.folder}.")
