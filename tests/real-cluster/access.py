#!/usr/bin/env python3
"""Every way to reach a cluster, by kubectl and by us: where kubectl gets in we do, where it is refused we are, and say why. Then reads
that are refused for the moment, which are tried again.

    access.py [NAME...] [--show]
"""
import argparse
import base64
import json
import os
import select
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from proxy import Proxy, answer, drop, times  # noqa: E402

WAYS = []


def way(function):
    """Registers a way; its title is the function's docstring."""
    WAYS.append(function)
    return function


class Wrong(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Wrong(message)


class Tunnel(threading.Thread):
    """A proxy that knows CONNECT alone, and that every name is the API server's."""

    def __init__(self, host, port, password=None):
        super().__init__(daemon=True)
        self.host, self.port_of_server, self.password, self.asked = host, port, password, []
        self.server = socket.create_server(('127.0.0.1', 0))
        self.port = self.server.getsockname()[1]
        self.start()

    def run(self):
        while True:
            client, _ = self.server.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        head = b''
        while b'\r\n\r\n' not in head:
            more = client.recv(4096)
            if not more:
                return
            head += more
        lines = head.decode().split('\r\n')
        self.asked.append(lines[0])
        if self.password and f'basic {base64.b64encode(self.password.encode()).decode()}'.lower() not in head.decode().lower():
            client.sendall(b'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
            return client.close()
        upstream = socket.create_connection((self.host, self.port_of_server))
        client.sendall(b'HTTP/1.1 200 OK\r\n\r\n')
        pair = [client, upstream]
        while True:
            for one in select.select(pair, [], [])[0]:
                data = one.recv(65536)
                if not data:
                    return [p.close() for p in pair]
                (upstream if one is client else client).sendall(data)


class World:
    """A namespace with a release, somebody who may read it, and the pieces of the kubeconfig that tests were given."""

    def __init__(self, options):
        self.options, self.api, self.program = options, lab.Api(), lab.hooks()
        self.namespace = f'{options.prefix}-access'
        self.api.namespace(self.namespace)
        view = json.loads(lab.kubectl('config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'))
        self.cluster, self.user = view['clusters'][0]['cluster'], view['users'][0]['user']
        self.server = urllib.parse.urlsplit(self.cluster['server'])
        self.ca = self.cluster.get('certificate-authority-data')
        self.folder = os.path.join(lab.scratch(), 'access')
        os.makedirs(f'{self.folder}/chart/templates')
        self.write('chart/Chart.yaml', 'apiVersion: v2\nname: c\nversion: 0.1.0\n')
        self.write('chart/templates/a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {helm.sh/hook: "pre-install,test"}}\n')
        done = subprocess.run([lab.program('helm4'), 'install', 'r', f'{self.folder}/chart', '-n', self.namespace], env=lab.environment(),
                              capture_output=True, text=True)
        expect(done.returncode == 0, done.stderr)
        lab.kubectl('create', '-n', self.namespace, '-f', '-', stdin='''
{apiVersion: v1, kind: ServiceAccount, metadata: {name: reader}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader},
 rules: [{apiGroups: [""], resources: [secrets, configmaps], verbs: [get, list]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: reader},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader},
 subjects: [{kind: ServiceAccount, name: reader}, {kind: User, apiGroup: rbac.authorization.k8s.io, name: jane},
            {kind: Group, apiGroup: rbac.authorization.k8s.io, name: readers}]}
''')
        self.log, self.count = [], 0

    def write(self, name, text, mode=None):
        path = os.path.join(self.folder, name)
        with open(path, 'w') as f:
            f.write(text)
        if mode:
            os.chmod(path, mode)
        return path

    def token(self):
        return lab.kubectl('create', 'token', 'reader', '-n', self.namespace).strip()

    def kubeconfig(self, user, cluster=None, name=None):
        """Path of a kubeconfig for this user; the cluster is the real one, changed as said (None takes a word away)."""
        self.count += 1
        merged = {**self.cluster, **(cluster or {})}
        return self.write(name or f'kubeconfig-{self.count}', json.dumps({
            'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'way',
            'clusters': [{'name': 'way', 'cluster': {k: v for k, v in merged.items() if v is not None}}],
            'users': [{'name': 'way', 'user': user}],
            'contexts': [{'name': 'way', 'context': {'cluster': 'way', 'user': 'way', 'namespace': self.namespace}}]}))

    def try_all(self, kubeconfig, words=(), env=None):
        """The exit codes and words of kubectl and of ours."""
        env = lab.environment(KUBECONFIG=kubeconfig, **(env or {}))
        helm = {k: v for k, v in env.items()}
        outcomes = []
        for argv in ([lab.program('kubectl'), 'get', 'secrets', '-l', 'owner=helm', '-o', 'name', *words],
                     [self.program, 'status', 'r', '-o', 'json', *words]):
            began = time.monotonic()
            done = subprocess.run(argv, env=helm, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, cwd=self.folder)
            took = time.monotonic() - began
            self.log.append(f'$ {" ".join(argv)}\n{done.stdout[:300]}{done.stderr}[exit {done.returncode}, {took:.1f} s]')
            outcomes.append((done.returncode, done.stdout, done.stderr, took))
        return outcomes

    def works(self, kubeconfig, words=(), env=None):
        """Both get in, and see the release."""
        kubectl, ours = self.try_all(kubeconfig, words, env)
        expect(kubectl[0] == 0 and 'sh.helm.release.v1.r.v1' in kubectl[1], f'kubectl itself: {kubectl[2]}')
        expect(ours[0] == 0, f'exit {ours[0]}: {ours[2].strip()}')
        expect(json.loads(ours[1])['releases'][0]['name'] == 'r', f'not the release: {ours[1][:200]}')

    def refused(self, kubeconfig, *said, words=(), env=None, code=3, secret=None, kubectl_too=True):
        """Neither gets in; ours says these words, and no secret."""
        kubectl, ours = self.try_all(kubeconfig, words, env)
        expect(not kubectl_too or kubectl[0] != 0, 'kubectl gets in')
        expect(ours[0] == code, f'exit {ours[0]}, not {code}: {ours[2]}')
        for word in said:
            expect(word in ours[2], f'the message lacks {word!r}: {ours[2].strip()}')
        expect(not secret or secret not in ours[1] + ours[2], 'a secret is shown')


@way
def token(world):
    """a token in the kubeconfig"""
    world.works(world.kubeconfig({'token': world.token()}))


@way
def token_flag(world):
    """--server, --token and --certificate-authority, and a kubeconfig that says nothing"""
    ca = world.write('ca.crt', base64.b64decode(world.ca).decode())
    empty = world.write('empty', json.dumps({'apiVersion': 'v1', 'kind': 'Config'}))
    world.works(empty, ['--server', world.cluster['server'], '--token', world.token(), '--certificate-authority', ca, '-n', world.namespace])


@way
def wrong_token(world):
    """a token nobody knows"""
    world.refused(world.kubeconfig({'token': 'planted-token'}), 'does not know who asks', secret='planted-token')


@way
def helm_settings(world):
    """the settings of helm, as a plugin sees them"""
    ca = world.write('ca.crt', base64.b64decode(world.ca).decode())
    empty = world.write('empty', json.dumps({'apiVersion': 'v1', 'kind': 'Config'}))
    settings = {'HELM_KUBEAPISERVER': world.cluster['server'], 'HELM_KUBETOKEN': world.token(), 'HELM_KUBECAFILE': ca, 'HELM_NAMESPACE': world.namespace}
    _, ours = world.try_all(empty, env=settings)
    expect(ours[0] == 0, ours[2])
    settings.update(HELM_KUBECAFILE='', HELM_KUBEINSECURE_SKIP_TLS_VERIFY='true')
    _, ours = world.try_all(empty, env=settings)
    expect(ours[0] == 0, ours[2])
    admin = world.kubeconfig(world.user)
    _, ours = world.try_all(admin, env={'HELM_KUBEASUSER': 'somebody', 'HELM_KUBEASGROUPS': 'others,readers', 'HELM_NAMESPACE': world.namespace})
    expect(ours[0] == 0, ours[2])


@way
def token_file(world):
    """a token file, with a line end, which wins over a token beside it"""
    path = world.write('token', world.token() + '\n')
    world.works(world.kubeconfig({'tokenFile': path}))
    world.works(world.kubeconfig({'tokenFile': path, 'token': 'wrong'}))


@way
def merged_kubeconfigs(world):
    """KUBECONFIG of several files: the context in one, the cluster and the user in others, one that is missing"""
    base = {'apiVersion': 'v1', 'kind': 'Config'}
    context = {'cluster': 'c', 'user': 'u', 'namespace': world.namespace}
    one = world.write('one', json.dumps({**base, 'current-context': 'x', 'contexts': [{'name': 'x', 'context': context}]}))
    two = world.write('two', json.dumps({**base, 'current-context': 'y', 'clusters': [{'name': 'c', 'cluster': world.cluster}],
                                         'contexts': [{'name': 'x', 'context': {'cluster': 'none'}}]}))
    three = world.write('three', json.dumps({**base, 'users': [{'name': 'u', 'user': {'token': world.token()}}]}))
    world.works(os.pathsep.join([one, two, world.folder + '/nowhere', '', three]))
    world.refused(os.pathsep.join([two, one, three]), 'context "y" does not exist', code=2)


def certificate(world, key=('genrsa', '2048'), name='certificate', extensions=False):
    """Files with a key and a certificate of jane, by the cluster's own authority; of version 1, as openssl makes them, without extensions."""
    pki = os.path.join(lab.LAB, 'run', 'pki')
    if not os.path.exists(f'{pki}/ca.key'):
        return None
    path = os.path.join(world.folder, name)
    run = lambda *words: subprocess.run(['openssl', *words], check=True, capture_output=True)  # noqa: E731
    run(key[0], *(['-out', f'{path}.key'] if key[0] != 'genrsa' else []), *(['-out', f'{path}.key', *key[1:]] if key[0] == 'genrsa' else key[1:]))
    run('req', '-new', '-key', f'{path}.key', '-subj', '/O=others/CN=jane', '-out', f'{path}.csr')
    run('x509', '-req', '-in', f'{path}.csr', '-CA', f'{pki}/ca.crt', '-CAkey', f'{pki}/ca.key', '-CAcreateserial', '-CAserial', f'{path}.srl',
        '-days', '2', '-out', f'{path}.crt', *(['-extfile', world.write('extensions', 'keyUsage=digitalSignature\n')] if extensions else []))
    return path


def data(path):
    with open(path, 'rb') as f:
        return base64.b64encode(f.read()).decode()


@way
def client_certificate(world):
    """a client certificate in the kubeconfig, with an RSA key in either form, and with an elliptic one"""
    for number, key in enumerate((('genrsa', '2048'), ('genrsa', '3072'), ('genrsa', '-traditional', '2048'), ('ecparam', '-genkey', '-name', 'prime256v1', '-noout'))):
        path = certificate(world, key, f'certificate-{number}', extensions=number == 1)
        if not path:
            return 'skipped: the key of the cluster\'s authority is not here'
        world.works(world.kubeconfig({'client-certificate-data': data(path + '.crt'), 'client-key-data': data(path + '.key')}))
    return None


@way
def client_certificate_files(world):
    """a client certificate in files beside the kubeconfig"""
    if not certificate(world, name='files'):
        return 'skipped: the key of the cluster\'s authority is not here'
    world.works(world.kubeconfig({'client-certificate': 'files.crt', 'client-key': 'files.key'}))
    return world.refused(world.kubeconfig({'client-certificate': 'files.crt', 'client-key': 'nowhere.key'}), 'nowhere.key', code=2)


@way
def stranger_certificate(world):
    """a client certificate of an authority the cluster does not know"""
    path = os.path.join(world.folder, 'stranger')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', path + '.key', '-out', path + '.crt', '-days', '2',
                    '-subj', '/O=system:masters/CN=me'], check=True, capture_output=True)
    world.refused(world.kubeconfig({'client-certificate-data': data(path + '.crt'), 'client-key-data': data(path + '.key')}), 'does not know who asks')


def plugin(world, credential, name='plugin', version='v1', before=''):
    return world.write(name, f'''#!/bin/sh
{before}
cat <<'E'
{json.dumps({'apiVersion': 'client.authentication.k8s.io/' + version, 'kind': 'ExecCredential', 'status': credential})}
E
''', stat.S_IRWXU)


def by_plugin(command, version='v1', **more):
    return {'exec': {'apiVersion': 'client.authentication.k8s.io/' + version, 'command': command, 'interactiveMode': 'IfAvailable', **more}}


@way
def exec_plugin(world):
    """an exec plugin: its arguments and environment, its place beside the kubeconfig, what it is told of the cluster"""
    token = world.token()
    path = plugin(world, {'token': token})
    world.works(world.kubeconfig(by_plugin(path)))
    world.works(world.kubeconfig(by_plugin('./plugin')))
    plugin(world, {'token': token}, 'old', 'v1beta1')
    world.works(world.kubeconfig(by_plugin('./old', 'v1beta1')))
    careful = plugin(world, {'token': token}, 'careful', before='[ "$1" = hello ] && [ "$WHO" = me ] || exit 9')
    world.works(world.kubeconfig(by_plugin(careful, args=['hello'], env=[{'name': 'WHO', 'value': 'me'}])))
    told = plugin(world, {'token': token}, 'told', before='case $KUBERNETES_EXEC_INFO in *certificate-authority-data*) ;; *) exit 9 ;; esac')
    world.works(world.kubeconfig(by_plugin(told, provideClusterInfo=True)))


@way
def exec_plugin_certificate(world):
    """an exec plugin that gives a client certificate"""
    path = certificate(world, name='given', extensions=True)
    if not path:
        return 'skipped: the key of the cluster\'s authority is not here'
    with open(path + '.crt') as crt, open(path + '.key') as key:
        plugin(world, {'clientCertificateData': crt.read(), 'clientKeyData': key.read()}, 'certifies')
    return world.works(world.kubeconfig(by_plugin('./certifies')))


@way
def exec_plugin_fails(world):
    """an exec plugin that fails, is missing, or says nonsense"""
    failing = world.write('failing', '#!/bin/sh\necho planted-output; echo "please log in first" >&2; exit 4\n', stat.S_IRWXU)
    world.refused(world.kubeconfig(by_plugin(failing)), 'credential plugin', code=2, secret='planted-output')
    world.refused(world.kubeconfig(by_plugin('hooks-no-such-plugin', installHint='install it from the shelf')), 'hooks-no-such-plugin', code=2)
    nonsense = world.write('nonsense', '#!/bin/sh\necho planted-output\n', stat.S_IRWXU)
    world.refused(world.kubeconfig(by_plugin(nonsense)), 'credential plugin', code=2, secret='planted-output')


@way
def impersonation(world):
    """--as and --as-group"""
    admin = world.kubeconfig(world.user)
    world.works(admin, ['--as', 'jane'])
    world.works(admin, ['--as', 'somebody', '--as-group', 'others', '--as-group', 'readers'])
    world.refused(admin, 'somebody', words=['--as', 'somebody', '--as-group', 'others'])
    world.refused(admin, '--as is missing', words=['--as-group', 'readers'], code=2)
    world.works(world.kubeconfig({**world.user, 'as': 'jane'}))


@way
def wrong_authority(world):
    """another certificate authority than the server's: said as such"""
    path = os.path.join(world.folder, 'other')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', path + '.key', '-out', path + '.crt', '-days', '2',
                    '-subj', '/CN=other'], check=True, capture_output=True)
    token = {'token': world.token()}
    world.refused(world.kubeconfig(token, {'certificate-authority-data': data(path + '.crt')}), 'certificate')
    world.refused(world.kubeconfig(token, {'certificate-authority-data': None}), 'certificate')
    world.refused(world.kubeconfig(token, {'certificate-authority-data': None, 'certificate-authority': 'nowhere.crt'}), 'nowhere.crt', code=2)
    world.refused(world.kubeconfig(token, {'certificate-authority-data': base64.b64encode(b'nonsense').decode()}), 'certificate', code=2)
    world.works(world.kubeconfig(token, {'certificate-authority-data': None}), ['--insecure-skip-tls-verify'])
    world.works(world.kubeconfig(token, {'certificate-authority-data': None, 'insecure-skip-tls-verify': True}))


@way
def server_name(world):
    """--tls-server-name: one that the certificate has, one that it has not"""
    token = {'token': world.token()}
    world.works(world.kubeconfig(token), ['--tls-server-name', 'kubernetes.default.svc'])
    world.works(world.kubeconfig(token, {'tls-server-name': 'kubernetes'}))
    world.refused(world.kubeconfig(token), 'certificate', words=['--tls-server-name', 'elsewhere.example'])


@way
def environment_proxy(world):
    """HTTPS_PROXY, NO_PROXY, a proxy in the kubeconfig, one that wants a password, one that is not there"""
    tunnel = Tunnel(world.server.hostname, world.server.port or 443)
    token = {'token': world.token()}
    away = world.kubeconfig(token, {'server': f'https://api.example:{world.server.port or 443}', 'tls-server-name': 'kubernetes'})
    proxy = f'http://127.0.0.1:{tunnel.port}'
    world.works(away, env={'HTTPS_PROXY': proxy})
    expect(len(tunnel.asked) >= 2 and all('api.example' in line for line in tunnel.asked), f'the proxy was asked {tunnel.asked}')
    world.works(away, env={'https_proxy': proxy, 'NO_PROXY': '.other.example'})
    world.refused(away, 'not reached', env={'HTTPS_PROXY': proxy, 'NO_PROXY': 'api.example'})
    world.works(world.kubeconfig(token, {'proxy-url': proxy}))
    wants = Tunnel(world.server.hostname, world.server.port or 443, 'me:planted-password')
    world.works(away, env={'HTTPS_PROXY': f'http://me:planted-password@127.0.0.1:{wants.port}'})
    world.refused(away, 'not reached', env={'HTTPS_PROXY': f'http://me:planted-wrong@127.0.0.1:{wants.port}'}, secret='planted-wrong')
    world.refused(away, 'not reached', env={'HTTPS_PROXY': 'http://me:planted-password@127.0.0.1:9'}, secret='planted-password')


@way
def nobody_there(world):
    """a server that is not there, one that is not found, one that is silent"""
    token = {'token': world.token()}
    world.refused(world.kubeconfig(token, {'server': 'https://127.0.0.1:9'}), 'not reached', 'refused')
    world.refused(world.kubeconfig(token, {'server': 'https://no.such.host.invalid:1'}), 'not reached')
    silent = socket.create_server(('127.0.0.1', 0))
    world.refused(world.kubeconfig(token, {'server': f'https://127.0.0.1:{silent.getsockname()[1]}'}), 'not reached',
                  words=['--request-timeout', '2s'])


@way
def in_a_pod(world):
    """in a pod, by its own account"""
    if world.server.hostname not in ('127.0.0.1', 'localhost'):
        return 'skipped: pods of this cluster do not see this machine'
    folders = [p for p in ('/lib', '/lib64', '/usr/lib', '/usr/lib64') if os.path.isdir(p)]
    shutil.copy(world.program, f'{world.folder}/program')
    mounts = [{'name': f'v{n}', 'mountPath': p, 'readOnly': True} for n, p in enumerate(folders + ['/program'])]
    volumes = [{'name': f'v{n}', 'hostPath': {'path': os.path.realpath(p)}} for n, p in enumerate(folders)]
    volumes.append({'name': f'v{len(folders)}', 'hostPath': {'path': f'{world.folder}/program', 'type': 'File'}})
    # Here services have no addresses; elsewhere the kubelet says where the API server is.
    env = [{'name': 'KUBERNETES_SERVICE_HOST', 'value': '127.0.0.1'}, {'name': 'KUBERNETES_SERVICE_PORT', 'value': str(world.server.port)}]
    lab.kubectl('create', '-n', world.namespace, '-f', '-', stdin=json.dumps({
        'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'inside'}, 'spec': {
            'serviceAccountName': 'reader', 'restartPolicy': 'Never', 'hostNetwork': True, 'terminationGracePeriodSeconds': 0, 'volumes': volumes,
            'containers': [{'name': 'main', 'image': 'busybox:1.36', 'env': env, 'volumeMounts': mounts,
                            'command': ['/program', 'status', 'r', '-o', 'json']}]}}))
    for _ in range(300):
        pod = world.api.get(f'/api/v1/namespaces/{world.namespace}/pods/inside')
        if pod['status'].get('phase') in ('Succeeded', 'Failed'):
            break
        time.sleep(0.1)
    said = lab.kubectl('logs', 'inside', '-n', world.namespace)
    world.log.append(said)
    expect(pod['status'].get('phase') == 'Succeeded', f'the pod is {pod["status"].get("phase")}: {said[:300]}')
    found = json.loads(said)['releases'][0]
    return expect((found['name'], found['namespace']) == ('r', world.namespace), f'not the release: {said[:200]}')


@way
def drivers(world):
    """records in ConfigMaps; and with HELM_DRIVER=sql a chart, which needs none"""
    settings = {'HELM_DRIVER': 'configmap', 'HELM_NAMESPACE': world.namespace}
    env = lab.environment(**settings)

    def run(*argv, **more):
        done = subprocess.run(argv, env={**env, **more}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, cwd=world.folder)
        world.log.append(f'$ {" ".join(argv)}\n{done.stdout[:600]}{done.stderr}[exit {done.returncode}]')
        return done
    for engine in ('helm3', 'helm4'):
        expect(run(lab.program(engine), 'install', f'in-{engine}', './chart').returncode == 0, 'helm itself')
        expect(run(world.program, 'run', 'test', f'in-{engine}', '--for', engine, '--yes', '--record').returncode == 0, f'{engine}: not run')
        told = json.loads(run(world.program, 'status', f'in-{engine}', '-o', 'json').stdout)
        expect('Succeeded' in json.dumps(told), f'{engine}: the record does not say that the test succeeded')
        helms = json.loads(run(lab.program(engine), 'status', f'in-{engine}', '-o', 'json').stdout)
        expect(helms['hooks'][0]['last_run']['phase'] == 'Succeeded', f'{engine}: helm does not read it')
        expect(run(lab.program(engine), 'uninstall', f'in-{engine}').returncode == 0, 'helm itself')
    done = run(world.program, 'run', 'pre-install', 'other', '--chart', 'chart', '--yes', HELM_DRIVER='sql')
    expect(done.returncode == 0 and 'records of the release are not read' in done.stderr, f'sql: exit {done.returncode}: {done.stderr}')
    expect(run(world.program, 'run', 'test', 'other', '--yes', HELM_DRIVER='sql').returncode == 2, 'sql: records are read')


# --- reads that are refused for the moment

COMMANDS = {
    'status': ['status', 'r'], 'leftovers': ['leftovers', 'r'], 'plan --live': ['plan', '--live', 'r', '--event', 'test'],
    'plan --cluster': ['plan', 'chart', '--cluster'], 'run --dry-run=server': ['run', 'test', 'r', '--dry-run=server'],
    'run': ['run', 'test', 'r', '--yes'],
}


def reads(request):
    return request.method == 'GET' and not request.watch or 'selfsubjectaccessreviews' in request.path or request.query.get('dryRun') == 'All'


@way
def each_read_refused_once(world):
    """each read of each command is refused once, by 429, 503 and a broken connection in turn: it is tried again"""
    for title, words in COMMANDS.items():
        known, lock, actions = set(), threading.Lock(), [answer(429, after=1), answer(503), drop()]

        def first(request):
            key = (request.method, request.target)
            with lock:
                if not reads(request) or key in known:
                    return None
                known.add(key)
                return actions[len(known) % 3]
        proxy = Proxy(world.api.port, first)
        argv = [world.program, *words, '-n', world.namespace]
        done = subprocess.run(argv, env=lab.environment(KUBECONFIG=proxy.kubeconfig(namespace=world.namespace)), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=180, cwd=world.folder)
        proxy.close()
        world.log.append(f'$ {" ".join(argv)}\n{done.stdout}{done.stderr}[exit {done.returncode}], {len(known)} reads')
        expect(done.returncode == 0 and len(known) > 1, f'{title}: exit {done.returncode}, {len(known)} reads: {done.stderr.strip()[:300]}')


@way
def reads_refused_for_good(world):
    """reads are refused whenever: said within some seconds, after as many requests as are sensible"""
    for what, action in (('503', answer(503)), ('429', answer(429, after=2)), ('broken', drop())):
        proxy = Proxy(world.api.port, lambda request: action)
        began = time.monotonic()
        done = subprocess.run([world.program, 'status', 'r', '-n', world.namespace], env=lab.environment(KUBECONFIG=proxy.kubeconfig()),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180)
        took = time.monotonic() - began
        world.log.append(f'{what}: {done.stderr}[exit {done.returncode}, {took:.1f} s, {len(proxy.seen)} requests]')
        proxy.close()
        expect(done.returncode == 3 and took < 16 and 2 <= len(proxy.seen) <= 12, f'{what}: exit {done.returncode}, {took:.1f} s, {len(proxy.seen)} requests')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('which', nargs='*')
    parser.add_argument('--prefix', default=f'way{os.getpid() % 1000}')
    parser.add_argument('--show', action='store_true')
    options = parser.parse_args()
    world, wrong, count = World(options), 0, 0
    for function in WAYS:
        name = function.__name__.replace('_', '-')
        if options.which and not any(word in name for word in options.which):
            continue
        world.log.clear()
        began = time.monotonic()
        try:
            skipped, message = function(world), None
        except Wrong as error:
            skipped, message = None, str(error)
        except (RuntimeError, OSError, KeyError, TypeError, ValueError, subprocess.SubprocessError) as error:
            skipped, message = None, f'{type(error).__name__}: {error}'
        count += 1
        wrong += message is not None
        print(f'{"ok   " if message is None else "WRONG"} {name}: {function.__doc__} ({time.monotonic() - began:.1f} s)'
              + (f' {skipped}' if skipped else '') + (f'\n      {message}' if message else ''), flush=True)
        if options.show or message:
            print('\n'.join('      | ' + line for text in world.log for line in text.splitlines()), flush=True)
    world.api.drop_namespace(world.namespace)
    print(f'{count - wrong} of {count} ways to a cluster are as kubectl\'s')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
