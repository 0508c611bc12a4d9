"""How many tokens a request may take: what it surely stays under, and what it probably takes."""

import json
from math import ceil

from insights.asking.questions import Messages, Schema
from insights.asking.troubles import Billed, Usage

CHARACTERS_PER_TOKEN = 3.5
# What a server adds around each message, and to say which form the reply has.
TOKENS_AROUND = 200


def at_most(messages: Messages, schema: Schema, output_tokens: int) -> Usage:
    """No token of a byte-level tokenizer is shorter than a byte."""
    sent = json.dumps([messages, schema], ensure_ascii=False)
    return Usage(len(sent.encode()) + TOKENS_AROUND, output_tokens, is_estimated=True)


def estimated(messages: Messages, reply: str = "") -> Usage:
    """Where the server does not count."""
    sent = sum(len(message["content"]) for message in messages)
    return Usage(_tokens(sent), _tokens(len(reply)), is_estimated=True)


def after_failure(messages: Messages, output_tokens: int, billed: Billed) -> Usage:
    """Of a request that brought nothing, rather too much than too little."""
    if billed is Billed.NOTHING:
        return Usage()
    sent = estimated(messages).input_tokens
    return Usage(sent, output_tokens if billed is Billed.ALL else 0, is_estimated=True)


def _tokens(characters: int) -> int:
    return ceil(characters / CHARACTERS_PER_TOKEN)
