"""Several processes on one trial, a ``torch.distributed`` group.

``team`` is the driver's side, ``member`` a process's; ``launched`` is for scripts that ``torchrun``
has started. Rank 0 decides; the others read its decisions in the group's store.
"""
