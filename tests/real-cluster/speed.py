#!/usr/bin/env python3
"""The same phase by us and by Helm (as part of its install), side by side; and how soon the end of a Job is noticed.

Times are those of the API server's audit log: from the first write of the phase to its end. Its end is the next write that Helm
makes afterwards, and the end of our process: we are charged for printing and leaving, Helm for nothing but its next write. The time
from a Job's creation to its end, which is the cluster's, is taken off.
"""
import argparse
import datetime
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from faults import config, job  # noqa: E402

POD = '''apiVersion: v1
kind: Pod
metadata:
  name: pod
  annotations: {helm.sh/hook: pre-install}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  automountServiceAccountToken: false
  containers: [{name: main, image: "busybox:1.36", command: [sh, -c, "true"]}]
'''
PHASES = {
    'one ConfigMap': [config('a')],
    'ten ConfigMaps': [config(f'c{n}') for n in range(10)],
    'ten ConfigMaps, deleted after success': [config(f'c{n}', 'before-hook-creation,hook-succeeded') for n in range(10)],
    'one Job': [job('j', 'true')],
    'one Job of 2 s': [job('j', 'sleep 2')],
    'three Jobs': [job(f'j{n}', 'true') for n in range(3)],
    'a Job, deleted after success': [job('j', 'true', 'before-hook-creation,hook-succeeded')],
    'a Job that fails': [job('j', 'false', 'hook-failed')],
    'a Pod': [POD],
}


def at(text):
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()


class Watch(threading.Thread):
    """When a Job's end was announced, by a watch of our own."""

    def __init__(self, api, namespace):
        super().__init__(daemon=True)
        self.ended, self.connection = {}, http.client.HTTPConnection('127.0.0.1', api.port, timeout=300)
        self.connection.request('GET', f'/apis/batch/v1/namespaces/{namespace}/jobs?watch=true', headers={'User-Agent': lab.AGENT})
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        self.start()

    def run(self):
        try:
            for line in self.answer:
                now, event = time.time(), json.loads(line)
                for c in event['object'].get('status', {}).get('conditions', ()):
                    if c['type'] in ('Complete', 'Failed') and c['status'] == 'True':
                        self.ended.setdefault(event['object']['metadata']['name'], now)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass


def once(api, audit, space, chart, engine, ours, again):
    """Seconds of one phase, and of the time between a Job's end and the next thing done."""
    audit.mark()
    audit.take([space])
    watch = Watch(api, space)
    if ours:
        argv = [lab.hooks(), 'run', 'pre-install', 'r', '--chart', chart, '-n', space, '--for', engine, '--yes', '--preflight=none',
                '--no-lock', '--wait-delete=helm', '-o', 'json']
    else:
        argv = [lab.program(engine), 'install', 'r', chart, '-n', space]
    began = time.time()
    done = subprocess.run(argv, env=lab.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    end = time.time()
    audit.mark()
    records = ('sh.helm.release.v1.',)
    all_writes = audit.take([space])
    hooks = [w for w in all_writes if not w['name'].startswith(records)]
    if not hooks:
        sys.exit(f'{" ".join(argv)}: wrote nothing: {done.stderr}')
    first, last = at(hooks[0]['at']), hooks[-1]
    later = [w for w in all_writes if w['name'].startswith(records) and w['at'] > last['at']]
    finish = end if ours else at(later[-1]['at'])
    told = [json.loads(line) for line in done.stdout.splitlines()] if ours else []
    noticed, worked = [], 0.0
    for name, when in watch.ended.items():
        following = [at(w['at']) for w in all_writes if at(w['at']) > when - 0.02 and (w['name'] != name or w['verb'] == 'delete')]
        following += [at(e['time']) for e in told if e['type'] == 'hook-ended' and e.get('name') == name]
        noticed.append(max(0.0, min(following + [finish]) - when))
        worked += when - min(at(w['ended']) for w in hooks if w['name'] == name and w['verb'] in ('create', 'patch'))
    watch.socket.shutdown(socket.SHUT_RDWR)
    if not ours:
        for _, _, secret in lab.Records(api, space).all():
            lab.Records(api, space).delete(secret)
    return finish - first - worked, max(noticed, default=None), finish - first


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--times', type=int, default=3)
    parser.add_argument('--prefix', default='speed')
    options = parser.parse_args()
    api = lab.Api()
    audit, wrong, latest = lab.Audit(api), 0, 0.0
    print(f'{"phase":40} {"as":6} {"Helm s":>8} {"ours s":>8} {"noticed after, Helm ms":>24} {"ours ms":>8}')
    for number, (title, hooks) in enumerate(PHASES.items()):
        space, chart = f'{options.prefix}-{number}', os.path.join(lab.scratch(), f'speed-{number}')
        api.namespace(space)
        os.makedirs(f'{chart}/templates', exist_ok=True)
        with open(f'{chart}/Chart.yaml', 'w') as f:
            f.write('apiVersion: v2\nname: c\nversion: 0.1.0\n')
        with open(f'{chart}/templates/all.yaml', 'w') as f:
            f.write('\n---\n'.join(hooks))
        for engine in ('helm3', 'helm4'):
            best = {}
            for n in range(options.times):
                for ours in (False, True):
                    took, noticed, _ = once(api, audit, space, chart, engine, ours, n)
                    lab.kubectl('delete', 'jobs,pods,configmaps', '--all', '-n', space, '--wait=true')
                    before = best.get(ours, (1e9, None))
                    best[ours] = (min(took, before[0]), noticed if before[1] is None else min(noticed, before[1]) if noticed is not None else None)
            (helm, their_notice), (us, our_notice) = best[False], best[True]
            # How long a Pod takes differs from one time to the next by more than all the rest; the time of Jobs is taken off.
            noise = 0.35 if POD in hooks else 0.05
            fine = us <= helm + noise and (our_notice is None or our_notice < 0.1)
            wrong += not fine
            show = lambda s: '' if s is None else f'{1000 * s:.0f}'  # noqa: E731
            print(f'{title:40} {engine:6} {helm:8.3f} {us:8.3f} {show(their_notice):>24} {show(our_notice):>8} {"" if fine else "WRONG"}', flush=True)
            latest = max(latest, our_notice or 0)
        api.drop_namespace(space)
    print(f'{len(PHASES) * 2 - wrong} of {len(PHASES) * 2} phases not slower than Helm; the end of a Job noticed after {1000 * latest:.0f} ms at most')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
