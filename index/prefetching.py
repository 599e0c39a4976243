"""Reading ahead: files are parsed in a thread while earlier ones are embedded."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
AHEAD = 200


def prefetched(items: Iterable[Item], *, ahead: int = AHEAD) -> Iterator[Item]:
    """Yield `items` in order, made by a thread up to `ahead` of the consumer.

    An exception of the producer is raised here; a consumer that stops early stops the producer.
    """
    made: queue.Queue[tuple[Item | None, BaseException | None, bool]] = queue.Queue(ahead)
    stopped = threading.Event()

    def produce() -> None:
        failure: BaseException | None = None
        try:
            for item in items:
                if not _put((item, None, False)):
                    return
        except BaseException as error:
            failure = error
        _put((None, failure, True))

    def _put(entry: tuple[Item | None, BaseException | None, bool]) -> bool:
        while not stopped.is_set():
            try:
                made.put(entry, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    thread = threading.Thread(target=produce, name="reading ahead", daemon=True)
    thread.start()
    try:
        while True:
            item, failure, ended = made.get()
            if failure:
                raise failure
            if ended:
                return
            yield item  # type: ignore[misc]  # None only where ended
    finally:
        stopped.set()
        thread.join()
