#!/usr/bin/env python3
"""Seeds for fuzzing, made from the cases below testdata: fuzz/corpus/TARGET/*, a few hundred small files for each target.

What fuzzing once found (testdata/fuzz/TARGET/*) is among them. Run before `cargo fuzz run`; tests/fuzz.sh does.
"""
import base64, gzip, hashlib, json, os, random
HERE = os.path.dirname(os.path.abspath(__file__)); DATA = os.path.join(os.path.dirname(HERE), 'testdata')
MOST, LONGEST = 400, 4096
seeds = {}

def add(target, data):
    data = data.encode('utf8', 'surrogatepass') if isinstance(data, str) else data
    if 0 < len(data) <= (65536 if target == 'archive' else LONGEST): seeds.setdefault(target, {})[hashlib.sha1(data).hexdigest()[:16]] = data
def cases(*folders):
    for folder in folders:
        for name in sorted(os.listdir(os.path.join(DATA, folder))):
            if name.endswith('.jsonl'):
                with open(os.path.join(DATA, folder, name), encoding='utf8') as f: yield from (json.loads(line) for line in f)

def chart(files): return ''.join('=== %s\n%s\n' % (name, text) for name, text in files.items())
def question(case):
    files = {name: text for name, text in case.get('files', {}).items() if isinstance(text, str)}
    values = case.get('values') if isinstance(case.get('values'), str) else ''
    template = case.get('template')
    if isinstance(template, str):
        add('parse_template', template); add('evaluate', template + '\0' + values)
    if values: add('yaml', values)
    for name, text in files.items():
        if name.endswith('.yaml') and '{{' not in text: add('yaml', text); add('split', text)
        if 'templates/' in name: add('parse_template', text); add('split', text)
    if files: add('chart_files', chart({'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n', **files}))
    for flag, number in (('set', 0), ('setString', 1), ('setJson', 2), ('setLiteral', 3)):
        for text in case.get(flag, []): add('set', bytes([number << 1]) + text.encode())
for case in cases('template', 'funcs', 'yaml', 'values', 'conformance'): question(case)
for case in cases('plan'):
    files = {name: text for name, text in case.get('files', case.get('chart', {})).items() if isinstance(text, str)} if isinstance(case.get('files', case.get('chart')), dict) else {}
    if files: question({'files': files})
for case in cases('loading'):
    files = {}
    for path, content in case['tree'].items():
        data = content['text'].encode() if 'text' in content else base64.b64decode(content['base64']) if 'base64' in content else None
        if data is None: continue
        if data[:2] == b'\x1f\x8b':
            add('archive', data)
            try: add('archive', gzip.decompress(data).rstrip(b'\0') + b'\0' * 1024)
            except (OSError, EOFError): pass
        elif path.startswith('c/') and 'text' in content: files[path[2:]] = content['text']
    if files: add('chart_files', chart(files))
    args = case.get('args', [])
    for flag, value in zip(args, args[1:]):
        if flag in ('--set', '--set-string', '--set-json', '--set-literal'): add('set', bytes([['--set', '--set-string', '--set-json', '--set-literal'].index(flag) << 1]) + value.encode())
with open(os.path.join(DATA, 'plan/stream.yaml'), encoding='utf8') as f: add('split', f.read())
for one, two in [('0x1p-2', ''), ('1_000', ''), ('"\\u00e9\\x41"', ''), ('1h2m3.5s', ''), ('2006-01-02T15:04:05Z07:00', '2024-02-29T23:59:60+01:00'), ('Mon Jan _2 2006', 'Tue Mar  5 2024'), ('>=1.2.3-0 <2 || ~1.x, !=3', '1.2.3-rc.1+b'), ('(?i)^a(b|c)*[^[:alpha:]\\pL]{2,3}$', 'abc'), ('(?P<n>x)', 'x${n}'), ('**/{a,b}*.[!a-c]?', 'x/ay.d'), ('http://u:p@[fe80::1%25e]:80/a/../b?q=1#f', '../c?d'), ('%+v %-08.3f %q %x %[2]*[1]d %t', 'x'), ('{"a": [1, 2.5e3, null, "\\ud83d\\ude00"]}', ''), ('a = 1\n[b.c]\nd = [1979-05-27T07:32:00Z, 0x1f]\n[[e]]\nf = """x\n"""', '')]: add('lex', one + '\0' + two)
for pattern, _, *names in cases('go'): add('lex', pattern + '\0' + (names[0] if names else ''))
found = os.path.join(DATA, 'fuzz')
for target in sorted(os.listdir(found)) if os.path.isdir(found) else []:
    for name in os.listdir(os.path.join(found, target)):
        with open(os.path.join(found, target, name), 'rb') as f: seeds.setdefault(target, {})['found-' + name] = f.read()
for target, files in seeds.items():
    folder = os.path.join(HERE, 'corpus', target); os.makedirs(folder, exist_ok=True)
    names = sorted(files); random.Random(1).shuffle(names)
    for name in [n for n in names if n.startswith('found-')] + names[:MOST]:
        with open(os.path.join(folder, name), 'wb') as f: f.write(files[name])
print(', '.join('%s %d' % (target, min(len(files), MOST)) for target, files in sorted(seeds.items())))
