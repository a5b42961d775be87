"""The cluster that the tests beside this file run against: where it is, the programs, plain requests to it, what clients wrote to it.

Settings, all from the environment: HELM_HOOKS_TEST_KUBECONFIG or KUBECONFIG (any cluster); LAB (programs in $LAB/bin);
HELM_HOOKS_BIN (the program under test); HELM_HOOKS_TEST_AUDIT (audit log of the API server; default: that of the cluster in $LAB/run).
"""
import atexit
import base64
import gzip
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LAB = os.environ.get('LAB') or os.path.expanduser('~/.cache/helm-hooks-lab')
SHARED = os.path.abspath(os.environ.get('HELM_HOOKS_SHARED') or os.path.join(ROOT, '..', 'shared'))
KUBECONFIG = (os.environ.get('HELM_HOOKS_TEST_KUBECONFIG') or os.environ.get('KUBECONFIG')
              or os.path.join(LAB, 'run', 'kubeconfig'))
AUDIT = os.environ.get('HELM_HOOKS_TEST_AUDIT') or os.path.join(LAB, 'run', 'log', 'audit.log')
AGENT = 'helm-hooks-test-harness'


def program(name):
    """Path of kubectl, helm3 or helm4: the lab's, else from PATH."""
    own = os.path.join(LAB, 'bin', name)
    found = own if os.access(own, os.X_OK) else shutil.which(name)
    if not found:
        sys.exit(f'{name} is missing: neither {own} nor on PATH')
    return found


def hooks():
    """Path of the program under test."""
    named = os.environ.get('HELM_HOOKS_BIN')
    for path in [named] if named else [os.path.join(ROOT, 'target', kind, 'helm-hooks') for kind in ('release', 'debug')]:
        if os.access(path, os.X_OK):
            return os.path.abspath(path)
    sys.exit('helm-hooks is not built: cargo build, or HELM_HOOKS_BIN')


def environment(**more):
    """The environment of a client: nothing of helm or kubectl that the caller may have set, but the cluster."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(('HELM_', 'KUBE'))}
    home = os.path.join(scratch(), 'helm')
    clean.update(KUBECONFIG=KUBECONFIG, HELM_CACHE_HOME=home + '/cache', HELM_CONFIG_HOME=home + '/config',
                 HELM_DATA_HOME=home + '/data', NO_COLOR='1')
    clean.update({k: v for k, v in more.items() if v is not None})
    return clean


_scratch = None
_scratch_lock = threading.Lock()


def scratch():
    """A folder that is removed at the end."""
    global _scratch
    with _scratch_lock:
        if _scratch is None:
            _scratch = tempfile.mkdtemp(prefix='helm-hooks-cluster-')
            if not os.environ.get('KEEP_SCRATCH'):
                atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
    return _scratch


def kubectl(*words, stdin=None, check=True, **env):
    """Runs kubectl; gives what it printed."""
    done = subprocess.run([program('kubectl'), *words], input=stdin, text=True, capture_output=True, env=environment(**env))
    if check and done.returncode:
        raise RuntimeError(f'kubectl {" ".join(words)}: {done.stderr.strip()}')
    return done.stdout


class Api:
    """Plain requests, through `kubectl proxy`, so that every way to authenticate works."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='api-', dir=scratch())
        self.process = subprocess.Popen([program('kubectl'), 'proxy', '--port=0'], env=environment(),
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        atexit.register(self.close)
        line = self.process.stdout.readline()
        self.port = int(line.rsplit(':', 1)[1])
        self.local = threading.local()

    def close(self):
        self.process.terminate()
        self.process.wait()

    def request(self, method, path, body=None, kind='application/json'):
        """(status, decoded answer). Tries a broken connection once more."""
        data = None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
        for last in (False, True):
            connection = getattr(self.local, 'connection', None)
            if connection is None:
                connection = self.local.connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
            try:
                connection.request(method, path, data, {'User-Agent': AGENT, 'Content-Type': kind, 'Accept': 'application/json'})
                answer = connection.getresponse()
                text = answer.read()
                break
            except (http.client.HTTPException, OSError):
                self.local.connection = None
                if last:
                    raise
        try:
            return answer.status, json.loads(text) if text else None
        except ValueError:
            return answer.status, {'message': text.decode(errors='replace')}

    def get(self, path):
        """The answer, or None when there is no such thing."""
        for _ in range(20):
            status, answer = self.request('GET', path)
            if status != 429:
                break
            time.sleep(0.2)
        if status == 404:
            return None
        if status >= 400:
            raise RuntimeError(f'GET {path}: {status} {(answer or {}).get("message")}')
        return answer

    def send(self, method, path, body=None, kind='application/json', fine=()):
        """The answer; an error unless the status is below 400 or in `fine`."""
        status, answer = self.request(method, path, body, kind)
        if status >= 400 and status not in fine:
            raise RuntimeError(f'{method} {path}: {status} {(answer or {}).get("message")}')
        return answer

    def merge(self, path, body, fine=()):
        return self.send('PATCH', path, body, 'application/merge-patch+json', fine)

    def kinds(self):
        """kind -> (path prefix, plural, namespaced), of the preferred versions, of everything that can be listed."""
        found = {}
        groups = self.get('/apis')['groups']
        for base in ['/api/v1'] + [f'/apis/{g["preferredVersion"]["groupVersion"]}' for g in groups]:
            for r in (self.get(base) or {'resources': []})['resources']:
                if '/' not in r['name'] and 'list' in r['verbs']:
                    found.setdefault(r['kind'], (base, r['name'], r['namespaced']))
        return found

    def namespace(self, name):
        """Makes a namespace whose default ServiceAccount is there, as controllers make it."""
        while True:
            status, _ = self.request('POST', '/api/v1/namespaces', {'metadata': {'name': name}})
            if status != 409:
                break
            time.sleep(0.2)  # one of an earlier run that is being deleted
            self.request('DELETE', f'/api/v1/namespaces/{name}')
        for _ in range(200):
            if self.get(f'/api/v1/namespaces/{name}/serviceaccounts/default'):
                return
            time.sleep(0.05)
        raise RuntimeError(f'namespace {name} has no default ServiceAccount')

    def drop_namespace(self, name):
        self.request('DELETE', f'/api/v1/namespaces/{name}')


class Audit:
    """Follows the audit log and keeps what clients wrote, by namespace; cluster-scoped writes under ''."""

    def __init__(self, api, path=AUDIT):
        if not os.access(path, os.R_OK):
            sys.exit(f'no audit log at {path} (HELM_HOOKS_TEST_AUDIT)')
        self.api, self.path = api, path
        self.lock = threading.Condition()
        self.by_namespace, self.marks, self.count = {}, set(), 0
        self.file = open(path, 'rb')
        self.file.seek(0, os.SEEK_END)
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        rest = b''
        while True:
            data = self.file.read(1 << 20)
            if not data:
                if os.stat(self.path).st_ino != os.fstat(self.file.fileno()).st_ino:
                    self.file = open(self.path, 'rb')  # rotated
                time.sleep(0.01)
                continue
            *lines, rest = (rest + data).split(b'\n')
            with self.lock:
                for line in lines:
                    self._take(line)
                self.lock.notify_all()

    def _take(self, line):
        entry = json.loads(line)
        agent, target = entry.get('userAgent', ''), entry.get('objectRef', {})
        if agent == AGENT:
            if target.get('name', '').startswith('mark-'):
                self.marks.add(target['name'])
            return
        if agent.startswith(('kube-apiserver', 'kubectl')):
            return
        url = urllib.parse.urlsplit(entry['requestURI'])
        query = '&'.join(sorted(q for q in url.query.split('&') if q and not q.startswith('timeout=')))
        code = entry.get('responseStatus', {}).get('code')
        write = {'verb': entry['verb'], 'resource': target.get('resource', ''), 'name': target.get('name', ''), 'code': code,
                 'group': target.get('apiGroup', ''), 'namespace': target.get('namespace', ''), 'query': query,
                 'subresource': target.get('subresource', ''), 'at': entry['requestReceivedTimestamp'], 'agent': agent,
                 'ended': entry['stageTimestamp'], 'reason': entry.get('responseStatus', {}).get('reason', '')}
        scope = write['namespace'] if write['resource'] != 'namespaces' else ''
        self.by_namespace.setdefault(scope, []).append(write)

    def mark(self):
        """Waits until everything that was answered before this call is in the log."""
        with self.lock:
            self.count += 1
            name = f'mark-{os.getpid()}-{self.count}'
        self.api.request('DELETE', f'/api/v1/namespaces/default/configmaps/{name}')
        with self.lock:
            if not self.lock.wait_for(lambda: name in self.marks, timeout=30):
                raise RuntimeError('the audit log does not show what was written')
            self.marks.discard(name)
        time.sleep(0.03)

    def take(self, namespaces, cluster_names=()):
        """What was written since the last call: in these namespaces, and to cluster-scoped objects of these names."""
        with self.lock:
            found = [w for n in namespaces for w in self.by_namespace.pop(n, [])]
            wide = self.by_namespace.get('', [])
            own = [w for w in wide if w['name'] in cluster_names or w['name'] in namespaces]
            self.by_namespace[''] = [w for w in wide if w not in own]
        return sorted(found + own, key=lambda w: w['at'])


def decode_record(data):
    """The release in a record's `data.release`."""
    inner = base64.b64decode(base64.b64decode(data))
    return json.loads(gzip.decompress(inner) if inner[:3] == b'\x1f\x8b\x08' else inner)


def encode_record(release):
    return base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release, separators=(',', ':')).encode()))).decode()


class Records:
    """The release records of a namespace, as Helm's Secret driver keeps them."""

    def __init__(self, api, namespace):
        self.api, self.base, self.namespace = api, f'/api/v1/namespaces/{namespace}/secrets', namespace

    def all(self, name=None):
        """[(revision, status, Secret)] of a release, or of all, oldest first."""
        selector = 'owner=helm' + (f',name={name}' if name else '')
        items = (self.api.get(f'{self.base}?labelSelector={urllib.parse.quote(selector)}') or {'items': []})['items']
        found = [(int(s['metadata']['labels']['version']), s['metadata']['labels']['status'], s) for s in items]
        return sorted(found, key=lambda f: f[0])

    def write(self, release, revision, status, description=None):
        """Writes a record as Helm leaves it."""
        release = json.loads(json.dumps(release))
        release['version'], release['namespace'] = revision, self.namespace
        release['info']['status'] = status
        if description:
            release['info']['description'] = description
        secret = {'apiVersion': 'v1', 'kind': 'Secret', 'type': 'helm.sh/release.v1',
                  'metadata': {'name': f'sh.helm.release.v1.{release["name"]}.v{revision}',
                               'labels': {'name': release['name'], 'owner': 'helm', 'status': status,
                                          'version': str(revision), 'createdAt': str(int(time.time()))}},
                  'data': {'release': encode_record(release)}}
        self.api.send('POST', self.base, secret)

    def status(self, secret, status):
        """Changes the status of a record."""
        release = decode_record(secret['data']['release'])
        release['info']['status'] = status
        self.api.merge(f'{self.base}/{secret["metadata"]["name"]}',
                       {'metadata': {'labels': {'status': status}}, 'data': {'release': encode_record(release)}})

    def delete(self, secret):
        self.api.send('DELETE', f'{self.base}/{secret["metadata"]["name"]}', fine=(404,))
