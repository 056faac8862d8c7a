"""Fine-tunes the encoder and its heads with the transformers Trainer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import (
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    get_linear_schedule_with_warmup,
    set_seed,
)

from cs_nlp.errors import RecipeError
from cs_nlp.records import Annotation
from cs_nlp.scoring.artefact import EncoderConfig
from cs_nlp.scoring.inputs import Window, make_windows, pad
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from cs_nlp.training.data import Material
from cs_nlp.training.network import CultureNetwork
from cs_nlp.training.quantise import prepare, simulate_int8
from cs_nlp.training.recipe import Optimiser, Recipe
from cs_nlp.training.taught import Answer

_SCORE_BATCH = 32
Row = dict[str, Any]
Aim = dict[str, np.ndarray[Any, np.dtype[np.float32]]]
"""What the heads are to answer: `cultures (5,)`, `targets (6,)`, `drivers (26,)`, as probabilities."""


class Collator:
    """Makes a padded batch; hides the context of a share of the statements, drawn anew each time.

    Args:
        pad_id: token id of padding.
        drop_context: that share, 0 to 1.
        seed: of the draws.
    """

    def __init__(self, pad_id: int, drop_context: float, seed: int) -> None:
        self.pad_id = pad_id
        self.drop_context = drop_context
        self.random = np.random.default_rng(seed)

    def __call__(self, rows: Sequence[Row]) -> dict[str, Tensor]:
        """Tensors for `CultureNetwork.forward`."""
        hidden = self.random.random(len(rows)) < self.drop_context
        windows = [
            Window(row=index, ids=row["input_ids"][: row["second"]] if hide else row["input_ids"], second=row["second"], n_tokens=1)
            for index, (row, hide) in enumerate(zip(rows, hidden, strict=True))
        ]
        ids, mask, segments = (torch.from_numpy(array) for array in pad(windows, self.pad_id))
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": segments,
            **{name: torch.from_numpy(np.stack([row[name] for row in rows])) for name in ("cultures", "targets", "drivers")},
            "weights": torch.tensor([row["weight"] for row in rows], dtype=torch.float32),
        }


class Int8Phase(TrainerCallback):
    """Switches the simulation of int8 on for the last epochs."""

    def __init__(self, network: nn.Module, start: int) -> None:
        self.network = network
        self.start = start

    def on_epoch_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        """Called by the Trainer."""
        del args, control
        if round(state.epoch or 0) >= self.start:
            simulate_int8(self.network, on=True)


class Reporter(TrainerCallback):
    """Tells how many of the steps are done."""

    def __init__(self, progress: Callable[[str, int, int], None]) -> None:
        self.progress = progress

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        """Called by the Trainer."""
        del args, control
        self.progress("learning", state.global_step, state.max_steps)


def fine_tune(
    recipe: Recipe,
    network: CultureNetwork,
    config: EncoderConfig,
    rows: Sequence[Row],
    *,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> None:
    """Fine-tune a network in place; it comes back in evaluation mode, with int8 simulated where it learnt so, as it will be exported.

    The same recipe, rows (from `make_rows`) and seed give the same weights on the same machine.
    """
    how = recipe.optimiser
    set_seed(recipe.seed)
    if how.quantised_epochs:
        prepare(network.encoder)
    steps = how.epochs * -(-len(rows) // how.batch_size)
    optimiser = torch.optim.AdamW(_groups(network, how), lr=how.learning_rate)
    schedule = get_linear_schedule_with_warmup(optimiser, round(steps * how.warmup), steps)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            model=network,
            args=_arguments(folder, recipe),
            data_collator=Collator(config.pad_id, recipe.encoder.drop_context, recipe.seed),
            train_dataset=rows,
            optimizers=(optimiser, schedule),
            callbacks=[Int8Phase(network, how.epochs - how.quantised_epochs), Reporter(progress)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    network.eval()
    simulate_int8(network, on=True)


def torch_outputs(
    network: CultureNetwork, windows: Sequence[Window], pad_id: int, progress: Callable[[str, int, int], None] = lambda *_: None
) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    """The network's outputs for windows, in their order: logits of the three heads and sentence vectors."""
    order = sorted(range(len(windows)), key=lambda index: len(windows[index].ids))
    back = np.argsort(order)
    parts: list[list[np.ndarray[Any, np.dtype[np.float32]]]] = [[], [], [], []]
    network.eval()
    with torch.no_grad():
        for start in range(0, len(order), _SCORE_BATCH):
            batch = [windows[index] for index in order[start : start + _SCORE_BATCH]]
            for kept, found in zip(parts, network.outputs(*(torch.from_numpy(array) for array in pad(batch, pad_id))), strict=True):
                kept.append(found.float().numpy())
            progress("answering", start + len(batch), len(order))
    return [np.concatenate(kept)[back] for kept in parts]


def make_rows(tokenizer: Tokenizer, config: EncoderConfig, material: Material, share: float = 0.0) -> list[Row]:
    """One row a statement, labelled ones first; of a statement too long for one input its first window.

    Args:
        tokenizer: of the encoder.
        config: how inputs are framed.
        material: what to learn from.
        share: how much of a labelled statement's aim is the teacher's answer; an unlabelled one's is that answer alone.

    Raises:
        RecipeError: the teacher has not answered all unlabelled statements.
    """
    known = [(item.statement.text, item.statement.context) for item in material.learning]
    asked = [*known, *(material.unlabelled if material.taught is not None else ())]
    windows = make_windows(tokenizer, config, [text for text, _ in asked], [context for _, context in asked])
    first = {window.row: window for window in reversed(windows)}
    answers = [material.taught.answer(*statement) if material.taught is not None else None for statement in asked]
    unanswered = sum(answer is None for answer in answers[len(known) :])
    if unanswered:
        raise RecipeError(f"distil -> answers: {unanswered} unlabelled statements have no answer; make them anew with `cs-nlp teach`")
    aims = [_mixed(_gold(item.statement.gold), answer, share) for item, answer in zip(material.learning, answers, strict=False)]
    aims += [_answered(answer) for answer in answers[len(known) :] if answer is not None]
    weights = [item.weight for item in material.learning] + [1.0] * (len(asked) - len(known))
    return [
        {"input_ids": first[index].ids, "second": first[index].second, "weight": weight, **aim}
        for index, (aim, weight) in enumerate(zip(aims, weights, strict=True))
    ]


def _gold(gold: Annotation) -> Aim:
    """Labels as probabilities; all zeros where the target is not known."""
    return {
        "cultures": np.array([name == gold.culture for name in CULTURES], dtype=np.float32),
        "targets": np.array([name == gold.target for name in TARGETS], dtype=np.float32),
        "drivers": np.array([name in gold.drivers for name in SIGNED_DRIVERS], dtype=np.float32),
    }


def _answered(answer: Answer) -> Aim:
    return {"cultures": answer.cultures, "targets": answer.targets, "drivers": answer.drivers}


def _mixed(gold: Aim, answer: Answer | None, share: float) -> Aim:
    if answer is None:
        return gold
    return {name: ((1 - share) * gold[name] + share * taught).astype(np.float32) for name, taught in _answered(answer).items()}


def _groups(network: CultureNetwork, how: Optimiser) -> list[dict[str, Any]]:
    """Parameters by learning rate and decay: biases and norms are not decayed, heads learn faster."""
    encoder = list(network.encoder.parameters())
    heads = [value for name, value in network.named_parameters() if not name.startswith("encoder.")]
    return [
        {"params": [value for value in encoder if value.ndim > 1], "weight_decay": how.weight_decay},
        {"params": [value for value in encoder if value.ndim <= 1], "weight_decay": 0.0},
        {"params": heads, "lr": how.head_learning_rate, "weight_decay": 0.0},
    ]


def _arguments(folder: str, recipe: Recipe) -> TrainingArguments:
    how = recipe.optimiser
    return TrainingArguments(
        output_dir=folder,
        num_train_epochs=how.epochs,
        per_device_train_batch_size=how.batch_size,
        train_sampling_strategy="group_by_length",
        bf16=how.bfloat16,
        use_cpu=not torch.cuda.is_available(),
        seed=recipe.seed,
        save_strategy="no",
        report_to="none",
        logging_strategy="steps",
        logging_steps=50,
        disable_tqdm=True,
        remove_unused_columns=False,
        label_names=["cultures", "targets", "drivers", "weights"],
    )
