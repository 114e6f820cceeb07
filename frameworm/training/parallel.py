"""Training in several processes: one model, each process with its share of the data.

Built on ``torch.nn.parallel.DistributedDataParallel`` and ``DistributedSampler``, for whatever
process group this process is in: a trial's, or one that ``torchrun`` and the script have made.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import (
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
)

from frameworm.trial.current import running_trial

__all__ = ["Parallel"]

logger = logging.getLogger("frameworm")


class Parallel:
    """What a trainer asks about the processes it trains in; alone it changes nothing.

    Attributes:
        rank: This process's number, from 0; 0 alone.
        size: How many processes there are; 1 alone.
    """

    def __init__(self) -> None:
        joined = distributed.is_available() and distributed.is_initialized()
        self.rank = distributed.get_rank() if joined else 0
        self.size = distributed.get_world_size() if joined else 1

    def wrap(self, model: nn.Module, criterion: Any) -> Any:
        """Return what computes a model's losses in training, gradients averaged over the ranks.

        Args:
            model: The model, which stays what checkpoints and callbacks see.
            criterion: As in the trainer: with it a call gives the model's output, without it what
                its ``compute_loss`` does.
        """
        is_wrapped = isinstance(model, DistributedDataParallel)
        needs_none = not any(parameter.requires_grad for parameter in model.parameters())
        if self.size == 1 or is_wrapped or needs_none:
            return model if criterion is not None else model.compute_loss
        return DistributedDataParallel(model if criterion is not None else _Losses(model))

    def shard(self, loader: Iterable[Any], *, trains: bool) -> Iterable[Any]:
        """Return a loader of this rank's share of the samples.

        A ``DataLoader`` over a data set with a length is shared out, its ``batch_size`` being each
        rank's. Others are left as they are: one with a sampler of its own, which must give each
        rank its own samples, or any other iterable of batches.

        Args:
            loader: What the user gave.
            trains: In training all ranks get equally many samples, shuffled anew each epoch where
                the loader shuffles; in validation each sample is seen once.
        """
        if self.size == 1:
            return loader
        if not isinstance(loader, DataLoader) or not _is_plain(loader):
            if not isinstance(getattr(loader, "sampler", None), DistributedSampler):
                logger.warning(
                    "Each of the %d processes reads the whole of a %s: only a DataLoader with "
                    "torch's own sampler and a data set with a length is shared out.",
                    self.size,
                    type(loader).__name__,
                )
            return loader
        return _with_sampler(loader, self._sampler(loader, trains=trains))

    def begin_epoch(self, loader: Iterable[Any], epoch: int) -> None:
        """Have a distributed sampler shuffle for an epoch, counted from 1."""
        sampler = getattr(loader, "sampler", None)
        if isinstance(sampler, DistributedSampler):
            sampler.set_epoch(epoch)

    def gather(self, value: Any) -> list[Any]:
        """Return every rank's value, by rank; all ranks call it at once."""
        if self.size == 1:
            return [value]
        found: list[Any] = [None] * self.size
        distributed.all_gather_object(found, value)
        return found

    def _sampler(self, loader: DataLoader[Any], *, trains: bool) -> Sampler[Any]:
        dataset: Any = loader.dataset
        if not trains:
            return _Every(dataset, self.rank, self.size)
        trial = running_trial()
        return DistributedSampler(
            dataset,
            num_replicas=self.size,
            rank=self.rank,
            shuffle=isinstance(loader.sampler, RandomSampler),
            seed=0 if trial is None else trial.seed,
            drop_last=loader.drop_last,
        )


class _Losses(nn.Module):
    """A model whose call is its ``compute_loss``: DDP hooks into calls alone."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: Any) -> Any:
        compute: Any = self.model.compute_loss
        return compute(batch)


class _Every(Sampler[int]):
    """Every ``size``-th sample from the rank's own on: unlike torch's it repeats none."""

    def __init__(self, dataset: Dataset[Any], rank: int, size: int) -> None:
        length: int = len(dataset)  # type: ignore[arg-type]
        self._indices = range(rank, length, size)

    def __iter__(self) -> Any:
        return iter(self._indices)

    def __len__(self) -> int:
        return len(self._indices)


def _is_plain(loader: DataLoader[Any]) -> bool:
    """Whether a loader takes its samples in torch's own order or in torch's own shuffle."""
    is_listed = not isinstance(loader.dataset, IterableDataset) and hasattr(
        loader.dataset, "__len__"
    )
    is_whole = type(loader.sampler) is SequentialSampler or (
        type(loader.sampler) is RandomSampler
        and not loader.sampler.replacement
        and loader.sampler.num_samples == len(loader.sampler.data_source)
    )
    return is_listed and is_whole and loader.batch_size is not None


def _with_sampler(loader: DataLoader[Any], sampler: Sampler[Any]) -> DataLoader[Any]:
    options: dict[str, Any] = {
        name: getattr(loader, name)
        for name in (
            "batch_size",
            "num_workers",
            "collate_fn",
            "pin_memory",
            "drop_last",
            "timeout",
            "worker_init_fn",
            "multiprocessing_context",
            "generator",
            "prefetch_factor",
            "persistent_workers",
        )
    }
    return DataLoader(loader.dataset, sampler=sampler, **options)
