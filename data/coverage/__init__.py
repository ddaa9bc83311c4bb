"""Questions about coverage and their answers: the one door for pages, the API and the command line."""

from data.coverage.answers import answer, compare
from data.coverage.profiles import category_counts, hour_by_weekday, series
from data.coverage.questions import Answer, Comparison, Question, metrics
from data.coverage.sheet import coverage_table

__all__ = [
    "Answer",
    "Comparison",
    "Question",
    "answer",
    "category_counts",
    "compare",
    "coverage_table",
    "hour_by_weekday",
    "metrics",
    "series",
]
