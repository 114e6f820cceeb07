from __future__ import annotations

import pickle
from typing import Any

import pytest
import torch
from sklearn.datasets import load_digits
from torch.distributions import Bernoulli, Normal, kl_divergence

from frameworm.core import Config, get_model
from frameworm.errors import ConfigValueError, TrainingError
from frameworm.models import VAE, BaseModel


def build(**settings: Any) -> VAE:
    return VAE(Config.from_dict({"model": {"image_size": 8, "hidden_dim": 16, **settings}}))


def test_is_registered_as_vae() -> None:
    assert get_model("vae") is VAE
    assert issubclass(VAE, BaseModel)


def test_defaults_are_mnist_sized() -> None:
    model = VAE(Config.from_dict({}))
    sizes = (model.channels, model.image_size, model.hidden_dim, model.latent_dim, model.beta)
    assert sizes == (1, 28, 256, 16, 1.0)


@pytest.mark.parametrize(("channels", "size"), [(1, 8), (2, 9), (1, 28), (3, 33)])
def test_any_image_size_trains(channels: int, size: int) -> None:
    model = build(channels=channels, image_size=size, latent_dim=5)
    images = torch.rand(4, channels, size, size)
    reconstruction, mu, logvar = model(images)
    assert reconstruction.shape == images.shape
    assert reconstruction.min() >= 0
    assert reconstruction.max() <= 1
    assert mu.shape == logvar.shape == (4, 5)
    model.compute_loss(images)["loss"].backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("image_size", 7, "at least 8"),
        ("image_size", 8.5, "an integer"),
        ("channels", 0, "at least 1"),
        ("hidden_dim", -3, "at least 1"),
        ("latent_dim", "many", "an integer"),
        ("beta", -1.0, r"at least 0\.0"),
    ],
)
def test_bad_settings_name_key_value_and_rule(key: str, value: Any, rule: str) -> None:
    with pytest.raises(ConfigValueError, match=rf"config\.model\.{key} must be .*{rule}") as error:
        build(**{key: value})
    assert repr(value) in str(error.value)


def test_loss_is_the_evidence_lower_bound_in_nats_per_image() -> None:
    torch.manual_seed(0)
    model = build(latent_dim=3, beta=0.5)
    images = torch.rand(6, 1, 8, 8).round()
    torch.manual_seed(1)
    losses = model.compute_loss(images)
    torch.manual_seed(1)
    reconstruction, mu, logvar = model(images)
    recon = -Bernoulli(probs=reconstruction).log_prob(images).sum(dim=(1, 2, 3)).mean()
    posterior = Normal(mu, (0.5 * logvar).exp())
    kl = kl_divergence(posterior, Normal(0.0, 1.0)).sum(dim=1).mean()
    torch.testing.assert_close(losses["recon_loss"], recon)
    torch.testing.assert_close(losses["kl_loss"], kl)
    torch.testing.assert_close(losses["loss"], recon + 0.5 * kl)


def test_labels_are_ignored() -> None:
    model = build()
    images = torch.rand(4, 1, 8, 8)
    losses = []
    for batch in (images, (images, torch.arange(4)), {"image": images}):
        torch.manual_seed(0)
        losses.append(model.compute_loss(batch)["loss"].item())
    assert losses[0] == losses[1] == losses[2]


def test_reparameterize_has_the_asked_mean_and_deviation() -> None:
    torch.manual_seed(0)
    mu = torch.full((20_000, 1), 2.0)
    logvar = torch.full((20_000, 1), 2 * torch.tensor(0.5).log().item())
    z = build().reparameterize(mu, logvar)
    assert abs(z.mean().item() - 2.0) < 0.02
    assert abs(z.std().item() - 0.5) < 0.02


def test_sample_draws_images_that_a_generator_repeats() -> None:
    model = build(channels=3, image_size=9)
    first, again = (model.sample(5, generator=torch.Generator().manual_seed(3)) for _ in range(2))
    assert first.shape == (5, 3, 9, 9)
    assert torch.equal(first, again)
    assert not first.requires_grad
    assert 0 <= first.min() <= first.max() <= 1
    assert model.sample(2, device="meta").device.type == "meta"


def test_other_image_shapes_are_refused() -> None:
    with pytest.raises(TrainingError, match=r"\(N, 1, 8, 8\), got \(4, 64\).*image_size"):
        build()(torch.rand(4, 64))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (torch.full((2, 1, 8, 8), 16.0), r"in \[0, 1\], got values from 16 to 16"),
        (torch.full((2, 1, 8, 8), -1.0), r"in \[0, 1\], got values from -1 to -1"),
        (torch.zeros(2, 1, 8, 8, dtype=torch.uint8), r"floating-point.*uint8.*/ 255"),
    ],
)
def test_images_outside_the_unit_range_are_refused(images: torch.Tensor, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        build().compute_loss(images)


def test_pickles_to_an_equal_model() -> None:
    model = build()
    twin = pickle.loads(pickle.dumps(model))
    images = torch.rand(2, 1, 8, 8)
    assert torch.equal(twin.encode(images)[0], model.encode(images)[0])


def test_learns_to_reconstruct_digits() -> None:
    torch.manual_seed(0)
    images = torch.tensor(load_digits().images[:512], dtype=torch.float32).unsqueeze(1) / 16
    model = build(hidden_dim=64, latent_dim=8)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(200):
        optimizer.zero_grad()
        model.compute_loss(images)["loss"].backward()
        optimizer.step()
    mean_image = images.mean(dim=0, keepdim=True)
    error = (model.decode(model.encode(images)[0]) - images).square().mean()
    assert error < 0.6 * (mean_image - images).square().mean()
