"""Turns to statements: where one statement ends and the next begins, in punctuated text and in recogniser text."""

from __future__ import annotations

from cs_nlp.segment.statements import segment, split_turn

__all__ = ["segment", "split_turn"]
