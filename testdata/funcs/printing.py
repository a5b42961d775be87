#!/usr/bin/env python3
"""Writes the questions of the families printf, print, json, toml and encodings.

python3 printing.py FAMILY | python3 ../record.py --new funcs/FAMILY      (all: for f in $(python3 printing.py); do python3 printing.py $f | python3 ../record.py --new funcs/$f; done)

A question is a bare template. printf asks every verb of every kind of value, one verb and value a case with all flags in it;
malformed directives have a case each. JSON and TOML texts are asked by the text, good and bad ones.
"""
import json, sys

VALUES = {'i': 3, 'f': 1.5, 'big': 12345678901234, 's': 'text', 'l': ['b', 1, None, 2.5, {'k': 'v'}], 'd': {'k': 'v', 'sub': {'m': [1, 2]}, 'e': ''},
          'n': None, 't': True, 'h': '<a href="x">&amp;\u2028', 'el': [], 'ed': {}}
FILES = {'f': 'bytes\n', 'g/x.yaml': 'a: 1\n'}
out = []

def ask(template, **more):
    q = {'template': template}
    if '.Values' in template: q['values'] = json.dumps(VALUES)
    if '.Files' in template: q['files'] = FILES
    q.update(more)
    out.append(q)

def lit(s):
    """A template string literal; U+00FF stands for the byte."""
    return '"' + ''.join({'"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\xff': '\\xff'}.get(c, c if c >= ' ' and c != '\x7f' else '\\x%02x' % ord(c)) for c in s) + '"'

KINDS = ['nil', '42', '-7', '0', '1.5', '-0.0', '1e6', '1e21', '123456.789', '1e-7', 'true', '"abc"', '""', '"é€\\n\\"`"', '"\\xff\\u200b"', '(int64 65)', '0x7fffffffffffffff',
         "'x'", '1i', '(index "a" 0)', '(list)', '(list 1 "a" nil 2.5 true)', '(list -1 300)', '(dict)', '(dict "b" 1 "a" (list "x" nil (dict "k" "v")))', '(splitList "," "a,b")', '(until 3)',
         '(split "." "x.y")', '(semver "1.2.3-x")', '(list (semver "1.2.3") (index "a" 0))', '(chunk 2 (list 1 "b" 3))', '(.Files.GetBytes "f")', '(list (.Files.GetBytes "f"))',
         '.Values', '.Values.l', '.Values.big', '.Values.f', '.Values.none', '.Chart.Name', '.Chart.Keywords', '.Release', '.Capabilities.KubeVersion', '.Capabilities.HelmVersion', '.Template', '.Subcharts', '.Files', '(rest (list 1))', '(without (list 1) 1)', '(b64dec "/wBh")', '(merge (dict) (dict "z" 0))', '(tuple 1 2)']
FLAGS = ['', '5', '-12', '012', '+', ' ', '#', '.3', '+#09.1', '# ']
VERBS = 'vdsqxXtTbcoOUeEfFgGpw'

def printf():
    for kind in KINDS:
        for verb in VERBS:
            if verb == 'p' and kind not in ('nil', '42', '"abc"', 'true', '1.5'): continue
            if '.' in kind and kind.startswith(('.', '(.')) and verb not in 'vdsqxTg': continue
            flags = FLAGS + (['-+8', '0-9'] if verb in 'vds' else [])
            form = '|'.join('%' + f + verb for f in flags)
            ask('{{ $v := list %s }}{{ $v = first $v }}{{ printf %s %s }}' % (kind, lit(form), ' '.join(['$v'] * len(flags))))
    args = ['1 "b" 2.5', '1', '', '-3 "x" 4', '"s" nil', '(list 1) (dict)', '5 2 3.14159 "e"', '2000000 1', '"x" 1']
    formats = ['', 'plain', '%', '%%', '%5%', '100%', '%d', '%d %d', '%d %s %v', '%!', '%z', '%é', '%-', '%05', '%.', '%.d', '%.-3d', '%*d', '%-*d', '%.*f', '%*.*f', '%0*d', '%[1]d', '%[2]v %[1]v', '%[3]*.[2]*[1]f',
               '%[2]*[1]d', '%[5]d', '%[0]d', '%[-1]d', '%[x]d', '%[]d', '%[', '%[1', '%[1]', '%[1]5d', '%[1].2d', '%.[2]d', '%[9999999999]d', '%+v %v', '%[2]v', '%[1]v %v', '%v %[1]v', '%v%v%v%v%v',
               '%s\n%q', '%#[1]q', '% 05d|%+05d|%-05d', '%x %X %#x % x %# x', '%6.2f|%-8.3f|%08.3f|%+.1e|%g', '%s %s', '%w', '%T %T', '%t', '%c%c', '%U %#U', '%v%%', '%d%', 'a%b', '%10s|%-10s|%.2s|%10.2s', '%\n', '%#v %#v', '%+q', '%h', '%y', '%i', '%S', '%D']
    for f in formats:
        for a in args[:4] if len(f) < 4 else args:
            ask('{{ printf %s %s }}' % (lit(f), a))
    for f in ['%2000000d', '%.2000000d', '%1000001d', '%10000010d', '%99999999d', '%1000001s', '%.1000001f', '%-1000001v|', '%01000001d', '%.1000001U', '%.1000001x', '%.1000001g', '%1000001q']:
        ask('{{ $s := printf %s 15 }}{{ len $s }} {{ trunc 9 $s }} {{ trunc -9 $s }}' % lit(f))
    for n in ['0.1', '2.5', '1e20', '1e21', '123456789.0', '5e-324', '1.7976931348623157e308', '0.000001234', '100', '1234567.0', '3.0', '0.5', '1.25', '1e-5', '9007199254740993', '16777216.5', '0.30000000000000004', '65504.123456789']:
        ask('{{ $f := float64 %s }}{{ printf "%%v %%g %%e %%f %%.0f %%.1f %%.3g %%#g %%#.3g %%b %%x %%X %%.2x %%G %%E %%6.1f %%-9.2e| %%+g %%.20f" $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f $f }}' % n)

def print_():
    lists = [' '.join(p) for p in [[], ['1'], ['"a"'], ['1', '2'], ['"a"', '"b"'], ['"a"', '1', '2', '"b"', 'true'], ['nil'], ['nil', 'nil'], ['nil', '"a"', 'nil'], ['1.0', '1e6', '1e20', '1e21'],
             ['(list 1 "a" nil)', '(dict "a" nil)'], ['.Values.none'], ['.Values.l', '.Values.d'], ['(list)', '(dict)', '""'], ['(semver "1.2")', '2'], ['(index "a" 0)', "'c'"], ['1i'],
             ['(.Files.GetBytes "f")', '"x"'], ['(splitList "," "a,b")', '(until 2)'], ['.Capabilities.KubeVersion'], ['.Values.big', '.Values.f', '.Values.i', '.Values.n'], ['(list (list (list)))'], ['"é\\xff"']]]
    for a in lists:
        for f in ['print', 'println', 'html', 'js', 'urlquery']: ask('{{ %s %s }}' % (f, a))
        if a and ' ' not in a or a.startswith(('.', '(')) and a.count('(') < 2: ask('{{ %s }}' % a)
    for s in ['<script>alert("x" & \'y\')</script>', 'a b&c=d/e?f#g~h.i_j-k+l%', '\x00\x01\x1f\x7f', 'é€😀', 'line\nbreak\ttab\r', '\\back\\slash=', '']:
        for f in ['html', 'js', 'urlquery', 'print', 'quote', 'squote', 'printf "%q"', 'toJson', 'toRawJson']: ask('{{ %s %s }}' % (f, lit(s)))
    for s in ['\\xff\\xfe', '\\u2028\\u2029\\u200b\\ufeff\\u00ad', '\\U0001f600\\U0010ffff\\ue000\\u0378', '\\xed\\xa0\\x80', 'a\\xe2\\x82b']:
        for f in ['html', 'js', 'urlquery', 'printf "%q %+q %#q %x"' , 'quote', 'toJson', 'toRawJson', 'toToml', 'print']:
            ask('{{ $s := "%s" }}{{ %s $s%s }}' % (s, f, ' $s $s $s' if 'printf' in f else ''))
    for e in ['.Values', '.Values.l', '.Values.d', '.Values.n', '.Values.ed', '.Values.el', '.Chart.Version', '.Release', '.Release.IsInstall', '.Capabilities.KubeVersion', '.Capabilities.KubeVersion.Version', '.Capabilities.HelmVersion', '.Capabilities.APIVersions',
              '.Template', '.Subcharts', '.Files', '.Files.Get "f"', '.Files.GetBytes "f"', '.Files.Lines "f"', '.Files.Glob "g/*"', '(.Files.Glob "g/*").AsConfig', 'semver "1.2.3+b"', '.Chart.Type', '.Chart.Dependencies']:
        ask('{{ %s }}' % e); ask('{{ print (%s) }}' % e); ask('{{ printf "%%T" (%s) }}' % e); ask('{{ printf "%%#v %%+v" (%s) (%s) }}' % (e, e))

JSONABLE = KINDS + ['(list (list) (dict) (list (dict)))', '(dict "a" (dict "b" (dict "c" (list 1 (dict "d" nil)))))', '(dict "<" ">" "&" "\'" "k\\n" "\\x00\\x1f\\x7f")', '.Values.h', '.Values.d', '.Values.n', '.Release', '(float64 "NaN")', '(dict "x" (float64 "Inf"))', '(list 1i)',
            '1e20', '1e22', '-1e-6', '9.9e-7', '0.1', '3.0', '123456789012345680000.0', '(list 1.0 1e100 -1e-100)', '(dict "b" 1 "a" 2 "B" 3 "" 4 "_" 5 "é" 6)', '"\\u2028\\ud7ff\\xff<>"', '.Chart.Annotations', '(list (semver "1.2.3<"))', '(.Files.Glob "g/*")', '(set (dict "a" 1) "b" (.Files.GetBytes "f"))']
JSONS = ['', ' ', '{', '}', '[', ']', '{}', '[]', 'null', 'true', 'tru', 'truex', 'false', 'fals', 'nul', 'nan', '0', '-0', '-', '01', '1.', '.5', '1.5', '1e', '1e+', '1e5', '1E-5', '1e400', '-1e999', '"a"', '"a', '"\\', '"\\x"', '"\\u12"', '"\\u12g4"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\/\\b\\f\\n\\r\\t\\"\\\\"', '"a\nb"', '"\x01"', '"\xff"',
         '{"a":1}', '{"a":1,}', '{"a":1,"a":2}', '{"a"}', '{"a":}', '{"a" 1}', '{a:1}', "{'a':1}", '{"a":1 "b":2}', '{"a":1}}', '{"a":1} x', '[1,2', '[1,]', '[1 2]', '[,1]', '[1,2]]', '{"a":{"b":[1,{"c":null}]}}', '{"x":1e400,"y":2}', '[1e400,2]', '[[1,[2,[3]]],{}]', '  {"a" : [ 1 , 2 ] }\n', '\ufeff{}', '{"a":1,"b":[true,false,null],"c":"é€","d":-1.5e-3,"e":12345678901234567890}', '//c', '{"a":/**/1}', '"abc', 'é', '{"\\u0061":1,"a":2}', '{"":0}', '[{"a":"<b>"}]', '{"a":"x"', '[tru]', '[nulL]', '{"a":tru,"b":1}', '\t\r\n[1]\t', '"\x7f"', '[1]x', '123abc', '--1', '+1', '1_000', '0x10', '"\\u0000"', '{"a":"\\ud800\\u0041"}']

def json_():
    for e in JSONABLE:
        for f in ['toJson', 'mustToJson', 'toPrettyJson', 'mustToPrettyJson', 'toRawJson', 'mustToRawJson'] if e not in KINDS else ['toJson', 'toPrettyJson', 'toRawJson']: ask('{{ %s %s }}' % (f, e))
    for s in JSONS:
        for f in ['fromJson', 'fromJsonArray', 'mustFromJson']:
            ask('{{ $r := %s %s }}{{ printf "%%T %%v " $r $r }}{{ toJson $r }}' % (f, lit(s)))
    for depth in [9, 1200, 10000, 10001]:
        ask('{{ $s := printf "%%s%%s" (repeat %d "[") (repeat %d "]") }}{{ $r := fromJsonArray $s }}{{ len (toJson $r) }} {{ len $r }}{{ if ne (kindOf (first $r)) "slice" }}{{ first $r }}{{ end }}' % (depth, depth))
        ask('{{ $s := printf "%%s1%%s" (repeat %d "{\\"a\\":") (repeat %d "}") }}{{ $r := fromJson $s }}{{ len (toJson $r) }} {{ $r.Error }}' % (depth, depth))
    for e in ['{{ fromJson 1 }}', '{{ fromJson nil }}', '{{ mustFromJson "{" }}', '{{ fromJson .Values.d }}', '{{ toJson }}', '{{ toJson 1 2 }}', '{{ (fromJson "{\\"a\\":{\\"b\\":3}}").a.b }}', '{{ (fromJson "[").Error }}', '{{ fromJsonArray "{}" | first }}', '{{ range fromJsonArray "[3,2,1]" }}{{ . }},{{ end }}', '{{ kindOf (fromJson "{\\"a\\":1}").a }}',
              '{{ typeOf (mustFromJson "[1,2]") }}', '{{ $d := fromJson "{\\"a\\":1}" }}{{ set $d "b" 2 | toJson }}', '{{ $d := fromJson "null" }}{{ set $d "b" 2 | toJson }}', '{{ toJson (fromJson "null") }}{{ toJson (fromJsonArray "null") }}', '{{ .Values | toJson }}', '{{ .Values | toPrettyJson | nindent 2 }}', '{{ .Release | toPrettyJson }}', '{{ .Files | toJson }}', '{{ .Chart | toJson }}', '{{ .Chart | toPrettyJson }}', '{{ .Capabilities | toJson | trunc 60 }}', '{{ .Capabilities.HelmVersion | toJson }}', '{{ .Capabilities.KubeVersion | toJson }}', '{{ .Template | toJson }}',
              '{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ toJson $d }}|', '{{ $d := dict }}{{ $_ := set $d "x" $d }}{{ mustToJson $d }}', '{{ $d := dict }}{{ $_ := set $d "x" (list $d) }}{{ mustToJson $d }}', '{{ $d := dict }}{{ $_ := set $d "x" (list $d) }}{{ toRawJson $d }}', '{{ $d := dict }}{{ $_ := set $d "x" (list 1 (dict "y" $d)) }}{{ mustToPrettyJson $d }}', '{{ $d := dict }}{{ $_ := set $d "x" (list 1 (dict "y" $d)) }}{{ mustToRawJson $d }}|{{ toPrettyJson $d }}']:
        ask(e)

TOMLABLE = KINDS + ['(list (list) (list 1))', '(list (dict "a" 1))', '(dict "a" nil "b" (list) "c" (dict))', '(dict "a" (list nil))', '(dict "a" (list 1 (list nil)))', '(dict "a" (list (list (dict "b" 1 "c" (dict "d" 2) "z" 2) ) 2))', '(dict "a" (list (dict "b" 1 "c" nil) 2))', '(dict "a.b" 1 "c d" (dict "é" 1.0 "x" 1e100 "y" 0.1) "" "e")',
            '(dict "f" (list (dict "a" 1) (dict)) "g" (list (dict "h" (list (dict "i" 1)))))', '(dict "s" "a\\"b\\\\\\n\\x00\\x1f\\x7f<é>\\u2028")', '(dict "z" 1 "t" (dict "y" 1 "u" (dict "x" (dict "w" (list 1.0 true "s")))) "a" (dict))', '(dict "n" (float64 "nan") "i" (float64 "-inf") "j" (float64 "inf"))', '(dict "f" (list 1.0 1.5 1e6 1e21 -0.0))', '(dict "v" (semver "1.2.3-a+b") "d" (list (semver "1.2.3")))',
            '(dict "a" (dict "b" 1i))', '(dict "b" (.Files.GetBytes "f") "l" (list (.Files.GetBytes "f")))', '(list 1i)', '(list (list (dict "a" 1)))', '(dict "a" (list (dict "b" (list (dict "c" 1) 2))))', '(dict "k" (splitList "," "a,b") "m" (split "," "x,y") "u" (until 3))', '(dict "x" (list (dict "y" (list (dict "z" (dict "q" 1)) (dict "z" 2)))))', '.Chart', '.Release', '.Capabilities.HelmVersion', '(dict "c" (list .Capabilities.HelmVersion 1))', '(list .Capabilities.HelmVersion)', '(dict "c" (list .Capabilities.HelmVersion .Release))', '(dict "c" .Capabilities.KubeVersion "a" 1)', '(list .Capabilities.KubeVersion 1)', '(dict "a" (rest (list 1)) "b" (dict "c" (dict)))', '(dict "a" (list (dict)))', '(dict "a" (list (dict) 1))', '(dict "a" (list "x" (dict "b" (list (dict "c" nil "d" 1)) "e" (dict "f" (dict "g" 1)))))', '(dict "a\\nb" 1 "\'" 2 "\\"" (dict "[" 3))', '.Values', '.Values.d', '(fromToml "a.b.c = 1\\n[[d]]\\ne = {f = [1, {g = 2}]}")']
TOMLS = ['', '\n# c', 'a', 'a =', 'a = ', 'a = 1', 'a = 1 b = 2', 'a = 1\nb = 2', 'a = 1\na = 2', 'a.b = 1\na.c = 2', 'a = 1\na.b = 2', '[a]\nb = 1\n[a]', '[a.b]\nc=1\n[a]\nd=2', '[[a]]\nb=1\n[[a]]\nb=2\n[a.c]\nd=3', '[a]\n[[a]]', '[[a]]\n[a]', 'a = []\n[[a]]', 'a = {}\n[a]', 'a = {b = 1}\na.c = 2', 'a = {b = 1, b = 2}', 'a = {b.c = 1, b.d = 2}', 'a = {b = 1,}', 'a = {,}', 'a = {b = 1 c = 2}', 'a = {', 'a = {b = 1', 'a = {\n b = 1, # c\n c = 2\n}',
         'a = [1, 2,]', 'a = [1 2]', 'a = [,]', 'a = [', 'a = [1', 'a = [1, "x", [true], {b = 1}]', 'a = [\n 1, # c\n 2\n]', 'a = "x', 'a = "x\ny"', "a = 'x\ny'", "a = 'x", 'a = "\\n\\t\\"\\\\\\e\\b\\f\\r"', 'a = "\\x41\\u00e9\\U0001F600"', 'a = "\\q"', 'a = "\\u12"', 'a = "\\ud800"', 'a = "\\x4"', 'a = "\\ b"', 'a = """x\ny"""', 'a = """\nx"""', 'a = """x\\\n   y"""', 'a = """x\\ y"""', 'a = """a""b"""', 'a = """a"""""', 'a = """a""""""', 'a = """a', "a = '''x\ny'''", "a = '''\nx''''", "a = '''x''''''", "a = '''x", 'a = """\\"""""""',
         'a = true', 'a = True', 'a = truex', 'a = false', 'a = nope', 'a = inf', 'a = -inf', 'a = +nan', 'a = nnf', 'a = ian', 'a = 0', 'a = -0', 'a = +1', 'a = 01', 'a = 1_000', 'a = 1__0', 'a = _1', 'a = 1_', 'a = 0x1F', 'a = 0xg', 'a = 0b2', 'a = 0o8', 'a = +0x1', 'a = 9223372036854775807', 'a = 9223372036854775808', 'a = 1.5', 'a = 1.', 'a = .5', 'a = 1.e1', 'a = 1e3', 'a = 1E+3', 'a = 1e', 'a = 1e400', 'a = 01.5', 'a = 1_0.5_0', 'a = 1._5', 'a = -', 'a = +.5', 'a = 1.2.3', 'a = --1',
         '= 1', '.a = 1', 'a. = 1', 'a..b = 1', '"a b" = 1', "'a.b' = 1", '"" = 1', 'a b = 1', '[]', '[a', '[a]]', '[[a]', '[ a . "b c" ]\nd=1', '[.a]', '[a.]', '[a]b', 'é = 1', 'a = é', '"é".\'€\' = 1', '1 = 2', '1.5 = 2', '-_ = 3', 'a\n= 1', 'a = \n1', 'a = 1 # c', 'a = 1 \x01', 'a = "\x01"', '# \x7f', 'a = "\xff"', '\ufeffa = 1', 'a\x00 = 1', 'x = 1\x00', 'a = 1\r\nb = 2\r\n', 'a = 1\rb = 2', 'a = "x\r\n"', '[a]\nb = [1,\n2', 'a = 2020-13-01', 'a = 2020-1-1', 'a = 20:61:00', 'a = 2020-01-01Tx', 'a = 1979-05-27 07', 'a = 2020-01-01 ',
         '[a.b]\nc = 1\n[a.b.d]\ne = 2\n[[a.b.f]]\ng = 3\n[[a.b.f]]\ng = 4', 'a.b.c = 1\n[a]\nd = 2', 'a.b.c = 1\n[a.b]\nd = 2', '[a]\nb.c = 1\n[a.b]\nd=2', 'a = [{b = 1}, {b = 2}]\n[[a]]', 'a = {b = {c = {d = 1}}}', '[x]\na=1\n[y]\na=1\n[x.z]\nb=1', '[servers]\n[servers.alpha]\nip = "10.0.0.1"\nports = [ 8001, 8002 ]', 'top = 1\n[t]\nx = """\nmulti\nline"""\ny = [ [1,2], ["a"] ]']
DATES = ['2020-01-02T03:04:05Z', '2020-01-02 03:04:05.123456789+02:00', '2020-01-02T03:04:05', '2020-01-02t03:04:05z', '2020-01-02', '03:04:05', '03:04:05.5', '2020-01-02T03:04', '2020-01-02T03:04Z', '03:04', '2020-02-30', '2020-01-02T25:00:00Z', '2020-01-02T03:04:60Z', '2020-1-02', '2020-01-02T3:04:05', '2020-01-02T03:04:05+25:00', '2020-01-02T03:04:05.', '2020-01-02T03:04:05-00:00', '0000-01-01', '9999-12-31T23:59:59.9999999999Z', '12020-01-01', '2020-01-02T', '2020-01-02T03', '24:00:00', '2024-02-29', '2023-02-29', '2020-01-02T03:04:05+02', '2020-01-02 03:04:05 Z', '2020-01-02T03:04:05+02:00:00', '2020-01-02T03:04:05 +02:00']

def toml():
    for e in TOMLABLE: ask('{{ toToml %s }}' % e)
    for e in ['nil', '1', '(list 1 nil)', '(dict "a" (list nil))', '(list (dict))', '(dict "a" (dict "b" 1))', '1i', '(dict "a" 1i)']: ask('{{ mustToToml %s }}' % e)
    for s in TOMLS: ask('{{ $r := fromToml %s }}{{ printf "%%T %%v " $r $r }}{{ toJson $r }}' % lit(s))
    for s in TOMLS[5:60:3]: ask('{{ fromToml %s | toToml }}' % lit(s))
    for e in ['{{ fromToml 1 }}', '{{ fromToml nil }}', '{{ toToml }}', '{{ (fromToml "a = [").Error }}', '{{ (fromToml "[a]\\nb.c = 3").a.b.c }}', '{{ kindOf (fromToml "a = 1").a }} {{ kindOf (fromToml "a = 1.0").a }}', '{{ typeOf (fromToml "[[a]]").a }} {{ typeOf (fromToml "a = [{}]").a }} {{ typeOf (fromToml "a = {}").a }}', '{{ range (fromToml "[[a]]\\nb=1\\n[[a]]\\nb=2").a }}{{ .b }},{{ end }}', '{{ toToml (dict "x" (fromToml "[[a]]\\nb=1").a) }}', '{{ fromToml "[[a]]\\nb=1" | toJson }}', '{{ fromToml "[[a]]\\nb=1" | toYaml }}', '{{ (fromToml "[[a]]\\nb=1").a | first }}', '{{ concat (fromToml "[[a]]\\nb=1").a (list 1) }}']: ask(e)
    for d in DATES:
        ask('{{ (fromToml %s).a }}' % lit('a = ' + d))
        ask('{{ $r := fromToml %s }}{{ printf "%%T " $r.a }}{{ toJson $r }} {{ toToml $r }}' % lit('a = ' + d))
    for e in ['(toDate "2006-01-02" "2020-01-02")', '(dict "t" (toDate "2006-01-02T15:04:05.999Z07:00" "2020-01-02T03:04:05.678+01:00"))', '(list (toDate "2006-01-02" "2020-01-02"))', '(dict "d" (list (toDate "2006-01-02" "2020-01-02")))']: ask('{{ toToml %s }}' % e); ask('{{ toJson %s }}' % e)

def encodings():
    texts = ['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'hello world', 'é€😀', '\n', 'x' * 100, '<&>"\'', '\x00\x01\x7f']
    for s in texts:
        for f in ['b64enc', 'b32enc', 'sha1sum', 'sha256sum', 'sha512sum', 'adler32sum', 'b64enc | b64dec', 'b32enc | b32dec']: ask('{{ %s | %s }}' % (lit(s), f))
    for f in ['b64enc', 'b64dec', 'b32enc', 'b32dec', 'sha1sum', 'sha256sum', 'sha512sum', 'adler32sum']:
        for a in ['nil', '1', '(list)', '.Values.none', '.Values.i', '"\\xff\\x00"', '(.Files.GetBytes "f")', '', '"a" "b"']: ask('{{ %s %s }}' % (f, a))
    ask('{{ repeat 6000 "\\xff" | adler32sum }} {{ repeat 6000 "z" | sha256sum }}')
    for s in ['YQ==', 'YQ=', 'YQ', 'YWI=', 'YWJj', 'Y', '=', '====', 'Y===', 'YQ==YQ==', 'YW\nJj', 'YW Jj', 'YQ==\n', '\r\n', 'YQ=a', 'YR==', '!!!!', 'YWJj!', '_-_-', '+/+/', 'é', 'YWJ', 'YWJjZA=', 'YW=J', 'Y\nQ=\n=']: ask('{{ b64dec %s }}' % lit(s))
    for s in ['ME======', 'ME=====', 'ME', 'MFRA====', 'MFRGG===', 'MFRGGZA=', 'MFRGGZDF', 'M=======', '=', '========', 'MFRGGZDFME======', 'MF\nRGG===', 'MF RGG===', 'mfrgg===', 'MFRG1===', 'ME======ME======', 'ME=====A', 'MFRGGZ==', 'MFR=====', 'MFRGG==', 'MFRGGZDF\n', '11111111', 'é', 'MEA=====', 'ME======X', 'MFRGG===XX', 'MFRGGZA=YYY', '=ME=====', 'M\n', 'MFRGGZDFM', 'ME==A===']: ask('{{ b32dec %s }}' % lit(s))

FAMILIES = {'printf': printf, 'print': print_, 'json': json_, 'toml': toml, 'encodings': encodings}
if len(sys.argv) < 2: print(' '.join(FAMILIES)); sys.exit()
FAMILIES[sys.argv[1]]()
for q in out: print(json.dumps(q, ensure_ascii=False))
