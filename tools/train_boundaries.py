"""Trains the boundary model of `cs_nlp.segment` and writes `cs_nlp/segment/boundaries.npz`.

It learns from text whose own punctuation is the answer: the corpus without its held-out documents, and any further files of JSON lines with
`text` and `context`. The vocabulary comes from the corpus alone; its vectors start from the word pieces of the base encoder.

    python -m tools.train_boundaries --extra ../shared/real/train.jsonl --extra ../shared/real/unlabelled.jsonl
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from cs_nlp.segment.boundary_model import UNKNOWN, ending_bucket, from_arrays
from cs_nlp.segment.speech import MAX_WORDS
from cs_nlp.training.network import encoder_folder
from tools.segmentation_corpus import SpokenText, document_texts, pair_texts, statement_texts

TARGET = Path("cs_nlp/segment/boundaries.npz")
WIDTH, VECTOR, DEPTH, BUCKETS = 96, 48, 4, 512
CHUNK, BATCH, LEARNING_RATE = 160, 32, 3e-3
FILLER_SHARE, UNKNOWN_SHARE, DROPOUT = 0.01, 0.08, 0.2
FRAGMENT_WORDS, NEVER = 2, -20.0


class Network(nn.Module):
    """The network of `BoundaryModel` as it trains; see there for the shapes."""

    def __init__(self, vectors: Tensor) -> None:
        super().__init__()
        self.words = nn.Embedding(len(vectors), VECTOR)
        self.words.load_state_dict({"weight": vectors})
        self.endings = nn.Embedding(BUCKETS, VECTOR)
        nn.init.normal_(self.endings.weight, 0, 0.1)
        self.entry = nn.Linear(VECTOR, WIDTH)
        self.convolutions = nn.ModuleList(nn.Conv1d(WIDTH, WIDTH, 3, padding=2**i, dilation=2**i) for i in range(DEPTH))
        self.pair = nn.Linear(2 * WIDTH, WIDTH)
        self.exit = nn.Linear(WIDTH, 1)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, rows: Tensor, buckets: Tensor) -> Tensor:
        """Log odds `(n_texts, n_words - 1)` of a boundary at each gap; both inputs are `(n_texts, n_words)`."""
        hidden = self.entry(self.dropout(self.words(rows) + self.endings(buckets))).transpose(1, 2)
        for convolution in self.convolutions:
            hidden = hidden + functional.relu(self.dropout(convolution(hidden)))
        hidden = hidden.transpose(1, 2)
        pairs = functional.relu(self.pair(torch.cat([hidden[:, :-1], hidden[:, 1:]], dim=-1)))
        scores: Tensor = self.exit(self.dropout(pairs)).squeeze(-1)
        return scores


def vocabulary(texts: Sequence[SpokenText]) -> list[str]:
    """Words that occur at least twice, most frequent first."""
    counts = Counter(word for text in texts for word in text.words)
    return [word for word, count in counts.most_common() if count > 1]


def first_vectors(words: Sequence[str]) -> Tensor:
    """Vectors to start from: the means of each word's pieces in the base encoder, on their first `VECTOR` principal axes.

    Returns:
        `(len(words) + 1, VECTOR)`, unit variance; row `UNKNOWN` is zero.
    """
    folder = encoder_folder(None)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    pieces = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    means = np.stack([pieces[tokenizer.encode(word, add_special_tokens=False).ids].mean(axis=0) for word in words])
    means -= means.mean(axis=0)
    axes = np.linalg.svd(means, full_matrices=False)[2][:VECTOR]
    vectors = means @ axes.T
    return torch.tensor(np.vstack([np.zeros((1, VECTOR)), vectors / vectors.std()]), dtype=torch.float32)


def batches(texts: Sequence[SpokenText], index: dict[str, int], rng: random.Random) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """One pass over the texts in random order, put end to end, with a few fillers thrown in, cut into chunks of `CHUNK` words.

    Yields:
        Rows and buckets `(n, CHUNK)`, and whether a statement begins after each word but the last, `(n, CHUNK - 1)`.
    """
    rows: list[int] = []
    buckets: list[int] = []
    begins: list[float] = []
    for text in rng.sample(texts, len(texts)):
        for place, word in enumerate(text.words):
            fillers = [rng.choice(["um", "uh"])] if rng.random() < FILLER_SHARE else []
            for name in [word, *fillers]:
                rows.append(index.get(name, UNKNOWN))
                buckets.append(ending_bucket(name, BUCKETS))
            begins.extend([float(place == 0 or place in text.breaks), *[0.0 for _ in fillers]])
    usable = len(rows) // CHUNK * CHUNK
    grids = [torch.tensor(values[:usable]).view(-1, CHUNK) for values in (rows, buckets, begins)]
    order = list(range(len(grids[0])))
    rng.shuffle(order)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        yield grids[0][chosen], grids[1][chosen], grids[2][chosen][:, 1:]


def train(texts: Sequence[SpokenText], words: Sequence[str], *, epochs: int, seed: int) -> Network:
    """Fits the network by binary cross-entropy (AdamW, one-cycle rate); some words are hidden at random."""
    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    index = {word: row for row, word in enumerate(words, start=1)}
    network = Network(first_vectors(words))
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    steps = int(sum(len(text.words) for text in texts) * (1 + 2 * FILLER_SHARE) / CHUNK / BATCH) + 2
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps * epochs, pct_start=0.1)
    for epoch in range(epochs):
        losses = []
        for rows, buckets, begins in batches(texts, index, rng):
            hidden = torch.where(torch.rand(rows.shape) < UNKNOWN_SHARE, UNKNOWN, rows)
            loss = functional.binary_cross_entropy_with_logits(network(hidden, buckets), begins)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}/{epochs}: loss {np.mean(losses):.4f}", flush=True)
    return network.eval()


def length_scores(texts: Sequence[SpokenText]) -> NDArray[np.float32]:
    """Log ratio of the frequency of each statement length to that under chance cuts at the same rate; fragments are ruled out.

    Returns:
        `(MAX_WORDS,)`; frequencies are smoothed over five neighbouring lengths.
    """
    counts = np.full(MAX_WORDS, 0.5)
    for text in texts:
        bounds = [0, *sorted(text.breaks), len(text.words)]
        for length in np.diff(bounds):
            counts[min(int(length), MAX_WORDS) - 1] += 1
    share = np.convolve(np.pad(counts, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    share /= share.sum()
    lengths = np.arange(1, MAX_WORDS + 1)
    rate = 1 / float((share * lengths).sum())
    scores = np.log(share) - np.log(rate) - (lengths - 1) * np.log1p(-rate)
    scores[:FRAGMENT_WORDS] = NEVER
    return np.asarray(scores, dtype=np.float32)


def to_arrays(network: Network, words: Sequence[str], lengths: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
    """The arrays of the file: matrices as 8-bit integers with a scale for each column, the rest as 16-bit floats."""
    matrices: dict[str, Tensor] = {"words": network.words.weight, "endings": network.endings.weight}
    biases: dict[str, Tensor] = {}
    for name in ("entry", "pair", "exit"):
        layer = network.get_submodule(name).state_dict()
        matrices[name], biases[name] = layer["weight"].T, layer["bias"]
    for index, convolution in enumerate(network.convolutions):
        layer = convolution.state_dict()
        matrices[f"convolution{index}"] = torch.cat([layer["weight"][:, :, place].T for place in range(3)])
        biases[f"convolution{index}"] = layer["bias"]
    arrays: dict[str, NDArray[np.generic]] = {
        "vocabulary": np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8),
        "length_scores": lengths,
    }
    for name, tensor in matrices.items():
        values = tensor.detach().numpy()
        scale = np.abs(values).max(axis=0) / 127
        arrays[name] = np.round(values / scale).astype(np.int8)
        arrays[f"{name}_scale"] = scale.astype(np.float32)
    for name, tensor in biases.items():
        arrays[f"{name}_bias"] = tensor.detach().numpy().astype(np.float32)
    return arrays


def largest_difference(network: Network, arrays: dict[str, NDArray[np.generic]], text: SpokenText) -> float:
    """Largest difference of a boundary's probability between the trained network and the numpy model from its 8-bit weights."""
    model = from_arrays(arrays)
    rows = torch.tensor([[model.vocabulary.get(word, UNKNOWN) for word in text.words]])
    buckets = torch.tensor([[ending_bucket(word, BUCKETS) for word in text.words]])
    with torch.no_grad():
        expected = torch.sigmoid(network(rows, buckets)[0]).numpy()
    return float(np.abs(expected - 1 / (1 + np.exp(-model.log_odds(text.words)))).max())


def main() -> None:
    """Trains, checks the numpy model against the network, and writes the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--extra", type=Path, action="append", default=[], help="further JSON lines with text and context")
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    documents = document_texts(held_out=False)
    own = documents + statement_texts(arguments.seed)
    texts = own + pair_texts(arguments.extra)
    words = vocabulary(own)
    print(f"{len(texts)} texts, {sum(len(text.words) for text in texts)} words, {len(words)} in the vocabulary", flush=True)
    network = train(texts, words, epochs=arguments.epochs, seed=arguments.seed)
    arrays = to_arrays(network, words, length_scores([text for text in documents if text.style != "asr"]))
    np.savez_compressed(arguments.out, allow_pickle=False, **arrays)
    difference = max(largest_difference(network, arrays, text) for text in document_texts(held_out=True) if len(text.words) > 1)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes; largest difference of a probability by 8-bit weights {difference:.4f}")


if __name__ == "__main__":
    main()
