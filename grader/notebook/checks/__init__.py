"""The checks of the questions that a machine can judge, one for each kind."""

from collections.abc import Callable, Mapping

from grader.notebook.checks.judgement import Asked, Judgement
from grader.notebook.checks.prune_function import check_prune_function
from grader.notebook.checks.sparsity_dict import check_sparsity_dict
from grader.notebook.checks.target_sparsity import check_target_sparsity

__all__ = ["CHECKS", "Asked", "Judgement"]

CHECKS: Mapping[str, Callable[[Asked], Judgement]] = {
    "prune-function": check_prune_function,
    "target-sparsity": check_target_sparsity,
    "sparsity-dict": check_sparsity_dict,
}
