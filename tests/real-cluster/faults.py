#!/usr/bin/env python3
"""Breaks things while a phase runs, and looks what is left: either the state that the plan promised, or a message that says exactly
what differs; and nothing that is not a hook of the phase was touched.

    faults.py                 faults behind a proxy of our own, and of objects
    faults.py --cluster       also those that break parts of the lab's cluster (shared/cluster/fault.sh), one after the other
    faults.py NAME... --show  some, with what was printed
"""
import argparse
import concurrent.futures
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from case import FAULTS, THREE, Case, Wrong, config, fault, job, service_account, three, writes  # noqa: E402
from proxy import answer, cut, drop, lose, slow, times  # noqa: E402

# --- answers that are errors

def on_create(action, part='jobs', count=10**9):
    return times(count, lambda r: action if writes(part)(r) else None)


@fault
def create_500_once(case):
    """500 on creating the Job, once"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(answer(500), count=1)))
    case.done() if case.code == 0 else case.told(1, ['migrate', 'broken on purpose'], {('ConfigMap', 'settings')})


@fault
def create_500_always(case):
    """500 on creating the Job, whenever"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(answer(500))), timeout='8s').told((1, 4), ['migrate', 'broken on purpose'], {('ConfigMap', 'settings')})


@fault
def create_429_once(case):
    """429 with Retry-After on creating the Job, twice"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(answer(429, after=1), count=2))).done()


@fault
def create_429_always(case):
    """429 on creating the Job, whenever"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(answer(429, after=1))), timeout='6s').told((1, 4), ['migrate'], {('ConfigMap', 'settings')})


@fault
def create_409_apply(case):
    """409 Conflict on applying the ConfigMap"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(answer(409), 'configmaps'))).told(1, ['settings', 'broken on purpose'], set())


@fault(engine='helm3')
def create_409_post(case):
    """409 AlreadyExists on posting the Job"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(answer(409, reason='AlreadyExists')))).told(1, ['migrate'], {('ConfigMap', 'settings')})


@fault
def create_403(case):
    """403 on creating the Job"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(answer(403)))).told(1, ['migrate', 'broken on purpose'], {('ConfigMap', 'settings')})


@fault
def delete_500_always(case):
    """500 on deleting what succeeded"""
    def rule(r):
        return answer(500) if r.method == 'DELETE' and r.path.endswith('/migrate') and any(writes('jobs')(s) for s in case.proxies[0].seen) else None
    case.run(case.chart(*three()), proxy=case.proxy(rule), timeout='8s').told((1, 4), ['migrate', 'broken on purpose'], THREE | {('Job', 'migrate')})


@fault
def delete_409_once(case):
    """409 on deleting what succeeded, once"""
    def rule(r):
        return answer(409) if r.method == 'DELETE' and r.path.endswith('/migrate') and any(writes('jobs')(s) for s in case.proxies[0].seen) else None
    case.run(case.chart(*three()), proxy=case.proxy(times(1, rule)))
    case.done() if case.code == 0 else case.told(1, ['migrate'], THREE | {('Job', 'migrate')})


@fault
def lists_503_for_a_while(case):
    """503 on every read, three times"""
    rule = times(3, lambda r: answer(503) if r.method == 'GET' and '/jobs' in r.path else None)
    case.run(case.chart(*three()), proxy=case.proxy(rule)).done()


@fault
def html_502(case):
    """an HTML page with 502 from something in between, once, on a read"""
    rule = times(1, lambda r: answer(502, body=b'<html>bad gateway</html>') if r.method == 'GET' and '/jobs' in r.path else None)
    case.run(case.chart(*three()), proxy=case.proxy(rule)).done()


@fault
def watch_403(case):
    """403 on watching Jobs: nobody can tell how it ends"""
    rule = lambda r: answer(403, 'jobs.batch is forbidden: cannot watch') if r.method == 'GET' and '/jobs' in r.path else None  # noqa: E731
    case.run(case.chart(*three()), proxy=case.proxy(rule), timeout='15s').told((1, 4), ['migrate', 'forbidden'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault(engine='helm3')
def watch_410_http(case):
    """410 as the answer to a watch, twice"""
    case.run(case.chart(*three()), proxy=case.proxy(times(2, lambda r: answer(410) if r.watch and '/jobs' in r.path else None))).done()


@fault
def watch_410_event(case):
    """410 as an event of the watch, three times"""
    case.run(case.chart(*three(4)), proxy=case.proxy(times(3, lambda r: cut(0.6, gone=True) if r.watch and '/jobs' in r.path else None))).done()


@fault
def watch_cut(case):
    """every watch ends after 0.7 s"""
    case.run(case.chart(*three(4)), proxy=case.proxy(lambda r: cut(0.7) if r.watch else None)).done()


@fault
def watch_cut_mid_line(case):
    """every watch breaks after 0.7 s in the middle of a line"""
    case.run(case.chart(*three(4)), proxy=case.proxy(lambda r: cut(0.7, mid_line=True) if r.watch else None)).done()


@fault(engine='helm3')
def watch_500(case):
    """500 on the first three watches"""
    case.run(case.chart(*three()), proxy=case.proxy(times(3, lambda r: answer(500) if r.watch else None))).done()


@fault
def watch_silent(case):
    """a watch that falls silent and never ends"""
    case.run(case.chart(*three(3)), proxy=case.proxy(times(1, lambda r: cut(0.5, stall=True) if r.watch and '/jobs' in r.path else None)), timeout='45s')
    case.done() if case.code == 0 else case.told(4, ['migrate'])


@fault
def slow_answers(case):
    """every answer takes 1.5 s"""
    case.run(case.chart(*three()), proxy=case.proxy(lambda r: slow(1.5) if not r.watch else None), timeout='60s').done()


@fault
def logs_broken(case):
    """500 on reading logs"""
    case.run(case.chart(*three()), proxy=case.proxy(lambda r: answer(500) if r.logs else None), args=['--logs=stream']).done()


@fault
def logs_cut(case):
    """logs that break off every 0.5 s"""
    case.run(case.chart(*three(4)), proxy=case.proxy(lambda r: cut(0.5, mid_line=True) if r.logs else None), args=['--logs=stream']).done()


# --- connections

@fault
def refused_20s_while_waiting(case):
    """connections refused for 20 s while a Job is waited for"""
    p = case.proxy()
    case.start(case.chart(*three(3)), proxy=p, timeout='60s')
    case.until_running()
    p.refuse()
    time.sleep(20)
    p.listen()
    case.end()
    case.done()
    case.expect(case.took < 50, f'took {case.took:.0f} s')


@fault
def refused_beyond_timeout(case):
    """connections refused until the timeout and beyond"""
    p = case.proxy()
    case.start(case.chart(*three(3)), proxy=p, timeout='6s')
    case.until_running()
    p.refuse()
    case.end()
    case.expect(case.code in (1, 4), f'exit {case.code}')
    case.expect('migrate' in case.text and 'settings' in case.text, 'the message does not name what may exist')
    case.expect(case.took < 40, f'took {case.took:.0f} s')
    case.look({('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault
def refused_at_start(case):
    """no server at all"""
    p = case.proxy()
    p.refuse()
    case.run(case.chart(*three()), proxy=p)
    case.expect(case.code == 3, f'exit {case.code}, not 3')
    case.look(set())


@fault
def create_dropped_once(case):
    """the connection breaks before the Job's creation reaches the server, once"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(drop(), count=1)))
    case.done() if case.code == 0 else case.told(1, ['migrate'], {('ConfigMap', 'settings')})


@fault
def create_answer_lost(case):
    """the answer to the Job's creation is lost: the server has done it (apply)"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(lose(), count=1)))
    case.done() if case.code == 0 else case.told(1, ['migrate'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault(engine='helm3')
def create_answer_lost_post(case):
    """the answer to the Job's creation is lost: the server has done it (post)"""
    case.run(case.chart(*three()), proxy=case.proxy(on_create(lose(), count=1)))
    case.done() if case.code == 0 else case.told(1, ['migrate'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault
def delete_answer_lost(case):
    """the answer to deleting what succeeded is lost"""
    def rule(r):
        return lose() if r.method == 'DELETE' and r.path.endswith('/migrate') and any(writes('jobs')(s) for s in case.proxies[0].seen) else None
    case.run(case.chart(*three()), proxy=case.proxy(times(1, rule)))
    case.done() if case.code == 0 else case.told(1, ['migrate'])


@fault
def every_third_dropped(case):
    """every third read breaks, from the first write on"""
    count = [0]

    def rule(r):
        if not any(s.method != 'GET' for s in case.proxies[0].seen):
            return None
        count[0] += r.method == 'GET'
        return drop() if r.method == 'GET' and count[0] % 3 == 0 else None
    case.run(case.chart(*three()), proxy=case.proxy(rule)).done()


# --- credentials

@fault
def token_file_renewed(case):
    """the token in a file stops being valid; the file gets a new one (as a Pod's token does)"""
    os.makedirs(case.folder, exist_ok=True)
    chart, good = case.chart(*three(4)), service_account(case)
    path = os.path.join(case.folder, 'token')
    with open(path, 'w') as f:
        f.write(good)
    expired = threading.Event()

    def rule(r):
        return answer(401) if expired.is_set() and r.headers.get('Authorization') == f'Bearer {good}' else None
    p = case.proxy(rule, lambda r: cut(1) if r.watch else None, tls=True)
    case.start(chart, kubeconfig=p.kubeconfig({'tokenFile': path}, case.namespace), timeout='100s')
    case.until_running()
    with open(path, 'w') as f:
        f.write(lab.kubectl('create', 'token', 'mine', '-n', case.namespace, '--duration=2h').strip())
    expired.set()
    case.end()
    case.done() if case.code == 0 else case.told((1, 4), ['migrate'])


@fault
def exec_plugin_renews(case):
    """a token of an exec plugin expires while a Job is waited for"""
    os.makedirs(case.folder, exist_ok=True)
    chart, _ = case.chart(*three(4)), service_account(case)
    script = os.path.join(case.folder, 'login.sh')
    count = os.path.join(case.folder, 'logins')
    with open(script, 'w') as f:
        f.write(f'''#!/bin/sh
echo x >> {count}
cat <<E
{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{"token":"login-$(wc -l < {count} | tr -d ' ')",
"expirationTimestamp":"$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)"}}}}
E
''')
    os.chmod(script, 0o755)
    seen = {}

    def rule(r):
        token = r.headers.get('Authorization', '')
        seen.setdefault(token, time.monotonic())
        return answer(401, 'token expired') if not token.startswith('Bearer login-') or time.monotonic() - seen[token] > 4 else None
    p = case.proxy(rule, lambda r: cut(1.5) if r.watch else None, tls=True)
    user = {'exec': {'apiVersion': 'client.authentication.k8s.io/v1', 'command': script, 'interactiveMode': 'Never'}}
    case.start(chart, kubeconfig=p.kubeconfig(user, case.namespace)).end()
    case.done()
    case.expect(len(seen) > 1, 'the plugin was asked once only')


@fault
def token_expires_for_good(case):
    """401 from some moment on"""
    expired = threading.Event()
    p = case.proxy(lambda r: answer(401) if expired.is_set() else None, lambda r: cut(0.7) if r.watch else None)
    case.start(case.chart(*three(3)), proxy=p, timeout='15s')
    case.until_running()
    expired.set()
    case.end()
    case.expect(case.code in (1, 3, 4), f'exit {case.code}')
    case.expect('migrate' in case.text and 'settings' in case.text, 'the message does not name what may exist')
    case.look({('ConfigMap', 'settings'), ('Job', 'migrate')})


# --- objects

HOLD = '  finalizers: [hooks.example/hold]\n'


@fault
def old_job_goes_slowly(case):
    """the old Job is held by a finalizer for 4 s"""
    chart = case.chart(*three())
    case.apply_old(job('migrate', 'true', extra=HOLD))
    case.start(chart)
    case.until(lambda: 'deletionTimestamp' in case.get('Job', 'migrate')['metadata'], 'the old Job was deleted')
    time.sleep(4)
    case.api.merge(case.path('Job', 'migrate'), {'metadata': {'finalizers': None}})
    case.end()
    case.done()


@fault
def old_job_never_goes(case):
    """the old Job is held by a finalizer for ever"""
    chart = case.chart(*three())
    case.apply_old(job('migrate', 'true', extra=HOLD))
    case.run(chart, timeout='5s').expect(case.code == 4, f'exit {case.code}, not 4')
    case.expect('migrate' in case.text and 'hooks.example/hold' in case.text, 'the message does not name the finalizer')
    case.look({('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault
def own_finalizer(case):
    """a hook with a finalizer of its own and hook-succeeded"""
    case.run(case.chart(config('held', 'hook-succeeded', extra=HOLD)), timeout='4s')
    case.told(4, ['held', 'hooks.example/hold'], {('ConfigMap', 'held')})


def deleted_by_someone(case):
    chart = case.chart(*three(8))
    case.start(chart, timeout='15s')
    case.until_running()
    case.api.send('DELETE', case.path('Job', 'migrate') + '?propagationPolicy=Background')
    case.end()


@fault
def job_deleted_by_someone(case):
    """the Job is deleted by someone while it is waited for, as Helm 4"""
    deleted_by_someone(case)
    case.told((1, 4), ['migrate', 'deleted'], {('ConfigMap', 'settings')})


@fault(engine='helm3')
def job_deleted_by_someone_helm3(case):
    """the same as Helm 3, which takes it for success"""
    deleted_by_someone(case)
    case.expect(case.code == 0, f'exit {case.code}')
    case.expect('deleted' in case.text, 'nothing is said of the deletion')
    case.look(THREE)


@fault
def job_replaced_by_someone(case):
    """the Job is deleted and made anew by someone while it is waited for"""
    case.start(case.chart(*three(8)), timeout='15s')
    case.until_running()
    case.api.send('DELETE', case.path('Job', 'migrate') + '?propagationPolicy=Background')
    case.until(lambda: case.get('Job', 'migrate') is None, 'it was gone')
    case.apply_old(job('migrate', 'echo not ours'))
    case.end()
    case.expect('migrate' in case.text, 'nothing is said of the Job')
    if case.code:
        case.expect('deleted' in case.text, 'the message does not say that it was deleted')
        case.expect(case.get('Job', 'migrate') is not None, 'a Job that is not ours was deleted')


@fault
def job_suspended_by_someone(case):
    """the Job is suspended by someone: it never ends"""
    case.start(case.chart(*three(8)), timeout='8s')
    case.until_running()
    case.api.merge(case.path('Job', 'migrate'), {'spec': {'suspend': True}})
    case.end()
    case.told(4, ['migrate'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault
def config_changed_by_someone(case):
    """a ConfigMap hook is changed by someone while a later hook is waited for"""
    case.start(case.chart(*three(4)))
    case.until_running()
    case.api.merge(case.path('ConfigMap', 'settings'), {'data': {'v': '2'}, 'metadata': {'labels': {'by': 'someone'}}})
    case.end()
    case.done()
    case.expect(case.get('ConfigMap', 'settings')['data'] == {'v': '2'}, 'the change was undone')


@fault
def pod_deleted_by_someone(case):
    """the Job's Pod is deleted by someone: the Job makes another"""
    chart = case.chart(*[h.replace('backoffLimit: 0', 'backoffLimit: 3') for h in three(3)])
    case.start(chart)
    pod = case.until_running()
    case.api.send('DELETE', f'/api/v1/namespaces/{case.namespace}/pods/{pod["metadata"]["name"]}')
    case.end()
    case.done()


@fault
def job_fails(case):
    """the Job fails: its exit code and last words are told"""
    case.run(case.chart(config('settings', weight=-5), job('migrate', 'echo the database is gone; exit 7'), job('check', 'true', weight=5)))
    case.told(1, ['migrate', 'the database is gone', '7'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault
def image_missing(case):
    """an image that cannot be pulled, until the timeout"""
    hooks = three()
    hooks[1] = hooks[1].replace('busybox:1.36', 'no.such/image:1')
    case.run(case.chart(*hooks), timeout='12s').told(4, ['migrate', 'no.such/image:1'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault
def unschedulable(case):
    """a Pod that no node can take, until the timeout"""
    hooks = three()
    hooks[1] = hooks[1].replace('restartPolicy: Never', 'restartPolicy: Never\n      nodeSelector: {no: where}')
    case.run(case.chart(*hooks), timeout='6s').told(4, ['migrate', 'nschedulable'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault
def quota_used_up(case):
    """a quota allows no further Job"""
    lab.kubectl('create', 'quota', 'none', '--hard=count/jobs.batch=1', '-n', case.namespace)
    case.before = case.others()
    time.sleep(1)
    case.run(case.chart(*three())).told(1, ['migrate', 'quota'], {('ConfigMap', 'settings')})


@fault
def ttl_zero(case):
    """a Job that is deleted the moment it ends"""
    case.run(case.chart(job('fleeting', 'true', more='  ttlSecondsAfterFinished: 0\n')))
    case.expect(case.code == 0, f'exit {case.code}')
    case.look(set())


@fault
def namespace_deleted(case):
    """the namespace is deleted while a Job is waited for"""
    case.start(case.chart(*three(6)), timeout='15s')
    case.until_running()
    case.api.drop_namespace(case.namespace)
    case.end()
    case.expect(case.code in (1, 4), f'exit {case.code}')
    case.expect('migrate' in case.text, 'the message does not name the hook')


# --- our own end

@fault
def interrupted(case):
    """Ctrl-C while a Job is waited for"""
    case.start(case.chart(*three(6)))
    case.until_running()
    case.process.send_signal(signal.SIGINT)
    case.end()
    case.told(130, ['migrate'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault
def interrupted_delete(case):
    """Ctrl-C with --on-interrupt=delete"""
    case.start(case.chart(*three(6)), args=['--on-interrupt=delete'])
    case.until_running()
    case.process.send_signal(signal.SIGINT)
    case.end()
    case.expect(case.code == 130, f'exit {case.code}')
    left = case.get('Job', 'migrate')
    case.expect(left is None or 'deletionTimestamp' in left['metadata'], 'the running Job is still there')


@fault
def interrupted_twice(case):
    """Ctrl-C twice while the server does not answer: ends at once"""
    hang = threading.Event()
    p = case.proxy(lambda r: slow(30) if hang.is_set() else None, lambda r: cut(0.5) if r.watch else None)
    case.start(case.chart(*three(6)), proxy=p, args=['--on-interrupt=delete'])
    case.until_running()
    hang.set()
    case.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    case.process.send_signal(signal.SIGINT)
    began = time.monotonic()
    case.end()
    case.expect(case.code == 130, f'exit {case.code}')
    case.expect(time.monotonic() - began < 2, 'the second one did not end it at once')


def killed_at(number):
    def killed(case):
        count, lock = [0], threading.Lock()

        def rule(r):
            if r.method in ('POST', 'PATCH', 'DELETE') and r.path.rsplit('/', 1)[-1] in ('settings', 'migrate', 'check', 'configmaps', 'jobs'):
                with lock:
                    count[0] += 1
                    if count[0] == number:
                        case.process.kill()
        chart = case.chart(*three())
        case.start(chart, proxy=case.proxy(rule)).end()
        case.expect(case.code == -9, f'was not killed at request {number}: exit {case.code}')
        case.expect(case.others() == case.before, 'other objects changed')
        case.run(chart).done()
    killed.__name__ = f'killed_at_request_{number}'
    killed.__doc__ = f'killed -9 at write request {number} of 7, then run again'
    return killed


for n in range(1, 8):
    fault(killed_at(n))


@fault
def killed_while_waiting(case):
    """killed -9 while a Job is waited for, then run again"""
    chart = case.chart(*three(3))
    case.start(chart)
    case.until_running()
    case.process.kill()
    case.end()
    case.run(chart).done()


@fault
def killed_with_lock(case):
    """killed -9 holding the lock: the next run names the holder, and takes over once the lock is stale"""
    chart = case.chart(*three(3))
    case.start(chart, lock=True)
    case.until_running()
    case.process.kill()
    case.end()
    end = time.monotonic() + 90
    while True:
        case.run(chart, lock=True)
        if case.code == 0 or time.monotonic() > end:
            break
        case.expect(case.code == 5 and 'lock' in case.text.lower(), f'exit {case.code}, not 5 with the lock named')
        time.sleep(3)
    case.done()


@fault
def two_runs(case):
    """two runs of one release at a time: the second is refused and touches nothing"""
    chart = case.chart(*three(6))
    case.start(chart, lock=True)
    case.until_running()
    first = case.process
    case.run(chart, lock=True)
    case.expect(case.code == 5, f'the second: exit {case.code}, not 5')
    case.process = first
    case.end()
    case.done()


@fault
def closed_pipe(case):
    """nobody reads what is printed"""
    case.start(case.chart(*three()))
    case.process.stdout.close()
    case.process.stdout = None
    case.process.wait(60)
    case.code = case.process.returncode
    case.expect(case.code == 0, f'exit {case.code}')
    case.look(THREE)


# --- parts of the cluster

def break_part(*words):
    subprocess.run([os.path.join(lab.SHARED, 'cluster', 'fault.sh'), *words], check=False, env={**os.environ, 'LAB': lab.LAB}, capture_output=True)


def ready(case, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if case.api.request('GET', '/readyz')[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.3)
    raise Wrong('the API server did not come back')


@fault(shared=True)
def api_server_restarted(case):
    """the API server is killed while a Job is waited for, and started again after 5 s"""
    case.start(case.chart(*three(6)), timeout='120s')
    case.until_running()
    break_part('kill', 'kube-apiserver')
    time.sleep(5)
    break_part('start', 'kube-apiserver')
    ready(case)
    case.end()
    case.done()


@fault(shared=True)
def api_server_paused(case):
    """the API server stands still for 20 s"""
    case.start(case.chart(*three(3)), timeout='120s')
    case.until_running()
    break_part('pause', 'kube-apiserver')
    time.sleep(20)
    break_part('resume', 'kube-apiserver')
    case.end()
    case.done()
    case.expect(case.took < 90, f'took {case.took:.0f} s')


@fault(shared=True)
def etcd_paused(case):
    """etcd stands still for 8 s"""
    case.start(case.chart(*three(3)), timeout='120s')
    case.until_running()
    break_part('pause', 'etcd')
    time.sleep(8)
    break_part('resume', 'etcd')
    ready(case)
    case.end()
    case.done() if case.code == 0 else case.told((1, 4), ['migrate'])


@fault(shared=True)
def controllers_paused(case):
    """the controller manager stands still, so that the Job gets no Pod for 5 s"""
    break_part('pause', 'kube-controller-manager')
    try:
        case.start(case.chart(*three(2)), timeout='120s')
        time.sleep(5)
    finally:
        break_part('resume', 'kube-controller-manager')
    case.end()
    case.done()


@fault(shared=True)
def scheduler_gone(case):
    """no scheduler until the timeout"""
    break_part('pause', 'kube-scheduler')
    try:
        case.run(case.chart(*three(2)), timeout='6s')
    finally:
        break_part('resume', 'kube-scheduler')
    case.told(4, ['migrate'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault(shared=True)
def node_gone(case):
    """the kubelet is stopped until the timeout"""
    case.start(case.chart(*three(4)), timeout='10s')
    case.until_running()
    break_part('kill', 'kubelet')
    try:
        case.end()
    finally:
        break_part('start', 'kubelet')
    case.told(4, ['migrate'], {('ConfigMap', 'settings'), ('Job', 'migrate')})


@fault(shared=True)
def kubelet_restarted(case):
    """the kubelet is killed while the Job runs, and started again after 3 s"""
    case.start(case.chart(*three(5)), timeout='120s')
    case.until_running()
    break_part('kill', 'kubelet')
    time.sleep(3)
    break_part('start', 'kubelet')
    case.end()
    case.done()


class World:
    def __init__(self, options):
        self.options, self.api, self.program = options, lab.Api(), lab.hooks()


def attempt(world, name, function, engine):
    began = time.monotonic()
    case = Case(world, name, engine)
    try:
        function(case)
        message = None
    except Wrong as wrong:
        message = str(wrong)
    except (RuntimeError, OSError, KeyError, TypeError, ValueError, subprocess.SubprocessError) as error:
        message = f'{type(error).__name__}: {error}'
    try:
        case.close()
    except (OSError, RuntimeError):
        pass
    return message, time.monotonic() - began, case


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('which', nargs='*')
    parser.add_argument('--cluster', action='store_true')
    parser.add_argument('--jobs', type=int, default=5)
    parser.add_argument('--prefix', default=f'fault{os.getpid() % 1000}')
    parser.add_argument('--show', action='store_true')
    options = parser.parse_args()
    world, wrong, total = World(options), 0, 0
    chosen = [f for f in FAULTS if (not options.which or any(w in f[0] for w in options.which)) and (options.cluster or not f[3])]

    def tell(name, function, engine, outcome):
        message, took, case = outcome
        print(f'{"ok   " if message is None else "WRONG"} {name}: {function.__doc__} ({took:.1f} s)' + (f'\n      {message}' if message else ''), flush=True)
        if options.show or (message and case.log):
            print('\n'.join('      | ' + line for text in case.log for line in text.splitlines()), flush=True)
        return message is not None

    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = {pool.submit(attempt, world, n, f, e): (n, f, e) for n, f, e, shared, _ in chosen if not shared}
        for done in concurrent.futures.as_completed(jobs):
            name, function, engine = jobs[done]
            outcome = done.result()
            if outcome[0]:
                print(f'again {name}: {outcome[0]}')
                outcome = attempt(world, name + '-2', function, engine)
            total += 1
            wrong += tell(name, function, engine, outcome)
    for name, function, engine, shared, _ in chosen:
        if shared:
            total += 1
            wrong += tell(name, function, engine, attempt(world, name, function, engine))
    print(f'{total - wrong} of {total} faults end as promised or say what differs ({time.monotonic() - began:.0f} s)')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
