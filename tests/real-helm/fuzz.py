#!/usr/bin/env python3
"""Differential fuzzing: random templates, values and small charts, our answers beside those of Helm's own code.

fuzz.py [--seconds 60] [--seed N] [--ours PROGRAM] [--oracles FOLDER]
Writes from a grammar: actions, pipelines and functions with arguments of right and wrong types, values in odd YAML, --set strings,
charts with subcharts, conditions, aliases, globals and hooks. A question whose answer Helm itself gives differently twice is random and
left out. Differences are reduced to few by their shape, printed when first met and with the shortest question at the end, and make the exit status 1.
"""
import argparse, collections, json, os, random, re, subprocess, sys, time
here = os.path.dirname(os.path.abspath(__file__)); root = os.path.dirname(os.path.dirname(here))
lab = os.environ.get('LAB', os.path.expanduser('~/.cache/helm-hooks-lab'))
p = argparse.ArgumentParser()
p.add_argument('--seconds', type=float, default=60); p.add_argument('--seed', type=int, default=None); p.add_argument('--batch', type=int, default=400)
p.add_argument('--ours', default=os.path.join(root, 'target/release/examples/oracle')); p.add_argument('--oracles', default=lab + '/bin')
a = p.parse_args()
seed = a.seed if a.seed is not None else int(time.time())
r = random.Random(seed); pick = r.choice
print('seed %d, %d s' % (seed, a.seconds), flush=True)

WORDS = ['a', 'b', 'name', 'on', 'yes', 'null', '~', '1', '007', '0x1F', '1e3', '1_000', '1.5', '-3', '.5', '', ' ', 'a b', 'a: b', '- x', '#c', 'é', '日本', 'x\\ty', "it's", '{{ .a }}', '2024-01-02', '12:30:45', '!!x', '&a', '*a', '%d', '[x', '{x', '@', '`', 'true', 'False', '.nan', 'v1.2.3', '>=1.0.0 <2', 'UPPER', 'snake_case-and.dots']
ONE = 'quote squote upper lower title trim len toString int int64 float64 toYaml toJson fromYaml fromJson toToml kindOf typeOf empty not b64enc b64dec b32enc sha256sum sha1sum adler32sum first last rest initial reverse uniq compact sortAlpha until toStrings list dict swapcase untitle nospace initials camelcase snakecase kebabcase abs floor ceil atoi toDecimal base dir ext clean isAbs default deepCopy toPrettyJson fromYamlArray fromJsonArray semver trimAll regexQuoteMeta urlParse toYamlPretty any all html js urlquery print println'.split()
TWO = 'default add sub mul div mod max min eq ne lt le gt ge and or indent nindent trunc trimSuffix trimPrefix trim contains hasPrefix hasSuffix repeat cat join splitList split append prepend concat has without hasKey get pick omit merge mergeOverwrite index printf coalesce ternary round regexMatch regexFind regexSplit semverCompare set unset pluck dig chunk slice until seq untilStep required kindIs typeIs date toDate plural substr replace wrap abbrev addf divf list dict tuple'.split()
# keys and values come in random order in Go, so they are always sorted here.
PATHS = ['(keys .Values.m | sortAlpha)', '(values .Values.m.d)', '.Values.s', '.Values.n', '.Values.f', '.Values.t', '.Values.z', '.Values.l', '.Values.m', '.Values.m.k', '.Values.m.d.e', '.Values.missing', '.Values.missing.deeper', '.Values', '.Release.Name', '.Chart.Name', '.Chart', '.Capabilities.KubeVersion.Minor', '$', '.', '.Values.l2', '.Template.Name', '.Files', '.Release']

def literal():
    return pick([lambda: json.dumps(pick(WORDS), ensure_ascii=False), lambda: str(pick([0, 1, 2, 3, -1, 7, 10, 100, 255, 1000, -40])), lambda: pick(['1.5', '0.1', '1e3', '-2.75', '3.0']),
                 lambda: pick(['true', 'false', 'nil']), lambda: '`%s`' % pick(['raw', 'a\\d+', '^[a-z]+$', '(b)(c)?', '$1-${2}']), lambda: "'x'", lambda: '(list %s)' % ' '.join(json.dumps(pick(WORDS[:16])) for _ in range(r.randint(0, 4))),
                 lambda: '(dict %s)' % ' '.join('"%s" %s' % (pick('abk'), pick(['1', '"x"', 'nil', '(list 1 2)', '(dict "d" 1)'])) for _ in range(r.randint(0, 3)))])()
def operand(depth): return literal() if r.random() < .45 else pick(PATHS) if r.random() < .75 or depth <= 0 else '(%s)' % pipeline(depth - 1)
def call(depth):
    f = pick(ONE) if r.random() < .5 else pick(TWO)
    n = r.choice([0, 1, 1, 1, 2]) if f in ONE else r.choice([1, 2, 2, 2, 3, 4])
    return ' '.join([f] + [operand(depth) for _ in range(n)])
def pipeline(depth):
    stages = [operand(depth) if r.random() < .4 else call(depth)]
    for _ in range(r.choice([0, 0, 1, 1, 2])): stages.append(pick(ONE) if r.random() < .6 else '%s %s' % (pick(TWO), operand(depth - 1)))
    return ' | '.join(stages)
def action(depth):
    l, e = pick(['{{ ', '{{- ', '{{', '{{ ']), pick([' }}', ' -}}', '}}', ' }}'])
    k = r.random()
    if depth <= 0 or k < .5: return l + pipeline(2) + e
    body = lambda: text(depth - 1)
    if k < .62: return l + 'if ' + pipeline(1) + e + body() + (l + pick(['else', 'else if ' + pipeline(1)]) + e + body() if r.random() < .5 else '') + l + 'end' + e
    if k < .72: return l + 'range ' + pick(['', '$i, $v := ', '$v := ']) + pipeline(1) + e + body() + pick(['', '{{ break }}', '{{ continue }}', '{{ else }}none']) + l + 'end' + e
    if k < .80: return l + 'with ' + pick(['', '$w := ']) + pipeline(1) + e + body() + l + 'end' + e
    if k < .86: return l + '$x := ' + pipeline(1) + e + '{{ $x }}{{ $x = %s }}{{ $x }}' % operand(1)
    if k < .92: return '{{ define "t%d" }}%s{{ end }}{{ include "t%d" %s }}' % (depth, body(), depth, operand(1))
    if k < .97: return '{{ tpl %s %s }}' % (json.dumps(body()), pick(['.', '$', '(dict "Values" .Values)']))
    return '{{/* %s */}}' % pick(WORDS).replace('*/', '')
def text(depth): return ''.join(pick(['x', '\n', ' ', 'k: ', '  - ', '']) + action(depth) for _ in range(r.randint(1, 2)))
def scalar(): return pick([lambda: pick(WORDS), lambda: json.dumps(pick(WORDS), ensure_ascii=False), lambda: "'%s'" % pick(WORDS).replace("'", "''"), lambda: '|\n      line one\n      line two', lambda: '>-\n      folded\n      text', lambda: '[1, a, {b: c}]', lambda: '{}', lambda: '[]', lambda: '!!str 5', lambda: '~'])()
def values():
    v = 's: text\nn: 3\nf: 1.5\nt: true\nz: null\nl: [1, two, 3.5, null]\nl2:\n  - {a: 1}\n  - [x]\nm: {k: v, d: {e: 5}}\n'
    return v + ''.join('%s: %s\n' % (pick(['s', 'n', 'extra', 'q']) + str(i), scalar()) for i in range(r.randint(0, 2)))
def setting(): return pick(['a', 'm.k', 'l[0]', 'l[2].x', 'm.d.e', 'new.deep[1].y', 'a\\.b', 's', '"a.b"', 'l[-1]', 'x[', '=', 'm'] ) + pick(['=', '=', '=', '', '=={', '=']) + pick(['1', 'true', 'null', '', '{a,b}', 'x\\,y', '007', '1e3', '{', 'a=b', '9223372036854775808', '{}', ' x '])
def chart():
    sub = pick(['sub', 'child']); name = pick([sub, 'other'])
    dep = {'name': sub, 'version': pick(['0.1.0', '*', '^0.1', '>0', '0.2.0']), 'repository': 'file://x'}
    if name == 'other': dep['alias'] = 'other'
    if r.random() < .5: dep['condition'] = pick(['sub.enabled', 'other.enabled', 'on', 'missing', 'a.b,sub.enabled'])
    if r.random() < .3: dep['tags'] = ['back']
    if r.random() < .4: dep['import-values'] = pick([['data'], [{'child': 'data', 'parent': 'imported'}], ['missing'], [{'child': 'exports', 'parent': 'm'}]])
    tree = lambda: '\n'.join('%s: %s' % (k, pick(['1', 'null', 'text', '{x: 1, y: null}', '{}', '[1]', '{z: {q: 2}}'])) for k in r.sample(['a', 'm', 'data', 'global', 'on', 'enabled', 'exports', name], 4)) + '\n'
    hook = 'apiVersion: batch/v1\nkind: %s\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: %s\n    helm.sh/hook-weight: %s\n' % (pick(['Job', 'Pod', 'ConfigMap', 'Thing']), pick(['pre-install', '"pre-install,post-upgrade"', 'PRE-INSTALL', '"test, test-success"', 'bogus', '""', '"pre-install,"']), pick(['"5"', '-1', '"x"', '1e2', '" 3"', 'null']))
    files = {'Chart.yaml': json.dumps({'apiVersion': 'v2', 'name': 'c', 'version': '0.1.0', 'dependencies': [dep]}), 'values.yaml': tree(), 'charts/%s/Chart.yaml' % sub: 'apiVersion: v2\nname: %s\nversion: 0.1.0\n' % sub, 'charts/%s/values.yaml' % sub: tree(),
             'charts/%s/templates/v.yaml' % sub: 'sub: {{ .Values | toJson }}\n', 'templates/v.yaml': 'root: {{ .Values | toJson }}\n', 'templates/h.yaml': pick([hook, hook + '---\n' + hook, '---\n' + hook, hook + '...\n' + hook])}
    return {'files': files, 'values': tree() if r.random() < .7 else '', 'set': [setting()] if r.random() < .3 else []}
def question():
    k = r.random()
    if k < .6: return {'template': text(2), 'values': values()}
    if k < .72: return {'template': '{{ .Values | toYaml }}|{{ toJson .Values }}', 'values': values() + ''.join('%s: %s\n' % (pick(WORDS[:6]) or 'k', scalar()) for _ in range(3))}
    if k < .85: return {'template': '{{ toJson .Values }}', 'values': 'm: {k: v}\nl: [1, 2]\n', pick(['set', 'setString', 'setLiteral', 'set']): [setting() for _ in range(r.randint(1, 3))]}
    return chart()

def ask(command, questions):
    lines = ''.join(json.dumps(dict(q, id=i)) + '\n' for i, q in enumerate(questions))
    try: out = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120).stdout
    except subprocess.TimeoutExpired: return {}
    return {x.pop('id'): x for x in (json.loads(l) for l in out.decode('utf8', 'replace').splitlines()) if 'id' in x}
ADDRESS = re.compile(r'0x[0-9a-f]{6,}')
def shape(q, want, got): return ('chart ' if 'files' in q else 'set ' if len(q) > 2 else 'template ') + re.sub(r'"[^"]*"|\d+', '_', (want.get('error') or 'out')[-90:]) + ' | ' + re.sub(r'"[^"]*"|\d+', '_', (got.get('error') or 'out')[-90:])
def norm(x, q):
    if 'template' in q and 'out' in x: x = {'out': x['out']}
    text = ADDRESS.sub('0xADDRESS', json.dumps(x))
    # A text with an address in it is broken into lines, or cut, by how many digits the address has.
    if '0xADDRESS' in text and ('error' in x or 'oYaml' in q.get('template', '')): return {'address': True}
    # In errors ours has one U+FFFD for what is no UTF-8, Go's JSON one for each byte of it.
    text = re.sub(r'(\\ufffd)+', r'\\ufffd', text)
    return json.loads(text)

end = time.time() + a.seconds; asked = random_ones = 0; found = collections.defaultdict(list)
while time.time() < end:
    questions = [question() for _ in range(a.batch)]
    for version in 3, 4:
        helm = [os.path.join(a.oracles, 'oracle-helm%d' % version)]
        want, again, got = ask(helm, questions), ask(helm, questions), ask([a.ours, 'helm%d' % version], questions)
        for i, q in enumerate(questions):
            if i not in want or i not in again: continue
            # The oracle of Helm 3 processes dependencies without merging nulls, which the helm 3 program does not do: for charts Helm 4 alone is asked.
            if version == 3 and 'files' in q: continue
            w = norm(want[i], q)
            if w != norm(again[i], q): random_ones += 1; continue
            asked += 1
            g = norm(got.get(i, {'error': 'no answer'}), q)
            if g == w: continue
            # date takes the time of asking for whatever is no time; ours answers in a fixed world.
            if re.search(r'\bdate\b', q.get('template', '')): random_ones += 1; continue
            of_shape = found[shape(q, w, g)]; of_shape.append((version, q, w, g))
            if len(of_shape) == 1: print('found after %d s: helm%d %s\n  helm: %s\n  ours: %s' % (time.time() - end + a.seconds, version, *(json.dumps(x, ensure_ascii=False)[:600] for x in (q, w, g))), flush=True)
print('%d answers compared, %d random ones left out, %d differences of %d shapes' % (asked, random_ones, sum(map(len, found.values())), len(found)))
for s, cases in sorted(found.items(), key=lambda x: -len(x[1]))[:40]:
    version, q, w, g = min(cases, key=lambda c: len(json.dumps(c[1])))
    print('\n%d× helm%d %s\n  helm: %s\n  ours: %s' % (len(cases), version, json.dumps(q, ensure_ascii=False)[:1500], json.dumps(w, ensure_ascii=False)[:600], json.dumps(g, ensure_ascii=False)[:600]))
sys.exit(1 if found else 0)
