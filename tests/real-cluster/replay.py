#!/usr/bin/env python3
"""Replays recorded scenarios against a real cluster and compares every write and every object left with what Helm did.

    replay.py                    Helm goes with --no-hooks, `helm-hooks run` runs the phases before and after it
    replay.py --by helm          Helm runs its own hooks: does this comparison give the recording at all?
    replay.py 084 069 --show     some scenarios, with all differences and what the commands printed

The format of a scenario is told in spec/helm-hook-semantics.md, section 10; those of testdata/cluster/scenarios are made by record.py. What Helm does around its hooks (which record a failed
phase leaves, what --atomic does then) is done here by the rules of section 3; nothing is done for one scenario only.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402

ENGINES = {'helm3': 'helm4', 'helm4': 'helm3'}
HIDDEN_KINDS = {'Event', 'Endpoints', 'EndpointSlice', 'ReplicaSet', 'ControllerRevision', 'PodMetrics'}
WITH_VALUE = {'--timeout', '--set', '--set-string', '--set-json', '--set-literal', '--set-file', '-f', '--values', '--filter',
              '--description', '--history-max', '--version', '--kube-version', '-l', '--labels', '--revision', '--cascade'}
VALUES = {'--set', '--set-string', '--set-json', '--set-literal', '--set-file', '-f', '--values'}


class Command:
    """A helm command line, taken apart."""

    def __init__(self, text):
        words = shlex.split(text)
        self.words, self.verb, self.places, self.flags = words, words[0], [], []
        rest = iter(words[1:])
        for word in rest:
            if not word.startswith('-'):
                self.places.append(word)
            elif '=' in word:
                self.flags.append(tuple(word.split('=', 1)))
            elif word in WITH_VALUE:
                self.flags.append((word, next(rest)))
            else:
                self.flags.append((word, None))
        self.release = self.places[0] if self.places else None

    def has(self, *names):
        return any(f in names and v not in ('false', 'none') for f, v in self.flags)

    def value(self, name):
        return next((v for f, v in self.flags if f == name), None)

    @property
    def atomic(self):
        return self.has('--atomic', '--rollback-on-failure')

    def waits(self, engine):
        """Whether Helm 4 waits until deleted hooks are gone."""
        return engine == 'helm3' or self.atomic or any(f == '--wait' and v not in ('false', 'hookOnly') for f, v in self.flags)

    def without(self, *names):
        return [f if v is None else f'{f}={v}' for f, v in self.flags if f not in names]


class Difference(Exception):
    pass


class Replay:
    """One scenario with one Helm."""

    def __init__(self, world, scenario, engine):
        self.world, self.scenario, self.engine, self.api = world, scenario, engine, world.api
        self.name = f'{scenario["number"]:03}-{scenario["name"]}'
        self.namespace = f'{world.options.prefix}-{scenario["number"]:03}-{engine[-1]}'
        self.folder = os.path.join(lab.scratch(), self.namespace)
        self.records = lab.Records(self.api, self.namespace)
        self.born, self.log, self.differences, self.told, self.ended, self.ahead = {}, [], [], [], 0.0, None
        text = json.dumps(scenario['charts']) + scenario['setup']
        self.own_cluster_kinds = [k for k, (_, _, namespaced) in world.kinds.items()
                                  if not namespaced and k != 'Namespace' and re.search(rf'kind: {k}\b', text)]
        self.cluster_names = sorted(set(re.findall(r'\bname: ([A-Za-z0-9.:-]+)', text.replace('\\n', '\n')))) if self.own_cluster_kinds else []

    # --- running things

    def namespaces(self):
        return [self.namespace, self.namespace + '-other', self.namespace + '-made']

    def start(self, argv, **env):
        env = lab.environment(HELM_NAMESPACE=self.namespace, **env)
        return subprocess.Popen(argv, cwd=self.folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run(self, argv, during=(), **env):
        """Runs a command while `during` happens; gives (exit, what was sent to it)."""
        process = self.start(argv, **env)
        sent, over = [], threading.Event()
        threads = [threading.Thread(target=self.meanwhile, args=(step, process, over, sent)) for step in during]
        for thread in threads:
            thread.start()
        try:
            out, err = process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.differences.append(f'{" ".join(argv[1:])}: did not end within 180 s')
        over.set()
        self.ended = time.monotonic()
        for thread in threads:
            thread.join()
        self.log.append(f'$ {" ".join(argv)}\n{out}{err}[exit {process.returncode}]')
        return process.returncode, out, err, sent

    def meanwhile(self, step, process, over, sent):
        """Does one thing of `during` when its time has come; what is done to objects is done at once when the command ends before."""
        when = step['when']
        path = self.path_of(when['resource'], when['name'])
        before = {uid for uid in self.born}
        while not over.is_set():
            found = self.api.get(path)
            if found and self.is_in(found, when.get('state'), before):
                break
            time.sleep(0.05)
        over.wait(step.get('after', 0))
        do = step['do']
        if 'signal' in do:
            if not over.is_set():
                sent.append(do['signal'])
                process.send_signal(getattr(signal, 'SIG' + do['signal']))
        elif 'delete' in do:
            self.api.send('DELETE', self.path_of(*do['delete']) + '?propagationPolicy=Background', fine=(404,))
        elif 'unfinalize' in do:
            self.api.merge(self.path_of(*do['unfinalize']), {'metadata': {'finalizers': None}}, fine=(404,))

    def is_in(self, found, state, before):
        if state == 'terminating':
            return 'deletionTimestamp' in found['metadata']
        if state == 'running':
            if found['kind'] == 'Job':
                return found.get('status', {}).get('active', 0) > 0 and self.pod_runs(found)
            return found.get('status', {}).get('phase') == 'Running'
        return found['metadata']['uid'] not in before

    def pod_runs(self, job):
        pods = self.api.get(f'/api/v1/namespaces/{job["metadata"]["namespace"]}/pods?labelSelector=job-name%3D{job["metadata"]["name"]}')
        return any(p.get('status', {}).get('phase') == 'Running' for p in pods['items'])

    def path_of(self, resource, name):
        for base, plural, namespaced in self.world.kinds.values():
            if plural == resource:
                return f'{base}/namespaces/{self.namespace}/{plural}/{name}' if namespaced else f'{base}/{plural}/{name}'
        raise RuntimeError(f'no resource {resource}')

    def access(self, command):
        """Flags and settings by which a command reaches the cluster as the scenario wants."""
        env = {}
        who = f'system:serviceaccount:{self.namespace}:limited'
        if 'as' in command:
            env['HELM_KUBEASUSER'] = who
        if 'token' in command:
            env['HELM_KUBETOKEN'] = lab.kubectl('create', 'token', 'limited', '-n', self.namespace).strip()
        if 'unreachable' in command:
            env['HELM_KUBEAPISERVER'] = 'https://127.0.0.1:9'
        return env

    def helm(self, engine, words, env, during=(), **more):
        return self.run([lab.program(engine), *words], during=during, **env, **more)

    # --- one phase by us

    def phase(self, event, parsed, engine, env, during, chart=None, to=None, only=(), skip=()):
        """Runs one phase; gives 'ok', 'fail', or the signal that was sent to it."""
        argv = [self.world.program, 'run', event, parsed.release, '--for', engine, '--preflight=none', '--no-lock', '--yes',
                '--wait-delete=' + ('always' if parsed.waits(engine) else 'helm'), '-o', 'json']
        if chart:
            argv += ['--chart', chart] + [w for f, v in parsed.flags if f in VALUES for w in (f, v)]
            argv += [f for f in ('--reuse-values', '--reset-values', '--reset-then-reuse-values') if parsed.has(f)]
        if to:
            argv += ['--to', str(to)]
        if engine == 'helm4':
            argv += self.method(parsed)
        if parsed.value('--timeout'):
            argv += ['--timeout', parsed.value('--timeout')]
        for flag, names in (('--only', only), ('--skip', skip)):
            for name in names:
                argv += [flag, name]
        code, out, err, sent = self.run(argv, during=during, **env)
        if code in (2, 3, 5):
            self.differences.append(f'run {event}: exit {code}: {err.strip()[:300]}')
        for line in out.splitlines():
            try:
                json.loads(line)
            except ValueError:
                self.differences.append(f'run {event}: not a line of JSON: {line[:200]}')
        self.code = code
        return sent[0] if sent else 'ok' if code == 0 else 'fail'

    # --- what surrounds the phases, as Helm has it

    def newest(self, release):
        records = self.records.all(release)
        return records[-1] if records else (0, None, None)

    def leave(self, release, status, render=None, copy_of=None):
        """The record of a new revision that ended before Helm did anything to the cluster."""
        revision = self.newest(release)[0] + 1
        if copy_of is not None:
            content = next(lab.decode_record(s['data']['release']) for r, _, s in self.records.all(release) if r == copy_of)
        else:
            content = json.loads(render)
        self.records.write(content, revision, status)

    def mark(self, release, revision, status):
        for r, s, secret in self.records.all(release):
            if r == revision and s != status:
                self.records.status(secret, status)

    def by_us(self, command, parsed, engine, env, recorded):
        """A command whose hooks we run. Gives 'ok', 'fail' or a signal."""
        during = command.get('during', ())
        if parsed.has('--no-hooks') or parsed.has('--dry-run') or parsed.verb not in ('install', 'upgrade', 'rollback', 'uninstall', 'test'):
            return self.plainly(engine, parsed.words, env, during)
        if parsed.verb == 'test':
            return self.test(parsed, engine, env, during)
        began = any(w['code'] < 300 for w in recorded.get('record_writes', ()))
        if parsed.verb == 'uninstall':
            if not self.records.all(parsed.release) or self.newest(parsed.release)[1] == 'uninstalled':
                return self.plainly(engine, [*parsed.words, '--no-hooks'], env, during)
            return self.uninstall(parsed, engine, env, during)
        if not began:  # Helm refused before it came to any hook
            return self.plainly(engine, [*parsed.words, '--no-hooks'], env, during)
        if parsed.verb == 'rollback':
            return self.rollback(parsed, engine, env, during)
        # Where a phase will fail, its record is needed at once afterwards: the next command may depend on the moment.
        self.ahead = None
        if recorded['exit'] and self.namespace_exists() and '--create-namespace' not in parsed.words:
            self.ahead = self.world.side.submit(self.dry_run, parsed, engine, env)
        status = self.newest(parsed.release)[1]
        if parsed.verb == 'install' or (parsed.has('--install', '-i') and status in (None, 'uninstalled')):
            return self.install(parsed, engine, env, during)
        return self.upgrade(parsed, engine, env, during)

    def plainly(self, engine, words, env, during=()):
        code, _, _, sent = self.helm(engine, words, env, during)
        return sent[0] if sent else 'ok' if code == 0 else 'fail'

    def rendered(self, parsed, engine, env):
        """What Helm would store."""
        if self.ahead:
            return self.ahead.result()
        return self.dry_run(parsed, engine, env)

    def dry_run(self, parsed, engine, env):
        words = [parsed.verb, *parsed.places, *parsed.without('--atomic', '--rollback-on-failure', '--wait'), '--dry-run=server', '-o', 'json']
        code, out, err, _ = self.helm(engine, words, env)
        if code:
            raise Difference(f'dry run failed: {err.strip()[-300:]}')
        return out

    def without_hooks(self, parsed):
        """The same command without hooks; --atomic would undo what is left to us, the waiting it implies stays."""
        flags = parsed.without('--atomic', '--rollback-on-failure', '--no-hooks', '--keep-history')
        if parsed.atomic and not parsed.has('--wait'):
            flags.append('--wait')
        return [parsed.verb, *parsed.places, *flags, '--no-hooks']

    def method(self, parsed):
        return ['--server-side=' + parsed.value('--server-side')] if parsed.value('--server-side') else []

    def install(self, parsed, engine, env, during):
        chart = parsed.places[1]
        if parsed.has('--create-namespace') and not self.namespace_exists():
            self.api.namespace(self.namespace)
        crds = sorted(glob.glob(os.path.join(self.folder, chart, 'crds', '*')))
        if crds and not parsed.has('--skip-crds'):
            for path in crds:
                lab.kubectl('create', '-f', path, check=False)
            lab.kubectl('wait', '--for=condition=established', 'crd', *self.cluster_names, check=False)
        result = self.phase('pre-install', parsed, engine, env, during, chart=chart)
        if result != 'ok':
            self.leave(parsed.release, 'pending-install' if result == 'KILL' else 'failed', self.rendered(parsed, engine, env))
            return self.undo_install(parsed, engine, env, result)
        result = self.plainly(engine, self.without_hooks(parsed), env)
        if result == 'ok':
            result = self.phase('post-install', parsed, engine, env, during)
            if result != 'ok':
                self.mark(parsed.release, self.newest(parsed.release)[0], 'pending-install' if result == 'KILL' else 'failed')
        return result if result == 'ok' else self.undo_install(parsed, engine, env, result)

    def undo_install(self, parsed, engine, env, result):
        if parsed.atomic and result == 'fail':
            self.uninstall(parsed, engine, env, (), purge=True)
        return result

    def namespace_exists(self):
        return self.api.get(f'/api/v1/namespaces/{self.namespace}') is not None

    def upgrade(self, parsed, engine, env, during):
        release, chart = parsed.release, parsed.places[1]
        deployed = [r for r, s, _ in self.records.all(release) if s == 'deployed']
        result = self.phase('pre-upgrade', parsed, engine, env, during, chart=chart)
        if result != 'ok':
            self.leave(release, 'pending-upgrade' if result == 'KILL' else 'failed', self.rendered(parsed, engine, env))
        else:
            result = self.plainly(engine, self.without_hooks(parsed), env)
            if result == 'ok':
                result = self.phase('post-upgrade', parsed, engine, env, during)
                if result != 'ok':
                    self.mark(release, self.newest(release)[0], 'pending-upgrade' if result == 'KILL' else 'failed')
                    for revision in deployed[-1:]:
                        self.mark(release, revision, 'deployed')
        if result == 'fail' and parsed.atomic:
            good = [r for r, s, _ in self.records.all(release) if s in ('deployed', 'superseded')]
            wait = '' if engine == 'helm4' else ' --wait'
            back = Command(f'rollback {release} {good[-1]} --timeout {parsed.value("--timeout") or "5m"}{wait}')
            back.flags += [(f, v) for f, v in parsed.flags if f in ('--rollback-on-failure',)]
            self.rollback(back, engine, env, ())
        return result

    def rollback(self, parsed, engine, env, during):
        release = parsed.release
        now = self.newest(release)[0]
        to = int(parsed.places[1]) if len(parsed.places) > 1 and parsed.places[1] != '0' else now - 1
        deployed = [r for r, s, _ in self.records.all(release) if s == 'deployed']
        result = self.phase('pre-rollback', parsed, engine, env, during, to=to)
        if result != 'ok':
            self.leave(release, 'pending-rollback', copy_of=to)
            return result
        result = self.plainly(engine, self.without_hooks(parsed), env)
        if result == 'ok':
            result = self.phase('post-rollback', parsed, engine, env, during, to=to)
            if result != 'ok':
                self.mark(release, self.newest(release)[0], 'pending-rollback')
                for revision in deployed:
                    self.mark(release, revision, 'deployed')
        return result

    def uninstall(self, parsed, engine, env, during, purge=False):
        release = parsed.release
        newest = self.newest(release)[0]
        result = self.phase('pre-delete', parsed, engine, env, during)
        if result != 'ok':
            if self.reached_record():
                self.mark(release, newest, 'uninstalling')
            return result
        words = ['uninstall', release, *parsed.without('--atomic', '--rollback-on-failure', '--no-hooks', '--keep-history')] \
            if parsed.verb == 'uninstall' else ['uninstall', release]
        result = self.plainly(engine, [*words, '--no-hooks', '--keep-history'], env)
        if result == 'ok':
            result = self.phase('post-delete', parsed, engine, env, during)
        if purge or not parsed.has('--keep-history'):
            for _, _, secret in self.records.all(release):
                self.records.delete(secret)
        return result

    def reached_record(self):
        """Whether Helm would have written the record before the phase failed: not when the hook could not be built or deleted."""
        last = self.log[-1]
        return '"manifest"' not in last and '"deletion' not in last

    def test(self, parsed, engine, env, during):
        record = self.newest(parsed.release)[2]
        if record is None:
            return self.plainly(engine, parsed.words, env, during)
        names = {h.get('name') for h in lab.decode_record(record['data']['release']).get('hooks', ())
                 if 'test' in h.get('events', ())}
        include, exclude = set(), set()
        for flag, value in parsed.flags:
            for part in value.split(',') if flag == '--filter' else ():
                if part.startswith('name='):
                    include.add(part[5:])
                elif re.match(r'! ?name=', part):
                    exclude.add(part.split('=', 1)[1])
        if include and not include & names - exclude:
            return 'ok'
        return self.phase('test', parsed, engine, env, during, only=sorted(include & names), skip=sorted(exclude & names))

    # --- what is there now

    def objects(self, index):
        """What exists, as a recording tells it."""
        found = []
        for namespace in self.namespaces():
            for kind, (base, plural, namespaced) in self.world.kinds_now(self.own_cluster_kinds).items():
                if namespaced and kind not in HIDDEN_KINDS:
                    answer = self.api.get(f'{base}/namespaces/{namespace}/{plural}')
                    found += [(kind, namespace, o) for o in (answer or {'items': []})['items']]
        for kind in {'Namespace', *self.own_cluster_kinds}:
            base, plural, _ = self.world.kinds[kind]
            wanted = self.namespaces()[1:] if kind == 'Namespace' else self.cluster_names
            found += [(kind, None, o) for o in self.api.get(f'{base}/{plural}')['items'] if o['metadata']['name'] in wanted]
        told = []
        for kind, namespace, o in found:
            meta = o['metadata']
            owned = any(r.get('controller') for r in meta.get('ownerReferences', ()))
            if (kind == 'Pod' and owned) or (kind == 'ConfigMap' and meta['name'] == 'kube-root-ca.crt') \
                    or (kind == 'ServiceAccount' and meta['name'] == 'default') or o.get('type') == 'helm.sh/release.v1' \
                    or (kind == 'Secret' and o.get('type') == 'kubernetes.io/service-account-token'):
                continue
            name = meta['name']
            if meta.get('generateName'):
                name = meta['generateName'] + 'RAND'
            entry = {'kind': kind, 'name': self.plain(name)}
            if kind != 'Namespace':
                entry['born'] = self.born.setdefault(meta['uid'], index)
            if namespace and namespace != self.namespace:
                entry['namespace'] = self.plain(namespace)
            if kind == 'ConfigMap' and o.get('data'):
                entry['data'] = o['data']
            if kind in ('Job', 'Pod'):
                entry['state'] = state_of(kind, o)
            if 'deletionTimestamp' in meta:
                entry['terminating'] = True
            told.append(entry)
        return told

    def plain(self, text):
        return re.sub(rf'^{re.escape(self.namespace)}(?=$|-(other|made)$)', 'NS', text)

    def writes(self):
        self.world.audit.mark()
        taken = [w for w in self.world.audit.take(self.namespaces(), self.cluster_names)
                 if not (w['resource'] in ('secrets', 'configmaps') and w['name'].startswith('sh.helm.release.v1.'))]
        return [self.entry(w) for w in taken]

    def entry(self, w):
        """A write as a recording tells it."""
        entry = {'verb': w['verb'], 'resource': w['resource'] + (f'/{w["subresource"]}' if w['subresource'] else ''),
                 'name': self.plain(w['name']), 'code': w['code'], 'group': w['group']}
        if w['namespace'] and w['resource'] != 'namespaces' and w['namespace'] != self.namespace:
            entry['namespace'] = self.plain(w['namespace'])
        if w['query']:
            entry['query'] = w['query']
        return entry

    # --- the whole scenario

    def set_up(self):
        for chart, files in self.scenario['charts'].items():
            for path, text in files.items():
                full = os.path.join(self.folder, chart, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, 'w', newline='') as f:
                    f.write(text)
        made_later = any('--create-namespace' in json.dumps(c.get('helm', '')) for c in self.scenario['commands'])
        if not (made_later and not self.scenario['setup']):
            self.api.namespace(self.namespace)
        if self.scenario['setup']:
            lab.kubectl('create', '-n', self.namespace, '-f', '-', stdin=self.scenario['setup'].replace('$NS', self.namespace))
        self.objects(-1)
        self.writes()

    def tear_down(self):
        for kind in self.own_cluster_kinds:
            base, plural, _ = self.world.kinds[kind]
            for name in self.cluster_names:
                self.api.request('DELETE', f'{base}/{plural}/{name}')
        for namespace in self.namespaces():
            if self.api.get(f'/api/v1/namespaces/{namespace}'):
                self.unfinalize(namespace)
                self.api.drop_namespace(namespace)
        for kind in self.own_cluster_kinds:  # gone before another scenario brings them again
            base, plural, _ = self.world.kinds[kind]
            for _ in range(100):
                if not any(self.api.get(f'{base}/{plural}/{n}') for n in self.cluster_names):
                    break
                time.sleep(0.1)
        if self.own_cluster_kinds:
            time.sleep(2)  # the API server takes a moment to forget a kind

    def unfinalize(self, namespace):
        for base, plural in (('/api/v1', 'configmaps'), ('/apis/batch/v1', 'jobs'), ('/api/v1', 'pods'), ('/api/v1', 'secrets')):
            for o in self.api.get(f'{base}/namespaces/{namespace}/{plural}')['items']:
                if any('/' in f and 'kubernetes.io' not in f for f in o['metadata'].get('finalizers', ())):
                    self.api.merge(f'{base}/namespaces/{namespace}/{plural}/{o["metadata"]["name"]}', {'metadata': {'finalizers': None}}, fine=(404,))

    def step(self, index, command, recorded):
        if 'kubectl' in command:
            lab.kubectl(*shlex.split(command['kubectl'].replace('$NS', self.namespace)), '-n', self.namespace, stdin=command.get('input'), check=False)
            result = 'ok'
        else:
            engine = ENGINES[self.engine] if command.get('with') == 'other' else self.engine
            text = command['helm'] if isinstance(command['helm'], str) else command['helm'][self.engine]
            parsed, env, self.code = Command(text.replace('$NS', self.namespace)), self.access(command), None
            if self.world.options.by == 'helm':
                result = self.plainly(engine, parsed.words, env, command.get('during', ()))
            else:
                result = self.by_us(command, parsed, engine, env, recorded)
        time.sleep(max(0, command.get('settle', 0) - (time.monotonic() - self.ended)))
        before = len(self.differences)
        exit_code = recorded.get('exit', 0)
        if (exit_code == 0) != (result == 'ok') and not ('--logs' in json.dumps(command) and self.world.options.by != 'helm'):
            self.differences.append(f'exit: Helm {exit_code}, here {result}')
        # What is deleted while Helm waits for it, Helm waits for to the end; here it is told at once, which is not a timeout.
        timed_out = re.search('deadline exceeded|timed out', recorded.get('error') or '') and not re.search('NotFound|status: Unknown', recorded['error'])
        if self.world.options.by != 'helm' and timed_out and self.code not in (None, 4):
            self.differences.append(f'Helm timed out, our exit was {self.code}')
        if 'helm' in command and 'token' not in command:
            wanted = [strip(w) for w in recorded.get('writes', ())]
            self.compare_writes(wanted, self.writes(), [w.get('any_order', False) for w in recorded.get('writes', ())])
        if 'releases' in recorded and self.world.options.by != 'helm':
            self.correct_records(recorded['releases'])
        self.compare_objects(recorded.get('objects', []), index)
        for i in range(before, len(self.differences)):
            self.differences[i] = f'command {index + 1} ({command.get("helm") or command.get("kubectl")}): {self.differences[i]}'

    def before_hooks(self, write):
        """What Helm does before it comes to any hook and what is done here in its place."""
        crds = [n for n in self.cluster_names if write['resource'] == 'customresourcedefinitions']
        from_folder = any(f.startswith('crds/') for files in self.scenario['charts'].values() for f in files)
        return self.world.options.by != 'helm' and (write['resource'] == 'namespaces' and write['name'] == 'NS' or bool(crds) and from_folder)

    def compare_writes(self, wanted, found, any_order):
        loose = {key(w) for w, loosely in zip(wanted, any_order) if loosely}

        def settled(writes):
            """Neighbours that are sent at the same time, in one order."""
            writes = [w for w in writes if not self.before_hooks(w)]
            out, group = [], []
            for w in writes:
                if key(w) in loose:
                    group.append(w)
                else:
                    out += sorted(group, key=key) + [w]
                    group = []
            return out + sorted(group, key=key)
        wanted, found = settled(wanted), settled(found)
        if wanted != found:
            self.differences.append('writes differ\n' + '\n'.join(side_by_side([show(w) for w in wanted], [show(w) for w in found])))

    def compare_objects(self, wanted, index):
        wanted = sorted(wanted, key=key)
        end = time.monotonic() + 3
        while True:
            found = sorted(self.objects(index), key=key)
            if found == wanted:
                return
            if time.monotonic() > end:
                break
            time.sleep(0.1)
        self.differences.append('objects differ\n' + '\n'.join(side_by_side([key(w) for w in wanted], [key(w) for w in found])))

    def correct_records(self, recorded):
        """Helm's later commands begin from the record that Helm left: what is different here is said, and made the same."""
        wanted = {(r['release'], r['revision']): r['status'] for r in recorded}
        for revision, status, secret in self.records.all():
            name = secret['metadata']['labels']['name']
            target = wanted.pop((name, revision), None)
            if target is None:
                self.told.append(f'record {name} {revision} removed')
                self.records.delete(secret)
            elif target != status:
                self.told.append(f'record {name} {revision}: {status} made {target}')
                self.records.status(secret, target)
        for missing in wanted:
            self.told.append(f'record {missing} is missing')

    def go(self):
        locks = self.world.apart if self.own_cluster_kinds else None
        if locks:
            locks.acquire()
        began = time.monotonic()
        try:
            self.set_up()
            for index, (command, recorded) in enumerate(zip(self.scenario['commands'], self.scenario[self.engine]['commands'])):
                self.step(index, command, recorded)
        except (Difference, RuntimeError, OSError) as error:
            self.differences.append(f'{type(error).__name__}: {error}')
        finally:
            try:
                self.tear_down()
            finally:
                if locks:
                    locks.release()
        self.took = time.monotonic() - began
        return self


def strip(write):
    kept = {k: v for k, v in write.items() if k in ('verb', 'resource', 'name', 'code', 'group', 'namespace', 'query')}
    kept.setdefault('group', '')
    return kept


def state_of(kind, o):
    if kind == 'Pod':
        return o['status']['phase'] if o['status']['phase'] in ('Succeeded', 'Failed') else 'unfinished'
    for condition in o.get('status', {}).get('conditions', ()):
        if condition['type'] in ('Complete', 'Failed') and condition['status'] == 'True':
            return condition['type']
    return 'unfinished'


def key(entry):
    return json.dumps(entry, sort_keys=True)


def show(w):
    return f'{w["verb"]} {w["resource"]} {w.get("namespace", "")}/{w["name"]} {w["code"]} {w.get("query", "")}'


def side_by_side(wanted, found):
    import difflib
    return ['    ' + line for line in difflib.unified_diff(wanted, found, 'Helm', 'here', lineterm='', n=1)]


class World:
    def __init__(self, options):
        self.options, self.api = options, lab.Api()
        self.kinds = self.api.kinds()
        self.audit = lab.Audit(self.api)
        self.program = lab.hooks() if options.by != 'helm' else None
        self.apart, self.side = threading.Lock(), concurrent.futures.ThreadPoolExecutor(options.jobs)

    def kinds_now(self, own):
        """Kinds; asked again for a scenario that may bring some."""
        return self.api.kinds() if 'CustomResourceDefinition' in own else self.kinds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('which', nargs='*', help='numbers or parts of names; default: all')
    parser.add_argument('--by', choices=('run', 'helm'), default='run')
    parser.add_argument('--engine', choices=('helm3', 'helm4'))
    parser.add_argument('--scenarios', default=os.pathsep.join([os.path.join(lab.SHARED, 'spec', 'scenarios'),
                                                                os.path.join(lab.ROOT, 'testdata', 'cluster', 'scenarios')]))
    parser.add_argument('--jobs', type=int, default=6)
    parser.add_argument('--prefix', default='replay')
    parser.add_argument('--known', default=os.path.join(lab.HERE, 'known.tsv'), help='differences that COMPATIBILITY.md gives the reason of')
    parser.add_argument('--show', action='store_true', help='what the commands printed, where something differs')
    options = parser.parse_args()
    scenarios = []
    for path in sorted(p for folder in options.scenarios.split(os.pathsep) for p in glob.glob(os.path.join(folder, '*.json'))):
        base = os.path.basename(path)
        if not options.which or any(w in base for w in options.which):
            with open(path) as f:
                scenarios.append(json.load(f))
    known = {}
    if os.path.exists(options.known) and options.by == 'run':
        with open(options.known) as f:
            for line in f:
                if line.strip() and not line.startswith('#'):
                    name, engine, reason = line.rstrip('\n').split('\t')
                    known[name, engine] = reason
    world = World(options)
    began = time.monotonic()
    equal = different = listed = again = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(Replay(world, s, e).go) for s in scenarios for e in ENGINES if options.engine in (None, e)]
        for done in concurrent.futures.as_completed(waiting):
            replay = done.result()
            if replay.differences and (replay.name, replay.engine) not in known:
                again += 1  # a busy machine loses races that Helm won when it was recorded: a second try decides
                first, replay = replay, Replay(world, replay.scenario, replay.engine).go()
                print(f'{replay.name} {replay.engine}: tried again; the first time:', *first.differences, sep='\n  ')
            reason = known.get((replay.name, replay.engine))
            may_vary = replay.engine in (replay.scenario.get('varies') or '')
            if not replay.differences:
                equal += 1
                note = ''
            elif reason or may_vary:
                listed += 1
                note = f'LISTED: {reason or replay.scenario["varies"]}'
            else:
                different += 1
                note = 'DIFFERS'
            if note or replay.told:
                print(f'{replay.name} {replay.engine} {note} ({replay.took:.1f} s)', *(f'  note: {t}' for t in replay.told), sep='\n')
                for d in replay.differences:
                    print('  ' + d.replace('\n', '\n  '))
                if options.show and replay.differences:
                    print('\n'.join(replay.log))
                sys.stdout.flush()
    print(f'{equal} of {equal + different + listed} replays equal what Helm did, {listed} differ and are listed, {different} differ '
          f'({again} tried twice; {time.monotonic() - began:.0f} s, {options.jobs} at a time, hooks by {options.by})')
    sys.exit(1 if different else 0)


if __name__ == '__main__':
    main()
