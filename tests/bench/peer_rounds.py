"""One round of timings for each line of stdin, as JSON: {task: {setting: milliseconds}}."""
import json
import sys
import time


def median_milliseconds(run, repeats, clock):
    times = []
    for _ in range(repeats):
        start = clock()
        run()
        times.append(1e3 * (clock() - start))
    return sorted(times)[repeats // 2]


def serve(name, tasks, repeats):
    # Told by the benchmark: time of all threads of this process, or of the clock on the wall.
    clock = time.process_time if sys.argv[-1] == "processor" else time.perf_counter
    print(name, flush=True)
    for _ in sys.stdin:
        result = {
            task: {setting: median_milliseconds(run, repeats, clock) for setting, run in settings.items()}
            for task, settings in tasks.items()
        }
        print(json.dumps(result), flush=True)
