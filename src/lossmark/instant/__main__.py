"""The service as JupyterHub starts it, as the account that grades."""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import logging
import os
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from lossmark import startup  # noqa: F401  (before all that imports nbformat)
from lossmark.batch import forkserver

_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def main() -> int:
    """Serve until told to end.

    JupyterHub sets the address (``JUPYTERHUB_SERVICE_URL``, ``JUPYTERHUB_SERVICE_PREFIX``), and its configuration the
    folder (``LOSSMARK_COURSE``), the file (``LOSSMARK_LEDGER``) and the hub's proxy (``LOSSMARK_PROXY``).
    """
    logging.basicConfig(format="[%(levelname)s %(asctime)s InstantCheck] %(message)s", level=logging.INFO)
    for name in ("tornado.access", "tornado.application"):  # at INFO they tell codes of the login
        logging.getLogger(name).setLevel(logging.WARNING)
    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGTERM)  # a hub that was killed starts another one
    forkserver.start()
    asyncio.run(_serve())
    return 0


async def _serve() -> None:
    from tornado.httpserver import HTTPServer

    from lossmark.course import Course
    from lossmark.instant.app import MAX_REQUEST_BYTES, Service
    from lossmark.instant.checking import Checking
    from lossmark.instant.contents import Contents
    from lossmark.instant.ledger import Ledger
    from lossmark.instant.settings import InstantCheck

    root, file = Path(os.environ["LOSSMARK_COURSE"]), Path(os.environ["LOSSMARK_LEDGER"])
    os.umask(0o077)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two services would run the same checks
        ledger = Ledger(file)
        checking = Checking(root, ledger)
        prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
        contents = Contents(os.environ["LOSSMARK_PROXY"])
        service = Service(root, contents, prefix, ledger, checking)
        address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
        server = HTTPServer(service.application(), xheaders=True, max_body_size=MAX_REQUEST_BYTES)
        server.listen(address.port or 0, address.hostname or "127.0.0.1")

        told_to_end = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, told_to_end.set)
        if InstantCheck.of(Course(root)).enabled:
            checking.warm_up()
            checking.go_on()  # the checks that an earlier service has left
        await told_to_end.wait()
        server.stop()
        checking.stop()
        ledger.close()


if __name__ == "__main__":
    sys.exit(main())
