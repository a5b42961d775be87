#!/usr/bin/env python3
"""Asks the real helm binaries (3.21.4 and 4.2.4) for what the oracle programs cannot be asked: folders, links, .helmignore, archives,
flags and files. Writes cases.jsonl beside this file; tests/it/loading.rs builds each case again and compares.

HELMS names the folder of helm3 and helm4 (default ~/.cache/helm-hooks-lab/bin). Each case is run three times; one whose answers differ
is refused. In the answers the folder of the case is $DIR.

A case: {"name", "tree": {path: content}, "args": […], "stdin"?, "helm3": {"rc", "out", "err"}, "helm4": …} or "want" for both.
A content: {"text"}, {"base64"}, {"link": target}, {"folder": true}, {"fill": size}, {"fifo": true}.
"""
import base64, gzip, io, json, os, re, shutil, subprocess, sys, tarfile, tempfile
HELMS = os.environ.get('HELMS', os.path.expanduser('~/.cache/helm-hooks-lab/bin'))
HERE = os.path.dirname(os.path.abspath(__file__))
cases = []

def t(text): return {'text': text}
def b64(data): return {'base64': base64.b64encode(data).decode()}
def link(to): return {'link': to}
META = 'apiVersion: v2\nname: c\nversion: 0.1.0\n'
SUB = 'apiVersion: v2\nname: s\nversion: 0.1.0\n'
SHOW = 'v: {{ toJson .Values }}\nf: {{ $f := list }}{{ range $k, $v := .Files }}{{ $f = append $f $k }}{{ end }}{{ $f | sortAlpha | toJson }}\n'

def chart(extra=None, meta=META, show=SHOW):
    tree = {'c/Chart.yaml': t(meta), 'c/templates/a.yaml': t(show)}
    for path, content in (extra or {}).items():
        tree['c/' + path] = t(content) if isinstance(content, str) else content
    return {k: v for k, v in tree.items() if v is not None}

def case(name, tree=None, args=(), chart_arg='c', stdin=None, release='rel'):
    c = {'name': name, 'tree': chart() if tree is None else tree, 'args': ['template', release, chart_arg, *args]}
    if stdin is not None: c['stdin'] = stdin
    cases.append(c)

def member(name, data=b'', **kw):
    info = tarfile.TarInfo(name); info.size = len(data)
    for k, v in kw.items(): setattr(info, k, v)
    return info, data

def tgz(*members, fmt=tarfile.GNU_FORMAT, pax=None):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode='w', format=fmt, pax_headers=pax) as tar:
        for info, data in members: tar.addfile(info, io.BytesIO(data))
    return gz(raw.getvalue())

def gz(data):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode='w', mtime=0) as f: f.write(data)
    return out.getvalue()

def packed(folder='c', meta=META, extra=(), **kw):
    return tgz(member(folder + '/Chart.yaml', meta.encode()), member(folder + '/templates/a.yaml', SHOW.encode()), *extra, **kw)

def archive(name, data, file='c.tgz', args=()): case(name, {file: b64(data)}, args, file)

# Folders
case('folder'); case('folder-dot', chart_arg='./c'); case('folder-slash', chart_arg='c/')
case('folder-dots', chart_arg='c/../c/.')
case('chart-yaml-missing', chart({'Chart.yaml': None}))
case('chart-yaml-lowercase', chart({'Chart.yaml': None, 'chart.yaml': META}))
case('chart-yaml-folder', {'c/Chart.yaml/x': t('x')})
case('empty-folder', {'c': {'folder': True}})
case('chart-yaml-broken', chart({'Chart.yaml': 'a: [\n'})); case('chart-yaml-list', chart({'Chart.yaml': '[]\n'})); case('chart-yaml-empty', chart({'Chart.yaml': ''}))
for version in ('v1', 'v3', 'v4', '""', '1', '[1]'): case('api-version-' + re.sub(r'\W', '_', version), chart(meta='apiVersion: %s\nname: c\nversion: 0.1.0\n' % version))
case('name-missing', chart(meta='apiVersion: v2\nversion: 0.1.0\n')); case('bom', chart({'Chart.yaml': '\ufeff' + META, 'values.yaml': '\ufeffa: 1\n', 'templates/b.yaml': '\ufeffb: {{ .Chart.Name }}\n', 'x.txt': '\ufeffx'}, show='v: {{ toJson .Values }}\nx: {{ .Files.Get "x.txt" }}\n'))
case('crlf', chart({'Chart.yaml': META.replace('\n', '\r\n'), 'values.yaml': 'a: 1\r\nb: 2\r\n'}))
case('other-files', chart({'README.md': 'r', 'LICENSE': 'l', '.hidden': 'h', '.git/config': 'g', 'sub/dir/x.txt': 'x', 'templates/.hidden.yaml': 'h: 1', 'templates/sub/.hidden.yaml': 'h: 2', 'templates/.dir/x.yaml': 'd: 1', 'crds/a.yaml': 'kind: A', 'values.schema.json': '{}', 'Chart.lock': 'digest: x\n', 'templates/.x': '', 'templates/a.txt': 't: 1\n'}))
case('names-with-odd-characters', chart({'a b.txt': 'x', "it's": 'x', 'é.txt': 'x', 'a"b': 'x', 'templates/x y.yaml': 'x: {{ .Template.Name }}\n'}))
case('file-too-large', chart({'big.bin': {'fill': 5 * 1024 * 1024 + 1}})); case('file-just-fits', chart({'big.bin': {'fill': 5 * 1024 * 1024}}, show='n: {{ len (.Files.Get "big.bin") }}\n'))
case('template-too-large', chart({'templates/"q".yaml': {'fill': 5 * 1024 * 1024 + 1}})); case('large-but-ignored', chart({'.helmignore': 'big.bin\n', 'big.bin': {'fill': 5 * 1024 * 1024 + 1}}))
case('fifo', chart({'pipe': {'fifo': True}})); case('fifo-ignored', chart({'.helmignore': 'pipe\n', 'pipe': {'fifo': True}}))
# .helmignore
FILES = {'a.txt': '1', 'b.txt': '2', 'd/a.txt': '3', 'd/e/a.txt': '4', 'd/b.log': '5', 'x/d/f.txt': '6', 'README.md': '7', 'templates/b.yaml': 'b: 1\n', 'templates/c.yaml': 'c: 1\n', 'charts/s/Chart.yaml': SUB, 'charts/s/templates/a.yaml': SHOW, 'charts/s/a.txt': '8', 'charts/s/.helmignore': 'a.txt\n', 'values.yaml': 'a: 1\n', 'k[1].txt': '9', '#x': '10', '!y': '11', 'q\\z': '12'}
for rules in ('a.txt', '*.txt', '/a.txt', 'd/', 'd', 'd/*', 'd/a.txt', '/d', '/d/', '*/a.txt', 'x/*/f.txt', '!a.txt', '!*.txt', '!d/', '!*.yaml', 'a.txt\n!b.txt', '# a.txt\n\n  b.txt  \r\n', '**/a.txt', 'd/**', '[', 'a[.txt', '[ab].txt', '[^a].txt', '?.txt', '*', '.*', '*.yaml', 'templates', 'templates/', 'templates/b.yaml', '/templates/*', 'charts', 'charts/s/a.txt', 'Chart.yaml', 'values.yaml', '.helmignore', '//a.txt', 'a.txt/', '\\#x', '#x', '\\!y', '!!y', 'k[1].txt', 'k\\[1\\].txt', 'q\\\\z', '\ufeffa.txt', '*\n!a.txt', './a.txt', '/', '!', '/*', '*.md\ntemplates/c*\nx', 'd/e', 'e', 'charts/*', '!Chart.yaml', 'x' * 70000, 'a.txt\n[', 'é', '{a,b}.txt', 'a.*', 'templates/*.yaml', 'TEMPLATES', '\ta.txt\t'):
    case('helmignore %s' % (rules if len(rules) < 40 else 'long'), chart(dict(FILES, **{'.helmignore': rules})))
case('helmignore-folder', chart({'.helmignore/x': 'y'})); case('helmignore-empty', chart({'.helmignore': ''}))
case('helmignore-link', chart({'.helmignore': link('rules'), 'rules': 'b.txt\n', 'b.txt': '1'}))
# Links
case('link-file', chart({'templates/b.yaml': link('a.yaml')})); case('link-folder', chart({'d/x.txt': 'x', 'e': link('d')}))
case('link-outside', dict(chart({'templates/b.yaml': link('../../other/o.yaml')}), **{'other/o.yaml': t('o: 1\n')}))
case('link-folder-outside', dict(chart({'templates/more': link('../../other')}), **{'other/o.yaml': t('o: 1\n'), 'other/in/p.yaml': t('p: 1\n')}))
case('link-chain', chart({'b': link('d'), 'd': link('e'), 'e': 'text'})); case('link-broken', chart({'b': link('nowhere')})); case('link-broken-deep', chart({'b': link('templates/nowhere/x')}))
case('link-through-file', chart({'b': link('Chart.yaml/x')})); case('link-broken-ignored', chart({'.helmignore': 'b\n', 'b': link('nowhere')}))
case('link-ignored', chart({'.helmignore': 'b\n', 'b': link('Chart.yaml')})); case('link-folder-ignored', chart({'.helmignore': 'e/\n', 'd/x.txt': 'x', 'e': link('d')}))
case('link-self', chart({'b': link('b')})); case('link-two', chart({'b': link('d'), 'd': link('b')}))
case('link-loop', chart({'b': link('.')})); case('link-loop-deep', chart({'templates/b': link('..')}))
case('link-chart-yaml', dict(chart({'Chart.yaml': link('../meta.yaml')}), **{'meta.yaml': t(META)})); case('link-chart-folder', dict(chart(), **{'l': link('c')}), chart_arg='l')
case('link-subchart', dict(chart({'charts/s': link('../../s')}), **{'s/Chart.yaml': t(SUB), 's/templates/x.yaml': t('x: 1\n')}))
case('link-spaces', chart({'a b': link('Chart.yaml')})); case('link-large', chart({'b': link('big'), 'big': {'fill': 5 * 1024 * 1024 + 1}})); case('link-fifo', chart({'b': link('pipe'), '.helmignore': 'pipe\n', 'pipe': {'fifo': True}}))
case('link-dotdot', chart({'d/b': link('../d/../Chart.yaml')})); case('link-absolute-missing', chart({'b': link('/no/such/file')}))
# Archives
archive('archive', packed()); archive('archive-other-folder', packed('other')); archive('archive-name', packed(), 'x.zip'); archive('archive-no-name', packed(), 'chart')
archive('archive-not-gzip-small', b'hello'); archive('archive-not-gzip-text', b'hello world\n' * 100); archive('archive-yaml', b'a: 1\n', 'c.yaml'); archive('archive-yml', b'a: 1\n' * 200, 'c.yml'); archive('archive-empty', b''); archive('archive-zip', b'PK\x03\x04' + b'x' * 600); archive('archive-html', b'<html>' + b'x' * 600); archive('archive-tar', gzip.decompress(packed())); archive('archive-png', b'\x89PNG\r\n\x1a\n' + b'x' * 600); archive('archive-xml', b'<?xml version="1.0"?>' + b' ' * 600); archive('archive-starts-with-bom', b'\xef\xbb\xbf' + b'x' * 600); archive('archive-json', b'{"a": 1}' + b' ' * 600)
archive('archive-gzip-magic-only', b'\x1f\x8b\x08'); archive('archive-gzip-magic-bad', b'\x1f\x8b\x08' + b'\xff' * 50); archive('archive-gzip-other-method', b'\x1f\x8b\x07' + b'\0' * 50); archive('archive-truncated', packed()[:150]); archive('archive-truncated-end', packed()[:-6]); archive('archive-trailing', packed() + b'garbage'); archive('archive-gz-of-text', gz(b'hello')); archive('archive-gz-of-nothing', gz(b'')); archive('archive-gz-of-zeros', gz(b'\0' * 1024)); archive('archive-gz-of-long-text', gz(b'hello world ' * 100)); archive('archive-gz-short-tar', gz(gzip.decompress(packed())[:700]))
archive('archive-no-files', tgz()); archive('archive-only-folders', tgz(member('c/', type=tarfile.DIRTYPE))); archive('archive-no-chart-yaml', tgz(member('c/x', b'x'))); archive('archive-flat', tgz(member('Chart.yaml', META.encode()))); archive('archive-flat-second', packed(extra=[member('top.txt', b'x')]))
archive('archive-absolute', packed(extra=[member('c//etc/x', b'x')])); archive('archive-leading-slash', tgz(member('/c/Chart.yaml', META.encode()))); archive('archive-parent', packed(extra=[member('c/../../x', b'x')])); archive('archive-parent-ok', packed(extra=[member('c/a/../x', b'x')])); archive('archive-dots', packed(extra=[member('c/./y', b'x'), member('c/a//b', b'x')])); archive('archive-dotdot-name', packed(extra=[member('c/..x', b'x')])); archive('archive-drive', packed(extra=[member('c/C:/x', b'x')])); archive('archive-backslash', tgz(member('c\\Chart.yaml', META.encode()), member('c\\templates\\a.yaml', SHOW.encode()))); archive('archive-mixed-slashes', packed(extra=[member('c/a\\b/x', b'x')])); archive('archive-chart-yaml-folder', packed(extra=[member('Chart.yaml/x', b'x')])); archive('archive-only-folder-name', packed(extra=[member('c', b'x')])); archive('archive-two-folders', packed(extra=[member('d/y.txt', b'x')])); archive('archive-dot-folder', packed('.'))
archive('archive-link', packed(extra=[member('c/l', type=tarfile.SYMTYPE, linkname='Chart.yaml'), member('c/h', type=tarfile.LNKTYPE, linkname='c/Chart.yaml')])); archive('archive-fifo', packed(extra=[member('c/p', type=tarfile.FIFOTYPE)])); archive('archive-hidden', packed(extra=[member('c/.helmignore', b'*'), member('c/.x', b'x'), member('c/templates/.y.yaml', b'y: 1\n')])); archive('archive-folder-entries', tgz(member('c', type=tarfile.DIRTYPE), member('c/Chart.yaml', META.encode()), member('c/templates', type=tarfile.DIRTYPE), member('c/templates/a.yaml', SHOW.encode())))
archive('archive-twice', packed(extra=[member('c/Chart.yaml', META.replace('0.1.0', '0.2.0').encode()), member('c/templates/a.yaml', b'second: {{ .Chart.Version }}\n')])); archive('archive-bom', packed(extra=[member('c/values.yaml', b'\xef\xbb\xbfa: 1\n')])); archive('archive-long-name', packed(extra=[member('c/' + 'd' * 60 + '/' + 'f' * 90 + '.txt', b'x')])); archive('archive-long-name-ustar', packed(extra=[member('c/' + 'd' * 60 + '/' + 'f' * 90 + '.txt', b'x')], fmt=tarfile.USTAR_FORMAT)); archive('archive-long-name-pax', packed(extra=[member('c/' + 'd' * 60 + '/é' + 'f' * 90 + '.txt', b'x')], fmt=tarfile.PAX_FORMAT)); archive('archive-pax-global', packed(fmt=tarfile.PAX_FORMAT, pax={'comment': 'abc'})); archive('archive-api-v3', packed(meta=META.replace('v2', 'v3'))); archive('archive-api-v4', packed(meta=META.replace('v2', 'v4'))); archive('archive-bad-meta', packed(meta='a: [')); archive('archive-no-name-meta', packed(meta='apiVersion: v2\n')); archive('archive-file-too-large', packed(extra=[member('c/big', b'\0' * (5 * 1024 * 1024 + 1))])); archive('archive-lock', packed(extra=[member('c/Chart.lock', b'[')]))
bad = bytearray(gzip.decompress(packed())); bad[0] ^= 1; archive('archive-bad-checksum', gz(bytes(bad)))
bad = bytearray(gzip.decompress(packed())); bad[124:136] = b'7777777777z\0'; archive('archive-bad-size', gz(bytes(bad)))
# Subcharts
sub = packed('s', SUB)
case('subchart-archive', chart({'charts/s-0.1.0.tgz': b64(sub)})); case('subchart-archive-required', chart({'charts/s-0.1.0.tgz': b64(sub)}, META + 'dependencies:\n- {name: s, version: 0.1.0, alias: z}\n')); case('subchart-archive-bad', chart({'charts/s.tgz': b64(b'not gzip, but longer than ten bytes')})); case('subchart-archive-short', chart({'charts/s.tgz': b64(b'short')})); case('subchart-archive-empty', chart({'charts/s.tgz': b64(b'')})); case('subchart-archive-no-chart', chart({'charts/s.tgz': b64(tgz(member('s/x', b'x')))})); case('subchart-archive-outside', chart({'charts/s.tgz': b64(tgz(member('Chart.yaml', b'x')))})); case('subchart-archive-nested', chart({'charts/s.tgz': b64(packed('s', SUB, [member('s/charts/u.tgz', packed('u', META.replace('name: c', 'name: u')))]))})); case('subchart-archive-folder', chart({'charts/s.tgz/x': 'y'})); case('subchart-archive-prov', chart({'charts/s.tgz': b64(sub), 'charts/s.tgz.prov': 'x'})); case('subchart-readme', chart({'charts/README.md': 'x'})); case('subchart-hidden', chart({'charts/.gitkeep': '', 'charts/_x/Chart.yaml': '['})); case('subchart-invalid', chart({'charts/s/Chart.yaml': 'name: s\n'})); case('subchart-api-v3', chart({'charts/s/Chart.yaml': SUB.replace('v2', 'v3')})); case('subchart-same-name', chart({'charts/a/Chart.yaml': SUB, 'charts/a/templates/x.yaml': 'x: 1\n'})); case('subchart-archive-trailing', chart({'charts/s.tgz': b64(sub + b'garbage')})); case('subchart-archive-truncated', chart({'charts/s.tgz': b64(sub[:100])}))
# Checks
DEP = META + 'dependencies:\n- {name: s, version: %s, repository: ""}\n'
case('dependency-missing', chart(meta=DEP % '0.1.0')); case('dependencies-missing', chart({'charts/s/Chart.yaml': SUB}, META + 'dependencies:\n- {name: a}\n- {name: s}\n- {name: b, condition: x}\n')); case('dependency-version', chart({'charts/s/Chart.yaml': SUB, 'charts/s/templates/x.yaml': 'x: {{ .Chart.Name }}\n'}, DEP % '2.0.0')); case('dependency-alias-name', chart({'charts/z/Chart.yaml': SUB.replace('name: s', 'name: z')}, META + 'dependencies:\n- {name: s, alias: z}\n')); case('deprecated', chart(meta=META + 'deprecated: true\n')); case('deprecated-missing', chart(meta=DEP % '1' + 'deprecated: true\n')); case('library', chart(meta=META + 'type: library\n')); case('library-deprecated', chart(meta=META + 'type: library\ndeprecated: true\n')); case('type-odd', chart(meta=META + 'type: odd\n'))
for k in ('>=99', '>=1.20.0-0', '<1', 'x', '>= 1.20, < 1.30', '1.x', ' >=99 '): case('kube-version ' + k, chart(meta=META + 'kubeVersion: "%s"\n' % k))
case('kube-version-given', chart(meta=META + 'kubeVersion: ">=99"\n'), ['--kube-version', 'v1.2.3-gke.1']); case('kube-version-given-ok', chart(meta=META + 'kubeVersion: "<1.3"\n'), ['--kube-version', '1.2.3-gke.1'])
for r in ('Rel', 'r_l', 'a' * 54, 'a' * 53, '-a', 'a.b', 'a..b', 'é'): case('release ' + r[:8] + str(len(r)), release=r)
case('requirements-in-v2', chart({'requirements.yaml': 'dependencies: []\n', 'requirements.lock': 'digest: x\n'})); case('requirements-in-v1', chart({'requirements.yaml': 'dependencies:\n- {name: s, version: 0.1.0}\n', 'charts/s/Chart.yaml': SUB}, META.replace('v2', 'v1')))
# Warnings of values
W = lambda values, sub_values='', deps='': chart({'values.yaml': values, 'charts/s/Chart.yaml': SUB, 'charts/s/values.yaml': sub_values}, META + deps, 'v: {{ toJson .Values }}\n')
case('warn-not-a-table', W('a: 1\n'), ['--set', 'a.b=2']); case('warn-table', W('a: {b: {c: 1}}\n'), ['--set', 'a.b=2']); case('warn-table-top', W('a: {b: 1}\n'), ['--set', 'a=2']); case('warn-destination', W('a: {b: 1}\n'), ['--set', 'a.b.c=2']); case('warn-sub', W('s: {a: {b: 1}}\n', 'a: {b: {c: 1}}\n')); case('warn-sub-skipped', W('s: {a: {b: 1}}\n', 'a: [1, x, {y: z}]\n')); case('warn-global', W('global: 1\n')); case('warn-sub-global', W('global: {a: 1}\ns: {global: 1}\n')); case('warn-global-conflict', W('global: {a: {b: 1}}\ns: {global: {a: 1}}\n')); case('warn-global-table', W('global: {a: 1}\ns: {global: {a: {b: 1}}}\n')); case('warn-values', W('a: {b: {c: [1, {x: null}, "q w"], d: 1.50, e: true}}\n'), ['--set', 'a.b=2']); case('warn-deep', W('a: {b: {c: {d: 1}}}\n'), ['--set', 'a.b.c=x'])
D = 'dependencies:\n- {name: s, version: 0.1.0, %s}\n'
case('warn-condition', W('x: y\n', '', D % 'condition: x')); case('warn-condition-list', W('x: [1]\n', '', D % 'condition: "a,x,z"')); case('warn-tag', W('tags: {t: "no"}\n', '', D % 'tags: [t]')); case('warn-import', W('', '', D % 'import-values: [nope]')); case('warn-import-pair', W('', '', D % 'import-values: [{child: a.b, parent: c}]')); case('warn-import-alias', W('', '', D % 'alias: al, import-values: [{child: a, parent: c}]')); case('sub-not-a-table', W('s: text\n')); case('sub-list', W('s: [1, {a: b}]\n')); case('sub-number', W(''), ['--set', 's=1']); case('sub-null', W('s: null\n', 'a: 1\n')); case('tags-not-a-table', W('tags: 1\n', '', D % 'tags: [t]'))
# Values files and flags
V = {'v1.yaml': t('a: {b: 1, c: [1, 2]}\nn: null\n'), 'v2.yaml': t('a: {b: 2, d: x}\nn: 1\n'), 'list.yaml': t('[1]\n'), 'bad.yaml': t('a: [\n'), 'empty.yaml': t(''), 'null.yaml': t('null\n'), 'docs.yaml': t('a: 1\n---\nb: 2\n'), 'text.txt': t('line 1\nline 2\n'), 'bin': b64(b'\xff\x00x'), 'a=b.txt': t('eq'), 'a,b.txt': t('comma'), 'd/x': t('y'), 'text.yaml': t('just text\n'), 'sep.yaml': t('a: 1\n--- x\nb: 2\n'), 'bom.yaml': t('\ufeffa: 1\n'), 'dup.yaml': t('a: 1\na: 2\n'), 'tab.yaml': t('a:\n\t- 1\n'), 'json.json': t('{"a": {"b": [1, 2.50]}}')}
def v(name, *args, stdin=None): case('values ' + name, dict(chart({'values.yaml': 'a: {b: 0, z: 1}\nl: [1, 2]\nn: x\n'}, show='v: {{ toJson .Values }}\n'), **V), args, stdin=stdin)
for f in ('v1.yaml', 'list.yaml', 'bad.yaml', 'empty.yaml', 'null.yaml', 'docs.yaml', 'text.yaml', 'sep.yaml', 'bom.yaml', 'dup.yaml', 'tab.yaml', 'json.json', 'none.yaml', 'd', 'bin', '', ' ', ':x', 'a%zz', 'c:x', 'file:///x', './v1.yaml', 'x/y:z', '1:2', 'v1.yaml#f', 'v1.yaml?q'): v('-f ' + f, '-f', f)
v('two files', '-f', 'v1.yaml', '-f', 'v2.yaml'); v('two files reversed', '-f', 'v2.yaml', '-f', 'v1.yaml'); v('comma list', '-f', 'v1.yaml,v2.yaml'); v('stdin', '-f', '-', stdin='a: {q: 1}\n'); v('stdin spaces', '-f', ' - ', stdin='a: {q: 1}\n'); v('stdin twice', '-f', '-', '-f', '-', stdin='a: {q: 1}\n'); v('stdin bad', '-f', '-', stdin='[')
v('set', '--set', 'a.b=5,l[0]=x', '--set', 'n=null'); v('set order', '--set', 'a.b=1', '--set-string', 'a.b=2', '--set-json', 'a.b=3', '--set-literal', 'a.b=4'); v('set-string order', '--set-string', 'a.b=2', '--set', 'a.b=1'); v('set over file', '-f', 'v1.yaml', '--set', 'a.c[1]=9'); v('set-json over set', '--set', 'a=1', '--set-json', 'a={"q":1}')
v('set-file', '--set-file', 't=text.txt'); v('set-file two', '--set-file', 't=text.txt,u=a=b.txt'); v('set-file list', '--set-file', 't={text.txt,text.txt}'); v('set-file escaped', '--set-file', 't=a\\,b.txt'); v('set-file missing', '--set-file', 't=none'); v('set-file missing in list', '--set-file', 't={text.txt,none}'); v('set-file folder', '--set-file', 't=d'); v('set-file stdin', '--set-file', 't=-', stdin='from stdin\n'); v('set-file index', '--set-file', 'l[1]=text.txt'); v('set-file empty', '--set-file', 't='); v('set-file no value', '--set-file', 't'); v('set-file bytes', '--set-file', 't=bin'); v('set-file url', '--set-file', 't=:x'); v('set-file nested', '--set-file', 'a.t=text.txt')
for text in ('{"a": {"q": 1}}', ' {"a": 1} ', '{"a": 1} x', '{', '{"a":1},{"b":2}', '{"a": null}', 'a={"q":1}', 'a=', 'a', 'a={', '{}', '[1]', 'null', '{"a.b": 1}', '{"l": [9]}', '{"a":1e999}', '{"a":1,"a":2}'): v('set-json ' + text, '--set-json', text)
for text in ('a', 'a.b', 'a=1,b', 'l[-1]=1', 'l[70000]=1', 'n.x=1', 'l.x=1', 'a={', 'l[0', 'a[0]=1', 'a.b.c=1', '=x'):
    v('--set ' + text, '--set', text); v('--set-string ' + text, '--set-string', text); v('--set-literal ' + text, '--set-literal', text)
# Schemas
def s(name, schema, *args, sub_schema=None, values='a: 1\n'): case('schema ' + name, chart({'values.schema.json': schema, 'values.yaml': values, 'charts/s/Chart.yaml': SUB, **({'charts/s/values.schema.json': sub_schema} if sub_schema else {})}, show='v: 1\n'), args)
s('ok', '{"type": "object"}'); s('wrong', '{"required": ["b"]}'); s('skipped', '{"required": ["b"]}', '--skip-schema-validation'); s('both', '{"required": ["b"]}', sub_schema='{"required": ["q"]}'); s('sub', '{}', sub_schema='{"required": ["q"]}'); s('broken', '{'); s('urn', '{"$ref": "urn:x:y"}'); s('urn-twice', '{"properties": {"a": {"$ref": "urn:x:y"}, "b": {"$ref": "urn:x:y"}}}'); s('file', '{"$ref": "other.json"}'); s('file-absolute', '{"$ref": "file:///no/such.json"}'); s('file-folder', '{"$ref": "file:///"}'); s('set', '{"properties": {"a": {"type": "string"}}}', '--set', 'a=5'); s('set-string', '{"properties": {"a": {"type": "string"}}}', '--set-string', 'a=5'); s('list', '{"properties": {"a": {"type": "array", "items": {"type": "integer"}}}}', '--set', 'a={1,x,true}'); s('and-kube', '{"required": ["b"]}', '--kube-version', '1.20')

def build(folder, tree):
    for path, content in tree.items():
        full = os.path.join(folder, path); os.makedirs(os.path.dirname(full), exist_ok=True)
        if 'link' in content: os.symlink(content['link'], full)
        elif 'folder' in content: os.makedirs(full)
        elif 'fifo' in content: os.mkfifo(full)
        else:
            data = content['text'].encode() if 'text' in content else b'x' * content['fill'] if 'fill' in content else base64.b64decode(content['base64'])
            with open(full, 'wb') as f: f.write(data)

def ask(helm, c):
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder); build(folder, c['tree'])
        env = {'PATH': '/usr/bin:/bin', 'HOME': '/nonexistent', 'HELM_CACHE_HOME': '/nonexistent', 'HELM_CONFIG_HOME': '/nonexistent', 'HELM_DATA_HOME': '/nonexistent', 'KUBECONFIG': '/dev/null', 'PWD': folder}
        p = subprocess.run([os.path.join(HELMS, helm), *c['args']], cwd=folder, env=env, input=c.get('stdin', '').encode(), capture_output=True, timeout=120)
        text = lambda data: data.decode('utf8', 'surrogateescape').replace(folder, '$DIR').encode('utf8', 'replace').decode('utf8')
        return {'rc': p.returncode, 'out': text(p.stdout), 'err': text(p.stderr)}

names = [c['name'] for c in cases]
assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
refused = 0
with open(os.path.join(HERE, 'cases.jsonl'), 'w', encoding='utf8') as out:
    for c in cases:
        runs = [(ask('helm3', c), ask('helm4', c)) for _ in range(3)]
        if any(r != runs[0] for r in runs): refused += 1; print('differs from run to run:', c['name']); continue
        a, b = runs[0]
        c.update({'want': a} if a == b else {'helm3': a, 'helm4': b})
        out.write(json.dumps(c, ensure_ascii=False) + '\n')
print('%d cases, %d refused' % (len(cases) - refused, refused))
