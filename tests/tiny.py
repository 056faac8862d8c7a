"""A real encoder so small that it trains in seconds, and recipes that learn from a few statements of the project's corpus."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "data" / "corpus"
VOCABULARY = 1500  # more than the thousand from which on an embedding is stored as int8
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_SITUATIONS = 15  # about 90 statements
_DOCUMENTS = 5

ENCODER_RECIPE = """\
name = "tiny"
kind = "encoder"
description = "A model for tests only."
seed = 1

[data]
sources = [{ path = "statements.jsonl", pointed = true }, { path = "documents.jsonl", weight = 0.5 }]
held_out = 0.3
evaluation = "evaluation.jsonl"

[encoder]
path = "encoder"
max_length = 40
context_tokens = 12

[optimiser]
epochs = 2
quantised_epochs = 1
learning_rate = 2e-3
head_learning_rate = 5e-3
"""

BASELINE_RECIPE = """\
name = "tiny-words"
kind = "baseline"
seed = 1

[data]
sources = [{ path = "statements.jsonl", pointed = true }, { path = "documents.jsonl", weight = 0.5 }]
held_out = 0.3
evaluation = "evaluation.jsonl"
"""


def write_data(folder: Path) -> None:
    """Whole situations and documents from the corpus to learn from, and further situations to evaluate on."""
    rows = (CORPUS / "statements.jsonl").read_text(encoding="utf-8").splitlines()
    situations = list(dict.fromkeys(json.loads(row)["situation"] for row in rows))
    for name, part in (("statements", situations[:_SITUATIONS]), ("evaluation", situations[_SITUATIONS : 2 * _SITUATIONS])):
        kept = [row for row in rows if json.loads(row)["situation"] in part]
        (folder / f"{name}.jsonl").write_text("\n".join(kept), encoding="utf-8")
    documents = (CORPUS / "documents.jsonl").read_text(encoding="utf-8").splitlines()[:_DOCUMENTS]
    (folder / "documents.jsonl").write_text("\n".join(documents), encoding="utf-8")


def write_tokenizer(path: Path) -> None:
    """A WordPiece tokenizer in lower case, its vocabulary taken from the corpus."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106 - a token of text
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=_SPECIAL, show_progress=False)
    rows = (CORPUS / "statements.jsonl").read_text(encoding="utf-8").splitlines()
    tokenizer.train_from_iterator([json.loads(row)["text"] for row in rows[:1500]], trainer)
    tokenizer.save(str(path))


def write_encoder(folder: Path, *, seed: int = 0) -> None:
    """An untrained BERT of two layers in Hugging Face layout."""
    import torch  # noqa: PLC0415 - only tests of learning load it
    from transformers import BertConfig, BertModel  # noqa: PLC0415 - as above

    folder.mkdir()
    write_tokenizer(folder / "tokenizer.json")
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
