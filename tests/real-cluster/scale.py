#!/usr/bin/env python3
"""`status -A` and `leftovers -A` on 500 releases and 5,000 objects, and a phase of 100 hooks: time, memory, paged lists.

    scale.py [--releases 500] [--keep]     limits: 5 s and 100 MiB; 50 ms a hook beside what the server takes
"""
import argparse
import concurrent.futures
import datetime
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from proxy import Proxy  # noqa: E402

HOOKS_EACH = 10


def measured(argv, **env):
    """(exit, wall seconds, largest memory in MiB, processor seconds, stdout, stderr) of a command."""
    out, err = (os.path.join(lab.scratch(), n) for n in ('out', 'err'))
    began = time.monotonic()
    pid = os.posix_spawn(argv[0], argv, lab.environment(**env), file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, '/dev/null', os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, err, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)])
    _, status, usage = os.wait4(pid, 0)
    took = time.monotonic() - began
    with open(out) as o, open(err) as e:
        return os.waitstatus_to_exitcode(status), took, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime, o.read(), e.read()


def hook_manifest(name):
    return f'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  annotations:\n    helm.sh/hook: post-install\ndata:\n  v: "1"\n'


def fill(api, prefix, releases, namespaces):
    """Releases with hooks whose objects exist and that nothing will delete."""
    spaces = [f'{prefix}-{n}' for n in range(namespaces)]
    now = '2026-01-01T00:00:00Z'

    def one(number):
        space, name = spaces[number % namespaces], f'rel-{number}'
        hooks = [{'name': f'{name}-h{h}', 'kind': 'ConfigMap', 'path': f'c/templates/h{h}.yaml', 'manifest': hook_manifest(f'{name}-h{h}'),
                  'events': ['post-install'], 'last_run': {'started_at': now, 'completed_at': now, 'phase': 'Succeeded'},
                  'delete_policies': ['before-hook-creation']} for h in range(HOOKS_EACH)]
        release = {'name': name, 'info': {'first_deployed': now, 'last_deployed': now, 'deleted': '', 'description': 'Install complete', 'status': 'deployed'},
                   'chart': {'metadata': {'name': 'c', 'version': '0.1.0', 'apiVersion': 'v2'}, 'templates': [
                       {'name': f'templates/t{t}.yaml', 'data': 'eA==' * 2000} for t in range(4)], 'values': {}, 'files': [], 'lock': None, 'schema': None},
                   'config': {}, 'manifest': ''.join(f'---\n# Source: c/templates/t{t}.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}-p{t}\n' for t in range(20)),
                   'hooks': hooks}
        lab.Records(api, space).write(release, 1, 'deployed')
        for h in range(HOOKS_EACH):
            api.send('POST', f'/api/v1/namespaces/{space}/configmaps',
                     {'metadata': {'name': f'{name}-h{h}', 'annotations': {'helm.sh/hook': 'post-install'}}, 'data': {'v': '1'}}, fine=(409,))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(api.namespace, spaces))
        list(pool.map(one, range(releases)))
    return spaces


def hundred_hooks(api, audit, program, prefix, count=100):
    """Own cost of a hook: the time between two of its writes that the server did not need."""
    space, folder = f'{prefix}-many', os.path.join(lab.scratch(), 'many')
    api.namespace(space)
    os.makedirs(f'{folder}/templates', exist_ok=True)
    with open(f'{folder}/Chart.yaml', 'w') as f:
        f.write('apiVersion: v2\nname: c\nversion: 0.1.0\n')
    with open(f'{folder}/templates/all.yaml', 'w') as f:
        f.write('\n---\n'.join(hook_manifest(f'h{n:03}').replace('post-install', 'pre-install') for n in range(count)))
    lines = []
    for engine in ('helm3', 'helm4'):
        best = None
        for _ in range(3):
            audit.mark()
            audit.take([space])
            code, took, memory, cpu, _, err = measured([program, 'run', 'pre-install', 'r', '--chart', folder, '-n', space, '--for', engine, '--yes',
                                                        '--preflight=none', '--no-lock', '--wait-delete=helm'])
            audit.mark()
            writes = audit.take([space])
            server = sum((at(w['ended']) - at(w['at'])).total_seconds() for w in writes)
            if code:
                print(err)
                sys.exit(f'100 hooks as {engine}: exit {code}')
            own = 1000 * (took - server) / count
            measure = (own, took, server, cpu, memory, len(writes))
            best = min(best or measure, measure)
        lines.append((engine, best))
    api.drop_namespace(space)
    return lines


def at(text):
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--releases', type=int, default=500)
    parser.add_argument('--namespaces', type=int, default=25)
    parser.add_argument('--prefix', default='scale')
    parser.add_argument('--keep', action='store_true')
    options = parser.parse_args()
    api, program, wrong = lab.Api(), lab.hooks(), 0
    began = time.monotonic()
    spaces = fill(api, options.prefix, options.releases, options.namespaces)
    print(f'{options.releases} releases, {options.releases * HOOKS_EACH} hook objects made in {time.monotonic() - began:.0f} s')
    for command in ('status', 'leftovers'):
        best = None
        for _ in range(3):
            code, took, memory, cpu, out, err = measured([program, command, '-A', '-o', 'json'])
            if code:
                print(err)
                sys.exit(f'{command} -A: exit {code}')
            best = min(best or (took + 1,), (took, memory, cpu))
        found = out.count('"rel-') or len(out)
        took, memory, cpu = best
        fine = took < 5 and memory < 100 and found >= options.releases
        wrong += not fine
        print(f'{"ok   " if fine else "WRONG"} {command} -A: {took:.2f} s (processor {cpu:.2f} s), {memory:.0f} MiB')
        proxy = Proxy(api.port)
        measured([program, command, '-A', '-o', 'json'], KUBECONFIG=proxy.kubeconfig())
        lists = [r for r in proxy.seen if r.method == 'GET' and r.path.count('/') <= 5 and r.path.rsplit('/', 1)[-1] in ('secrets', 'configmaps')]
        paged = lists and all('limit' in r.query for r in lists)
        wrong += not paged
        print(f'{"ok   " if paged else "WRONG"} {command} -A: {len(lists)} lists, all in pages: {bool(paged)}')
        proxy.close()
    if os.access(lab.AUDIT, os.R_OK):
        for engine, (own, took, server, cpu, memory, count) in hundred_hooks(api, lab.Audit(api), program, options.prefix):
            fine = own < 50
            wrong += not fine
            print(f'{"ok   " if fine else "WRONG"} 100 hooks as {engine}: {own:.1f} ms own cost a hook ({took:.2f} s in all, {server:.2f} s in the '
                  f'{count} writes at the server, processor {cpu:.2f} s, {memory:.0f} MiB)')
    if not options.keep:
        for space in spaces:
            api.drop_namespace(space)
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
