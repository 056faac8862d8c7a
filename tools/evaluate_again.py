"""Measure a finished model folder anew, without learning: figures, the held-out rows that prevalence is corrected with, and the card.

    python -m tools.evaluate_again models/recipes/culture-en-small.toml models/culture-en-small

Wanted after the folder's ONNX graph was made again, or when the rows are to hold more than they did. `--seen-only` leaves all
figures as they are and adds what tells unlike text (`seen.npz`); `--calibrate` fits temperature, driver threshold and the weight of none
anew first.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cs_nlp.errors import CsNlpError
from cs_nlp.training.data import read_material
from cs_nlp.training.finishing import add_seen, calibrate_again, evaluate_again
from cs_nlp.training.recipe import read_recipe


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seen-only", action="store_true", help="only say what the learning data was like (seen.npz)")
    parser.add_argument("--calibrate", action="store_true", help="fit temperature, driver threshold and the weight of none anew")
    chosen = parser.parse_args()
    recipe = read_recipe(chosen.recipe)
    step = add_seen if chosen.seen_only else calibrate_again if chosen.calibrate else evaluate_again
    print(step(recipe, read_material(recipe), chosen.folder))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CsNlpError as error:
        sys.exit(f"error: {error}")
