"""Sentences to patients, which the rules choose and the edges translate."""


def to_patients(sentence: str) -> str:
    """Mark a constant English sentence for translation; where it is shown, it gets translated."""
    return sentence
