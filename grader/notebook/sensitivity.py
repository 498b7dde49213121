"""The most sensitive layer, computed from the accuracies that a notebook printed."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from statistics import fmean

from grader.evidence.question import SensitivityEvidence
from grader.labs.network_lab import NetworkSpec
from grader.networks.registry import family_named
from grader.notebook.notebook import Notebook

# `sparsity=[0.40,0.50]: accuracy=[92.42%, 91.19%]`, one line for each layer in the network's order.
_SCAN = re.compile(r"accuracy\s?=\s?\[(?P<values>[\d.%, ]{1,400})\]")
_VALUE = re.compile(r"\d{1,3}(?:\.\d{1,6})?")

# `features.2.conv.0.0.weight`, also as code writes it: `features[2].conv[0][0]`.
_NAME = re.compile(r"\b(?:features|classifier)(?:\.\w{1,9}|\[\d{1,2}\]){0,6}")
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
)
_WORDS = {word: number for number, word in enumerate(_ORDINALS, start=1)}
_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", start=1)}
_KIND = r"(?:\s{1,3}(?:conv(?:olution(?:al)?)?|conv2d|prunable|network|weight|depthwise|pointwise))"
_LAYER = r"\s{1,3}(?:layers?|conv(?:olutions?)?|one)\b"
_BEFORE = r"(?P<before>second|2nd|third|3rd)[\s-]{1,3}(?:to|from)[\s-]{1,3}(?:the[\s-]{1,3})?"
_ENGLISH = re.compile(
    r"\b(?P<not>not\s{1,3}(?:in\s{1,3})?the\s{1,3})?"
    rf"(?P<order>{'|'.join(_WORDS)}|\d{{1,2}}\s?(?:st|nd|rd|th)"
    rf"|(?P<end>(?:{_BEFORE})?last|final|penultimate))"
    rf"{_KIND}{{0,2}}(?:{_LAYER}|(?=\s{{0,3}}(?:[.,;]|$)))"
    r"|\b(?:layer|conv)\s{0,3}(?:no\.?|number|\#)?\s{0,3}(?P<number>\d{1,2})\b(?!\s{0,3}%)",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?P<not>[不非]是)?\s{0,3}(?:(?P<end>最[後后]|倒[數数]第)|第)\s{0,3}"
    r"(?P<order>[一二三四五六七八九十\d]{1,3})?\s{0,3}[個个]?\s{0,3}"
    r"(?:[層层]|(?:[卷捲][積积]|conv)\s{0,3}[層层]?)",
    re.IGNORECASE,
)


def most_sensitive(notebook: Notebook, answer: str, network: NetworkSpec) -> SensitivityEvidence:
    """Return the layer with the lowest mean accuracy over the scanned sparsities.

    `most_sensitive` is None, and the only key, unless one cell printed a list for every weight;
    `named` is True if the answer names that layer, by its name or by its position.
    """
    names = list(family_named(network.family).prunable(network.classes))
    for number, cell in enumerate(notebook.cells, start=1):
        text = "\n".join(output.text for output in cell.outputs)
        scans = [
            [float(value) for value in _VALUE.findall(match["values"])]
            for match in _SCAN.finditer(text)
        ]
        if len(scans) == len(names) and all(scans):
            means = [fmean(each) for each in scans]
            lowest = names[means.index(min(means))]
            return SensitivityEvidence(
                most_sensitive=lowest,
                mean_accuracy=min(means) / 100,
                scanned_in_cell=number,
                named=lowest in named_layers(answer, names),
            )
    return SensitivityEvidence(most_sensitive=None)


def named_layers(answer: str, names: Sequence[str]) -> frozenset[str]:
    """Return those of `names`, the layers in the network's order, that the answer gives.

    It may give a name, the beginning of one name only, or a position: "the second layer", 第二層.
    """
    text = unicodedata.normalize("NFKC", answer)
    found = {name for mention in _NAME.findall(text) for name in _of_name(mention, names)}
    if not found:
        positions = [*_english(text, len(names)), *_chinese(text, len(names))]
        found = {names[each] for each in positions if 0 <= each < len(names)}
    return frozenset(found)


def _of_name(mention: str, names: Sequence[str]) -> Sequence[str]:
    dotted = mention.replace("[", ".").replace("]", "").removesuffix(".weight")
    exact = [each for each in names if each.removesuffix(".weight") == dotted]
    return exact or [each for each in names if each.startswith(f"{dotted}.")][:2]


def _english(text: str, count: int) -> Iterator[int]:
    """Yield the positions, from 0, that an English text gives."""
    for match in _ENGLISH.finditer(text):
        if match["not"]:
            continue
        if match["number"]:
            yield int(match["number"]) - 1
        elif match["end"]:
            before = (match["before"] or match["end"]).lower()
            steps = {"second": 2, "2nd": 2, "penultimate": 2, "third": 3, "3rd": 3}
            yield count - steps.get(before, 1)
        else:
            order = match["order"].lower()
            yield (_WORDS.get(order) or int(re.sub(r"\D", "", order))) - 1


def _chinese(text: str, count: int) -> Iterator[int]:
    """Yield the positions, from 0, that a Chinese text gives."""
    for match in _CHINESE.finditer(text):
        order = _value(match["order"] or "")
        if match["not"] or not (order or match["end"]):
            continue
        yield count - max(order, 1) if match["end"] else order - 1


def _value(digits: str) -> int:
    """Return the number that Chinese or other digits write, up to 99; 0 for none."""
    if digits.isdecimal():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
