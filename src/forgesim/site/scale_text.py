"""Words for sites of any size: pseudo-words of a private lexicon, some often and most seldom, as in any language."""

from __future__ import annotations

from itertools import accumulate

from forgesim.site.lexicon import canary_word, pseudo_word
from forgesim.site.seeded import Dice, seeded

__all__ = ["ScaleText", "Vocabulary"]

_WORDS = 3_000
_UNFINISHED = ("TODO", "TBD", "FIXME")
_PANELS = ("info", "note", "warning", "tip")


class Vocabulary:
    """The words of a site, and its canaries, which no two places share. The word of rank ``n`` is drawn as often as
    ``1 / (n + 2)`` says."""

    def __init__(self, seed: int) -> None:
        dice = seeded("scale", seed, "words")
        found: dict[str, None] = {}
        while len(found) < _WORDS:
            found[pseudo_word(dice, dice.pick((1, 2, 2, 3)))] = None
        self.words = tuple(found)
        self.weights = tuple(accumulate(1 / (rank + 2) for rank in range(_WORDS)))
        self.canaries: dict[str, None] = {}
        self._dice = seeded("scale", seed, "canaries")

    def canary(self) -> str:
        """A canary that stands nowhere yet."""
        found = canary_word(self._dice)
        while found in self.canaries:
            found = canary_word(self._dice)
        self.canaries[found] = None
        return found


class ScaleText:
    """Writes with the words of ``vocabulary``; ``dice`` decide."""

    def __init__(self, dice: Dice, vocabulary: Vocabulary) -> None:
        self._dice = dice
        self._vocabulary = vocabulary

    def words(self, count: int) -> list[str]:
        return self._dice.choices(self._vocabulary.words, cum_weights=self._vocabulary.weights, k=count)

    def phrase(self, count: int) -> str:
        """Words with a capital."""
        return " ".join(self.words(count)).capitalize()

    def title(self) -> str:
        """Words of which the last one is a canary, so that no two titles are the same."""
        return f"{self.phrase(self._dice.whole(1, 3))} {self._vocabulary.canary()}"

    def sentence(self, canary: str = "") -> str:
        words = self.words(self._dice.whole(4, 14))
        if canary:
            words[self._dice.whole(1, 3)] = canary
        elif self._dice.chance(0.1):
            words[2] = str(self._dice.whole(2, 900))
        return " ".join(words).capitalize() + "."

    def marked(self) -> str:
        """A sentence with a canary of its own."""
        return self.sentence(self._vocabulary.canary())

    def paragraph(self, count: int) -> str:
        return f"<p>{' '.join([self.sentence() for _ in range(count)])}</p>"

    def body(self, link: str) -> str:
        """A page's body in storage format, which starts with a paragraph that holds a canary. ``link``: the title of a
        page of the same space to name, or empty."""
        dice, kind = self._dice, self._dice.random()
        parts = [f"<p>{self.marked()} {self.sentence()}</p>"]
        if kind < 0.1:
            parts.append(f"<p>{dice.pick(_UNFINISHED)} {self.sentence()}</p>")
        elif kind < 0.25:
            parts.append(self.paragraph(dice.whole(6, 14)))
        else:
            for _ in range(dice.whole(1, 4)):
                parts += [f"<h2>{self.phrase(3)}</h2>", self.paragraph(dice.whole(2, 4)), self._extra()]
        if link:
            parts.append(
                f'<p><ac:link><ri:page ri:content-title="{link}" /><ac:plain-text-link-body><![CDATA[{link}]]>'
                "</ac:plain-text-link-body></ac:link></p>"
            )
        return "".join(parts)

    def _extra(self) -> str:
        dice = self._dice
        match dice.whole(0, 5):
            case 0:
                return f"<ul>{''.join([f'<li><p>{self.sentence()}</p></li>' for _ in range(3)])}</ul>"
            case 1:
                head = f"<tr><th><p>{self.phrase(1)}</p></th><th><p>{self.phrase(1)}</p></th></tr>"
                row = f"<tr><td><p>{self.phrase(2)}</p></td><td><p>{self.sentence()}</p></td></tr>"
                return f"<table><tbody>{head}{row}</tbody></table>"
            case 2:
                return (
                    '<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:plain-text-body><![CDATA['
                    f"{' '.join(self.words(5))}\n]]></ac:plain-text-body></ac:structured-macro>"
                )
            case 3:
                return (
                    f'<ac:structured-macro ac:name="{dice.pick(_PANELS)}" ac:schema-version="1"><ac:rich-text-body>'
                    f"{self.paragraph(1)}</ac:rich-text-body></ac:structured-macro>"
                )
            case _:
                return ""
