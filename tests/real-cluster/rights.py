#!/usr/bin/env python3
"""Every command with exactly the rights that docs/rights.md gives it, and with each verb of them missing in turn: then it is refused
before anything changes, and names what is missing.

A Role of that page is a yaml block below a heading that holds the command's name in backticks.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from case import config, direct, job  # noqa: E402

PAGE = os.path.join(lab.ROOT, 'docs', 'rights.md')
HOOKS = [config('settings', weight=-5, event='post-install'), job('migrate', 'true', event='post-install', policy='before-hook-creation,hook-succeeded')]
RUN = ['run', 'post-install', 'r', '--yes', '--timeout', '60s']
# What is run for a heading; the exit codes of a refusal; whether there is something to change.
COMMANDS = {
    'run --for helm4': (RUN + ['--for', 'helm4'], (5,)),
    'run --for helm3': (RUN + ['--for', 'helm3'], (5,)),
    'run --record': (RUN + ['--record'], (5,)),
    'status': (['status', 'r'], (3, 5)),
    'leftovers': (['leftovers', 'r'], (3, 5)),
    'leftovers --delete': (['leftovers', 'r', '--delete', '--yes'], (3, 5)),
    'plan --live': (['plan', '--live', 'r'], (3, 5)),
}


def roles():
    """heading -> [rules] of docs/rights.md; kubectl reads the yaml."""
    found, heading = {}, None
    with open(PAGE) as f:
        text = f.read()
    for part in re.split(r'^(?=##+ )', text, flags=re.M):
        heading = re.match(r'##+ .*?`(?:helm hooks )?([^`]+)`', part)
        block = re.search(r'^```yaml\n(.*?)^```', part, re.M | re.S)
        if heading and block:
            told = lab.kubectl('create', '--dry-run=client', '-o', 'json', '-f', '-', stdin=block.group(1))
            found[heading.group(1)] = json.loads(told)['rules']
    return found


def without_each(rules):
    """(what is missing, the rules without it) for each verb of each resource of each rule."""
    for n, rule in enumerate(rules):
        for resource in rule['resources']:
            for verb in rule['verbs']:
                kept = [r for i, r in enumerate(rules) if i != n]
                kept += [{**rule, 'resources': [x for x in rule['resources'] if x != resource]}] if len(rule['resources']) > 1 else []
                left = [v for v in rule['verbs'] if v != verb]
                kept += [{**rule, 'resources': [resource], 'verbs': left}] if left else []
                yield (verb, resource), kept


class Check:
    def __init__(self, options):
        self.options, self.api, self.program = options, lab.Api(), lab.hooks()
        self.folder = os.path.join(lab.scratch(), 'rights')

    def space(self, name, rules):
        """A namespace with the release, what an earlier run left, and an account that has these rights only."""
        space = f'{self.options.prefix}-{name}'
        self.namespace = space
        self.api.namespace(space)
        subprocess.run([lab.program('helm4'), 'install', 'r', os.path.join(self.folder, 'chart'), '-n', space, '--no-hooks'], env=lab.environment(), check=True, capture_output=True)
        lab.kubectl('create', '-n', space, '-f', '-', stdin='\n---\n'.join(h for h in HOOKS[:1]))
        for body, path in (({'metadata': {'name': 'limited'}}, f'/api/v1/namespaces/{space}/serviceaccounts'),
                           ({'metadata': {'name': 'limited'}, 'rules': rules}, f'/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/roles'),
                           ({'metadata': {'name': 'limited'}, 'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': 'Role', 'name': 'limited'},
                             'subjects': [{'kind': 'ServiceAccount', 'name': 'limited', 'namespace': space}]}, f'/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/rolebindings')):
            self.api.send('POST', path, body)
        return space

    def chart(self):
        path = os.path.join(self.folder, 'chart')
        os.makedirs(f'{path}/templates', exist_ok=True)
        for name, text in (('Chart.yaml', 'apiVersion: v2\nname: c\nversion: 0.1.0\n'), ('templates/all.yaml', '\n---\n'.join(HOOKS))):
            with open(f'{path}/{name}', 'w') as f:
                f.write(text)
        return path

    def objects(self, space):
        return {(o['metadata']['name'], o['metadata']['uid'], o['metadata']['resourceVersion'])
                for path in (f'/api/v1/namespaces/{space}/configmaps', f'/apis/batch/v1/namespaces/{space}/jobs', f'/api/v1/namespaces/{space}/secrets',
                             f'/apis/coordination.k8s.io/v1/namespaces/{space}/leases') for o in self.api.get(path)['items']}

    def one(self, number, heading, missing, rules):
        words, refused = COMMANDS[heading]
        space = self.space(f'{os.getpid() % 1000}-{number}', rules)
        try:
            holder = type('Holder', (), {'folder': self.folder})()
            token = lab.kubectl('create', 'token', 'limited', '-n', space).strip()
            before = self.objects(space)
            done = subprocess.run([self.program, *words, '-n', space], text=True, capture_output=True, stdin=subprocess.DEVNULL,
                                  env=lab.environment(KUBECONFIG=direct(holder, {'token': token}, space)))
            said = done.stdout + done.stderr
            if missing is None:
                return None if done.returncode == 0 else f'exit {done.returncode} with all rights: {said[-800:]}'
            if done.returncode not in refused:
                return f'exit {done.returncode}: {said[-500:]}'
            if self.objects(space) != before:
                return 'something changed'
            verb, resource = missing
            if verb not in said or resource.split('/')[0] not in said:
                return f'not named: {said[-500:]}'
        finally:
            self.api.drop_namespace(space)
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('which', nargs='*')
    parser.add_argument('--prefix', default='rights')
    options = parser.parse_args()
    check, found, wrong, total = Check(options), roles(), 0, 0
    os.makedirs(check.folder, exist_ok=True)
    check.chart()
    for heading in COMMANDS:
        if heading not in found:
            print(f'WRONG {heading}: docs/rights.md has no Role for it')
            wrong += 1
    cases = [(h, None, found[h]) for h in COMMANDS if h in found] + [(h, m, r) for h in COMMANDS if h in found for m, r in without_each(found[h])]
    cases = [c for c in cases if not options.which or c[0] in options.which]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for (heading, missing, _), problem in zip(cases, pool.map(lambda c: check.one(c[0], *c[1]), list(enumerate(cases)))):
            total += 1
            wrong += problem is not None
            if problem or missing is None:
                print(f'{"WRONG" if problem else "ok   "} {heading}' + (f', without {" ".join(missing)}' if missing else ', with the documented rights') + (f': {problem}' if problem else ''))
    print(f'{total - wrong} of {total}: each command works with its Role, and is refused, naming the right, without any one verb of it')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
