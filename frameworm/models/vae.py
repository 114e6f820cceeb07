"""The variational autoencoder of Kingma & Welling, for images of any size from 8 x 8 up."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from frameworm.core.config import Config
from frameworm.core.registry import register_model
from frameworm.errors import TrainingError
from frameworm.models.base import BaseModel, batch_inputs

__all__ = ["VAE"]

# Interpolation and half precision overshoot [0, 1] by about this much; unscaled pixels by far more.
_RANGE_TOLERANCE = 1e-2


@register_model("vae")
class VAE(BaseModel):
    """Variational autoencoder with a Gaussian latent and a Bernoulli likelihood per pixel.

    Encoder and decoder are perceptrons with one hidden layer, as in the paper (Kingma & Welling,
    "Auto-Encoding Variational Bayes", 2014, arXiv:1312.6114, section 3 and appendix C), with ReLU
    for tanh. ``model.beta`` weighs the KL term (Higgins et al., "beta-VAE", 2017); 1 is the VAE.

    Args:
        config: The configuration. Read from ``config.model``: ``channels`` (default 1),
            ``image_size`` (height and width in pixels, at least 8, default 28), ``hidden_dim``
            (units of each hidden layer, default 256), ``latent_dim`` (default 16) and ``beta``
            (at least 0, default 1.0).

    Raises:
        ConfigValueError: If one of these breaks its rule.

    Example:
        >>> from frameworm.core import Config
        >>> model = VAE(Config.from_dict({"model": {"image_size": 8, "latent_dim": 4}}))
        >>> reconstruction, mu, logvar = model(torch.rand(5, 1, 8, 8))
        >>> reconstruction.shape, mu.shape, logvar.shape
        (torch.Size([5, 1, 8, 8]), torch.Size([5, 4]), torch.Size([5, 4]))
        >>> model.sample(2).shape
        torch.Size([2, 1, 8, 8])
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.channels = self.integer_setting("channels", default=1, minimum=1)
        self.image_size = self.integer_setting("image_size", default=28, minimum=8)
        self.hidden_dim = self.integer_setting("hidden_dim", default=256, minimum=1)
        self.latent_dim = self.integer_setting("latent_dim", default=16, minimum=1)
        self.beta = self.number_setting("beta", default=1.0, minimum=0.0)
        self._image_shape = (self.channels, self.image_size, self.image_size)
        pixels = self.channels * self.image_size**2
        self.encoder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(pixels, self.hidden_dim),
            nn.ReLU(),
            nn.Linear(self.hidden_dim, 2 * self.latent_dim),
        )
        self.decoder = nn.Sequential(
            nn.Linear(self.latent_dim, self.hidden_dim),
            nn.ReLU(),
            nn.Linear(self.hidden_dim, pixels),
            nn.Unflatten(1, self._image_shape),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Encode images, draw a latent each and decode it.

        Args:
            x: Images with values in [0, 1], shape (N, C, H, W).

        Returns:
            The reconstruction in [0, 1], shaped as ``x``, and the latent's mean and log variance,
            each (N, latent_dim).

        Raises:
            TrainingError: If the images have another shape than the configuration says.
        """
        mu, logvar = self.encode(x)
        return self.decode(self.reparameterize(mu, logvar)), mu, logvar

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean and log variance of q(z|x), each (N, latent_dim).

        Args:
            x: Images with values in [0, 1], shape (N, C, H, W).

        Raises:
            TrainingError: If the images have another shape than the configuration says.
        """
        if x.shape[1:] != self._image_shape:
            channels, height, width = self._image_shape
            raise TrainingError(
                f"The VAE takes images of shape (N, {channels}, {height}, {width}), got "
                f"{tuple(x.shape)}. Reshape them, or set config.model.channels and "
                "config.model.image_size to fit."
            )
        mu, logvar = self.encoder(x).chunk(2, dim=1)
        return mu, logvar

    def reparameterize(self, mu: Tensor, logvar: Tensor) -> Tensor:
        """Draw z = mu + exp(logvar / 2) * noise, so that gradients reach ``mu`` and ``logvar``.

        Args:
            mu: Means, shape (N, latent_dim).
            logvar: Logarithms of the variances, shape (N, latent_dim).

        Returns:
            One latent a sample, shape (N, latent_dim).
        """
        return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)

    def decode(self, z: Tensor) -> Tensor:
        """Return the mean image of p(x|z), values in [0, 1], shape (N, C, H, W).

        Args:
            z: Latents, shape (N, latent_dim).
        """
        return torch.sigmoid(self.decoder(z))

    def sample(
        self,
        n: int,
        device: torch.device | str | None = None,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Draw images from the model: latents from the standard normal, decoded.

        Args:
            n: How many images.
            device: Where the images are put; the model's device by default.
            generator: Source of the random numbers, for images that can be drawn again; torch's
                global one by default.

        Returns:
            Images with values in [0, 1], shape (n, C, H, W), without gradient.

        Example:
            >>> from frameworm.core import Config
            >>> model = VAE(Config.from_dict({"model": {"image_size": 9, "channels": 3}}))
            >>> first = model.sample(2, generator=torch.Generator().manual_seed(1))
            >>> torch.equal(first, model.sample(2, generator=torch.Generator().manual_seed(1)))
            True
        """
        # randn insists on the generator's own device.
        drawn_on = self.device if generator is None else generator.device
        z = torch.randn(n, self.latent_dim, generator=generator, device=drawn_on)
        with torch.no_grad():
            images = self.decode(z.to(self.device))
        return images if device is None else images.to(device)

    def compute_loss(self, batch: Any) -> dict[str, Tensor]:
        """Return the negative evidence lower bound of a batch and its two parts.

        Args:
            batch: Images with values in [0, 1], shape (N, C, H, W): alone, first in a tuple or
                list (labels are ignored), or in a dict, see `frameworm.models.base.batch_inputs`.

        Returns:
            Scalars in nats per image, means over the batch: ``recon_loss``, the binary
            cross-entropy summed over an image's pixels; ``kl_loss``, the divergence of q(z|x)
            from the standard normal (appendix B of the paper); and ``loss``, which is
            ``recon_loss + beta * kl_loss``.

        Raises:
            TrainingError: If the images have another shape than the configuration says, or values
                outside [0, 1].
        """
        images = batch_inputs(batch)
        self._check_range(images)
        mu, logvar = self.encode(images)
        logits = self.decoder(self.reparameterize(mu, logvar))
        count = images.shape[0]
        # From the logits, because log(sigmoid(x)) loses all precision where it saturates.
        recon_loss = (
            functional.binary_cross_entropy_with_logits(logits, images, reduction="sum") / count
        )
        kl_loss = -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum() / count
        return {
            "loss": recon_loss + self.beta * kl_loss,
            "recon_loss": recon_loss,
            "kl_loss": kl_loss,
        }

    @staticmethod
    def _check_range(images: Tensor) -> None:
        # Outside [0, 1] the cross-entropy has no lower bound, and training would "succeed".
        if not images.is_floating_point():
            raise TrainingError(
                f"The VAE takes floating-point images in [0, 1], got {images.dtype}. "
                "Convert them, for example with images.float() / 255."
            )
        low, high = torch.aminmax(images.detach())
        # Written so that NaN passes: the trainer names the epoch and batch of a loss of NaN.
        if low < -_RANGE_TOLERANCE or high > 1 + _RANGE_TOLERANCE:
            raise TrainingError(
                "The VAE takes images with values in [0, 1], got values from "
                f"{low.item():g} to {high.item():g}. Scale them, for example by their maximum."
            )
