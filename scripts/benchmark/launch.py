"""Runs one program and says what it took: launch.py CPU OUTPUT ERRORS PROGRAM [ARGUMENT...]

A process of its own that imports next to nothing: the peak memory of a process begins with that of the one it was
forked from, and the benchmark itself is larger than what it measures. CPU is a core's number, or -1 for any.
Prints: exit code, user seconds, system seconds, wall seconds, peak KB.
"""
import os
import sys
import time


def main():
    cpu, output, errors = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    arguments = sys.argv[4:]
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            if cpu >= 0:
                os.sched_setaffinity(0, {cpu})
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(output, flags, 0o600), 1)
            os.dup2(os.open(errors, flags, 0o600), 2)
            os.execv(arguments[0], arguments)
        finally:
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - begin
    print(os.waitstatus_to_exitcode(status), usage.ru_utime, usage.ru_stime, wall, usage.ru_maxrss)


main()
