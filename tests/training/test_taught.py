"""What a teacher answered: kept without text, found again, mixed with labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cs_nlp.errors import RecipeError
from cs_nlp.scoring.inputs import load_tokenizer
from cs_nlp.taxonomy import CULTURES
from cs_nlp.training.data import Material, read_material
from cs_nlp.training.encoder_run import input_config
from cs_nlp.training.finetune import make_rows
from cs_nlp.training.recipe import read_recipe
from cs_nlp.training.taught import WIDTHS, Taught, make_taught, read_taught, write_taught

ASKED = [("it is broken again", None), ("it is broken again", "hello"), ("right away", None), ("it is broken again", None)]


def answers(asked: list[tuple[str, str | None]], seed: int = 0) -> Taught:
    random = np.random.default_rng(seed)
    return make_taught(asked, [random.normal(size=(len(asked), width)).astype(np.float32) for width in WIDTHS], {"recipe": "teacher"})


def test_answers_come_back_as_they_were_written_and_hold_no_text(tmp_path: Path) -> None:
    taught = answers(ASKED)
    write_taught(taught, tmp_path / "new" / "answers.npz")
    again = read_taught(tmp_path / "new" / "answers.npz")
    assert again.about == {"recipe": "teacher"}
    for text, context in ASKED:
        first, second = taught.answer(text, context), again.answer(text, context)
        assert first is not None
        assert second is not None
        np.testing.assert_array_equal(first.cultures, second.cultures)
        assert first.cultures.sum() == pytest.approx(1)
        assert first.targets.sum() == pytest.approx(1)
        assert ((first.drivers > 0) & (first.drivers < 1)).all()
    with np.load(tmp_path / "new" / "answers.npz") as arrays:
        assert not any(b"broken" in arrays[name].tobytes() for name in arrays.files)


def test_a_statement_is_known_with_its_context_alone_and_kept_once() -> None:
    taught = answers(ASKED)
    assert len(taught.keys) == 3
    with_context, without = taught.answer("it is broken again", "hello"), taught.answer("it is broken again", None)
    assert with_context is not None
    assert without is not None
    assert not np.array_equal(with_context.cultures, without.cultures)
    assert taught.answer("never asked", None) is None


@pytest.mark.parametrize("damage", ["missing", "no arrays", "other labels"])
def test_a_file_that_holds_no_answers_is_refused_with_what_to_do(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "answers.npz"
    if damage == "no arrays":
        path.write_bytes(b"PK\x03\x04 not really")
    elif damage == "other labels":
        taught = answers(ASKED)
        write_taught(replace(taught, logits=taught.logits[:, :-1]), path)
    with pytest.raises(RecipeError, match="cs-nlp teach"):
        read_taught(path)


@pytest.fixture(scope="module")
def material(tiny_recipe: Path) -> Material:
    return read_material(read_recipe(tiny_recipe))


def rows_of(material: Material, tiny_recipe: Path, share: float) -> list[dict[str, np.ndarray]]:
    encoder = read_recipe(tiny_recipe).encoder.path
    assert encoder is not None
    config = input_config(read_recipe(tiny_recipe), encoder)
    return make_rows(load_tokenizer(str(encoder / "tokenizer.json")), config, material, share)


def test_labels_and_answers_are_mixed_by_the_share_and_unlabelled_statements_are_learnt_from_answers_alone(
    material: Material, tiny_recipe: Path
) -> None:
    known = [(item.statement.text, item.statement.context) for item in material.learning]
    more = [("nobody has labelled this", None)]
    taught = answers([*known, *more])
    with_teacher = replace(material, unlabelled=tuple(more), taught=taught)
    plain, mixed = rows_of(material, tiny_recipe, 0.25), rows_of(with_teacher, tiny_recipe, 0.25)
    assert len(mixed) == len(plain) + 1
    for row, alone, statement in zip(mixed, plain, known, strict=False):
        answer = taught.answer(*statement)
        assert answer is not None
        np.testing.assert_allclose(row["cultures"], 0.75 * alone["cultures"] + 0.25 * answer.cultures, atol=1e-6)
        assert alone["cultures"].sum() == 1
        assert CULTURES[int(alone["cultures"].argmax())] in CULTURES
    last = taught.answer(*more[0])
    assert last is not None
    np.testing.assert_array_equal(mixed[-1]["cultures"], last.cultures)


def test_unlabelled_statements_that_were_never_answered_are_refused(material: Material, tiny_recipe: Path) -> None:
    taught = answers([(item.statement.text, item.statement.context) for item in material.learning])
    with pytest.raises(RecipeError, match="1 unlabelled statements have no answer"):
        rows_of(replace(material, unlabelled=(("unheard", None),), taught=taught), tiny_recipe, 0.5)


def test_a_statement_of_the_users_own_that_the_teacher_never_saw_keeps_its_label(material: Material, tiny_recipe: Path) -> None:
    taught = answers([("something else", None)])
    for row, alone in zip(rows_of(replace(material, taught=taught), tiny_recipe, 0.9), rows_of(material, tiny_recipe, 0.0), strict=True):
        np.testing.assert_array_equal(row["cultures"], alone["cultures"])
