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

from cs_nlp.records import LabelledStatement
from cs_nlp.scoring.artefact import EncoderConfig
from cs_nlp.scoring.inputs import Window, make_windows, pad
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from cs_nlp.training.data import Weighted
from cs_nlp.training.network import CultureNetwork
from cs_nlp.training.quantise import prepare, simulate_int8
from cs_nlp.training.recipe import Optimiser, Recipe

_UNKNOWN = -100
_SCORE_BATCH = 32
Row = dict[str, Any]


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
            "cultures": torch.tensor([row["culture"] for row in rows]),
            "targets": torch.tensor([row["target"] for row in rows]),
            "drivers": torch.tensor([row["drivers"] for row in rows], dtype=torch.float32),
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
    tokenizer: Tokenizer,
    config: EncoderConfig,
    learning: Sequence[Weighted],
    *,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> None:
    """Fine-tune a network in place; it comes back in evaluation mode with int8 simulated, as it will be exported.

    The same recipe, data and seed give the same weights on the same machine.
    """
    how = recipe.optimiser
    set_seed(recipe.seed)
    rows = make_rows(tokenizer, config, learning)
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


def torch_outputs(network: CultureNetwork, windows: Sequence[Window], pad_id: int) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    """The network's outputs for windows, in their order: logits of the three heads and sentence vectors."""
    order = sorted(range(len(windows)), key=lambda index: len(windows[index].ids))
    back = np.argsort(order)
    parts: list[list[np.ndarray[Any, np.dtype[np.float32]]]] = [[], [], [], []]
    network.eval()
    with torch.no_grad():
        for start in range(0, len(order), _SCORE_BATCH):
            batch = [windows[index] for index in order[start : start + _SCORE_BATCH]]
            for kept, found in zip(parts, network.outputs(*(torch.from_numpy(array) for array in pad(batch, pad_id))), strict=True):
                kept.append(found.numpy())
    return [np.concatenate(kept)[back] for kept in parts]


def make_rows(tokenizer: Tokenizer, config: EncoderConfig, learning: Sequence[Weighted]) -> list[Row]:
    """One row a statement; of a statement too long for one input its first window."""
    statements = [item.statement for item in learning]
    windows = make_windows(tokenizer, config, [item.text for item in statements], [item.context for item in statements])
    first = {window.row: window for window in reversed(windows)}
    return [_row(first[index], item.statement, item.weight) for index, item in enumerate(learning)]


def _row(window: Window, statement: LabelledStatement, weight: float) -> Row:
    gold = statement.gold
    return {
        "input_ids": window.ids,
        "second": window.second,
        "culture": CULTURES.index(gold.culture),
        "target": TARGETS.index(gold.target) if gold.target else _UNKNOWN,
        "drivers": [float(driver in gold.drivers) for driver in SIGNED_DRIVERS],
        "weight": weight,
    }


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
