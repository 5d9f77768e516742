"""One round of timings for each line of stdin, as JSON: {task: {setting: milliseconds}}."""
import json
import sys
import time


def median_milliseconds(run, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    return sorted(times)[repeats // 2]


def serve(name, tasks, repeats):
    print(name, flush=True)
    for _ in sys.stdin:
        result = {
            task: {setting: median_milliseconds(run, repeats) for setting, run in settings.items()}
            for task, settings in tasks.items()
        }
        print(json.dumps(result), flush=True)
