"""Changes log-mel values as real recordings differ: level, colour, bandwidth, noise, speed, gaps.

All functions take and give natural logarithms of mel power, shape (batch, frames, bands), and draw
from a ``torch.Generator``.
"""

import math

import torch

LOWEST_VALUE = math.log(torch.finfo(torch.float32).eps)
"""What Kaldi's features give for digital silence."""
NEPERS_PER_DB = math.log(10) / 10

GAIN_DB = (-35.0, 9.0)
TILT_DB = 9.0
"""Standard deviation of each of the colour's smooth curves."""
TILT_CURVES = 4
BAND_LIMIT_SHARE = 0.3
NOISE_SHARE = 0.6
NOISE_BELOW_PEAK_DB = (18.0, 65.0)
SPEED = (0.8, 1.25)
SPEED_SHARE = 0.3
SHIFT_BANDS = 3
MASK_SHARE = 0.5
LONGEST_MASK_FRAMES = 40
WIDEST_MASK_BANDS = 14
SHORTENED_SHARE = 0.12


def augment(log_mels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """All of it, each in its share of the clips; frames of a clip's end are padded with 0."""
    changed = shift_bands(change_speed(log_mels, generator), generator)
    changed = changed + colour(changed, generator) + gain(changed, generator)
    changed = limit_band(changed, generator)
    changed = add_noise(changed, generator).clamp(min=LOWEST_VALUE)
    return shorten(mask(changed, generator), generator)


def uniform(
    low: float, high: float, generator: torch.Generator, shape: tuple[int, ...]
) -> torch.Tensor:
    return low + (high - low) * torch.rand(shape, generator=generator)


def chosen(share: float, batch: int, generator: torch.Generator) -> torch.Tensor:
    """Which clips of a batch something happens to. Shape: (batch, 1, 1), boolean."""
    return torch.rand((batch, 1, 1), generator=generator) < share


def gain(log_mels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """What to add for another level. Shape: (batch, 1, 1)."""
    return NEPERS_PER_DB * uniform(*GAIN_DB, generator, (len(log_mels), 1, 1))


def colour(log_mels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """What to add for another microphone and equalizer: smooth over the bands.

    Shape: (batch, 1, bands).
    """
    batch, _, bands = log_mels.shape
    places = torch.linspace(0, math.pi, bands)
    curves = torch.stack([torch.cos(place * places) for place in range(1, TILT_CURVES + 1)])
    strength = torch.randn((batch, TILT_CURVES), generator=generator) * NEPERS_PER_DB * TILT_DB
    weights = strength * torch.rand((batch, 1), generator=generator)
    falling = weights / torch.arange(1, TILT_CURVES + 1)
    return (falling @ curves).unsqueeze(1)


def limit_band(log_mels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Low or high bands fall away, steeply (a telephone, an MP3) or gently (a dull amplifier)."""
    batch, _, bands = log_mels.shape
    band = torch.arange(bands).view(1, 1, -1)
    top = uniform(0.45 * bands, bands, generator, (batch, 1, 1))
    bottom = uniform(0, 0.2 * bands, generator, (batch, 1, 1))
    steepness = torch.exp(uniform(math.log(0.05), math.log(3), generator, (batch, 1, 1)))
    loss = ((band - top).clamp(min=0) + (bottom - band).clamp(min=0)) * steepness
    return torch.where(chosen(BAND_LIMIT_SHARE, batch, generator), log_mels - loss, log_mels)


def add_noise(log_mels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A steady noise floor of random colour, rougher in the narrow low bands."""
    batch, frames, bands = log_mels.shape
    level_db = -uniform(*NOISE_BELOW_PEAK_DB, generator, (batch, 1, 1))
    floor = log_mels.amax(dim=(1, 2), keepdim=True) + NEPERS_PER_DB * level_db
    floor = floor + colour(log_mels, generator)
    roughness = torch.linspace(1.0, 0.35, bands)
    noise = floor + roughness * torch.randn((batch, frames, bands), generator=generator)
    noisy = torch.logaddexp(log_mels, noise)
    return torch.where(chosen(NOISE_SHARE, batch, generator), noisy, log_mels)


def change_speed(log_mels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Some clips faster or slower at the same pitch, their length kept by repeating the start."""
    out = log_mels.clone()
    frames = log_mels.shape[1]
    fates = torch.rand((len(log_mels), 2), generator=generator)
    for place in torch.nonzero(fates[:, 0] < SPEED_SHARE).flatten().tolist():
        speed = SPEED[0] * (SPEED[1] / SPEED[0]) ** float(fates[place, 1])
        positions = (torch.arange(frames) * speed).long() % frames
        out[place] = log_mels[place, positions]
    return out


def shift_bands(log_mels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Everything some bands up or down, the edge repeated: another size of the same instrument."""
    batch, frames, bands = log_mels.shape
    shifts = torch.randint(-SHIFT_BANDS, SHIFT_BANDS + 1, (batch, 1), generator=generator)
    index = (torch.arange(bands) + shifts).clamp(0, bands - 1)
    return log_mels.gather(2, index.unsqueeze(1).expand(batch, frames, bands))


def mask(log_mels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A stretch of time and a band of frequencies, at the clip's mean (SpecAugment)."""
    batch, frames, bands = log_mels.shape
    mean = log_mels.mean(dim=(1, 2), keepdim=True)
    out = log_mels
    for length, widest, shape in (
        (frames, LONGEST_MASK_FRAMES, (1, frames, 1)),
        (bands, WIDEST_MASK_BANDS, (1, 1, bands)),
    ):
        start = uniform(0, length, generator, (batch, 1, 1))
        end = start + uniform(0, widest, generator, (batch, 1, 1))
        place = torch.arange(length).view(shape)
        hidden = (place >= start) & (place < end) & chosen(MASK_SHARE, batch, generator)
        out = torch.where(hidden, mean, out)
    return out


def shorten(log_mels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Some clips end early; what follows is 0, as AST's padding is before the normalisation."""
    batch, frames, _ = log_mels.shape
    end = uniform(0.15 * frames, frames, generator, (batch, 1, 1))
    over = (torch.arange(frames).view(1, -1, 1) >= end) & chosen(SHORTENED_SHARE, batch, generator)
    return torch.where(over, 0.0, log_mels)
