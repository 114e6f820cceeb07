"""One driver, and tasks of Ray run its trials: ``python with_ray.py``.

On a cluster submit it as a job, or name the cluster: ``RAY_ADDRESS=auto python with_ray.py``.
"""

import cloudpickle
import search

from frameworm.integrations.ray import RayExecutor

# The workers need not have this folder.
cloudpickle.register_pickle_by_value(search)

if __name__ == "__main__":
    with RayExecutor(num_cpus=1) as executor:
        search.main(n_jobs=4, executor=executor)
