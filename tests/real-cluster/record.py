#!/usr/bin/env python3
"""Writes down what both Helms do with the scenarios of testdata/cluster/scenarios, for replay.py. A scenario file has charts, setup and
commands in the form of spec/helm-hook-semantics.md, section 10; this adds `helm3` and `helm4`, or makes them anew.

    record.py [NAME...]
"""
import argparse
import concurrent.futures
import glob
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from replay import ENGINES, Replay, World, key  # noqa: E402

FOLDER = os.path.join(lab.ROOT, 'testdata', 'cluster', 'scenarios')
VERSIONS = {'helm3': '3.21.4', 'helm4': '4.2.4'}


class Recording(Replay):
    """A scenario with Helm's own hooks, whose course is kept."""

    def go(self):
        # Nothing to compare with: every command has an empty recording.
        self.scenario = {**self.scenario, self.engine: {'commands': [{} for _ in self.scenario['commands']]}}
        self.commands = []
        return super().go()

    def step(self, index, command, recorded):
        self.now = {}
        self.commands.append(self.now)
        self.log.clear()
        super().step(index, command, recorded)
        if self.log:
            exit_code, text = int(re.search(r'\[exit (-?\d+)\]$', self.log[-1]).group(1)), self.log[-1]
            error = text[text.rindex('Error:'):].rsplit('[exit', 1)[0].strip() if 'Error:' in text else None
            self.now.update({'exit': exit_code, **({'error': error.replace(self.namespace, 'NS')} if error and exit_code else {})})
        if 'helm' in command:
            self.now['releases'] = [self.release(secret) for _, _, secret in self.records.all()]

    def release(self, secret):
        release = lab.decode_record(secret['data']['release'])
        hooks = [{'name': h.get('name'), 'phase': h.get('last_run', {}).get('phase', ''), 'delete_policies': h.get('delete_policies')}
                 for h in release.get('hooks') or ()]
        return {'release': release['name'], 'revision': release['version'], 'status': release['info']['status'], 'hooks': hooks}

    def compare_writes(self, wanted, found, any_order):
        records, writes = [], []
        for w in found:
            taken = w.pop('taken')
            if w.pop('record'):
                release, revision = re.fullmatch(r'sh\.helm\.release\.v1\.(.*)\.v(\d+)', w['name']).groups()
                records.append({'verb': w['verb'], 'release': release, 'revision': int(revision), 'code': w['code'], 'after_writes': len(writes)})
            else:
                # Sent before the one before was answered; of a List, whose neighbours go at the same time, at once after it.
                if writes and (taken[0] < last or self.scenario.get('parallel') and (w['verb'], w['resource']) == (writes[-1]['verb'], writes[-1]['resource'])):
                    writes[-1]['any_order'] = w['any_order'] = True
                writes.append(w)
                last = taken[1]
        self.now.update(writes=[{k: v for k, v in w.items() if k != 'group' or v} for w in writes], record_writes=records)

    def compare_objects(self, wanted, index):
        time.sleep(1.5)
        self.now['objects'] = sorted(self.objects(index), key=key)

    def writes(self):
        self.world.audit.mark()
        told = []
        for w in self.world.audit.take(self.namespaces(), self.cluster_names):
            told.append({**self.entry(w), 'taken': (w['at'], w['ended']), 'record': w['name'].startswith('sh.helm.release.v1.')})
        return told


def record(world, path, scenario):
    for engine in ENGINES:
        done = Recording(world, scenario, engine).go()
        trouble = [d for d in done.differences if 'exit: Helm 0' not in d]
        if trouble:
            raise RuntimeError(f'{path}: {engine}: {trouble}')
        scenario[engine] = {'version': VERSIONS[engine], 'commands': done.commands}
    with open(path, 'w') as f:
        json.dump(scenario, f, indent=1, ensure_ascii=False)
        f.write('\n')
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('which', nargs='*')
    parser.add_argument('--jobs', type=int, default=5)
    parser.add_argument('--prefix', default='record')
    options = parser.parse_args()
    options.by = 'helm'
    world = World(options)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        waiting = []
        for path in sorted(glob.glob(os.path.join(FOLDER, '*.json'))):
            if not options.which or any(w in os.path.basename(path) for w in options.which):
                with open(path) as f:
                    waiting.append(pool.submit(record, world, path, json.load(f)))
        for done in concurrent.futures.as_completed(waiting):
            try:
                print(os.path.basename(done.result()), flush=True)
            except RuntimeError as error:
                print(error, flush=True)


if __name__ == '__main__':
    main()
