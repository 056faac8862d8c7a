"""Prints the tables of docs/privacy.md: `python -m tests.attacks` (a minute or two)."""

from __future__ import annotations

import sys

from cs_nlp.signals.privacy_plan import Rules
from tests.attacks import test_differences, test_times
from tests.attacks.attacker import run
from tests.attacks.limits import attendance, explained, joining, noisy_erasure

attacks = test_differences.ATTACKS | {name: (attack, Rules()) for name, attack in test_times.ATTACKS.items()}
for name, (attack, rules) in attacks.items():
    held, free = run(attack, "plan", rules), run(attack, "threshold", rules)
    row = f"{name} | {held.known:.3f} | {held.guessed:.3f} ({held.surely:+.1f}) | {free.guessed:.3f} ({free.surely:+.1f})"
    sys.stdout.write(f"| {row} |\n")
for size in (8, 12, 25):
    for weeks in (12, 52):
        sys.stdout.write(f"| {size} | {weeks} | {explained(attendance(weeks, size)):.2f} | {explained(joining(weeks, size)):.2f} |\n")
sys.stdout.write(f"noise for an erasure: {noisy_erasure(52, 10)}\n")
