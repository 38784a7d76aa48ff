#!/usr/bin/env python3
"""Runs the sh blocks of a page in one shell, in order, and compares what each prints with the text
block that follows it. In a text block a line of three dots stands for any lines and an ellipsis
character for any characters. page.py PAGE PRELUDE [--show]: the shell runs the file PRELUDE first;
with --show it is shown what was printed."""
import re, subprocess, sys

MARK = "----- end of block -----"


def blocks(page):
    """Pairs of (commands, expected output or None)."""
    found = re.findall(r"^```(sh|text)\n(.*?)^```$", page, re.M | re.S)
    pairs = []
    for kind, body in found:
        if kind == "sh":
            pairs.append([body, None])
        elif pairs:
            pairs[-1][1] = body
    return pairs


def run(prelude, pairs):
    script = open(prelude, encoding="utf-8").read() + "".join(f"{commands}\necho; echo '{MARK}'\n" for commands, _ in pairs)
    done = subprocess.run(["bash"], input=script, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=300)
    return [printed.strip("\n") for printed in done.stdout.split(MARK)][: len(pairs)]


def pattern(expected):
    lines = []
    for line in expected.strip("\n").split("\n"):
        if line == "...":
            lines.append("(?:[^\n]*\n)*")
        else:
            lines.append(".*".join(re.escape(part) for part in line.split("…")) + "\n")
    return "".join(lines)


def main():
    pairs = blocks(open(sys.argv[1], encoding="utf-8").read())
    printed = run(sys.argv[2], pairs)
    wrong = 0
    for (commands, expected), actual in zip(pairs, printed):
        if "--show" in sys.argv:
            print(f"$ {commands}{actual}\n")
        elif expected is not None and not re.fullmatch(pattern(expected), actual + "\n"):
            wrong += 1
            print(f"The page says that\n{commands}prints\n{expected}but it printed\n{actual}\n")
    if len(printed) != len(pairs):
        print("the page's shell ended early")
    sys.exit(1 if wrong or len(printed) != len(pairs) else 0)


main()
