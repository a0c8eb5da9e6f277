"""Where the sounds lie, what each is called, and which are held out for testing."""

from pathlib import Path

from training import compose, rhythm

SHARE = Path("/usr/share")

FONTS = {
    "fluid": SHARE / "sounds/sf2/FluidR3_GM.sf2",
    "musescore": SHARE / "sounds/sf3/MuseScore_General_Full.sf3",
    "csound": SHARE / "sounds/sf2/sf_GMbank.sf2",
    "timgm": SHARE / "sounds/sf2/TimGM6mb.sf2",
    "generaluser": SHARE / "minuet/soundfonts/GeneralUser-v1.47.sf2",
}
PACKAGE_FONTS = {"sonivox": "node_modules/@coderline/alphatab/dist/soundfont/sonivox.sf2"}
"""SoundFonts in npm's packages."""
PATCHES = Path("/etc/timidity/freepats.cfg")
"""Freepats, as TiMidity++ finds its patches."""
PATCHES_PROGRAMS = frozenset(
    {0, 1, 2, 4, 5, 6, 9, 14, 15, 16, 19, 21, 23, 24, 25, 26, 28, 29, 30, 32, 33, 34, 35, 36, 37,
     38, 40, 42, 44, 46, 48, 53, 56, 58, 59, 60, 61, 64, 65, 66, 68, 69, 71, 72, 73, 74, 75, 80, 84,
     88, 94, 95, 104, 114, 115}
)  # fmt: skip
"""What Freepats holds and GeneralUser does not hold too (compared sample by sample)."""
DRUM_FONTS = {"blackpearl": SHARE / "sounds/sf2/Black_Pearl_4_LV2.sf2"}
"""Its sister Red Zeppelin shares hi-hats and hand percussion with it: it could not be held out."""
DRUM_KITS = SHARE / "hydrogen/data/drumkits"
PERCUSSION_KITS = frozenset({"circAfrique v4", "Gimme A Hand 1.0"})
DRUM_MACHINES = frozenset({"ElectricEmpireKit", "HardElectro1"})
TAMBOURINE_KITS = frozenset({"ForzeeStereo", "Gimme A Hand 1.0"})
HITS = {"tabla": (SHARE / "sonic-pi/samples", "tabla_")}
"""Recorded hits of hand percussion: where they lie, and how their names begin."""
MANDOLIN_BODIES = SHARE / "stk/rawwaves"
"""Recorded responses of a mandolin's body, mand1.raw to mand12.raw."""
LEFT_OUT_KITS = frozenset({"rumpf_kit_z01_h2"})
"""No drum kit: beats of a heart, of doors and other found sounds."""
LOOPS = {
    SHARE / "sonic-pi/samples": (
        "loop_amen", "loop_amen_full", "loop_breakbeat", "loop_compus", "loop_mehackit1",
        "loop_mehackit2",
    ),
    SHARE / "lmms/samples/beats": (
        "909beat01", "break01", "break02", "break03", "electro_beat01", "house_loop01",
        "jungle01",
    ),
}  # fmt: skip

HELD_OUT = frozenset(
    {"generaluser", "ColomboAcousticDrumkit", "Millo-Drums_v.1", "bodypercussion"}
    | {"swagbass", "meatbass-arco", "guitar-nylon"}
    | {"asterisk-it_IT_m_Carlo", "asterisk-fr_CA_f_June", "ktuberling-de", "ktuberling-fi"}
    | {"tuxpaint-el", "tuxpaint-da", "flite-awb", "festival-msu_ru_nsh_clunits"}
    | {"festival-pc_diphone", "klettres-nl"}
)
"""For testing only: a SoundFont, drum kits, sets of recorded notes, voices."""
LEFT_OUT = frozenset({"weresax", "guitar-electric", "splendidpiano"})
"""Neither trained on nor held out, being the same recordings as others: npm's saxophone, an octave
apart in their names; emilyguitar; MuseScore General's grand piano."""
LEFT_OUT_HITS = frozenset({"misc_Cowbell.flac"})
"""Of held-out kits: Millo-Drums' cowbell is Millo_MultiLayered3's."""
LEFT_OUT_PRESETS = frozenset(
    {("timgm", 0, 34), ("sonivox", 0, 42), ("sonivox", 0, 43), ("sonivox", 0, 52)}
    | {("sonivox", 0, 53), ("timgm", 8, 24), ("timgm", 16, 25), ("sonivox", 8, 24)}
    | {("sonivox", 16, 25), ("sonivox", 128, 16), ("sonivox", 128, 24), ("sonivox", 128, 25)}
)
"""SoundFont, bank and program: first one that holds a sample of the held-out SoundFont and four
whose samples look like some of it (voices, celli), then those that are not there."""
FONT_WEIGHTS = {"timgm": 0.5, "sonivox": 2.0}
"""TimGM6mb holds mostly what csound's SoundFont holds too; Sonivox is of another maker."""

SHARED_PROGRAMS = frozenset({5, 39, 42, 43, 51, 53, 68, 70, 88, 92, 93, 99, 111, 115})
SHARED_DRUM_KEYS = frozenset({60, 61, 75, 76, 77})
"""Of the held-out SoundFont: what holds samples that a training SoundFont holds too, at the same or
another rate (found by cross-correlation; left is a sine under the marimba and two basses)."""

SET_LABELS = {
    "doublebass-arco": "Bowed string instrument",
    "meatbass-arco": "Bowed string instrument",
    "voice-martin": "Singing",
}
"""Where a set's label in the index is not the one that the small model learns."""

PACKAGE_LABELS = {
    "bass-electric": "Bass guitar",
    "bassoon": "Wind instrument, woodwind instrument",
    "cello": "Cello",
    "clarinet": "Clarinet",
    "contrabass": "Bowed string instrument",
    "flute": "Flute",
    "french-horn": "French horn",
    "guitar-acoustic": "Acoustic guitar",
    "guitar-electric": "Electric guitar",
    "guitar-nylon": "Acoustic guitar",
    "harmonium": "Organ",
    "harp": "Harp",
    "organ": "Organ",
    "piano": "Piano",
    "saxophone": "Saxophone",
    "trombone": "Trombone",
    "trumpet": "Trumpet",
    "tuba": "Brass instrument",
    "violin": "Violin, fiddle",
    "xylophone": "Marimba, xylophone",
}
"""Recorded notes in npm's packages tonejs-instrument-<name>-mp3."""

MELODIC = (compose.melody, compose.riff, compose.sparse, compose.melody, compose.arpeggio)
PLUCKED = (compose.melody, compose.riff, compose.chords, compose.arpeggio, compose.sparse,
           compose.chords, compose.bass_line)  # fmt: skip
KEYS = (compose.melody, compose.chords, compose.arpeggio, compose.pad, compose.sparse, compose.riff)
HELD = (compose.pad, compose.chords, compose.melody, compose.pad, compose.riff)
LOW = (compose.bass_line, compose.bass_line, compose.riff, compose.melody, compose.sparse)

USUAL_REGISTERS = {"bass": (23, 50), "guitar": (38, 88)}
"""Families whose players keep apart by register: from a five-string bass's lowest note to D3, the
twelfth fret of its D string; from a guitar's sixth string in D upwards."""

GENERAL_MIDI = (
    ("Piano", (0, 1, 2, 3), 28, 100, KEYS),
    ("Electric piano", (4, 5), 30, 96, KEYS),
    ("Harpsichord", (6,), 36, 86, KEYS),
    ("Glockenspiel", (9,), 72, 103, MELODIC),
    ("Vibraphone", (11,), 53, 89, KEYS),
    ("Marimba, xylophone", (12, 13), 48, 96, MELODIC),
    ("Tubular bells", (14,), 55, 79, MELODIC),
    ("Zither", (15, 107), 50, 84, PLUCKED),
    ("Hammond organ", (16, 17, 18), 36, 96, KEYS),
    ("Organ", (19, 20), 33, 93, HELD),
    ("Accordion", (21, 23), 48, 88, KEYS),
    ("Harmonica", (22,), 55, 89, MELODIC),
    ("Acoustic guitar", (24, 25), 40, 80, PLUCKED),
    ("Electric guitar", (26, 27, 28, 29, 30), 40, 84, PLUCKED),
    ("Double bass", (32,), 28, 55, LOW),
    ("Bass guitar", (33, 34, 35, 36, 37), 26, 58, LOW),
    ("Bass guitar", (38, 39), 26, 50, LOW),
    ("Violin, fiddle", (40, 40, 110), 55, 96, MELODIC),
    ("Bowed string instrument", (41, 43), 33, 80, MELODIC),
    ("Bowed string instrument", (44, 48, 49, 48), 36, 92, HELD),
    ("Cello", (42, 42), 36, 74, MELODIC),
    ("Harp", (46,), 36, 98, PLUCKED),
    ("Choir", (52, 53), 45, 81, HELD),
    ("Trumpet", (56, 56, 59), 54, 84, MELODIC),
    ("Trombone", (57,), 38, 72, MELODIC),
    ("Brass instrument", (58,), 28, 58, MELODIC),
    ("French horn", (60,), 40, 77, MELODIC),
    ("Brass instrument", (61,), 40, 80, HELD + MELODIC),
    ("Saxophone", (64, 65, 66, 67), 38, 86, MELODIC),
    ("Wind instrument, woodwind instrument", (68, 69, 70), 40, 86, MELODIC),
    ("Clarinet", (71,), 50, 90, MELODIC),
    ("Flute", (72, 73, 73, 74, 75), 60, 98, MELODIC),
    ("Synthesizer", (50, 51, 62, 63, 80, 81, 83, 84, 86, 87), 36, 90, KEYS),
    ("Synthesizer", (88, 89, 90, 92, 93, 94, 95, 99), 36, 86, HELD),
    ("Sitar", (104,), 43, 80, PLUCKED),
    ("Banjo", (105,), 48, 84, PLUCKED),
    ("Zither", (106,), 50, 80, PLUCKED),
    ("Steelpan", (114,), 55, 88, MELODIC),
    ("Wood block", (115,), 50, 80, (rhythm.hits(60, 65, 67, 72),)),
    ("Percussion", (116, 113), 45, 70, (rhythm.hits(48, 55, 60, 67),)),
)
"""AudioSet name, programs (0 to 127), lowest and highest pitch, styles."""

STRINGS = {
    "Acoustic guitar": (PLUCKED, 40, 84, 5),
    "Electric guitar": (PLUCKED, 40, 86, 5),
    "Bass guitar": (LOW, 26, 50, 5),
    "Harpsichord": (KEYS, 36, 86, 12),
    "Mandolin": (PLUCKED, 55, 88, 10),
    "Banjo": (PLUCKED, 48, 84, 5),
    "Ukulele": (PLUCKED, 57, 81, 5),
    "Harp": (PLUCKED, 36, 98, 5),
}
"""What training.strings builds: styles, lowest and highest pitch, weight beside recorded ones. The
SoundFonts hold half a dozen harpsichords and two or three mandolins: too few to tell what all have
in common."""

VARIATIONS = (("Ukulele", 8, 24), ("Mandolin", 16, 25))
"""Presets outside bank 0 that have no like there: label, bank, program."""

VARIED_BANK = 8
VARIED = {
    name: frozenset({4, 5, 6, 16, 17, 19, 21, 25, 26, 28, 30, 40, 61, 107})
    for name in ("fluid", "csound")
}
"""Programs of bank 0 that these SoundFonts vary in bank 8: doubled, coupled, detuned, muted."""
VARIED_WEIGHT = 0.5
"""Beside bank 0: a varied instrument is none of its own."""

DRUM_PRESETS = {"Drum kit": (0, 8, 16, 32, 40), "Drum machine": (24, 25)}
PERCUSSION_KEYS = {
    "Percussion": (60, 61, 62, 63, 64, 65, 66, 67, 68, 73, 74, 80, 81),
    "Tambourine": (54,),
    "Maraca": (69, 70, 82),
    "Wood block": (75, 76, 77),
}
"""Keys of General MIDI's drum map that are no part of a drum kit."""
