"""Frameworm's searches as a scikit-learn estimator."""

from frameworm.integrations.sklearn.search_cv import SearchCV

__all__ = ["SearchCV"]
