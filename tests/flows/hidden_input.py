"""azb login at a terminal: the secret typed, interrupted by Ctrl-C or a signal, ended by Ctrl-D."""
import fcntl
import os
import select
import signal
import subprocess
import termios

SECRET = os.environ["AZURE_CLIENT_SECRET"]
LOGIN = ["azb", "login", "--service-principal", "--tokens-in", "file", "--client-secret-file", "-"]


def until(master, text):
    seen = ""
    while text not in seen:
        assert select.select([master], [], [], 30)[0], seen
        seen += os.read(master, 4096).decode()
    return seen


def shows(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def play(act):
    """The exit status and what stood on the terminal."""
    master, terminal = os.openpty()
    child = subprocess.Popen(LOGIN, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
                             preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    seen = until(master, "secret (it is not shown): ")
    assert not shows(terminal)
    act(master, child)
    status = child.wait(timeout=30)
    while select.select([master], [], [], 0)[0]:
        seen += os.read(master, 4096).decode()
    assert shows(terminal), "the terminal is left mute"
    assert SECRET not in seen, seen
    return status, seen


def typed(text):
    return lambda master, child: os.write(master, text.encode())


status, seen = play(typed(SECRET + "\n"))
assert status == 0 and "signed in as" in seen, (status, seen)
status, seen = play(typed("\x04"))
assert status == 2 and "holds no secret" in seen, (status, seen)
status, seen = play(typed(SECRET[:3] + "\x03"))
assert status == -signal.SIGINT, (status, seen)
for number in (signal.SIGTERM, signal.SIGHUP):
    status, seen = play(lambda master, child: child.send_signal(number))
    assert status == -number, (status, seen)
