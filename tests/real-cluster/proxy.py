"""A proxy between a client and the API server that breaks things on purpose.

A rule is a function of a request; it gives None (pass on) or an action. The first rule that gives one decides.
"""
import http.client
import json
import os
import socket
import socketserver
import ssl
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler

import lab

STATUS_WORDS = {400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict', 410: 'Expired',
                429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout'}


class Request:
    """What a rule looks at."""

    def __init__(self, method, target, headers):
        self.method, self.target, self.headers = method, target, headers
        url = urllib.parse.urlsplit(target)
        self.path, self.query = url.path, dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.watch = self.query.get('watch') in ('true', '1')
        self.logs = self.path.endswith('/log')

    def of(self, *methods, part='', watch=None):
        return (not methods or self.method in methods) and part in self.path and (watch is None or self.watch == watch)


def answer(code, message='broken on purpose', reason=None, after=None, body=None):
    """Answers without asking the server."""
    return {'do': 'answer', 'code': code, 'message': message, 'reason': reason or STATUS_WORDS.get(code, ''), 'after': after, 'body': body}


def drop():
    """Ends the connection without an answer; the server never hears of it."""
    return {'do': 'drop'}


def lose():
    """The server does what is asked, and its answer is lost."""
    return {'do': 'lose'}


def cut(seconds=0.5, mid_line=False, stall=False, gone=False):
    """Passes a stream on for so long; then ends it, mid-line, or falls silent, or says 410 in it."""
    return {'do': 'cut', 'seconds': seconds, 'mid_line': mid_line, 'stall': stall, 'gone': gone}


def slow(seconds):
    return {'do': 'slow', 'seconds': seconds}


def times(count, rule):
    """The rule, so many times."""
    left, lock = [count], threading.Lock()

    def limited(request):
        action = rule(request)
        with lock:
            if action is None or left[0] <= 0:
                return None
            left[0] -= 1
            return action
    return limited


def certificate():
    """Path of a key and a certificate for 127.0.0.1: clients send credentials to nobody without one."""
    path = os.path.join(lab.scratch(), f'proxy-{threading.get_ident()}.pem')
    if not os.path.exists(path):
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', path + '.key', '-out', path + '.crt', '-days', '2',
                        '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], check=True, capture_output=True)
        with open(path, 'w') as both:
            for part in ('.key', '.crt'):
                with open(path + part) as f:
                    both.write(f.read())
    return path


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # clients that go away are part of the test


class Proxy:
    """Listens on a port of its own and gives clients a kubeconfig for it."""

    def __init__(self, upstream, *rules, tls=False):
        self.tls = tls and certificate()
        self.upstream, self.rules, self.seen, self.open = upstream, list(rules), [], set()
        self.lock = threading.Lock()
        self.port = 0
        self.listen()

    def listen(self):
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def setup(self):
                super().setup()
                with proxy.lock:
                    proxy.open.add(self.connection)

            def finish(self):
                with proxy.lock:
                    proxy.open.discard(self.connection)
                try:
                    super().finish()
                except OSError:
                    pass

            def log_message(self, *_):
                pass

            def __getattr__(self, name):
                if name.startswith('do_'):
                    return lambda: proxy.handle(self)
                raise AttributeError(name)

        self.server = Server(('127.0.0.1', self.port), Handler)
        self.port = self.server.server_address[1]
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()

    def refuse(self):
        """Refuses connections from now on, and ends those there are."""
        self.server.shutdown()
        self.server.server_close()
        with self.lock:
            connections = list(self.open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        try:
            self.refuse()
        except OSError:
            pass

    def kubeconfig(self, user=None, namespace='default'):
        """Path of a kubeconfig whose cluster is this proxy."""
        path = os.path.join(lab.scratch(), f'proxy-{self.port}.kubeconfig')
        with open(path, 'w') as f:
            json.dump({'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'p',
                       'clusters': [{'name': 'p', 'cluster': {'server': f'https://127.0.0.1:{self.port}', 'insecure-skip-tls-verify': True}
                                     if self.tls else {'server': f'http://127.0.0.1:{self.port}'}}],
                       'users': [{'name': 'p', 'user': user or {}}],
                       'contexts': [{'name': 'p', 'context': {'cluster': 'p', 'user': 'p', 'namespace': namespace}}]}, f)
        return path

    def handle(self, handler):
        request = Request(handler.command, handler.path, handler.headers)
        size = int(handler.headers.get('Content-Length') or 0)
        body = handler.rfile.read(size) if size else None
        with self.lock:
            self.seen.append(request)
        action = next((a for a in (rule(request) for rule in self.rules) if a), None) or {'do': 'pass'}
        if action['do'] == 'drop':
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if action['do'] == 'answer':
            data = action['body'] if action['body'] is not None else json.dumps(
                {'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status': 'Failure', 'message': action['message'],
                 'reason': action['reason'], 'code': action['code'],
                 **({'details': {'retryAfterSeconds': action['after']}} if action['after'] else {})}).encode()
            handler.send_response(action['code'])
            handler.send_header('Content-Type', 'application/json' if action['body'] is None else 'text/html')
            handler.send_header('Content-Length', str(len(data)))
            if action['after']:
                handler.send_header('Retry-After', str(action['after']))
            handler.end_headers()
            handler.wfile.write(data)
            return
        if action['do'] == 'slow':
            time.sleep(action['seconds'])
        self.forward(handler, request, body, action)

    def forward(self, handler, request, body, action):
        upstream = http.client.HTTPConnection('127.0.0.1', self.upstream, timeout=600)
        headers = {k: v for k, v in handler.headers.items()
                   if k.lower() not in ('host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding', 'authorization')}
        try:
            upstream.request(request.method, request.target, body, headers)
            got = upstream.getresponse()
            if action['do'] == 'lose':
                got.read()
                handler.close_connection = True
                handler.connection.shutdown(socket.SHUT_RDWR)
                return
            handler.send_response(got.status)
            for name, value in got.getheaders():
                if name.lower() not in ('connection', 'content-length', 'transfer-encoding', 'date', 'server'):
                    handler.send_header(name, value)
            if not (request.watch or request.logs):
                data = got.read()
                handler.send_header('Content-Length', str(len(data)))
                handler.end_headers()
                handler.wfile.write(data)
                return
            handler.send_header('Transfer-Encoding', 'chunked')
            handler.end_headers()
            self.stream(handler, upstream, got, action)
        except (OSError, http.client.HTTPException):
            handler.close_connection = True
        finally:
            upstream.close()

    def stream(self, handler, upstream, got, action):
        def send(data):
            handler.wfile.write(b'%x\r\n%s\r\n' % (len(data), data))
            handler.wfile.flush()
        end = time.monotonic() + action['seconds'] if action['do'] == 'cut' else None
        if end:
            upstream.sock.settimeout(action['seconds'])
        while True:
            try:
                data = got.read1(65536)
            except (TimeoutError, socket.timeout):
                data = None
            if end and time.monotonic() >= end:
                if action['mid_line']:
                    send(b'{"type":"MODIFIED","object":{"kind":"J')
                if action['gone']:
                    send(json.dumps({'type': 'ERROR', 'object': {'kind': 'Status', 'apiVersion': 'v1', 'status': 'Failure', 'metadata': {},
                                                                 'message': 'too old resource version: 1 (2)', 'reason': 'Expired', 'code': 410}}).encode() + b'\n')
                while action['stall']:
                    time.sleep(1)
                handler.close_connection = True
                if action['mid_line']:
                    handler.connection.shutdown(socket.SHUT_RDWR)
                else:
                    handler.wfile.write(b'0\r\n\r\n')
                return
            if data is None:
                continue
            if not data:
                handler.wfile.write(b'0\r\n\r\n')
                return
            send(data)
