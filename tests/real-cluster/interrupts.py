#!/usr/bin/env python3
"""Interrupts a phase at every request it makes, once before the server hears of it and once when it has answered. What the last event says
is there has to be what is there, and nothing else was touched; with --on-interrupt=delete nothing is left.

    interrupts.py [--jobs 5] [--show]
"""
import argparse
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from case import Case, Wrong, config, job  # noqa: E402


def phase(case):
    """A phase that does everything: an old object goes, a Job runs, one is deleted afterwards, another kind stays."""
    case.apply_old(config('settings', extra='  labels: {old: "yes"}\n'))
    chart = case.chart(config('settings', weight=-5), job('migrate', 'echo a; echo b', 'before-hook-creation,hook-succeeded'),
                       config('last', 'hook-succeeded', weight=5), config('kept', weight=6))
    return chart


class Bell:
    """Rings when the request of this number comes, or once it is answered."""

    def __init__(self, case, number, after):
        self.case, self.number, self.after, self.count, self.lock, self.rung = case, number, after, 0, threading.Lock(), None
        self.ready = threading.Event()

    def __call__(self, request):
        with self.lock:
            self.count += 1
            mine = self.count == self.number
        if mine:
            self.rung = f'{request.method} {request.path}'
            self.ready.wait(10)
            if not self.after:
                self.ring()
                return None
            threading.Thread(target=self.later, daemon=True).start()
        return None

    def later(self):
        time.sleep(0.02)
        self.ring()

    def ring(self):
        try:
            self.case.process.send_signal(signal.SIGINT)
        except (OSError, AttributeError):
            pass


def attempt(world, number, after, delete):
    name = f'int-{number}-{"after" if after else "before"}{"-delete" if delete else ""}'
    case = Case(world, name, 'helm4')
    try:
        bell = Bell(case, number, after)
        proxy = case.proxy(bell)
        chart = phase(case)
        old = {('ConfigMap', 'settings'): case.get('ConfigMap', 'settings')['metadata']['uid']}
        case.start(chart, proxy=proxy, lock=True, args=['--on-interrupt', 'delete'] if delete else [])
        bell.ready.set()
        case.end()
        if bell.rung is None:
            return None, 'there is no such request', case
        try:
            judge(case, old, delete)
        except Wrong as wrong:
            return bell.rung, str(wrong), case
        return bell.rung, None, case
    except (Wrong, RuntimeError, OSError, KeyError, TypeError, ValueError, subprocess.SubprocessError) as error:
        return 'nothing', f'{type(error).__name__}: {error}', case
    finally:
        try:
            case.close()
        except (OSError, RuntimeError):
            pass


def judge(case, old, delete):
    # Before the run has begun the signal ends the process, as it does every other; nothing has been changed then.
    case.expect(case.code in (0, 1, 130, -signal.SIGINT), f'exit {case.code}')
    time.sleep(0.3)
    now = {(kind, o['metadata']['name']): o['metadata'] for kind, o in case.all() if (kind, o['metadata']['name']) in case.hooks}
    there = {key for key, metadata in now.items() if 'deletionTimestamp' not in metadata and old.get(key) != metadata['uid']}
    said = os.path.exists(case.events) and [json.loads(line) for line in open(case.events) if line.strip()]
    if said and said[-1]['type'] == 'finished':
        listed = {(o['kind'], o['name']) for o in said[-1]['exists']}
        unknown = any(e['type'] == 'warning' and e['code'] == 'unknown-write' for e in said)
        case.expect(listed == there or unknown, f'the last event lists {sorted(listed)}, there is {sorted(there)}')
    else:
        case.expect(not there, f'no last event, and there is {sorted(there)}')
    if delete and case.code == 130:
        case.expect(not there, f'{sorted(there)} is left')
    others = case.others()
    case.expect(others == case.before, f'other objects changed: {sorted(case.before ^ others)}')
    leases = case.api.get(f'/apis/coordination.k8s.io/v1/namespaces/{case.namespace}/leases')['items']
    case.expect(not leases, 'the lock is still there')


class World:
    def __init__(self, options):
        self.options, self.api, self.program = options, lab.Api(), lab.hooks()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--jobs', type=int, default=5)
    parser.add_argument('--prefix', default=f'int{os.getpid() % 1000}')
    parser.add_argument('--show', action='store_true')
    parser.add_argument('--only', type=int)
    options = parser.parse_args()
    world = World(options)
    case = Case(world, 'all', 'helm4')
    chart = phase(case)
    proxy = case.proxy()
    case.start(chart, proxy=proxy, lock=True).end()
    count = len(proxy.seen)
    case.close()
    wrong, total, began = 0, 0, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = {pool.submit(attempt, world, n, after, delete): (n, after, delete) for n in range(1, count + 1)
                for after, delete in ((False, False), (True, False), (n % 2 == 0, True)) if options.only in (None, n)}
        for done in concurrent.futures.as_completed(jobs):
            (number, after, delete), (rung, message, case) = jobs[done], done.result()
            if rung is None:
                continue  # a request less than usual
            total += 1
            wrong += message is not None
            if message or options.show:
                print(f'{"ok   " if message is None else "WRONG"} {"after" if after else "before"} request {number}, {rung}'
                      + (', taking back' if delete else '') + (f': {message}' if message else ''), flush=True)
                print('\n'.join('      | ' + line for text in case.log for line in text.splitlines()), flush=True)
    print(f'{total - wrong} of {total} interrupts, at {count} requests, leave what the last event says ({time.monotonic() - began:.0f} s)')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
