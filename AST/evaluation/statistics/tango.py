"""Tango's score interval of the difference of two shares that were measured on the same stems."""

Z = 1.959963984540054
"""The normal distribution's quantile for 95 % between -Z and Z."""
SMALLEST_STEP = 1e-12


def tango_interval(gained: float, lost: float, count: float) -> tuple[float, float]:
    """The interval of ``gained - lost``, -1 to 1.

    Source: Tango, Equivalence test and confidence interval for the difference in proportions for
    the paired-sample design, Statistics in Medicine 1998.

    Args:
        gained, lost: The share of stems that are right only in the first, only in the other run.
        count: Number of stems, or as many independent stems as say the same.

    >>> low, high = tango_interval(0, 0, 20)
    >>> f"{low:.3f} to {high:.3f}"
    '-0.161 to 0.161'
    """
    from scipy.optimize import brentq

    found = gained - lost

    def distance(difference: float) -> float:
        """Zero if the difference is just not refused at 5 %."""
        b = (2 - found) * difference - gained - lost
        c = -lost * difference * (1 - difference)
        likeliest_lost = (max(b * b - 8 * c, 0) ** 0.5 - b) / 4
        variance = 2 * likeliest_lost + difference * (1 - difference)
        return float((found - difference) ** 2 - Z**2 * variance / count)

    low = -1.0 if found <= -1 else float(brentq(distance, -1, found - SMALLEST_STEP))
    high = 1.0 if found >= 1 else float(brentq(distance, found + SMALLEST_STEP, 1))
    return low, high
