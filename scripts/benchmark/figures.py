"""What was found: figures with their samples, as a table for people and as JSON."""
import dataclasses
import statistics


@dataclasses.dataclass
class Figure:
    case: str
    what: str
    unit: str
    values: list                    # one a round
    references: list = None         # what each is held against, of the same round: the floor, or another size
    goal: float = None              # of the ratio where there are references, else of the value
    at_least: bool = False          # the goal is a lower bound
    note: str = ""                  # beside the table: what it consists of

    @property
    def value(self):
        return statistics.median(self.values)

    @property
    def reference(self):
        return statistics.median(self.references) if self.references else None

    @property
    def ratio(self):
        """The median of the rounds' ratios: what drifts from round to round cancels out."""
        if not self.references:
            return None
        return statistics.median(value / reference for value, reference in zip(self.values, self.references))

    @property
    def is_met(self):
        if self.goal is None:
            return None
        judged = self.ratio if self.references else self.value
        return judged >= self.goal if self.at_least else judged <= self.goal

    def goal_words(self):
        if self.goal is None:
            return "-"
        bound = "at least" if self.at_least else "at most"
        return f"{bound} {number(self.goal)}" + (" x" if self.references else f" {self.unit}")

    def as_json(self):
        return {"case": self.case, "figure": self.what, "unit": self.unit, "value": self.value, "reference": self.reference,
                "ratio": self.ratio, "goal": self.goal, "met": self.is_met, "samples": self.values,
                "reference_samples": self.references, "note": self.note}


def number(value):
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}" if value >= 20 else f"{value:.2f}"


HEADER = ("case", "figure", "value", "floor or reference", "ratio", "goal", "met")


def rows(figures, is_judged=True):
    for figure in figures:
        met = {None: "-", True: "yes", False: "no"}[figure.is_met if is_judged else None]
        yield (figure.case, figure.what, f"{number(figure.value)} {figure.unit}",
               f"{number(figure.reference)} {figure.unit}" if figure.references else "-", number(figure.ratio),
               figure.goal_words(), met)


def as_text(figures, is_judged):
    table = [HEADER, *rows(figures, is_judged)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADER))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table)


def as_markdown(figures):
    lines = ["| " + " | ".join(row) + " |" for row in (HEADER, ("---",) * len(HEADER), *rows(figures))]
    return "\n".join(lines)
