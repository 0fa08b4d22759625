"""Ways in which code ends its process, never ends, floods or swells."""

import textwrap

ENDINGS = {
    "os._exit": "import os; os._exit(0)",
    "sys.exit": "import sys; sys.exit()",
    "quit": "quit()",
    "segfault": "import ctypes; ctypes.string_at(0)",
    "abort": "import os; os.abort()",
    "kill": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "kill everything": "import os, signal; os.kill(-1, signal.SIGKILL)",
    "kill the group": "import os, signal; os.kill(0, signal.SIGKILL)",
    "stack": "import sys; sys.setrecursionlimit(10**9)\nf = lambda x: sorted([0], key=f)\nf(0)",
    "heap": "x = [bytearray(1 << 28) for _ in range(10**6)]",
    "array": "import numpy as np; np.ones(10**12)",
    "threads": "import threading, time\nfor _ in range(10**4): threading.Thread(target=time.sleep, args=(99,)).start()",
    "flood": "while True:\n    print('x' * 10**6)",
    "memfd": "import ctypes\nfd = ctypes.CDLL(None).memfd_create(b'x', 0)\nwhile True: os.write(fd, b'x' * (1 << 24))",
    "disk": "n = 0\nwhile True:\n    open(f'/tmp/{n}', 'wb').write(b'x' * (1 << 24)); n += 1",
    "inodes": "import os\nfor n in range(10**6): os.close(os.open(f'/dev/shm/{n}', os.O_CREAT))",
}
HANGS = {  # only a clock ends it
    "stop the group": "import os, signal, time; os.kill(0, signal.SIGSTOP); time.sleep(60)",
    "recursion": "import sys; sys.setrecursionlimit(10**9); f = lambda: f(); f()",
    "swallowed interrupts": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "handlers of one's own": "import signal\nfor n in (signal.SIGALRM, signal.SIGPROF, signal.SIGXCPU):\n"
    "    signal.signal(n, lambda *_: None)\nwhile True: pass",
    "signals blocked, timers stopped": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
    "signal.setitimer(signal.ITIMER_REAL, 0); signal.setitimer(signal.ITIMER_PROF, 0)\nwhile True: pass",
    "a loop in C": "import re; re.match('(a+)+$', 'a' * 60 + 'b')",
    "sleep": "import time; time.sleep(10**6)",
}
BOMBS = {  # of processes
    "fork bomb": "import os\nwhile True:\n    os.fork()",
    "processes that stay": "import os, time\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(0.01)",
}


def in_a_blank(ending):
    """{blank: code} of the answer, which no other one calls, that ends so."""
    body = textwrap.indent(ending, "    ")
    return {"weighted_gradients": f"def weighted_gradients(X, delta, s):\n{body}\n    return 0.0, 0.0"}
