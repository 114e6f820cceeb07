"""Models: the base class every model shares and the variational autoencoder."""

from __future__ import annotations

from frameworm.models.base import BaseModel
from frameworm.models.vae import VAE

__all__ = ["BaseModel", "VAE"]  # noqa: RUF022 - sorted as sorted() does, not as constants first
