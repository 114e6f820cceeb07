"""The core: the configuration and the registry of models."""

from __future__ import annotations

from frameworm.core.config import Config
from frameworm.core.registry import get_model, list_models, register_model

__all__ = ["Config", "get_model", "list_models", "register_model"]
