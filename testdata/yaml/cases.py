#!/usr/bin/env python3
"""Writes the questions of the YAML functions and of values as YAML.

cases.py TOPIC | ../record.py --new yaml/TOPIC      (all: for t in $(cases.py); do cases.py $t | ../record.py --new yaml/$t; done)

A document is handed to the template as a value, in double quotes with everything unusual escaped, so that the question is
about the document and not about the values around it. Topics: scalars (what a plain text is read as), strings (what a text is
written as), keys (the order and form of keys), numbers, anchors, blocks, flow, documents, tags, errors, objects, values, charts
(Chart.yaml, requirements.yaml and Chart.lock).
"""
import json, sys

def quoted(text):
    out = ''
    for c in text:
        n = ord(c)
        out += '\\' + c if c in '"\\' else c if 32 <= n < 127 else '\\U%08x' % n if n > 0xffff else '\\u%04x' % n
    return '"%s"' % out

cases = []
def ask(template, values=None, **more):
    q = {'template': template}
    if values is not None: q['values'] = values
    q.update(more)
    cases.append(q)

def doc(text, template='{{ $v := fromYaml .Values.d }}{{ toJson $v }}\n{{ toYaml $v }}'):
    ask(template, 'd: %s\n' % quoted(text))

SCALARS = '''~ null Null NULL nULL y Y yes Yes YES yEs n N no No NO on On ON off Off OFF oN true True TRUE tRUE false False FALSE t f yep nope
0 1 -1 +1 007 010 08 09 0o17 0O17 0o8 0x1F 0X1f -0x10 +0x10 0xg 0b11 0B11 0b12 0b-1 0b+1 -0b1 1_000 1__0 _1 1_ 0x_1f 0_7 123456789012 -0
9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616 +18446744073709551615
0x7fffffffffffffff 0xffffffffffffffff 0x10000000000000000 123456789012345678901234567890 9007199254740993
1.0 1. .5 +.5 -.5 ._5 .5_0 .5_ 1.5 1_0.5 1e3 1E3 1e+3 1e-3 1.e3 .5e3 1e 1e+ e3 1e999 -1e999 1e-999 1.5.5 1,5 0.1 1.10 3.14159265358979323846 1e21 1e20 1e-7
0.000001 0.0000001 123456.789 1234567.89 -0.0 0x1p3 inf Inf nan NaN .inf .Inf .INF .iNF +.inf -.inf -.INF .nan .NaN .NAN .Nan +.nan infinity -inf
2001-12-14 2001-1-1 2001-13-01 2001-02-30 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z 2001-12-14T21:59 20011214 2001-12 01-01-2001
1:30 12:30:45 1:60 190:20:30 190:20:30.15 -1:30 +1:2 1:2:3:4 100:99 1_0:30 :1 1: <<  = == - -- --- ---a ... ...a . .. .a -a ?a :a a:b a#b
v1.2.3 1.2.3 1.2.3-rc1 1.2 100m 128Mi 0.5Gi 1Gi 10% $x ${x} $(x) http://a:80/b?c=d&e=f 10.0.0.1/8 ::1 a/b *.x /x/* ^x$ a|b a>b a,b a;b 'x' "x" \\'''.split()
SCALARS += ['2001-12-14 21:59:43.10', '2001-12-14  21:59:43', '2001-12-14 21:59:43.10 -5', 'a b', 'a  b', 'a # b', 'a #b', 'a: b', 'a :b', 'a:', 'é', '日本', '\U0001F600', '\u00a0', 'x\u00a0y',
            'a\tb', '"a\tb"', '"\\u00e9"', '"\\x41\\n\\t\\0\\e\\N\\_\\L\\P\\a\\b\\f\\r\\v\\"\\/"', '"\\ "', '"\\U0001F600"', '"\\uD83D"', '"\\q"', '"\\x4"', "'it''s'", "'a\\n'", '"a\n\n  b\n c"', "'a\n\n  b'", 'a\n b\n\n c', '"a \\\n  b"',
            '"unclosed', "'unclosed", '"a" b', "'a' b", '&a', '*a', '!x', '!!str', '!!str 1', '|', '>', '|x', '@a', '`a', '%a', '#a', '{', '}', '[', ']', ',', '{}', '[]', '{a}', '[a', '\ufeffa', 'a\ufeff']

def scalars():
    for s in SCALARS:
        doc('v: ' + s, '{{ $d := fromYaml .Values.d }}{{ with $d.Error }}{{ . }}{{ else }}{{ kindOf $d.v }} {{ toJson $d.v }} {{ toYaml $d.v }} {{ toYamlPretty $d.v }}{{ end }}')
    for s in SCALARS:
        if s.strip() and '\n' not in s: doc(s + ': v\n', '{{ $d := fromYaml .Values.d }}{{ toJson $d }}')

LOREM = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua.'
WORDS = ' '.join(['word'] * 40)
TEXTS = [s for s in SCALARS if '\n' not in s] + ['', ' ', '  ', 'a ', ' a', '\t', '\ta', 'a\t', 'a\tb', '\n', '\n\n', 'a\n', 'a\n\n', '\na', 'a\nb', 'a\nb\n', 'a\n\nb', ' a\nb', 'a\n b', 'a \nb', 'a\n ', 'a\nb ', 'a\t\nb', '\ta\nb', 'a\n\tb', 'a\n\n\n',
  '\n a', '  \na', 'a\r\nb', 'a\rb', 'a\r\n', '\r', 'a\u0085b', '\u0085', 'a\u2028b', 'a\u2029\n', 'a\u2028', '\u2028a\nb', 'é\n日本', '\U0001F600\n', 'a\U0001F600b', 'a\nb\U0001F600', '\ufeff', '\ufeffabc', 'abc\ufeff', 'a\n\ufeff', '\x00', '\x01', '\x07\x08\x0b\x0c\x1b', '\x7f', '\x80', '\x9f', '\xa0', 'x\xa0y', '\ud7ff', '\ue000', '\ufffd', '\ufffe', '\uffff', '\U0010ffff',
  '- a', '-', '-a', '- ', '? a', '?', ': a', ':', 'a: b', 'a:', 'a :b', 'a #b', '#', '# a', '&a', '*a', '!a', '|', '>', '%', '@', '`', "'", '"', "''", "a'b", 'a"b', "it's", '{', '}', '{}', '[', ']', '[]', '{a: b}', '[a, b]', ',', ', a', 'a, b', '---', '--- a', '---a', '...', '-- a', '\\', '\\n', 'a\\b', '<<', '=', '!', '!!', '&', '*', '{{ x }}', '{{- x -}}', '$HOME', '%d', '100%', 'key: "v"', 'a=b', 'a==b', '~/x', './x', '../x',
  '<a href="x">&amp;</a>', "<script>alert('x')</script>", 'true ', ' true', 'null\n', '1\n', '0x', '0b', '0o', '1 ', '12:30 ', '1e', 'y\n',
  LOREM, LOREM * 3, WORDS, WORDS + ' ', ' ' + WORDS, WORDS + '\n' + WORDS, WORDS.replace(' ', '  '), WORDS.replace(' ', '   ', 20), 'x' * 79 + ' y', 'x' * 80 + ' y', 'x' * 81 + ' y', 'x' * 200, 'é' * 79 + ' ' + 'é' * 20 + ' z', "'" + WORDS, '"' + WORDS, '# ' + WORDS, WORDS + ': ' + WORDS, WORDS + ' #' + WORDS, '\t' + WORDS, '\U0001F600 ' + WORDS, '- ' + WORDS.replace(' ', '  '), 'a: ' + ' '.join(["it's"] * 30), '\x01 ' + WORDS.replace(' ', '  '), '\x01' + ' '.join('w%d' % i for i in range(60)),
  'x' * 127, 'x' * 128, 'x' * 129, 'é' * 64, 'é' * 65, 'x' * 127 + "'", '"' * 128, 'x' * 1000, 'x' * 1021, 'x' * 1022, 'x' * 1023, 'x' * 1024, '"' * 511, '"' * 512, 'a\n' * 70, 'line one\nline two\n  indented\n\nlast\n', '#!/bin/sh\nset -e\necho "hi"\n', '{\n  "a": [1, 2]\n}', '{\n  "a": [1, 2]\n}\n', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', 'a: 1\nb:\n- 2\n', '%YAML 1.1\n---\n', 'SGVsbG8=', 'a' * 63 + '\n' + 'b' * 100, '  leading\nthen', '\n  leading', 'trailing  \n', 'tab\tin\nlines\t\n', 'x\n\n\ny\n\n']

def strings():
    for s in TEXTS:
        ask('{{ toYaml .Values.s }}\n~\n{{ toYaml (dict "k" .Values.s) }}\n~\n{{ toYaml (list .Values.s (list .Values.s)) }}\n~\n{{ toYamlPretty (dict "k" .Values.s "l" (list .Values.s)) }}', 's: %s\n' % quoted(s))
    # Not UTF-8.
    import base64
    for b in [b'\xff', b'a\xffb', b'\xc3', b'\xe2\x82', b'\xf0\x9f\x98', b'\xed\xa0\x80', b'\x80' * 50, b'\x80' * 53, b'\xff\n', bytes(range(256)), b'ok \xff\nnot']:
        ask('{{ $s := b64dec %s }}{{ toYaml $s }}\n~\n{{ toYaml (dict "k" $s) }}\n~\n{{ toYamlPretty (dict "k" $s "l" (list $s)) }}\n~\n{{ toYaml (dict $s 1) }}\n~\n{{ toYamlPretty (dict $s 1) }}' % json.dumps(base64.b64encode(b).decode()))

def keys():
    for s in TEXTS:
        ask('{{ toYaml (dict .Values.s 1) }}\n~\n{{ toYaml (dict "k" (dict .Values.s (list 1))) }}\n~\n{{ toYamlPretty (dict .Values.s (list 1)) }}\n~\n{{ toYamlPretty (dict .Values.s (dict "a" 1)) }}', 's: %s\n' % quoted(s))
    for group in ['a b c', 'b a c', 'a1 a10 a2 a01 a001', '1 10 2 01 9 100', 'A a B b', 'a-b a_b a.b a1 ab a', 'x-1 x-10 x-2 x1 x_1', '- . / 0 : @ A Z [ _ ` a z ~', 'é e f z à', '日 本 a z', 'a b1 b-1 b b0', 'v1.10 v1.2 v1.9', '1a 1b 2a 10a', 'x100 x1a', 'x1 x01 x001', 'x0 x00 x1', 'x10 x100 x1000', 'x09 x9 x10', 'true false yes no', 'a.1 a.b a.0', 'foo foo1 foo-bar foo.bar fooBar FOO', 'k8s.io/a app.kubernetes.io/name app-x helm.sh/chart', '٣ ٢ 1 x', 'a\u0301 a b', '\U0001F600 a 1', 'item9 item10 item1 itemx', '99999999999999999999 1 2', 'a99999999999999999999 a1', '1.5 1.25 1.10 2', '001 01 1 0 00', 'b 1 a 2 -1 -2', 'apiVersion kind metadata spec status data']:
        ks = group.split(' ')
        call = '(dict %s)' % ' '.join('%s %d' % (json.dumps(k, ensure_ascii=False), i) for i, k in enumerate(ks))
        ask('{{ toYaml %s }}\n~\n{{ toYamlPretty %s }}' % (call, call))

def numbers():
    for n in '0 1 -1 7 100 1000000 123456789 9007199254740993 9223372036854775807 -9223372036854775808'.split():
        ask('{{ toYaml %s }} {{ toYamlPretty %s }} {{ toYaml (float64 %s) }} {{ toYamlPretty (float64 %s) }} {{ toYaml (list (int %s) (int64 %s)) }}' % ((n,) * 6))
    for x in '0.1 1.0 1.5 -2.25 100.0 1e3 1e5 1e6 1e15 1e16 1e18 1e19 1.8446744073709552e19 1.9e19 1e20 1e21 1e22 1e100 1.7976931348623157e308 5e-324 1e-4 1e-5 1e-6 1e-7 123456.5 1234567.5 12345678.5 0.000001234 -1e19 -9.3e18 -0.0 3.0e-10 4503599627370496.5'.split():
        ask('{{ toYaml %s }} {{ toYamlPretty %s }} {{ toJson (fromYaml (printf "a: %%s" (toYaml %s))) }}' % (x, x, x))
    for v in ['5', '5.0', '5.5', '1e3', '1e10', '123456789', '0.1', '1.10', '010', '0x10', '1_000', '12345678901234567890', '123456789012345678901', '-0', '1e21', '1000000', '10000000', '1234567.5', '3000000000']:
        ask('{{ toYaml .Values }}|{{ toYamlPretty .Values }}|{{ .Values.a }}|{{ toJson .Values.a }}|{{ kindOf .Values.a }}', 'a: %s\n' % v)
    for e in ['(divf 1 0)', '(divf -1 0)', '(divf 0 0)', '(list 1 (divf 1 0))', '(dict "a" (divf 0 0))']:
        ask('{{ toYaml %s }}|{{ toYamlPretty %s }}' % (e, e)); ask('{{ mustToYaml %s }}' % e)
    for e in ['true', 'false', 'nil', '(list)', '(dict)', '(list nil)', '(dict "a" nil)', '(list (list))', '(list (dict))', '(dict "a" (dict))', '(dict "a" (list))', '(list 1 (list 2 (list 3 (list))))', '(dict "a" (list (dict "b" (list (dict "c" (list 1 2))))))', '(list (dict "a" 1 "b" 2) (dict "a" (list 1)))', '(list (list (dict "a" 1)) (list 1 2))', '(dict "a" "" "b" " ")', '(splitList "," "a,b")', '(list)', '(until 3)', '(tuple 1 "a")', "'a'", '(int64 5)', '(uint8 5)', '(list 1 2.5 "x" true nil)', '(duration 90)', '(split "." "a.b")', '(dict "a" (dict "b" (dict "c" (dict "d" nil))))', '1i', '(list (list (list)))', '(urlParse "http://u:p@h:1/p?q#f")', '(toString 1)', '"1"', '"true"', '(chunk 2 (list 1 2 3))', '(index (list nil) 0)', '(fromYamlArray "[1, [a]]")']:
        ask('{{ toYaml %s }}\n~\n{{ toYamlPretty %s }}' % (e, e)); ask('{{ mustToYaml %s }}' % e)

def anchors():
    for d in ['a: &x 1\nb: *x\n', 'a: &x {k: 1}\nb: *x\nc: *x\n', 'a: &x [1]\nb: *x\n', 'b: *x\na: &x 1\n', '&a a: 1\nb: *a\n', '? *a\n: 1\n', 'x: &a k\n*a : 1\n', 'x: &a k\n*a: 1\n', 'a: &x 1\nb: &x 2\nc: *x\n', 'a: &x\n  b: *x\n', 'a: &x [*x]\n', '&x [*x]\n',
              'base: &b {p: 1, q: 2}\nd:\n  <<: *b\n  q: 3\n', 'base: &b {p: 1, q: 2}\nd:\n  q: 3\n  <<: *b\n', 'b: &b {p: 1}\nc: &c {p: 2, r: 3}\nd:\n  <<: [*b, *c]\n', 'b: &b {p: 1}\nd: {<<: *b, <<: {z: 1}}\n', 'd: {<<: {a: 1}}\n', 'd: {<<: [{a: 1}, {a: 2, b: 3}]}\n', 'd: {<<: 1}\n', 'd: {<<: [1]}\n', 'd: {<<: ~}\n', 'd: {<<: }\n', 'd: {"<<": {a: 1}}\n', "d: {'<<': 1}\n", 'd: {!!merge k: {a: 1}}\n', 'd: {!!merge <<: {a: 1}}\n', 'd: {!!str <<: {a: 1}}\n', 'd: {! <<: {a: 1}}\n', 'b: &b [1]\nd: {<<: *b}\n', 'b: &b 1\nd: {<<: *b}\n', 'b: &b [{a: 1}]\nd: {<<: *b}\n',
              'a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, z: 3}\n', 'a: &a {<<: *a}\n', 'a: &a\n  b: {<<: *a}\n', 'a: <<\nb: [<<]\n', '<<: {a: 1}\nb: 2\n', 'a: &x\nb: *x\n', 'a: &x ~\nb: *x\n', 'a: &x "q"\nb: *x\n', 'a: &x |\n  t\nb: *x\n', 'a: &x-1_y 1\nb: *x-1_y\n', 'a: &é 1\n', 'a: & 1\n', 'a: * 1\n', 'a: &x &y 1\n', 'a: &x *y\n', 'a: *x y\n', 'a: [&x 1, *x, *x]\n', 'a: {&k x: 1, y: *k}\n', '- &a 1\n- *a\n', '&r\na: 1\n', '&r {a: 1}\n', 'a: &x !!str 1\nb: *x\n', 'a: !!str &x 1\nb: *x\n', 'a: &x\n  - 1\nb: *x\n', 'a: 1\n---\nb: *x\n', 'a: &x 1\n...\nb: *x\n', 'a: &x? 1\n', 'a: &x, 1\n', 'a: [&x, 1]\n', 'a: [&x , *x]\n', 'a: &x: 1\n', 'a: &x]\n']:
        doc(d)
    bomb = 'a: &a [x,x,x,x,x,x,x,x,x,x]\n' + ''.join('%s: &%s [%s]\n' % (n, n, ','.join(['*' + p] * 10)) for p, n in zip('abcdef', 'bcdefg'))
    doc(bomb, '{{ (fromYaml .Values.d).Error }}')
    doc('a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n')

def blocks():
    for body in ['  x\n', '  x\n  y\n', '  x\n\n  y\n', '  x\n   y\n  z\n', '\n  x\n', '\n\n  x\n\n', '  x\n\n\n', '   x\n  y\n', '\tx\n', '  \tx\n', '  x\t\n', ' x\n', 'x\n', '', '\n', '  \n  x\n', '    \n  x\n', '  x\n # c\n', '  x\n  # c\n', '  x\n#c\nb: 1\n', '  x\r\n  y\r\n', '  a b\n  c\n\n  d\n   e\n  f\n', '  x', '  x\n ', '  - a\n', '  a: b\n', '  x\nb: 1\n', '  x\n ...\n', '  x\u2028  y\n', '  x\u0085  y\n', '  é\n']:
        for head in ['|', '>', '|-', '>-', '|+', '>+', '|2', '>2-', '|+1']:
            doc('a: %s\n%s' % (head, body))
    for d in ['a: |0\n  x\n', 'a: |10\n  x\n', 'a: |x\n', 'a: | # c\n  x\n', 'a: |# c\n  x\n', 'a: |- # c\n  x\n', 'a: |--\n', 'a: |1-\n  x\n', 'a: |-1\n  x\n', 'a: |12\n', '|\n x\n', '>\n x\n y\n', '- |\n x\n- >\n y\n', '- |\n  x\n - y\n', 'a:\n  - |\n    x\n  - y\n', 'a:\n  b: |\n   x\n  c: 1\n', 'a: |\n  x\n y: 1\n', '? |\n  k\n: v\n', 'a: !!str |\n  1\n', 'a: &x |\n  1\nb: *x\n', '{a: |\n  x\n}', '--- |\n x\n', '--- >-\nx\n', 'a: |+\n\n\n', 'a: |+\n\n\nb: 1\n', 'a: >\n\n  x\n\n\n  y\n   z\n\n   w\n  v\n', 'a: |9\n         x\n', 'a: |\n    x\n   y\n', 'a: >-\n  {{ x }}\n']:
        doc(d, '{{ $v := fromYaml .Values.d }}{{ toJson $v }}\n{{ toYaml $v }}\n{{ toYamlPretty $v }}')

def flow():
    for d in '[]|{}|[1]|[1,]|[,]|[1,,2]|{a}|{a,}|{,}|{a: }|{a: 1,}|{a: 1, b}|{a:1}|{"a":1}|{"a": 1}|{a :1}|{ a : 1 }|[a: 1]|[a: 1, b]|[? a : 1]|[? a]|[?]|[? ]|[: a]|[a: ]|{? a : 1}|{? a}|{?}|{: a}|{[1]: 2}|{{a: 1}: 2}|[[], {}]|[[1, 2], [3]]|[1 2]|[1\n2]|[1,\n2]|[\n1\n]|{\na: 1\n}|{a: 1\nb: 2}|[1|{a: 1|[1}|{a: 1]|]|}|[1]]|[1] x|{a: 1} x|{a: 1}: 2|[1]: 2|[]: 2|{}: 2|[a]: b|[- a]|[-a]|[-]|[a - b]|[a: b: c]|{a: b: c}|[#c\n1]|[1 #c\n]|[1#c]|["a", \'b\', c]|[a b, c d]|["a":1]|{"a":1, \'b\':2}|[*x]|[&x 1, *x]|[!!str 1]|{a: [b, {c: d}]}|[a?b]|[a? b]|[?a]|{?a: 1}|[a:b]|{a:b}|{a: http://x:80/}|[http://x]|[::]|[a,b]|[ , ]|[\t1\t]|{\ta: 1}|[1,\t2]|["a\n b"]|[a\n b]|[---]|[\n---\n]|[...]|{a: |}|[|]|[>]|[@]|[`]|[%]|%|[%a]|["]|[\']|[{]|[a]b|{a: }|{a: , b: 1}|{a, b: 1}|[~]|[~, null]|{~: 1}|{null: 1}|[a,,]|[[[[[]]]]]|{a: {b: {c: {}}}}|[1, [2, [3], 4], 5]'.split('|'):
        doc(d, '{{ $v := .Values.d | fromYaml }}{{ toJson $v }}\n{{ $l := .Values.d | fromYamlArray }}{{ toJson $l }}')
        doc('k: ' + d.replace('\n', '\n '))

def documents():
    for d in ['', '\n', '   ', '# c', '# c\n', '---', '---\n', '--- \n', '---\n---\n', '...', '...\n', '---\n...\n', '--- a', '--- a: 1', '---\na: 1', 'a: 1\n---\nb: 2\n', 'a: 1\n...\nb: 2\n', 'a: 1\n...\n---\nb: 2\n', '---\na: 1\n---\nb: 2\n', '---\n---\na: 1\n', '--- # c\na: 1\n', '---a: 1\n', '----\n', '-- -\n', 'a: 1\n----\n', 'a: 1\n--- b\n', 'a: 1\n---b\n', 'a: 1\n ---\n', 'a: b\n ---\n', 'a: "b\n---\nc"\n', 'a: b\n...c\n', '%YAML 1.1\n---\na: 1\n', '%YAML 1.2\n---\na: 1\n', '%YAML 1.1\na: 1\n', '%YAML\n---\n', '%YAML 1\n---\n', '%YAML 1.\n---\n', '%YAML 1.123\n---\n', '%YAML 1.1 x\n---\n', '%YAML 1.1 # c\n---\na: 1\n', '%YAML 1.1\n%YAML 1.1\n---\n', '%TAG ! tag:x,1:\n---\na: !b 1\n', '%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n', '%TAG !e! x\n%TAG !e! y\n---\na\n', '%TAG\n---\n', '%TAG e x\n---\n', '%TAG !e x\n---\n', '%TAG !e!\n---\n', '%TAG !! tag:x:\n---\na: !!str 1\n', '%FOO\n---\n', '%FOO bar\n---\na: 1\n', '% \n', '%%\n', 'a: 1\n%YAML 1.1\n', 'a: 1\n...\n%YAML 1.1\n---\nb: 1\n', 'a: 1\n---\n[\n', 'a: 1\n---\n%\n', 'a: 1\n---\n"\n', 'a: 1\n... x\n', '... a: 1\n', '\ufeffa: 1\n', '\ufeff---\na: 1\n', '\ufeff\ufeffa: 1\n', 'a: 1\n\ufeffb: 2\n', '\ufeff', '\ufeff# c\na: 1\n', 'a: 1 \n', 'a: 1\r\nb: 2\r\n', 'a: 1\rb: 2\r', 'a: 1\u0085b: 2', 'a: 1\u2028b: 2', ' a: 1\n', '  a: 1\n b: 2\n', '\ta: 1\n', 'a:\t1\n', 'a:\n\tb: 1\n', 'a: 1\n\n\n', '\n\na: 1', 'a: 1 # c\n# d\nb: 2 #e\n', 'a: 1#c\n', '#c\n #d\na: 1\n', 'a: # c\n  1\n', 'a: # c\n  b: 1\n', 'a:\n# c\n  b: 1\n', 'a:\n  - 1\n# c\n  - 2\n', 'null', '~', 'a', '1', 'true', '"a"', '- a', '- a\n- b', 'a: 1\na: 2\n', 'a: {x: 1}\na: {y: 2}\n', '1: a\n"1": b\n'[:5], 'a:\n- 1\n- 2\n', 'a:\n  - 1\n  - 2\n', 'a:\n    - 1\n', 'a:\n- b: 1\n  c: 2\n- d\n', 'a:\n-\n-\n', '-\n- a\n', '- - a\n  - b\n- - c\n', '-   - a\n    - b\n', '- a: 1\n  b: 2\n-\n  c: 3\n', '-a: 1\n', '- a:1\n', 'a: - b\n', '- - \n', '? a\n: b\n', '? a\n', '? a\n? b\n: c\n', ': b\n', '?\n: b\n', '? - a\n: b\n', '? a: 1\n: b\n', 'a: b\n  c\n', 'a: b\n c: d\n', 'a:\n b: 1\n  c: 2\n', 'a:\n  b: 1\n c: 2\n', 'a: b: c\n', 'a: "b": c\n', "a: 'b' c\n", 'a: b\nc\n', 'a: b\n- c\n', '- a\nb: c\n', 'a\nb: c\n', 'a b: c d\n', '"a b": c\n', '"a": b\n', "'a': b\n", 'a : b\n', 'a :b\n', 'a:b\n', 'a::b\n', 'a: :b\n', 'a: b:\n', 'a: ,b\n', 'a: b, c\n', 'a: -b\n', 'a: ?b\n', 'a: - \n', 'a: ? \n', 'a: @b\n', 'a: `b\n', 'a: %b\n', 'a: &\n', 'a: !\n', 'a: !\nb: 1\n', 'a: *b\n', 'a: {{ .x }}\n', 'a: {{ x }}: b\n', '{{ if x }}\n', 'a: [{{ x }}]\n', 'a:\n  {{- x }}\n', 'x' * 1025 + ': 1\n', 'x' * 1024 + ': 1\n', 'x' * 1023 + ': 1\n', '"' + 'x' * 1022 + '": 1\n', '"' + 'x' * 1023 + '": 1\n', '? ' + 'x' * 2000 + '\n: 1\n', '{' + 'x' * 1025 + ': 1}\n', '"a\nb": 1\n', 'a\n b: 1\n', '[' * 50 + ']' * 50]:
        doc(d, '{{ $v := .Values.d | fromYaml }}{{ toJson $v }}\n{{ toJson (.Values.d | fromYamlArray) }}')

def tags():
    for d in '''!!str 1|!!str|!!str ~|!!str "1"|!!str yes|!!str [1]|!!str {a: 1}|!!int 1|!!int "7"|!!int 1.5|!!int x|!!int|!!int 0x10|!!int 1_0|!!int '010'|!!float 1|!!float 1.5|!!float "2"|!!float x|!!float 18446744073709551615|!!float 9223372036854775807|!!float .inf|!!bool yes|!!bool "no"|!!bool 1|!!bool x|!!bool y|!!null ~|!!null|!!null x|!!null ""|!!null null|!!null {a: 1}|!!timestamp 2001-01-01|!!timestamp "2001-01-01"|!!timestamp x|!!timestamp 1|!!binary aGk=|!!binary "aGk="|!!binary aGk|!!binary a|!!binary "a G k ="|!!binary /w==|!!binary gIGC|!!binary |!!binary [a]|!!map {a: 1}|!!seq [1]|!!map [1]|!!set {a, b}|!!omap [a: 1]|!!foo x|!!foo 1|!foo 1|!foo|!foo {a: 1}|! 1|! a|! "1"|! yes|!|!<tag:yaml.org,2002:int> 1|!<tag:yaml.org,2002:str> 1|!<x> 1|!<> 1|!<x 1|!<tag:yaml.org,2002:int 1|!a!b 1|!a!b!c 1|!!a!b 1|!a%41 1|!a%4 1|!a%zz 1|!a%ff 1|!a%c3%a9 1|!a%c3x 1|!a%c3%41 1|!é 1|!!int,1|!!int]|!a, 1|!! 1|!!!|!!str &x 1|&x !!str 1|!!str !!int 1|!a/b?c=d&e 1|!a#b|!!merge <<|!!int +1|!!int -0|!!int 08|!!float 08|!!float 1e3|!!float 0x1'''.split('|'):
        doc('v: ' + d)
    for d in ['!!map\na: 1\n', '!!str a\n', '!!str\na: 1\n', '- !!str 1\n- !!int "2"\n', '!!str a: 1\n', '!!int "1": a\n', '!!binary aGk=: a\n', '!!binary "/w==": a\n', '!!null a: 1\n', '!!float 1: a\n', '!!str 1: a\n', '!!bool y: a\n', '? !!str\n: 1\n', '!foo\na: 1\n', '{!!str a: !!int "1"}', '[!!str , !!int 1]', '[!!str, a]', '!!str # c\n', 'a: !!str # c\nb: 1\n', 'a: !!str\n  1\n', 'a: !!seq\n- 1\n', 'a: !!map\n  b: 1\n']:
        doc(d, '{{ toJson (fromYaml .Values.d) }}{{ toJson (fromYamlArray .Values.d) }}')

BAD = ['a: b: c\n', 'a: 1\nb: c: d\n', '\n\n\na: b: c\n', 'a:\n  - b\n  c: d\n', 'a: [1\n', 'a: [1\nb: 2\n', 'a: {b\n', 'a: "b\n', "a: 'b\n", 'a: b\n\tc: d\n', '\ta: b\n', 'a:\n\t- b\n', 'a: @b\n', 'a: `b`\n', 'a: %b\n', 'a: *b\n', 'a: &b\n  c: *b\n', '"\\x"', 'a: "\\q"\n', 'a: "\\u12"\n', 'a: "\\ud800"\n', 'a: "\\U00110000"\n', 'a: |\n\tb\n', 'a: |\n  b\n c\n', 'a: >x\n', '- a\nb: c\n', 'a: 1\n- b\n', 'a: 1\n b: 2\n', ' a: 1\nb: 2\n', '  a: 1\n b: 2\n', 'a\n', '1', '[1]', '- a\n', 'true', '1.5', '"x"', '~', '{a: 1', '{a: 1]', '[a}', ']', '}', 'a: ]\n', 'a: }\n', ', a', 'a: ,\n', 'a: - b\n', 'a: ? b\n', '? a\nb\n', 'a: !<\n', 'a: !x!y z\n', '%YAML 2.0\n---\na: 1\n', '%X\n', 'a: 1\n%X\n', '---\n%X\n', 'a: .nan\n', 'a: .inf\n', 'a: [1, -.inf]\n', '~: 1\n', 'a: {~: [1, x]}\n', '18446744073709551615: {a: 1}\n', '[1]: 2\n', '{a: 1}: 2\n', '? [1, "x", ~, 1.5, yes]\n: 2\n', 'a: !!int x\n', 'a: !!binary "*"\n', 'a: !!float yes\n', 'a: {<<: 1}\n', 'a: &x [*x]\n', 'a: \x01\n', 'a: \x7f\n', 'a: "\u0080"\n', 'a: \ufffe\n', 'a: 1\n' * 200 + 'b: c: d\n', '# ' + 'x' * 600 + '\na: \x01: [\n', 'a: b: c\nd: \x01\n', 'a: b: c\n# ' + 'x' * 600 + '\nd: \x01\n', 'x' * 2000 + ': 1\n', 'a: 1\n' + 'x' * 2000 + '\n: 1\n', 'a:\n  b\n c\nd\n', 'a: 1\n---\nb: [\n', 'a: 1\n...\n[\n', 'key: value\nkey2 value2\n', 'a: {{ .x }}\n', 'a:\n{{- x }}\n', 'a: \'b\'c\n', 'a: "b"c\n', '"a"b: c\n', '"a" "b": c\n', '[a] b: c\n', '&a &b c\n', '*a\n', '&a\n', '!a\n', '- - -\n- x: - y\n', 'a: b\n  - c\n', 'a:\n - b\n  - c\n', 'a:\n  - b\n - c\n', 'a: |\n b\n  c\n d: e\n', '{a: b, c: d', '{"a": "b" "c": "d"}', '{"a": "b",\n "c": d e: f}', '[a, b\n c: d]', 'a: [b]c\n', 'a: {b}c\n', '? ? ?\n', ': : :\n', '- : - : -\n', '-- a\n', '? a : b : c\n', '[' * 10001, '- ' * 10001, '{a: ' * 10001]
def errors():
    for d in BAD:
        if len(d) < 5000: doc(d, '{{ (fromYaml .Values.d).Error }}\n{{ fromYamlArray .Values.d | toJson }}')
        ask('{{ toJson .Values }}', d)
    for d in BAD[:90]:
        ask(None, files={'values.yaml': d, 'templates/t': '{{ toJson .Values }}'}); del cases[-1]['template']

def objects():
    for e in ['.Files', '.Chart', '.Chart.Maintainers', '.Chart.Dependencies', '.Chart.Annotations', '.Chart.Keywords', '.Release', '.Capabilities.KubeVersion', '.Capabilities.APIVersions', '.Template', '.Values', '(semver "1.2.3-rc.1+b")', '(list (semver "1.2.3"))', '(dict "v" (semver "1.10.0"))', '.Subcharts', '(.Files.GetBytes "a.txt")', '(.Files.Get "a.txt")', '(.Files.Glob "*.txt")', '(.Files.Lines "a.txt")', '.Capabilities.HelmVersion', '.Capabilities']:
        files = {'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\nappVersion: "1.10"\nkeywords: [x, "1"]\nmaintainers:\n- name: m\n  email: m@x\nannotations: {b: "2", a: "yes"}\nkubeVersion: ">=1.2"\n', 'a.txt': 'one\ntwo\u00e9\n', 'b.txt': 'x'}
        ask('{{ toYaml %s }}\n~\n{{ toYamlPretty %s }}' % (e, e), 'a: 1\n', files=files)
    ask('{{ $d := dict }}{{ $_ := set $d "me" $d }}[{{ toYaml $d }}]')
    ask('{{ $d := dict }}{{ range $i := until 1200 }}{{ $d = dict "k" $d }}{{ end }}{{ len (toYaml $d) }} {{ len (toYamlPretty $d) }}')
    ask('{{ $d := list }}{{ range $i := until 1200 }}{{ $d = list $d }}{{ end }}{{ len (toYaml $d) }} {{ len (toYamlPretty $d) }}')
    ask('{{ toYaml . | len | lt 10 }}')
    for t in ['{{ toYaml }}', '{{ toYaml 1 2 }}', '{{ fromYaml 1 }}', '{{ fromYaml nil }}', '{{ fromYaml .Values }}', '{{ fromYamlArray (list) }}', '{{ .Values | toYaml | nindent 2 }}', '{{ fromYaml "a: 1" | toYaml | indent 4 }}', '{{ mustToYaml "\\u007f" }}', '{{ mustToYaml (dict "a" "\\ufffe") }}', '{{ mustToYaml (printf "%s%s" (repeat 1030 "k") "") }}', '{{ mustToYaml (dict (repeat 1030 "k") 1) }}', '{{ mustToYaml (dict (repeat 1022 "k") 1) | len }}', '{{ mustToYaml (dict (repeat 1023 "k") 1) | len }}', '{{ toYaml (dict (repeat 1023 "k") 1) | len }}', '{{ mustToYaml (dict (repeat 171 "<") 1) }}', '{{ toYaml (dict (repeat 170 "<") 1) | len }}', '{{ toYaml "a\\u0085b" }}', '{{ toYaml "a \\u0085 b" }}', '{{ toYaml "a\\u0085\\u0085b" }}', '{{ toYaml (list "\\u0085--- ") }}', '{{ mustToYaml (list "\\u0085--- ") }}', '{{ toYaml (dict "a\\u0085b" 1) }}', '{{ mustToYaml (dict "a\\u0085b" 1) }}', '{{ toYaml "\\u2028" }}', '{{ toYamlPretty "\\u0085" }}']:
        ask(t, 'a: {b: [1]}\n')

def values():
    docs = ['a: 1\nb: [x, {y: z}]\n', 'a: ~\nb:\nc: ""\n', 'yes: no\non: off\n', '1: a\n2.5: b\ntrue: c\n', 'a: 010\nb: 0x10\nc: 1e3\nd: 1_000\n', 'a: "010"\nb: \'yes\'\n', 'a: |\n  x\n  y\nb: >\n  x\n  y\n', 'a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n', 'image: {repository: r, tag: 1.10}\n', 'a: 2001-01-01\nb: 12:30\n', 'a: 12345678\nb: 123456789012\nc: 1.0\n', 'a: [1, 1.5, 1e6, 1e7]\n', 'args: ["--x=1", --y, -z]\n', 'a: {b: {c: {d: [1, [2, [3]]]}}}\n', '# only a comment\n', '', '{}', 'null\n', 'a: 1\n---\nb: 2\n', '---\na: 1\n', 'a: 1\n---\na: 2\nc: 3\n', 'a: {x: 1}\n---\na: {y: 2}\n', '---\n---\na: 1\n', 'a: 1\n--- # c\nb: 2\n', 'a: 1\n--- x\nb: 2\n', 'a: 1\n---\n- x\n', 'a: 1\n---\nx\n', 'a: 1\n---\n', 'a: 1\n---\nnull\n', '[1]\n---\na: 1\n', 'a: 1\n...\nb: 2\n', 'a: |\n  x\n  ---\n  y\n', 'a: |\n  x\n---\nb: 1\n', 'a: 1\r\n---\r\nb: 2\r\n', '\ufeffa: 1\n', 'a: 1\n---y\n', 'a: 1\n---\nb: [\n', 'a: null\n---\na: {b: 1}\n', 'a: {b: 1}\n---\na: null\n', 'a: 1\n---\nb: 2\n---\nc: 3\n', 'a: 1 # x\n', 'a: "é\\U0001F600"\n', 'a: \'\'\'x\'\'\'\n', '{"a": 1, "b": [true, null, "x"]}\n', '{"a": "\\/\\b\\f"}\n', 'a: 1\n\n\n---\n\n\nb: 2\n', ' a: 1\n', 'a:\n- b\n- c:\n  - d\n']
    for d in docs:
        t = '{{ toYaml .Values }}\n~\n{{ toJson .Values }}\n~\n{{ toYamlPretty .Values }}'
        ask(t, d)
        ask(None, files={'values.yaml': d, 'templates/t': t}); del cases[-1]['template']
        doc(d)

def charts():
    head = 'apiVersion: v2\nname: c\nversion: 0.1.0\n'
    show = '{{ toYaml .Chart }}'
    def chart(more, text=None):
        cases.append({'files': {'Chart.yaml': (head if text is None else '') + (more or '') + (text or ''), 'templates/t': 'x: {{ quote (toYaml .Chart) }}'}})
    for v in SCALARS:
        if '\n' not in v and v.strip(): chart('appVersion: ' + v)
    for more in ['annotations: {a: 7e7, b: 123456789, c: yes, d: 1.10, e: ~, f: .inf, g: 2001-01-01}', 'annotations: {a: [1]}', 'annotations: {a: {b: 1}}', 'annotations: [1]', 'annotations: x', 'annotations: ~', 'annotations: {1: a, 2.5: b, yes: c, ~: d}', 'keywords: [1, yes, ~, 1.5, x]', 'keywords: x', 'keywords: {a: 1}', 'keywords: [[1]]', 'keywords: 1', 'keywords: ~', 'maintainers: [{name: 1, email: ~, url: yes}]', 'maintainers: [~]', 'maintainers: [x]', 'maintainers: {a: 1}', 'maintainers: [{name: [1]}]', 'maintainers: [{NAME: x, Email: y}]', 'dependencies: [~]', 'dependencies: [x]', 'dependencies: {a: 1}', 'dependencies: [{name: [x]}]', 'dependencies: [{name: a, enabled: 1}]', 'dependencies: [{name: a, tags: x}]', 'dependencies: [{name: a, import-values: x}]', 'deprecated: yes', 'deprecated: "true"', 'deprecated: 1', 'deprecated: ~', 'deprecated: [1]', 'type: [x]', 'type: 1', 'type: library', 'home: ~', 'home: {a: 1}', 'sources: [~, x]', 'icon: 1.0', 'kubeVersion: 1', 'kubeVersion: ">= 1.10"', 'description: |\n  a\n  b', 'Description: x', 'DESCRIPTION: x\ndescription: y', 'description: y\nDescription: x', 'description: y\ndescription: z', 'unknown: x', 'unknown: .nan', 'unknown: {~: 1}', 'unknown: [1', 'tags: 1', 'tags: [x]', 'condition: yes', 'appversion: 5', 'Kubeversion: 1', '\u212aubeVersion: "1"', 'icon: [1]\nhome: [2]\nunknown: {a: .inf}', 'icon: [1]\nhome: {}\n', 'x: &x 1.10\nappVersion: *x', 'x: &x {appVersion: 3}\n<<: *x', '---\na: 1', '...\nb', '\tx: 1', 'version: 1']: chart(more)
    for text in ['', 'null', '~', '[]', 'x', '1', 'true', '{}', '- a\n', 'apiVersion: v2', 'apiVersion: 1\nname: c\nversion: 0.1.0', 'apiVersion: [v2]', 'name: c\nversion: 0.1.0', 'apiVersion: v1\nname: c\nversion: 1.0', 'apiVersion: v2\nname: 1\nversion: 2', 'apiVersion: v2\nname: yes\nversion: 0.1.0', 'apiVersion: v2\nname: c\nversion: 1.10', 'apiVersion: v3\nname: c\nversion: 1.0.0', 'APIVERSION: v2\nNAME: c\nVERSION: 1.0.0', 'apiVersion: v2\r\nname: c\r\nversion: 0.1.0\r\n', '\ufeffapiVersion: v2\nname: c\nversion: 0.1.0', '{"apiVersion": "v2", "name": "c", "version": "0.1.0"}', 'apiVersion: v2\nname: c\nversion: 0.1.0\n---\nname: d\n', 'a: b: c']: chart(None, text)
    for lock in ['', 'x', '[1]', 'generated: x', 'generated: 2024-01-01T00:00:00Z', 'generated: "2024-01-01T00:00:00.5+02:00"', 'generated: 2024-01-01', 'generated: 5', 'generated: ~', 'generated: [1]', 'generated: "2024-01-01T5:00:00Z"', 'generated: "2024-01-01T05:00:00,5Z"', 'generated: "2024-01-01T05:00:00+24:00"', 'generated: "2024-01-01T05:00:00+02:60"', 'generated: "2024-02-30T05:00:00Z"', 'generated: true', 'digest: [1]', 'digest: 5', 'digest: [1]\ngenerated: x', 'dependencies: x', 'dependencies: [x]', 'dependencies: [{name: 1}]', 'dependencies: x\ngenerated: y', 'a: b: c', 'generated: .nan']:
        cases.append({'files': {'Chart.yaml': head, 'Chart.lock': lock, 'templates/t': 'x: 1'}})
    for first, second in [('dependencies: [{name: a, version: 1, condition: x.y}]', 'dependencies: [{name: b}]'), ('', 'dependencies: [{name: b, version: 1.10}]'), ('', 'dependencies: x'), ('', 'name: d'), ('', 'version: [1]'), ('appVersion: 1', 'appVersion: 2.50'), ('keywords: [a, b]', 'keywords: [c]'), ('keywords: [a]', 'keywords: ~'), ('keywords: [a, b]', 'keywords: [~, x]'), ('annotations: {a: 1, b: 2}', 'annotations: {b: 3, c: ~}'), ('', 'apiVersion: v2'), ('', 'x: [')]:
        for version in ('v1', 'v2'):
            cases.append({'files': {'Chart.yaml': head.replace('v2', version) + first + '\n', 'requirements.yaml': second, 'templates/t': 'x: {{ quote (toYaml .Chart) }}'}})

TOPICS = dict(charts=charts, scalars=scalars, strings=strings, keys=keys, numbers=numbers, anchors=anchors, blocks=blocks, flow=flow, documents=documents, tags=tags, errors=errors, objects=objects, values=values)
if len(sys.argv) < 2: print('\n'.join(TOPICS)); sys.exit()
TOPICS[sys.argv[1]]()
for c in cases: print(json.dumps(c))
