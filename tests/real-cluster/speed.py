#!/usr/bin/env python3
"""The same phase by us and by Helm (as part of its install), side by side; and how soon the end of a Job is noticed.

    speed.py [--times 7] [TITLE...]      the phases whose titles have one of these words; all when none is named

Times are those of the API server's audit log: from the first write of the phase to its end. Its end is the next write that Helm
makes afterwards, and the end of our process: we are charged for printing and leaving, Helm for nothing but its next write. Our
`--wait-delete=helm` waits as little as that Helm does, and logs are streamed, which Helm does not do.

Both are run in turn, each as often the first as the second, and the medians are compared:
  own     without the time from a Job's or Pod's creation to the news of its end, which is the cluster's: what the client adds. Ours may
          be later by 5 ms, or by half the sum of both middle halves (the distance between the quartiles) where that is more, and never
          by more than 30 ms: what is less cannot be told from noise. Behind ± stands half of the middle half.
  whole   all of it; shown, not judged: a kubelet looks at its containers once a second, so that what a Job takes depends on where in
          a second it was created. Each run begins at a random moment, so that this does not fall to one of the two.
"""
import argparse
import datetime
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from case import config, job  # noqa: E402

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
    'a Job that fails': [job('j', 'false')],
    'a Job that fails, and is deleted': [job('j', 'false', 'hook-failed')],
    'a Job that fails after another one': [job('i', 'true', 'hook-succeeded'), job('j', 'echo why; false', 'hook-failed')],
    'a Job that writes 2,000 lines': [job('j', 'seq 2000')],
    'a Pod': [POD],
}


PLACES = ('/apis/batch/v1/namespaces/{}/jobs', '/api/v1/namespaces/{}/pods', '/api/v1/namespaces/{}/configmaps')


def at(text):
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()


class Watch(threading.Thread):
    """When the end of a Job or a Pod was announced, by watches of our own."""

    def __init__(self, api, path, ended):
        super().__init__(daemon=True)
        self.ended, self.connection = ended, http.client.HTTPConnection('127.0.0.1', api.port, timeout=300)
        self.connection.request('GET', f'{path}?watch=true', headers={'User-Agent': lab.AGENT})
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        self.start()

    def run(self):
        try:
            for line in self.answer:
                now, event = time.time(), json.loads(line)
                done, name = event['object'].get('status', {}), event['object']['metadata']['name']
                conditions = any(c['type'] in ('Complete', 'Failed') and c['status'] == 'True' for c in done.get('conditions', ()))
                if conditions or done.get('phase') in ('Succeeded', 'Failed'):
                    self.ended.setdefault(name, now)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)


def empty(api, space):
    """Leaves nothing of a phase."""
    for path in PLACES:
        api.send('DELETE', path.format(space) + '?propagationPolicy=Background&gracePeriodSeconds=0')
    while any(api.get(path.format(space))['items'] for path in PLACES[:2]):
        time.sleep(0.05)
    # The node takes containers away meanwhile: Helm takes a while to come to its first write, we do not.
    time.sleep(1 + random.random())


def once(api, audit, space, chart, engine, ours):
    """Seconds of one phase without the work of the cluster, with it, and between a Job's end and the next thing done."""
    audit.mark()
    audit.take([space])
    ended = {}
    watches = [Watch(api, path.format(space), ended) for path in PLACES[:2]]
    if ours:
        argv = [lab.hooks(), 'run', 'pre-install', 'r', '--chart', chart, '-n', space, '--for', engine, '--yes', '--preflight=none',
                '--no-lock', '--wait-delete=helm', '-o', 'json']
    else:
        argv = [lab.program(engine), 'install', 'r', chart, '-n', space]
    done = subprocess.run(argv, env=lab.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    end = time.time()
    audit.mark()
    all_writes = audit.take([space])
    hooks = [w for w in all_writes if not w['name'].startswith('sh.helm.release.v1.')]
    if not hooks:
        sys.exit(f'{" ".join(argv)}: wrote nothing: {done.stderr}')
    first, last = at(hooks[0]['at']), hooks[-1]
    later = [w for w in all_writes if w not in hooks and w['at'] > last['at']]
    finish = end if ours else at(later[-1]['at'])
    told = [json.loads(line) for line in done.stdout.splitlines()] if ours else []
    names = {h['order']: h['name'] for e in told if e['type'] == 'plan' for h in e['hooks']}
    noticed, worked = [], 0.0
    for name, when in ended.items():
        created = [at(w['ended']) for w in hooks if w['name'] == name and w['verb'] in ('create', 'patch')]
        if not created:
            continue  # a Pod of a Job
        following = [at(w['at']) for w in all_writes if at(w['at']) > when - 0.02 and (w['name'] != name or w['verb'] == 'delete')]
        following += [at(e['time']) for e in told if e['type'] == 'hook-ended' and names.get(e['hook']) == name]
        noticed.append(max(0.0, min(following + [finish]) - when))
        worked += when - created[0]
    for watch in watches:
        watch.close()
    if not ours:
        for _, _, secret in lab.Records(api, space).all():
            lab.Records(api, space).delete(secret)
    return finish - first - worked, finish - first, max(noticed, default=None)


def middle(times):
    """The median, and the distance between the quartiles."""
    low, median, high = statistics.quantiles(times, n=4, method='inclusive')
    return median, high - low


def compare(helm, ours):
    """Both medians with their spreads, and whether ours is not later than can be told from noise."""
    (theirs, their_spread), (own, own_spread) = middle(helm), middle(ours)
    noise = min(max(0.005, (their_spread + own_spread) / 2), 0.03)
    text = f'{theirs * 1000:6.0f} ±{their_spread * 500:<4.0f} {own * 1000:6.0f} ±{own_spread * 500:<4.0f}'
    return own <= theirs + noise, text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('titles', nargs='*')
    parser.add_argument('--times', type=int, default=7)
    parser.add_argument('--prefix', default='speed')
    options = parser.parse_args()
    api = lab.Api()
    audit, wrong, count, latest = lab.Audit(api), [], 0, 0.0
    print(f'{"ms":38} {"as":6} {"own: Helm":>11} {"ours":>12}   {"whole: Helm":>12} {"ours":>12}   noticed: Helm, ours (latest)')
    for number, (title, hooks) in enumerate(PHASES.items()):
        if options.titles and not any(words in title for words in options.titles):
            continue
        space, chart = f'{options.prefix}-{number}', os.path.join(lab.scratch(), f'speed-{number}')
        api.namespace(space)
        os.makedirs(f'{chart}/templates', exist_ok=True)
        with open(f'{chart}/Chart.yaml', 'w') as f:
            f.write('apiVersion: v2\nname: c\nversion: 0.1.0\n')
        with open(f'{chart}/templates/all.yaml', 'w') as f:
            f.write('\n---\n'.join(hooks))
        for engine in ('helm3', 'helm4'):
            taken = {True: [], False: []}
            for n in range(options.times):
                for ours in (n % 2 == 0, n % 2 == 1):
                    taken[ours].append(once(api, audit, space, chart, engine, ours))
                    empty(api, space)
            part = lambda ours, n: [one[n] for one in taken[ours] if one[n] is not None]  # noqa: E731
            own, own_text = compare(part(False, 0), part(True, 0))
            _, whole_text = compare(part(False, 1), part(True, 1))
            notices = [max(part(ours, 2), default=0) for ours in (False, True)]
            soon = notices[1] < 0.1
            words = [word for word, fine in (('own', own), ('noticed', soon)) if not fine]
            wrong += [f'{title} ({engine}): {", ".join(words)}'] if words else []
            count += 1
            shown = '   {:.0f}, {:.0f}'.format(*(1000 * n for n in notices)) if notices[1] else ''
            print(f'{title:38} {engine:6} {own_text}   {whole_text}{shown} {"WRONG: " + ", ".join(words) if words else ""}', flush=True)
            latest = max(latest, notices[1])
        api.drop_namespace(space)
    print(f'{count - len(wrong)} of {count} phases not slower than Helm (medians of {options.times}); '
          f'the end of a Job noticed after {1000 * latest:.0f} ms at most')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
