"""What each figure means, in one sentence, for the text and the JSON file."""

DEFINITIONS = {
    "accuracy_percent": "right stems among all stems; a stem is right if its proposed label is its "
    "class; stems that failed count as wrong",
    "wilson_interval": "95 % interval of the accuracy, as if stems were independent",
    "song_interval": "95 % interval of the accuracy, for other songs of the same kind; it respects "
    "that stems of one song are alike",
    "design_effect": "how many times more stems are needed than if stems were independent",
    "precision": "of the stems with this proposed label, the share of this class; stems that a "
    "dataset itself calls other were not analysed, so they are not in it",
    "recall": "of the stems of this class, the share with this proposed label",
    "f1": "harmonic mean of precision and recall",
    "macro_f1": "mean F1 of the classes that stems have (reference classes)",
    "macro_f1_all_labels": "mean F1 of these classes and of all other proposed labels, such as "
    "other, whose F1 is 0 (scikit-learn's default)",
    "balanced_accuracy": "mean recall of the classes that stems have",
    "cohens_kappa": "agreement of class and proposed label beyond chance; 1 is perfect, 0 chance",
    "matthews_correlation": "correlation of class and proposed label; 1 is perfect, 0 chance",
    "class_right": "right stems, as in the accuracy",
    "strict_right": "stems whose prediction is an exact AudioSet name of their instrument",
    "lenient_right": "stems whose prediction is an exact or a broader AudioSet name of their "
    "instrument, such as bass guitar for a bass synthesizer",
    "mistakes_right_strictly": "wrong stems whose prediction is an exact AudioSet name of their "
    "instrument, such as synthesizer for a bass synthesizer",
    "dictionary_misses": "wrong stems whose prediction the run's label dictionary maps to nothing, "
    "and the corrected one to their class",
    "learned_dictionary": "multinomial logistic regression from AST's 527 scores to the classes; "
    "each song is decided by a regression on other songs",
    "mean_percent": "mean of the songs' accuracies: each song counts the same",
    "top": "share of stems whose class has a name among AST's k best instrument names, without the "
    "speech rule",
    "top_classes": "share of stems whose class is among the k best classes; a class's score is the "
    "highest score of its names",
    "average_precision": "mean precision over the stems of a class, each at its own score; a "
    "class's score is the highest score of its names",
    "roc_auc": "chance that a stem of the class has a higher score for it than another stem",
    "shown": "which share of all stems is shown, and right, if only AST's predictions from a score "
    "on are shown",
    "thresholds": "the lowest score from which on the wanted share of AST's predictions is right; "
    "precision and shown are of songs that had no part in choosing the score",
    "heard": "decided again from each stem's first windows alone, pooled as in the run, by the "
    "same rules and with the speech score of the whole stem; a stem with fewer windows uses all it "
    "has",
    "agreement": "share of a stem's windows whose own best name counts as the stem's proposed "
    "label; of stems with two windows or more that AST decided",
    "risk_coverage_area": "mean share of wrong predictions among the 1, 2, ..., n of AST's "
    "predictions with the best scores; lower is better",
    "expected_calibration_error": "mean distance of score and accuracy in ten bins of AST's "
    "predictions",
    "expected_error_if_calibrated": "the same error of perfectly calibrated scores on as few "
    "stems, by chance alone",
    "mcnemar_p": "chance of gains and losses at least this unequal if both are equally likely, "
    "treating stems as independent",
    "sign_flip_p": "chance of a difference at least this far from 0 if the signs of whole songs "
    "are flipped at random; exact",
    "holm_p": "the same, with Holm's correction for the number of pairs of runs",
    "odds_ratio": "stems that are right only in the first run, for each one that is right only in "
    "the second; if one of these numbers is 0, half a stem is added to both",
}
"""By the name of the figure in the JSON file. doc/statistics.md says more."""
