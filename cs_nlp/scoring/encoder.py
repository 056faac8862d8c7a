"""Runs a fine-tuned encoder with onnxruntime and tokenizers alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from cs_nlp.errors import ArtefactError
from cs_nlp.scoring.artefact import Artefact, EncoderConfig
from cs_nlp.scoring.classifier import Floats, Scores, sigmoid, softmax
from cs_nlp.scoring.doubt import doubt_of
from cs_nlp.scoring.inputs import Window, load_tokenizer, make_windows, stack

INPUTS = ("input_ids", "token_type_ids")
HEADS = ("culture", "target", "drivers")
EMBEDDING = "sentence_vector"
OUTPUTS = (*HEADS, EMBEDDING)
TOKENS_A_BATCH = 768  # in one run: what stays in a processor's cache; more is slower
_QUIET = 3  # onnxruntime's log level: errors only


class EncoderClassifier:
    """A fine-tuned encoder with its three heads.

    One run at a time uses one thread, several runs go side by side: for short statements that is faster than many threads in one run.

    Args:
        artefact: the checked model folder.
        config: its configuration.
        threads: runs side by side; 0 for one a processor.
    """

    def __init__(self, artefact: Artefact, config: EncoderConfig, *, threads: int = 0) -> None:
        self._artefact = artefact
        self._doubt = doubt_of(artefact)
        self._config = config
        self._threads = threads or _processors()
        self._tokenizer = load_tokenizer(str(artefact.path / "tokenizer.json"))
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = _QUIET
        # The extended fusions put in an operator for normalisation that takes six times as long on a processor as the plain ones.
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        try:
            self._session = ort.InferenceSession(str(artefact.path / "model.onnx"), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ArtefactError(
                f"{artefact.path / 'model.onnx'}: onnxruntime can't load it ({error}); get the model anew or train again"
            ) from error
        asked = {given.name for given in self._session.get_inputs()}
        if asked != set(INPUTS):
            raise ArtefactError(
                f"{artefact.path / 'model.onnx'}: asks for {', '.join(sorted(asked))}, expected {', '.join(INPUTS)}; train the model again"
            )

    @property
    def artefact(self) -> Artefact:
        """The model folder."""
        return self._artefact

    def score(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> Scores:
        """Score statements; see `Classifier.score`.

        Statements are run in batches of one length, whatever their order; what a statement gets does not depend on its company.
        """
        windows = make_windows(self._tokenizer, self._config, texts, contexts if contexts is not None else [None] * len(texts))
        outputs = self._run_all(windows, HEADS)
        culture, target, drivers = (merge_windows(part, windows, len(texts)) for part in outputs)
        return Scores(
            cultures=softmax(culture / self._config.temperature),
            targets=softmax(target),
            drivers=sigmoid(drivers),
            windows=np.bincount([window.row for window in windows], minlength=len(texts)),
            driver_threshold=self._config.driver_threshold,
            unsure=self._doubt(texts),
            none_weight=self._config.none_weight,
        )

    def embed(self, texts: Sequence[str]) -> Floats:
        """Sentence vectors; see `Classifier.embed`."""
        if EMBEDDING not in self._widths():
            raise ArtefactError(f"{self._artefact.path}/model.onnx gives no sentence vectors; train the model again")
        windows = make_windows(self._tokenizer, self._config, texts, [None] * len(texts))
        (found,) = self._run_all(windows, (EMBEDDING,))
        merged = merge_windows(found, windows, len(texts))
        unit: Floats = merged / np.maximum(np.linalg.norm(merged, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return unit

    def _run_all(self, windows: Sequence[Window], outputs: Sequence[str]) -> list[Floats]:
        """The named outputs for windows, in their order; each `(windows, width)`."""
        batches = list(_batches(windows))

        def run(batch: NDArray[np.int64]) -> list[Floats]:
            feed = dict(zip(INPUTS, stack([windows[index] for index in batch]), strict=True))
            found: list[Floats] = self._session.run(list(outputs), feed)
            return found

        if self._threads > 1 and len(batches) > 1:
            with ThreadPoolExecutor(self._threads) as pool:
                answers = list(pool.map(run, batches))
        else:
            answers = [run(batch) for batch in batches]
        if not answers:
            return [np.empty((0, self._widths()[name]), dtype=np.float32) for name in outputs]
        back = np.argsort(np.concatenate(batches), kind="stable")
        return [np.concatenate([answer[place] for answer in answers])[back] for place in range(len(outputs))]

    def _widths(self) -> dict[str, int]:
        return {output.name: int(output.shape[1]) for output in self._session.get_outputs()}


def _processors() -> int:
    """Processors this process may use (which a container may have made fewer than the machine has)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _batches(windows: Sequence[Window]) -> Iterator[NDArray[np.int64]]:
    """Indices of windows of one length, at most `TOKENS_A_BATCH` tokens together: without padding attention needs no mask.

    Long ones come first, so that threads end at about the same time.
    """
    lengths = -np.array([len(window.ids) for window in windows], dtype=np.int64)
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        length = lengths[order[start]]
        stop = min(int(np.searchsorted(lengths, length, side="right", sorter=order)), start + max(1, TOKENS_A_BATCH // -int(length)))
        yield order[start:stop]
        start = stop


def merge_windows(logits: Floats, windows: Sequence[Window], n: int) -> Floats:
    """Logits of `n` statements, shape `(n, classes)`: the mean over a statement's windows, weighted by their tokens."""
    rows = np.array([window.row for window in windows], dtype=np.int64)
    if len(rows) == n:
        return logits
    weight = np.array([window.n_tokens for window in windows], dtype=np.float32)
    total = np.zeros((n, logits.shape[1]), dtype=np.float32)
    np.add.at(total, rows, logits * weight[:, None])
    return total / np.bincount(rows, weights=weight, minlength=n).astype(np.float32)[:, None]
