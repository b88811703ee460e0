#!/usr/bin/env python3
"""Print the code points the screen's fonts cover, one U+XXXX per line.

Latin for the languages of western Europe, the signs a screen uses, every character of
GB 2312, which is what everyday Simplified Chinese is written with, and every one of the
Table of General Standard Chinese Characters (2013), with which places and people are
named: a station's name must not be drawn with a hole in it. The table is read from the
Unihan database, as Debian's package unicode-data has it.
"""
import bz2

unihan = "/usr/share/unicode/Unihan_OtherMappings.txt.bz2"
ranges = [
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x00FF),  # Latin-1 Supplement
    (0x2000, 0x206F),  # General Punctuation
    (0x20A0, 0x20BF),  # currency
    (0x2190, 0x2199),  # arrows
    (0x2713, 0x2713), (0x2717, 0x2717), (0xFFFD, 0xFFFD),
]
points = {p for a, b in ranges for p in range(a, b + 1)}
for row in range(0xA1, 0xF8):
    for cell in range(0xA1, 0xFF):
        try:
            points.add(ord(bytes((row, cell)).decode("gb2312")))
        except UnicodeDecodeError:
            pass  # an unassigned place in the table
for line in bz2.open(unihan, "rt"):
    field = line.split("\t")
    if len(field) == 3 and field[1] == "kTGH":
        points.add(int(field[0][2:], 16))
print("\n".join(f"U+{p:04X}" for p in sorted(points)))
