"""A network that everybody knows, for a class to be seen against."""

from typing import Annotated

from pydantic import Field

from grader.labs.question import Fraction
from grader.labs.table import Table


class Landmark(Table):
    """One known network: `mflops` in millions, `accuracy` a fraction, both over all test images."""

    name: Annotated[str, Field(min_length=1)]
    mflops: Annotated[float, Field(gt=0)]
    accuracy: Fraction
