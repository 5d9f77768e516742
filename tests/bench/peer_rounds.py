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


class Queued:
    """A task whose runs follow each other, and are waited for once a round."""

    def __init__(self, run, wait):
        self.run, self.wait = run, wait

    def milliseconds(self, repeats, clock):
        start = clock()
        for _ in range(repeats):
            self.run()
        self.wait()
        return 1e3 * (clock() - start) / repeats


def is_queued():
    """Told by the benchmark: whether its own steps do not wait."""
    return "queued" in sys.argv


def serve(name, tasks, repeats):
    # Told by the benchmark: time of all threads of this process, or of the clock on the wall.
    clock = time.process_time if "processor" in sys.argv else time.perf_counter

    def measured(run):
        if isinstance(run, Queued):
            return run.milliseconds(repeats, clock)
        return median_milliseconds(run, repeats, clock)

    print(name, flush=True)
    for _ in sys.stdin:
        result = {
            task: {setting: measured(run) for setting, run in settings.items()}
            for task, settings in tasks.items()
        }
        print(json.dumps(result), flush=True)
