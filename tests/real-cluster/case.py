"""One phase, run behind a proxy in a namespace of its own: what is there before and after, and what may have changed. faults.py, which
breaks things meanwhile, is made of it; others run phases and hooks from here too.
"""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from proxy import Proxy  # noqa: E402

FAULTS = []


def fault(function=None, *, engine='helm4', shared=False, **settings):
    """Registers a fault; its title is the function's docstring."""
    def register(f):
        FAULTS.append((f.__name__.replace('_', '-'), f, engine, shared, settings))
        return f
    return register(function) if function else register


def job(name, script, policy=None, weight=0, event='pre-install', more='', extra=''):
    return f'''apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
{extra}  annotations:
    helm.sh/hook: {event}
    helm.sh/hook-weight: "{weight}"
''' + (f'    helm.sh/hook-delete-policy: {policy}\n' if policy else '') + f'''spec:
  backoffLimit: 0
{more}  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 0
      automountServiceAccountToken: false
      containers:
        - {{name: main, image: "busybox:1.36", command: [sh, -c, "{script}"]}}
'''


def config(name, policy=None, weight=0, event='pre-install', data='v: "1"', extra=''):
    return f'''apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
{extra}  annotations:
    helm.sh/hook: {event}
    helm.sh/hook-weight: "{weight}"
''' + (f'    helm.sh/hook-delete-policy: {policy}\n' if policy else '') + f'data: {{{data}}}\n'


def three(seconds=2):
    """The usual phase: a ConfigMap, a Job that works for a while and is deleted afterwards, a Job that stays."""
    return [config('settings', weight=-5), job('migrate', f'echo working; sleep {seconds}; echo worked', 'before-hook-creation,hook-succeeded'),
            job('check', 'true', weight=5)]


THREE = {('ConfigMap', 'settings'), ('Job', 'check')}
BYSTANDERS = '''apiVersion: v1
kind: ConfigMap
metadata: {name: bystander, labels: {app: r}}
---
apiVersion: v1
kind: Secret
metadata: {name: bystander}
---
apiVersion: batch/v1
kind: Job
metadata: {name: bystander}
spec: {suspend: true, template: {spec: {restartPolicy: Never, containers: [{name: a, image: "busybox:1.36"}]}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: bystander}
'''


class Wrong(Exception):
    pass


class Case:
    """One fault in a namespace of its own."""

    def __init__(self, world, name, engine):
        self.world, self.api, self.name, self.engine = world, world.api, name, engine
        self.namespace = f'{world.options.prefix}-{name}'[:60].rstrip('-')
        self.folder = os.path.join(lab.scratch(), self.namespace)
        self.proxies, self.log = [], []
        self.api.namespace(self.namespace)
        lab.kubectl('create', '-n', self.namespace, '-f', '-', stdin=BYSTANDERS)
        self.before = self.others()

    def chart(self, *hooks):
        path = os.path.join(self.folder, 'chart')
        os.makedirs(os.path.join(path, 'templates'), exist_ok=True)
        with open(os.path.join(path, 'Chart.yaml'), 'w') as f:
            f.write('apiVersion: v2\nname: c\nversion: 0.1.0\n')
        with open(os.path.join(path, 'templates', 'all.yaml'), 'w') as f:
            f.write('\n---\n'.join(hooks))
        self.hooks = set()
        for text in hooks:
            kind = next(line.split()[1] for line in text.splitlines() if line.startswith('kind:'))
            self.hooks.add((kind, next(line.split()[1] for line in text.splitlines() if line.strip().startswith('name:'))))
        return path

    def proxy(self, *rules, tls=False):
        made = Proxy(self.api.port, *rules, tls=tls)
        self.proxies.append(made)
        return made

    def start(self, chart, event='pre-install', proxy=None, kubeconfig=None, args=(), timeout='60s', lock=False, preflight='none'):
        """Starts a phase."""
        if proxy:
            kubeconfig = proxy.kubeconfig(namespace=self.namespace)
        self.events = os.path.join(self.folder, f'events-{len(self.log)}.json')
        argv = [self.world.program, 'run', event, 'r', '--chart', chart, '-n', self.namespace, '--for', self.engine, '--yes',
                f'--preflight={preflight}', '--timeout', timeout, '-o', 'text', '-o', f'json={self.events}', *args]
        argv += [] if lock else ['--no-lock']
        env = lab.environment(**({'KUBECONFIG': kubeconfig} if kubeconfig else {}))
        self.began = time.monotonic()
        self.process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return self

    def end(self, limit=180):
        """Waits for its end; gives the exit code."""
        try:
            self.text, _ = self.process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.text, _ = self.process.communicate()
            raise Wrong(f'did not end within {limit} s')
        finally:
            self.took = time.monotonic() - self.began
        self.code = self.process.returncode
        self.log.append(f'{self.text}[exit {self.code}, {self.took:.1f} s]')
        return self.code

    def run(self, chart, **settings):
        self.start(chart, **settings).end()
        return self

    def expect(self, condition, message):
        if not condition:
            raise Wrong(message)

    def done(self, promised=THREE):
        """Exit 0, and what exists is what the plan promised."""
        self.expect(self.code == 0, f'exit {self.code}, not 0')
        self.look(promised)
        return self

    def told(self, code=1, words=(), exists=None):
        """A failure whose message names what went wrong, and lists exactly what exists."""
        codes = code if isinstance(code, tuple) else (code,)
        self.expect(self.code in codes, f'exit {self.code}, not {code}')
        for word in words:
            self.expect(word in self.text, f'the message lacks {word!r}')
        now = self.existing()
        if exists is not None:
            self.expect(now == exists, f'there is {sorted(now)}, not {sorted(exists)}')
        listed = self.listed()
        self.expect(listed == now, f'the last event lists {sorted(listed)}, there is {sorted(now)}')
        for _, name in now:
            self.expect(name in self.text, f'the message does not name {name}, which exists')
        return self.look(now)

    def listed(self):
        with open(self.events) as f:
            lines = [json.loads(line) for line in f if line.strip()]
        self.expect(lines, 'no events')
        exists = find(lines[-1], 'exists')
        self.expect(exists is not None, f'the last event is {json.dumps(lines[-1])[:200]}')
        return {(o['kind'], o['name']) for o in exists}

    def existing(self):
        """Hook objects that exist, those that are going included."""
        return {(kind, o['metadata']['name']) for kind, o in self.all() if (kind, o['metadata']['name']) in self.hooks}

    def look(self, promised):
        now = self.existing()
        for _ in range(30):  # a deletion that was accepted takes a moment
            if now == promised:
                break
            time.sleep(0.1)
            now = self.existing()
        self.expect(now == promised, f'there is {sorted(now)}, promised was {sorted(promised)}')
        for kind, o in self.all():
            if kind == 'Job' and (kind, o['metadata']['name']) in promised and self.code == 0:
                self.expect(any(c['type'] == 'Complete' and c['status'] == 'True' for c in o['status'].get('conditions', ())),
                            f'Job {o["metadata"]["name"]} is not complete')
        others = self.others()
        self.expect(others == self.before, f'other objects changed: {sorted(self.before ^ others)}')
        return self

    def all(self):
        for kind, path in (('ConfigMap', '/api/v1/namespaces/{}/configmaps'), ('Secret', '/api/v1/namespaces/{}/secrets'),
                           ('ServiceAccount', '/api/v1/namespaces/{}/serviceaccounts'), ('Job', '/apis/batch/v1/namespaces/{}/jobs'),
                           ('PersistentVolumeClaim', '/api/v1/namespaces/{}/persistentvolumeclaims'),
                           ('Pod', '/api/v1/namespaces/{}/pods'), ('Lease', '/apis/coordination.k8s.io/v1/namespaces/{}/leases'),
                           ('ResourceQuota', '/api/v1/namespaces/{}/resourcequotas')):
            for o in self.api.get(path.format(self.namespace))['items']:
                yield kind, o

    def others(self):
        """Everything that is no hook, with its uid; Pods of Jobs, and the lock, come and go."""
        hooks = getattr(self, 'hooks', set())
        return {(kind, o['metadata']['name'], o['metadata']['uid']) for kind, o in self.all()
                if (kind, o['metadata']['name']) not in hooks and kind not in ('Pod', 'Lease') and o['metadata']['name'] not in ('kube-root-ca.crt', 'mine')}

    def path(self, kind, name):
        base = '/apis/batch/v1' if kind == 'Job' else '/api/v1'
        return f'{base}/namespaces/{self.namespace}/{kind.lower()}s/{name}'

    def get(self, kind, name):
        return self.api.get(self.path(kind, name))

    def until(self, condition, what, seconds=40):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            if self.process.poll() is not None:
                self.end()
                raise Wrong(f'the run ended before {what}')
            time.sleep(0.05)
        raise Wrong(f'{what} did not come')

    def until_running(self, name='migrate'):
        """Until a Pod of the Job runs."""
        def runs():
            pods = self.api.get(f'/api/v1/namespaces/{self.namespace}/pods?labelSelector=job-name%3D{name}')['items']
            return next((p for p in pods if p['status'].get('phase') == 'Running'), None)
        return self.until(runs, f'Job {name} ran')

    def apply_old(self, text):
        lab.kubectl('create', '-n', self.namespace, '-f', '-', stdin=text)

    def close(self):
        for p in self.proxies:
            p.close()
        if getattr(self, 'process', None) and self.process.poll() is None:
            self.process.kill()
        for kind, o in self.all():
            if any('hooks.example' in f for f in o['metadata'].get('finalizers', ())):
                self.api.merge(self.path(kind, o['metadata']['name']), {'metadata': {'finalizers': None}}, fine=(404,))
        self.api.drop_namespace(self.namespace)


def find(value, key):
    """The value of a key anywhere inside."""
    if isinstance(value, dict):
        if key in value:
            return value[key]
        value = list(value.values())
    if isinstance(value, list):
        for v in value:
            got = find(v, key)
            if got is not None:
                return got
    return None


def writes(part):
    """Requests that create an object of this resource."""
    return lambda r: r.method in ('POST', 'PATCH') and f'/{part}' in r.path


def service_account(case, minutes=None):
    """A token of a ServiceAccount that may do everything in the namespace."""
    lab.kubectl('create', 'serviceaccount', 'mine', '-n', case.namespace, check=False)
    lab.kubectl('create', 'rolebinding', 'mine', '-n', case.namespace, '--clusterrole=admin', f'--serviceaccount={case.namespace}:mine', check=False)
    case.before = case.others()
    return lab.kubectl('create', 'token', 'mine', '-n', case.namespace).strip()


def direct(case, user, name='direct'):
    """A kubeconfig for the real server, as this user."""
    config = json.loads(lab.kubectl('config', 'view', '--raw', '--minify', '-o', 'json'))
    path = os.path.join(case.folder, f'{name}.kubeconfig')
    config['users'] = [{'name': config['users'][0]['name'], 'user': user}]
    with open(path, 'w') as f:
        json.dump(config, f)
    return path
