"""Takes half a second to import, in the host and in every worker."""
import time

time.sleep(0.5)


def hello() -> dict:
    return {"imported": True}
