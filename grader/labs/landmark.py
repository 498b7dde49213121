"""A reference network, drawn beside the class in the charts."""

from typing import Annotated

from pydantic import Field

from grader.labs.question import Fraction
from grader.labs.table import Table


class Landmark(Table):
    """A reference network: `mflops` in millions, `accuracy` as a fraction of all test images."""

    name: Annotated[str, Field(min_length=1)]
    mflops: Annotated[float, Field(gt=0)]
    accuracy: Fraction
