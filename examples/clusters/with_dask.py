"""One driver, and Dask's workers run its trials: ``python with_dask.py [tcp://scheduler:8786]``.

Without an address it asks Slurm for four workers by dask-jobqueue, or with ``CLUSTER=local`` starts
two here. Workers may come and go while it runs.
"""

import os
import sys

import cloudpickle
import search
from distributed import Client, LocalCluster

# The workers need not have this folder.
cloudpickle.register_pickle_by_value(search)


def main():
    if len(sys.argv) > 1:
        cluster = sys.argv[1]
    elif os.environ.get("CLUSTER") == "local":
        cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    else:
        from dask_jobqueue import SLURMCluster

        cluster = SLURMCluster(cores=1, memory="4GB", walltime="04:00:00")
        cluster.scale(jobs=4)
    with Client(cluster) as client:
        search.main(n_jobs=4, executor=client.get_executor())


if __name__ == "__main__":
    main()
