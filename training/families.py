"""The eleven families, and the AudioSet labels that the small model learns to name them by."""

from analyze_moisesdb import LABELS

SPEECH_FAMILY = "speech"
FAMILIES = (*LABELS, SPEECH_FAMILY)
"""MoisesDB's ten stems and speech."""

TRAINED_LABELS = {
    "vocals": ("Singing", "Choir"),
    "drums": ("Drum kit", "Drum machine"),
    "bass": ("Bass guitar", "Double bass"),
    "piano": ("Piano", "Electric piano", "Harpsichord"),
    "guitar": ("Acoustic guitar", "Electric guitar"),
    "wind": (
        "Brass instrument",
        "Clarinet",
        "Flute",
        "French horn",
        "Harmonica",
        "Saxophone",
        "Trombone",
        "Trumpet",
        "Wind instrument, woodwind instrument",
    ),
    "bowed_strings": ("Bowed string instrument", "Cello", "Violin, fiddle"),
    "other_keys": ("Accordion", "Hammond organ", "Organ", "Synthesizer"),
    "other_plucked": ("Banjo", "Harp", "Mandolin", "Sitar", "Ukulele", "Zither"),
    "percussion": (
        "Glockenspiel",
        "Maraca",
        "Marimba, xylophone",
        "Percussion",
        "Steelpan",
        "Tambourine",
        "Tubular bells",
        "Vibraphone",
        "Wood block",
    ),
    "speech": ("Speech",),
}
"""AudioSet names, by family; the dictionary of MoisesDB must send each to its family. The bowed
double bass is taught as "Bowed string instrument", its parent in AudioSet's ontology, because the
study counts "Double bass" as bass."""

LABELS_IN_ORDER = tuple(label for labels in TRAINED_LABELS.values() for label in labels)
FAMILY_OF_LABEL = {label: family for family, labels in TRAINED_LABELS.items() for label in labels}

FAMILY_WEIGHTS: dict[str, dict[str, float]] = {
    "train": {
        "vocals": 1.2,
        "drums": 0.8,
        "piano": 1.5,
        "guitar": 1.6,
        "wind": 1.4,
        "other_keys": 1.2,
        "other_plucked": 1.5,
        "percussion": 1.2,
    },
    "test": {},
}
"""How often a family is drawn in each split; what is not named counts 1."""
