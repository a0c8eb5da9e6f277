"""How much less many stems of few songs say than as many independent stems.

Sources: Kish, Survey Sampling, 1965, chapters 5 and 8 (design effect); Korn, Graubard, Confidence
intervals for proportions with small expected number of positive counts estimated from survey data,
Survey Methodology 1998 (effective number for a score interval, degrees of freedom).
"""

from AST.evaluation.statistics.song_bootstrap import CONFIDENCE, Array


def measured_design_effect(sums: Array, counts: Array, variance: float) -> float:
    """The variance of a mean over songs, divided by its variance if stems were independent.

    It is at least 1, and 1 if the stems do not vary.

    Args:
        sums, counts: Each song's sum of values, and its number of stems, shape (songs,).
        variance: Of the values of all stems.
    """
    songs, total = len(counts), float(counts.sum())
    if variance <= 0:
        return 1.0
    residuals = sums - counts * (sums.sum() / total)
    over_songs = songs / (songs - 1) * float((residuals**2).sum()) / total**2
    return max(1.0, over_songs / (variance / total))


def effective_count(total: float, design_effect: float, songs: int) -> float:
    """As many independent stems would say as much.

    A design effect above 1 is itself an estimate from few songs. Korn and Graubard's factor for
    the degrees of freedom makes up for that.
    """
    from scipy.stats import norm, t

    if design_effect <= 1:
        return total
    upper = (1 + CONFIDENCE) / 2
    return float(total / design_effect * (norm.ppf(upper) / t.ppf(upper, songs - 1)) ** 2)
