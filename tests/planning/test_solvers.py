"""The two exact solvers live in one process, whichever is loaded first, and both solve."""

import subprocess
import sys

import pytest

CP_SAT = """
from ortools.sat.python import cp_model
model = cp_model.CpModel()
x = model.new_int_var(0, 9, "x")
model.add(3 * x <= 20)
model.maximize(x)
solver = cp_model.CpSolver()
assert solver.solve(model) == cp_model.OPTIMAL and solver.value(x) == 6
"""
HIGHS = """
import highspy
model = highspy.Highs()
model.setOptionValue("output_flag", False)
x = model.addVariable(0, 9, -1.0)
model.changeColIntegrality(0, highspy.HighsVarType.kInteger)
model.addConstr(3 * x <= 20)
model.run()
assert round(model.getObjectiveValue()) == -6
"""


@pytest.mark.parametrize("order", [(CP_SAT, HIGHS), (HIGHS, CP_SAT)], ids=["cp-sat first", "highs first"])
def test_both_solvers_solve_in_one_process(order):
    done = subprocess.run(
        [sys.executable, "-c", "".join(order)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
