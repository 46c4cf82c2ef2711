"""Makes a model of rents by numpy alone, and submits it by hand: python least_squares.py TASK DATA.

The rent is a sum of parts, so the best line is found at once; one unit of the network says it where it is above zero, and one
where it is below.
"""

import json
import sys

import numpy as np

import covey

task = covey.fetch_task(int(sys.argv[1]), "by-hand", data=sys.argv[2])
data = task.load_data()
inputs = covey.features(data.inputs)
line, *_ = np.linalg.lstsq(np.column_stack([inputs, np.ones(len(inputs))]), covey.features(data.targets), rcond=None)

first, bias, last, end = (np.zeros(shape, np.float32) for shape in task.tensors.values())
for unit, sign in enumerate((1, -1)):
    first[unit], bias[unit], last[0, unit] = sign * line[:-1, 0], sign * line[-1, 0], sign
task.save_model([first, bias, last, end])
print(json.dumps(task.submit(stake=2000, max_stake=2000, wait=True)))
