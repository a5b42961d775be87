#!/usr/bin/env python3
"""Plants secrets where the commands read and send them, makes every command succeed and fail at every level of output, and searches
what they printed; and looks for control characters that came from the cluster.
"""
import argparse
import base64
import json
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from case import config, direct, job  # noqa: E402
from proxy import Proxy, answer, drop  # noqa: E402

PLANTED = {'the value of a Secret': 'plantedvalueofasecretk3', 'text of a Secret (stringData)': 'plantedstringdatak4', 'a value of the release': 'plantedvalueofreleasek5',
           'a manifest of the release': 'plantedmanifestk6', 'a token': 'plantedtokenk8abcdefgh',
           'a bad value of a Secret': 'planted*bad*value*k9', 'the chart\'s values': 'plantedsetvaluek1'}
CONTROL = re.compile(r'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]')


def secret(name='creds', data=None, text=None, weight=0, policy=None, event='pre-install'):
    return f'''apiVersion: v1
kind: Secret
metadata:
  name: {name}
  annotations:
    helm.sh/hook: {event}
    helm.sh/hook-weight: "{weight}"
''' + (f'    helm.sh/hook-delete-policy: {policy}\n' if policy else '') + (f'data: {{key: "{data}"}}\n' if data else '') + (f'stringData: {{key: "{text}"}}\n' if text else '')


class Search:
    def __init__(self, options):
        self.options, self.api, self.program = options, lab.Api(), lab.hooks()
        self.space = f'{options.prefix}-{os.getpid() % 1000}'
        self.folder = os.path.join(lab.scratch(), 'secrets')
        self.outputs = self.wrong = 0
        self.api.namespace(self.space)
        self.needles = []
        for what, text in PLANTED.items():
            once = base64.b64encode(text.encode()).decode()
            self.needles += [(what, text), (what, once.rstrip('=')), (what, base64.b64encode(once.encode()).decode().rstrip('='))]

    def chart(self, name, *templates):
        path = os.path.join(self.folder, name)
        os.makedirs(f'{path}/templates', exist_ok=True)
        for file, text in (('Chart.yaml', 'apiVersion: v2\nname: c\nversion: 0.1.0\n'), ('templates/all.yaml', '\n---\n'.join(templates))):
            with open(f'{path}/{file}', 'w') as f:
                f.write(text)
        return path

    def look(self, title, text):
        self.outputs += 1
        for what, needle in self.needles:
            if needle in text:
                self.wrong += 1
                line = next(n for n in text.splitlines() if needle in n)
                print(f'WRONG {title}: {what} is printed: {line[:300]}')
        found = CONTROL.search(re.sub(r'\r\n', '\n', text))
        if found:
            self.wrong += 1
            print(f'WRONG {title}: control character {found.group()!r} in {text[max(0, found.start() - 60):found.start() + 20]!r}')

    def run(self, title, *words, env=None, kubeconfig=None, interrupt=None):
        """Runs a command at every level of output."""
        for level, flags, more in (('plain', [], {}), ('debug', ['--debug'], {'RUST_LOG': 'trace', 'RUST_BACKTRACE': '1', 'HELM_DEBUG': 'true'}), ('json', ['-o', 'json', '--debug'], {})):
            settings = {**more, **(env or {}), **({'KUBECONFIG': kubeconfig} if kubeconfig else {})}
            process = subprocess.Popen([self.program, *words, '-n', self.space, *flags], env=lab.environment(**settings), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if interrupt:
                time.sleep(interrupt)
                process.send_signal(signal.SIGINT)
            out, err = (b.decode('utf-8', 'backslashreplace') for b in process.communicate(timeout=120))
            name = f'{title} ({level}, exit {process.returncode})'
            if self.options.show:
                print(f'--- {name}\n{out}{err}')
            self.look(name + ' stdout', out)
            self.look(name + ' stderr', err)

    def go(self):
        api, space, p = self.api, self.space, PLANTED
        for name, key in (('there', 'the value of a Secret'),):
            api.send('POST', f'/api/v1/namespaces/{space}/secrets', {'metadata': {'name': name}, 'stringData': {'key': p[key]}})
        good = self.chart('good', secret(data=base64.b64encode(p['the value of a Secret'].encode()).decode(), weight=-9),
                          secret('text', text=p['text of a Secret (stringData)'], weight=-8), secret('gone', text='{{ .Values.password }}', policy='hook-succeeded'),
                          config('c'), job('j', 'true', weight=3))
        values = os.path.join(self.folder, 'values.yaml')
        with open(values, 'w') as f:
            f.write(f'password: {p["a value of the release"]}\n')
        every = ['--yes', '--timeout', '20s']
        by_chart = ['--chart', good, '--values', values]
        self.run('run', 'run', 'pre-install', 'r', *by_chart, *every)
        for mode in ('client', 'server'):
            self.run(f'run --dry-run={mode}', 'run', 'pre-install', 'r', *by_chart, f'--dry-run={mode}', *every)
        self.run('run --set', 'run', 'pre-install', 'r', '--chart', good, '--set', f'password={p["the chart" + chr(39) + "s values"]}', *every)
        # refused by the server, in its own words about what was sent
        bad = self.chart('bad', secret('broken', data=p['a bad value of a Secret']))
        worse = self.chart('worse', secret('wrong').rstrip() + f'\ndata: ["{p["the value of a Secret"]}"]\n')
        unknown = self.chart('unknown', secret('field', text=p['text of a Secret (stringData)']) + f'noSuchField: {p["the value of a Secret"]}\n')
        named = self.chart('named', secret('Not_A_Name', text=p['text of a Secret (stringData)']))
        immutable = self.chart('immutable', secret('fixed', text=p['text of a Secret (stringData)'], policy='hook-failed').rstrip() + '\nimmutable: true\n')
        api.send('POST', f'/api/v1/namespaces/{space}/secrets', {'metadata': {'name': 'fixed'}, 'immutable': True, 'stringData': {'key': p['the value of a Secret']}})
        for chart in (bad, worse, unknown, named, immutable):
            for engine in ('helm3', 'helm4'):
                for preflight in ('all', 'none'):
                    self.run(f'run of a refused Secret, {os.path.basename(chart)} {engine} {preflight}', 'run', 'pre-install', 'r', '--chart', chart, '--for', engine,
                             f'--preflight={preflight}', *every)
        broken = self.chart('template', secret('x', text='{{ .Values.password }}') + '{{ fail "no" }}\n')
        self.run('run of a chart that fails', 'run', 'pre-install', 'r', '--chart', broken, '--values', values, *every)
        # a record, and damaged ones
        for helm in ('helm3', 'helm4'):
            stored = self.chart('stored', secret('post', text=p['text of a Secret (stringData)'], event='post-install,pre-delete'),
                                f'apiVersion: v1\nkind: Secret\nmetadata: {{name: plain-{helm}}}\nstringData: {{a: {p["a manifest of the release"]}, b: "{{{{ .Values.password }}}}"}}\n')
            subprocess.run([lab.program(helm), 'install', helm, stored, '-n', space, '--no-hooks', '-f', values], env=lab.environment(), check=True, capture_output=True)
            self.run('run by record', 'run', 'post-install', helm, *every)
            self.run('run --record', 'run', 'post-install', helm, '--record', *every)
            for format in ('table', 'yaml'):
                self.run(f'status {format}', 'status', helm, '-o', format)
            self.run('leftovers', 'leftovers', helm)
            self.run('leftovers --delete', 'leftovers', helm, '--delete', '--yes')
            self.run('plan --live', 'plan', '--live', helm)
        self.run('status', 'status')
        base = f'/api/v1/namespaces/{space}/secrets'
        payload = base64.b64encode(base64.b64encode(p['a value of the release'].encode())).decode()
        half = {**api.get(f'{base}/sh.helm.release.v1.helm3.v1')}
        for name, data in (('damaged', payload), ('half', half['data']['release'][:len(half['data']['release']) // 2 // 4 * 4]),
                           ('noinfo', base64.b64encode(base64.b64encode(json.dumps({'name': p['a value of the release'], 'hooks': p['a manifest of the release']}).encode())).decode())):
            api.send('POST', base, {'type': 'helm.sh/release.v1', 'data': {'release': data}, 'metadata': {
                'name': f'sh.helm.release.v1.{name}.v1', 'labels': {'name': name, 'owner': 'helm', 'status': 'deployed', 'version': '1'}}})
            for command in (['status', name], ['leftovers', name], ['run', 'post-install', name, *every], ['plan', '--live', name]):
                self.run(f'{command[0]} of a damaged record', *command)
        self.run('status beside damaged records', 'status')
        # credentials
        token = p['a token']
        bad_user = direct(self, {'token': token}, 'bad')
        for command in (['status'], ['leftovers'], ['run', 'pre-install', 'r', *by_chart, *every]):
            self.run(f'{command[0]} with a token that is not valid', *command, kubeconfig=bad_user)
            self.run(f'{command[0]} with HELM_KUBETOKEN', *command, env={'HELM_KUBETOKEN': token})
            for rule in (lambda r: answer(401), lambda r: answer(403), lambda r: answer(500), lambda r: drop()):
                proxy = Proxy(api.port, rule)
                self.run(f'{command[0]} against a server that is broken', *command, kubeconfig=proxy.kubeconfig({'token': token}, space))
                proxy.close()
        script = os.path.join(self.folder, 'login.sh')
        for body in (f'echo \'{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{"token":"{token}"}}}}\'', f'echo {token}', f'echo \'{{"token": "{token}"\'; exit 1'):
            with open(script, 'w') as f:
                f.write(f'#!/bin/sh\n{body}\n')
            os.chmod(script, 0o755)
            user = direct(self, {'exec': {'apiVersion': 'client.authentication.k8s.io/v1', 'command': script, 'interactiveMode': 'Never'}}, 'exec')
            self.run('status with an exec plugin', 'status', kubeconfig=user)
        unreadable = os.path.join(self.folder, 'unreadable')
        with open(unreadable, 'w') as f:
            f.write(f'apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user: {{token: {token}\n')
        self.run('status with a broken kubeconfig', 'status', kubeconfig=unreadable)
        # control characters
        noisy = self.chart('noisy', job('noisy', r"printf 'red \\033[31m bell \\007 back \\b cr \\r over \\233 end\\n'; exit 3", weight=1))
        self.run('run of a Job with control characters in its log', 'run', 'pre-install', 'r', '--chart', noisy, *every)
        said = job('said', 'true').replace('busybox:1.36', 'no.such/image:1')
        self.run('run of a Job whose reasons hold control characters', 'run', 'pre-install', 'r', '--chart', self.chart('said', said), '--yes', '--timeout', '4s',
                 kubeconfig=Proxy(api.port, lambda r: answer(422, 'bad \x1b[31m \x07 words') if r.method == 'PATCH' else None).kubeconfig(namespace=space))
        self.run('interrupted', 'run', 'pre-install', 'r', '--chart', self.chart('long', secret('s', text=p['text of a Secret (stringData)'], weight=-1), job('long', 'sleep 20')), *every, interrupt=2)
        api.drop_namespace(space)
        print(f'{self.outputs} outputs searched for {len(PLANTED)} planted texts, plain and in base64, and for control characters: {self.wrong} found')
        return self.wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--prefix', default='secrets')
    parser.add_argument('--show', action='store_true')
    sys.exit(1 if Search(parser.parse_args()).go() else 0)


if __name__ == '__main__':
    main()
