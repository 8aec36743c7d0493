"""What the identity providers of the tests share: their arguments, their keys and their end."""

import argparse
import json
import os
import sys
import threading
from pathlib import Path


def arguments():
    """Reads --port, --keys and --data, and ends the process when its standard input is closed.

    keys.json: [{ "kid", "alg", "pem" }, ..], private keys as PKCS #8. The first key signs, and all
    are published. A process that watches its standard input ends with an aborted test.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--keys", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    values = parser.parse_args()
    values.keys = json.loads(values.keys.read_text())
    threading.Thread(target=end_with_the_test, daemon=True).start()
    return values


def end_with_the_test():
    sys.stdin.read()
    os._exit(0)
