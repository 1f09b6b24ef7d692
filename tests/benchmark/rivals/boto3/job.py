"""One job from beginning to end, looked at with backoff."""
import time


def run_job(dx, job_type, details):
    job = dx.create_job(Type=job_type, Details=details)["Id"]
    start_and_wait(dx, job)


def start_and_wait(dx, job):
    dx.start_job(JobId=job)
    delay, state = 1, "IN_PROGRESS"
    while state in ("WAITING", "IN_PROGRESS"):
        time.sleep(delay)
        delay = min(delay * 1.5, 15)
        state = dx.get_job(JobId=job)["State"]
    if state != "COMPLETED":
        raise RuntimeError(f"{job}: {state}")


def chunks_of_100(items):
    return [items[i:i + 100] for i in range(0, len(items), 100)]
