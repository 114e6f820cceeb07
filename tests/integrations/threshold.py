"""A classifier as good as one is told, for the tests of cross-validated searches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Threshold(ClassifierMixin, BaseEstimator):
    """A classifier as good as its parameter says; it may fail, and counts its fits in a file."""

    mended = False

    def __init__(self, quality=0.5, broken=False, log=None):
        self.quality = quality
        self.broken = broken
        self.log = log

    def fit(self, X, y):
        if self.log is not None:
            with Path(self.log).open("a") as log:
                log.write(f"{self.quality}\n")
        broken_once = self.broken == "once" and not self.mended
        if self.broken is True or broken_once or (self.broken == "first" and y[0] == 1):
            raise ArithmeticError("cannot fit this")
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return self.classes_[np.zeros(len(X), int)]

    def score(self, X, y, sample_weight=None):
        return self.quality
