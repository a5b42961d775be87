#!/usr/bin/env python3
"""Writes the questions of the families strings, lists, dicts, math, defaults, reflection, flow, and which names there are at all.

cases.py FAMILY | ../record.py --new funcs/FAMILY      (all: for f in $(cases.py); do cases.py $f | ../record.py --new funcs/$f; done)

A question is a bare template. Most are made from tables of calls, one call a case, so that a failing case names its call;
only numbers are asked by the row.
A call whose answer is not a text is shown with its type and as JSON beside how it prints (show). ODD are the arguments that
every function of one free argument is asked with.
"""
import json, sys

VALUES = '''s: text
empty: ""
nul: null
t: true
f: false
i: 3
zero: 0
neg: -4
big: 12345678901234
huge: 123456789012345678901
x: 1.5
l: [b, a, 1, null, 2.5]
el: []
d: {k: v, sub: {m: [1, 2]}, z: 0, e: ""}
ed: {}
ls: [c, a, b]
'''
ODD = ['nil', '""', '"abc"', '0', '-3', '7', '1.5', 'true', 'false', '(list)', '(list 1 "a" nil 2.5)', '(dict)', '(dict "a" 1 "b" nil)',
       '.Values', '.Values.nul', '.Values.i', '.Values.big', '.Values.x', '.Values.l', '.Values.d', '.Values.missing', '(splitList "," "b,a")',
       '(until 3)', '(split "." "x.y")', '(semver "1.2.3")', '(chunk 2 (list 1 2 3))', '(.Files.GetBytes "f")', '(int64 5)', '.Chart', '(rest (list))']
FILES = {'f': 'bytes\n'}

out = []
def ask(template, **more):
    q = {'template': template}
    if '.Values' in template: q['values'] = VALUES
    if '.Files' in template: q['files'] = FILES
    q.update(more)
    out.append(q)
def text(*calls):
    for c in calls: ask('{{ %s }}' % c)
def show(*calls):
    for c in calls: ask('{{ $x := %s }}{{ typeOf $x }} {{ $x }} {{ toJson $x }}' % (c if c[0] == '(' and c.count('(') == 1 else '(%s)' % c))
def cross(pattern, *choices):
    """Every combination of the choices put into the pattern."""
    if not choices: return [pattern]
    return [r for c in choices[0] for r in cross(pattern.replace('@', c, 1), *choices[1:])]
def q(s): return json.dumps(s, ensure_ascii=False)

TEXTS = ['""', '"a"', '"hello world"', '"  two  spaces "', '"ÄÖ straße ﬀ ǆ"', '"日本語テキスト"', r'"bad \xff\xfe byte"', r'"line\nnext\r\nlast\n"', '"FooBar-baz_qux 2xx HTTPServer"', r'"tab\tand\u00a0nbsp\u2003em"']

def strings():
    for f in ['upper', 'lower', 'title', 'untitle', 'swapcase', 'trim', 'nospace', 'initials', 'camelcase', 'kebabcase', 'snakecase', 'quote', 'squote', 'toString', 'indent 2', 'nindent 3', 'trunc 5', 'trunc -5', 'abbrev 8', 'wrap 5', 'wrapWith 4 "|"', 'trimAll "ah "', 'trimSuffix "d"', 'trimPrefix "he"', 'replace "l" "L"', 'splitList " "', 'cat "x"', 'repeat 2', 'substr 1 4', 'contains "b"', 'hasPrefix "h"', 'hasSuffix "d"', 'shuffle | len']:
        for t in TEXTS: text('%s | %s' % (t, f))
    for s in ['_', '-', '__', '_a', 'a_', '_a_', '__a__b__', 'some_words', 'http_server', 'no_https', '_complex__case_', 'some words', 'GOLANG_IS_GREAT', 'a-b_c d', 'aB', 'AB', 'ABc', 'AbC', 'A', 'Ä_ö', '日_本', 'x1_y2', '1a_2b', 'foo--bar', ' foo', 'FOOBar', 'µm_ﬁ']:
        text('camelcase %s' % q(s))
    for s in ['FirstName', 'HTTPServer', 'NoHTTPS', 'GO_PATH', 'GO PATH', 'GO-PATH', 'http2xx', 'HTTP20xOK', 'Duration2m3s', 'Bld4Floor3rd', 'aB', 'ABc', 'a1', 'A1', '1a', '1A', '1', '12ab34CD', 'a1B2', 'a.b.c', 'A.B', 'foo!!Bar', '$foo+Bar', 'a$b', '日本Foo', 'Foo日本', 'Ünder', 'ÜNder', 'x½y', '²x', '__a', 'a__', 'A__B', ' a ', 'v1.2.3', 'v1beta1', 'K8s', 'k8sCluster', 'IPv4Address', 'SHA256Sum', 'iOS', 'eBPF', 'a1-b2', 'Foo123', 'Foo123Bar', 'Foo123bar', 'foo_123', '123_foo', 'X', '', 'aÀb', 'ǅabc', 'Ⅷth', 'ⒶB']:
        text('snakecase %s' % q(s), 'kebabcase %s' % q(s))
    for s in [r'"\xff"', r'"a\xff"', r'"\xffA"', r'"A\xffB"', r'"AB\xff"', r'"ab\xffCD"', r'"1\xff2"', r'"_\xff_"', r'"\ufffd"', r'"a\ufffdB"', r'"A\xff\xff"', r'"!\xff!"', r'"$\xff$x"']:
        text('kebabcase %s' % s, 'camelcase %s' % s, 'upper %s' % s, 'title %s' % s, 'splitList "" %s | toJson' % s, 'trimAll "\\xfe" %s' % s, 'replace "" "-" %s' % s)
    for w in [0, 1, 3, 4, 5, 6, 7, 8, 10, 11, 12, -1, 100]:
        text('abbrev %d "hello world"' % w)
        for left in [-2, 0, 1, 4, 5, 6, 8, 20]: text('abbrevboth %d %d "hello big world"' % (left, w))
    for n in [0, 1, 3, 5, 6, 100, -1, -3, -5, -6, -100, 9223372036854775807, -9223372036854775808]: text('trunc %d "hello"' % n)
    for a, b in [(0, 3), (1, 3), (3, 1), (0, 99), (2, -1), (-1, 3), (-1, -1), (-1, 99), (5, 5), (6, 5), (9, 9), (9, -1), (0, 0), (5, -1), (6, -1)]: text('substr %d %d "hello"' % (a, b))
    for n in [-1, 0, 1, 3, 9223372036854775807]: text('repeat %d "ab"' % n, 'repeat %d ""' % n)
    for n in [-1, 0, 2]: text(*['%s %d %s' % (f, n, q(s)) for f in ('indent', 'nindent') for s in ['', 'a', 'a\nb', 'a\n\nb\n', '\n', '\n\n', 'a\r\nb']])
    for w in [-1, 0, 1, 2, 3, 5, 6, 8, 20]:
        text(*['%s %s' % (f % w, q(s)) for f in ('wrap %d', 'wrapWith %d ""', 'wrapWith %d "<br>"') for s in ['the quick brown fox', '   leading', 'averyverylongword and short', 'trailing   ']])
    for o, n in [('', '-'), ('a', ''), ('a', 'aa'), ('aa', 'b'), ('x', 'y'), ('', '')]: text(*['replace %s %s %s' % (q(o), q(n), q(s)) for s in ['', 'a', 'aaa', 'banana', 'äaä']])
    for c in ['', 'a', 'ab', ' ', 'ä', '$-']: text(*['%s %s %s' % (f, q(c), q(s)) for f in ('trimAll', 'trimall', 'trimSuffix', 'trimPrefix') for s in ['', 'a', 'abcab', ' ab ', 'ääxä', '--$x$--']])
    for sep in ['', ',', ', ', 'a']:
        for s in ['', ',', 'a,b', 'a, b,,c', 'äö', 'aaa']:
            text('splitList %s %s | toJson' % (q(sep), q(s)), 'split %s %s' % (q(sep), q(s)))
            text(*['splitn %s %d %s' % (q(sep), n, q(s)) for n in (-1, 0, 1, 2)])
    text('(split "." "a.b")._1', '(split "." "a.b")._2', 'typeOf (split "." "a.b")', 'typeOf (splitList "." "a.b")', 'plural "one" "many" 1', 'plural "one" "many" 0', 'plural "one" "many" -1', 'plural "one" "many" .Values.i', 'plural "one" "many" (len (list 1))', 'hello')
    for f in ['quote @', 'squote @', 'cat @', 'toString @', 'toStrings @', 'join "-" @', 'sortAlpha @', 'quote "a" @ 1', 'squote "a" @ 1', 'cat "a" @ "b"', 'upper @', 'trunc @ "abc"', 'contains @ "abc"', 'indent @ "x"']:
        for o in ODD: text(f.replace('@', o))
    text('quote', 'squote', 'cat', 'quote nil nil', 'cat nil', 'cat "" ""', 'cat "  a" "b  "', 'cat "%v" 1', r'quote "a\"b\\c\n\x00é\u2028"', r'quote "\xff"', r'squote "it\x27s"', 'quote 1 2.0 true', 'squote 1 2.0 true (list 1 "a")')
    text('join "," (list 1 nil "a" true 2.5)', 'join "," "abc"', 'join "" (list)', 'join nil (list 1)', 'join "," (dict "a" 1)', 'join "," .Values.l', '.Values.l | join ","', 'join ", " .Values.ls')
    text('sortAlpha (list "b" "a" "C" "ä" "z" "")', 'sortAlpha (list 3 20 100)', 'sortAlpha (list nil "b" nil "a")', 'sortAlpha "x"', 'sortAlpha nil', 'sortAlpha .Values.ls', 'typeOf (sortAlpha (list 1))', 'toStrings (list nil 1 "a")', 'typeOf (toStrings nil)', 'toJson (toStrings nil)')
    # Who sees a sort in place.
    ask('{{ $l := splitList "," "c,b,a" }}{{ $s := sortAlpha $l }}{{ $l }} {{ $s }}')
    ask('{{ $l := splitList "," "c,b,a" }}{{ $d := dict "l" $l }}{{ $s := sortAlpha (toStrings $d.l) }}{{ $l }} {{ $s }} {{ $d }}')
    ask('{{ $l := list "c" "b" "a" }}{{ $s := sortAlpha $l }}{{ $l }} {{ $s }}')
    ask('{{ $l := .Values.ls }}{{ $s := sortAlpha $l }}{{ $l }} {{ $s }}')
    ask('{{ $l := keys (dict "b" 1) }}{{ $_ := sortAlpha $l }}{{ $l }}')
    # Errors before the call.
    text('upper', 'upper 1', 'upper nil', 'upper "a" "b"', 'trunc "5" "abc"', 'trunc 1.5 "abc"', 'trunc 2 3', 'trunc', 'repeat 2', 'indent "2" "x"', 'replace "a" "b"', 'replace 1 2 3', 'contains 1 "a"', 'quote (fail "inner")', 'splitList "," nil', 'splitList "," 5', 'substr 1 "abc"', 'join ","', 'join', 'hasPrefix .Values.i "a"', 'trim .Values.nul', 'trim .Values.i', 'trim .Values.missing', 'indent .Values.i "x"', 'indent .Values.x "x"', 'nindent 2 .Values.d', 'wrap 3', 'shuffle 3', 'hello 1', 'lower .Values.d.k', 'lower .Values.l', 'upper true')

LISTS = ['nil', '""', '"abc"', '5', '(list)', '(list 1)', '(list 1 2 3)', '(list "a" nil "a" 1 1.0 (list) (dict))', '(splitList "," "x,y,x")', '(until 4)', '(dict "a" 1)', '.Values.l', '.Values.el', '.Values.nul', '.Values.missing', '(.Files.GetBytes "f")', '(chunk 2 (list 1 2 3))', '.Chart', '(rest (list))', 'true', '1.5', '.Values.d', '(semver "1.2.3")']
def lists():
    for f in ['first @', 'last @', 'rest @', 'initial @', 'reverse @', 'uniq @', 'compact @', 'append @ 9', 'prepend @ 9', 'has "a" @', 'without @ "a" 1', 'slice @ 0 1', 'slice @ 1', 'chunk 2 @', 'concat @ (list "z")']:
        for l in LISTS:
            show(f.replace('@', l))
            if not f.startswith('concat'): show('must' + f[0].upper() + f[1:].replace('@', l))
    show('list', 'tuple', 'list 1 "a" nil true 2.5', 'tuple (list 1) (list)', 'list nil', 'push (list 1) 2', 'mustPush (list 1) 2', 'append (list) nil', 'append (list 1) (list 2)', 'append (splitList "," "a,b") 3', 'append (until 2) "x"', 'prepend (list 1) (list 2)', 'prepend (splitList "," "a,b") nil')
    show('concat', 'concat (list)', 'concat (list) (list)', 'concat (list 1) (list 2 3) (until 2) (splitList "," "x")', 'concat (list 1) nil', 'concat (list 1) "a"', 'concat (list 1) 2 (list 3)', 'concat .Values.l .Values.el', 'concat (rest (list))', 'concat (list (list 1)) (list (dict))', 'concat "a"')
    for n in [-3, -2, -1, 0, 1, 2, 3, 4, 100]:
        show('chunk %d (list)' % n, 'chunk %d (list 1)' % n, 'chunk %d (list 1 2 3 4)' % n, 'mustChunk %d (list 1 2 3)' % n, 'chunk %d (splitList "," "a,b,c,d,e")' % n)
    for idx in ['', '0', '1', '3', '4', '-1', '0 0', '0 3', '1 2', '2 1', '0 4', '-1 2', '1 -1', '3 3', '"1" "2"', '1.9 2.9', 'nil nil', 'true', '1 2 3', '.Values.i', '0 9']:
        show('slice (list 1 2 3) %s' % idx, 'mustSlice (splitList "," "a,b,c") %s' % idx, 'slice (list) %s' % idx)
    show('slice', 'slice nil', 'slice "abc"', 'slice "abc" 1 2', 'slice (dict) 0', 'slice .Values.l 1 3', 'slice .Values.ls 0 3', 'mustSlice nil', 'mustSlice 5 1', 'slice (.Files.GetBytes "f") 1 3', 'slice (.Files.GetBytes "f") 1 99')
    # slice reaches up to the capacity, which depends on how Go made the list.
    for n in (1, 2, 3, 5, 33):
        made = '(list %s)' % ' '.join(map(str, range(n)))
        keyed = '(dict %s)' % ' '.join('"%d" 1' % i for i in range(n))
        for l in [made] + ['(%s %s)' % (f, made) for f in ('uniq', 'compact', 'without', 'concat', 'reverse', 'deepCopy', 'initial', 'toStrings', 'sortAlpha', 'deepCopy (uniq', 'rest (append')] + ['(append %s 1)' % made, '(prepend %s 1)' % made, '(until %d)' % n, '(keys %s | sortAlpha)' % keyed, '(values %s)' % keyed, '(pluck "0"%s)' % (' (dict "0" 1)' * n), '(toStrings (prepend %s nil))' % made, '(splitList "0" "%s")' % ('0' * (n - 1)), '(fromJsonArray (toJson %s))' % made, '(fromYamlArray (toJson %s))' % made, '(fromYaml (toJson (dict "a" %s))).a' % made]:
            l = l.replace('(deepCopy (uniq ' + made + ')', '(deepCopy (uniq ' + made + '))').replace('(rest (append ' + made + ')', '(rest (append ' + made + ' 1))')
            for e in {5: (6, 8, 9), 33: (64, 71, 72)}.get(n, (n + 1,)): text('slice %s 0 %d | len' % (l, e))
    for n, es in ((1, (2, 10, 11)), (2, (3, 11)), (3, (4, 5)), (17, (20, 21, 32, 33)), (33, (43, 44, 71, 72))):
        for l in ['(regexFindAll "a" "%s" -1)' % ('a' * n), '(mustRegexSplit "," "%s" -1)' % ','.join('a' * n), '(regexSplit "," "%s" %d)' % (','.join('a' * (n + 3)), n), '(fromToml "a = %s").a' % json.dumps(list(range(n))), '(fromToml "%s").a' % ('[[a]]\\n' * n)]:
            for e in es: text('slice %s 0 %d | len' % (l, e))
    for how in ({'set': ['l={1,2,3}']}, {'setString': ['l={1,2,3}']}, {'setJson': ['l=[1,2,3]']}, {'set': ['l[0]=1', 'l[1]=2', 'l[2]=3']}, {'set': ['l[2]=3']}, {'files': {'values.yaml': 'l: [1, 2, 3]'}}):
        for e in (3, 4, 5): ask('{{ slice $.Values.l 0 %d }}' % e, **how)
    show('slice (slice (list 1 2 3) 0 1) 0 3', 'slice (slice (list 1 2 3) 1 2) 0 3', 'slice (slice (append (list 1 2 3) 4) 1 2) 0 5', 'slice (slice (append (list 1 2 3) 4) 1 2) 0 6', 'slice .Values.ls 0 4', 'slice .Values.ls 0 5', 'slice .Values.l 2 8', 'slice (append (splitList "," "a,b") "c") 0 4', 'slice (until 3) 1 4', 'slice (toStrings (list nil "a")) 0 2', 'slice (.Files.GetBytes "f") 0 6')
    for n in ['1', '1.0', '"1"', 'nil', '(int64 1)', 'true', '"a"', '(list)', '(list 1)', '(dict)', '(dict "k" 1)', '.Values.i', '3', '3.0', '(float64 3)', '2.5', '(rest (list))']:
        show('has %s (list 1 "a" nil (list) (dict "k" 1) 2.5)' % n, 'has %s .Values.l' % n, 'without (list 1 "a" nil (list) (dict "k" 1) 2.5 1.0 3) %s' % n, 'has %s (list .Values.i .Values.x (list 1))' % n, 'mustHas %s (splitList "," "a,1")' % n)
    show('has "a" nil', 'mustHas "a" nil', 'has "a" .Values.nul', 'has "a" "abc"', 'mustHas "a" "abc"', 'has "a" (dict "a" 1)', 'has nil (list nil)', 'without (list 1 2)', 'without (list 1 2 1) 1 2', 'mustWithout nil 1', 'uniq (list 1 1 1.0 "1" (int64 1) nil nil (list 1) (list 1) (dict "a" (list)) (dict "a" (list)) true true)', 'uniq .Values.l', 'uniq (concat .Values.ls .Values.ls)', 'compact (list 0 1 nil "" "a" false true (list) (dict) (dict "a" 0) 0.0 (list nil))', 'compact .Values.l', 'mustCompact "a"', 'compact nil', 'uniq (list (semver "1.0.0") (semver "1.0.0"))')
    show('until 0', 'until 3', 'until -3', 'until 1.5', 'until "3"', 'until .Values.i', 'until (int .Values.i)', 'until nil', 'untilStep 0 10 3', 'untilStep 10 0 -3', 'untilStep 0 10 -1', 'untilStep 10 0 1', 'untilStep 5 5 1', 'untilStep 5 5 -1', 'untilStep 0 5 0', 'untilStep 5 0 0', 'untilStep -5 5 5', 'until (len (list 1 2))')
    text('seq', 'seq 0', 'seq 1', 'seq 5', 'seq -3', 'seq 2 5', 'seq 5 2', 'seq 0 0', 'seq 0 2 10', 'seq 10 -2 0', 'seq 10 2 0', 'seq 0 -2 10', 'seq 0 0 10', 'seq 10 0 0', 'seq 3 1 3', 'seq 3 -1 3', 'seq 1 2 3 4', 'seq "3"', 'seq 1.5', 'seq -1 -3', 'seq -3 2 3', 'seq .Values.i', 'seq 5 -1 5', 'seq 1 3 11', 'seq 11 -3 1')
    # Lists are values: what shares with what.
    ask('{{ $l := list 1 2 }}{{ $m := append $l 3 }}{{ $n := append $l 4 }}{{ $l }} {{ $m }} {{ $n }}')
    ask('{{ $d := dict "a" 1 }}{{ $l := list $d $d }}{{ $_ := set $d "a" 2 }}{{ $l }}')
    ask('{{ $l := splitList "," "c,b,a" }}{{ $m := rest $l }}{{ $_ := sortAlpha $l }}{{ $l }} {{ $m }}')
    ask('{{ $d := dict "l" (list 1) }}{{ $_ := set $d "l" (append $d.l 2) }}{{ $d }}')
    ask('{{ range $i, $x := (list "a" "b") }}{{ $i }}={{ $x }};{{ end }}{{ range until 3 }}{{ . }}{{ end }}')
    ask('{{ range $i, $c := chunk 2 (list 1 2 3 4 5) }}{{ $i }}:{{ len $c }}{{ first $c }} {{ end }}')
    ask('{{ index (list 1 2) 1 }} {{ index (rest (list 1 2)) 0 }} {{ len (uniq .Values.l) }} {{ (first (list (dict "k" "v"))).k }}')
    text('first', 'first (list) (list)', 'append (list 1)', 'has 1', 'chunk (list)', 'chunk "2" (list)', 'rest .Values.d', 'last 5', 'until', 'untilStep 1 2', 'len (list 1 2)', 'len nil', 'len .Values.nul', 'index (list) 0', 'first (fail "x")')

def dicts():
    show('dict', 'dict "a"', 'dict "a" 1 "b"', 'dict 1 2 3.5 4 true 5 nil 6', 'dict (list 1) 2', 'dict "a" 1 "a" 2', 'dict "a" (dict "b" (dict "c" 1))', 'dict "n" nil "l" (list)', 'dict (int64 1) 1', 'dict "" ""')
    for d in ['nil', '(dict)', '(dict "a" 1 "b" nil)', '.Values.d', '.Values', '.Values.nul', '.Values.missing', '"abc"', '(list)', '(split "." "a.b")', '5', '.Chart', '(fromYaml "null")', '.Values.l', '.Capabilities', '.Files', '.Release']:
        for f in ['get @ "a"', 'hasKey @ "a"', 'unset @ "a"', 'set @ "a" 9', 'pick @ "a" "k"', 'omit @ "a" "k"', 'pluck "a" @ (dict "a" 3)', 'keys @ | sortAlpha', 'len (values @)', 'merge @ (dict "a" 5 "q" 6)', 'merge (dict "a" 5 "q" 6) @', 'mergeOverwrite (dict "a" 5 "k" 6) @', 'deepCopy @', 'mustDeepCopy @', 'dig "a" "d" @', 'dig "k" "x" "d" @']:
            if ' @' not in f or ('.Values' in (d,) and f.split()[0] in ('omit', 'deepCopy', 'merge', 'unset', 'set', 'mustDeepCopy')): continue
            if d in ('.Chart', '.Release', '.Capabilities', '.Files') and f.startswith(('deep', 'must', 'merge', 'set', 'omit', 'unset')): text('typeOf (%s)' % f.replace('@', d)); continue
            (text if '|' in f or 'len' in f else show)(f.replace('@', d))
    show('get (dict "a" nil) "a"', 'get (dict) ""', 'get .Values.d "k"', 'get .Values "s"', 'get (dict "1" 2) "1"', 'get (dict) 1', 'get (dict)', 'hasKey (dict "a" nil) "a"', 'hasKey .Values "nul"', 'hasKey .Values.d "sub"', 'hasKey nil "x"', 'hasKey .Values.missing "x"', 'hasKey .Values.s "x"')
    show('dig "a" "b" 0 (dict "a" (dict "b" 5))', 'dig "a" "x" 0 (dict "a" (dict "b" 5))', 'dig "x" "b" "def" (dict)', 'dig "a" "def" (dict "a" nil)', 'dig "a" "b" "def" (dict "a" nil)', 'dig "a" "b" "def" (dict "a" "text")', 'dig "a" "def"', 'dig "a"', 'dig', 'dig "a" "b" "def" "notdict"', 'dig 1 "def" (dict)', 'dig nil "def" (dict)', 'dig "a" "def" nil', 'dig "a" nil (dict)', 'dig "d" "k" "def" .Values', 'dig "k" "def" .Values.d', 'dig "sub" "m" "def" .Values.d', 'dig "sub" "m" "x" "def" .Values.d', 'dig "a" "b" "c" "d" 7 (dict "a" (dict "b" (dict "c" (dict "d" 1))))', 'dig "a" 5 "def" (dict)', 'dig "a" "b" "def" (dict "a" (split "." "x"))', 'dig "d" "k" "def" (.Values | merge (dict))', 'dig "d" "k" "" .Values.AsMap')
    show('pick (dict "a" 1 "b" 2 "c" 3) "a" "c" "x"', 'pick (dict "a" 1)', 'omit (dict "a" 1 "b" 2) "a"', 'omit (dict "a" 1)', 'pick (dict "a" 1) 1', 'omit (dict "a" 1) nil', 'pluck "a" (dict "a" 1) (dict "b" 2) (dict "a" nil)', 'pluck "a"', 'pluck 1 (dict)', 'keys', 'keys (dict "a" 1)', 'keys (dict "a" 1) (dict "a" 2)', 'values (dict "a" 1)', 'values (dict)', 'values', 'keys nil', 'keys (list)', 'values nil', 'unset (dict "a" 1) "x"', 'unset (dict) 1', 'set (dict) "a"', 'set (dict) 1 2', 'set nil "a" 1', 'set .Values.missing "a" 1', 'set .Values.nul "a" 1')
    ask('{{ keys (dict "b" 1 "a" 2 "c" 3) | sortAlpha }} {{ values (dict "a" 1) }} {{ pluck "x" (dict "x" (list 1)) }}')
    vals = ['1', '0', '""', '"x"', 'nil', 'true', 'false', '1.5', '(list)', '(list 1)', '(dict)', '(dict "k" 1)', '(dict "k" 2 "z" 3)', '(split "." "a.b")', '(splitList "," "a,b")', '(semver "1.2.3")', '(fromYaml "null")', '(rest (list))', '.Chart']
    for a in vals:
        for b in vals:
            for f in ('merge', 'mergeOverwrite'):
                if '.Chart' in (a, b): text('typeOf (get (%s (dict "p" %s "o" 1) (dict "p" %s)) "p")' % (f, a, b))
                else: text('%s (dict "p" %s "o" 1) (dict "p" %s) | toJson' % (f, a, b))
    for a, b in [('1', '(dict "k" 1)'), ('(semver "1.0.0")', '(dict "k" 1)'), ('(dict "k" 1)', '(semver "1.0.0")'), ('.Chart', '(dict "k" 1)'), ('(split "." "a")', '(dict "_0" 1 "_1" "b")'), ('(split "." "a")', '(dict "_0" "z")'), ('(dict)', '.Chart'), ('(fromYaml "null")', '.Chart')]:
        for f in ('mustMerge', 'mustMergeOverwrite'): text('typeOf (%s (dict "p" %s) (dict "p" %s))' % (f, a, b))
    show('merge (dict)', 'merge', 'merge nil', 'merge nil (dict "a" 1)', 'merge (dict) nil', 'merge (dict "a" 1) (dict "a" 2 "b" 3) (dict "b" 4 "c" 5)', 'mergeOverwrite (dict "a" 1) (dict "a" 2 "b" 3) (dict "b" 4 "c" 5)', 'merge (dict) "a"', 'merge "a" (dict)', 'mergeOverwrite (dict "a" (dict "x" 1 "y" 2)) (dict "a" (dict "y" nil "z" 0))', 'merge (dict "a" (dict "x" 0 "y" "")) (dict "a" (dict "x" 1 "y" "q" "z" nil))', 'mergeOverwrite (dict "l" (list 1 2)) (dict "l" (list))', 'mergeOverwrite (dict "l" (list 1 2)) (dict "l" (list 3))', 'merge (dict "l" (list)) (dict "l" (list 3))', 'mustMerge (dict "a" false) (dict "a" true)', 'mustMergeOverwrite (dict "a" true) (dict "a" false)', 'merge .Values.d (dict "new" 1 "z" 5 "e" "filled")', 'mergeOverwrite .Values.d .Values.ed', 'merge (dict "a" .Values.d) (dict "a" (dict "k" "other" "k2" 2))')
    # What changes with what.
    for f in ('merge', 'mergeOverwrite', 'mustMerge', 'mustMergeOverwrite'):
        ask('{{ $a := dict "x" 1 }}{{ $b := dict "y" (dict "z" 1) }}{{ $m := %s $a $b }}{{ $_ := set $m.y "w" 2 }}{{ $_ := set $m "v" 3 }}{{ $a }} {{ $b }} {{ $m }}' % f)
        ask('{{ $a := dict "y" (dict) }}{{ $b := dict "y" (dict "z" 1) }}{{ $m := %s $a $b }}{{ $_ := set $m.y "w" 2 }}{{ $a }} {{ $b }} {{ $m }}' % f)
        ask('{{ $a := dict "y" nil }}{{ $b := dict "y" (dict "z" 1) }}{{ $m := %s $a $b }}{{ $_ := set $m.y "w" 2 }}{{ $a }} {{ $b }} {{ $m }}' % f)
        ask('{{ $a := dict "y" "" }}{{ $b := dict "y" (dict "z" (dict "q" 1)) }}{{ $m := %s $a $b }}{{ $_ := set $m.y.z "w" 2 }}{{ $a }} {{ $b }} {{ $m }}' % f)
        ask('{{ $a := dict "y" 1 "s" (dict "k" 1) }}{{ $m := %s $a $a }}{{ $m }}' % f)
        ask('{{ $m := %s (dict) .Values.d }}{{ $_ := set $m "k" "changed" }}{{ $_ := set $m.sub "m" "changed" }}{{ .Values.d }}' % f)
        ask('{{ $m := %s (deepCopy .Values.d) (dict "k" "new") }}{{ $_ := set $m.sub "m" "changed" }}{{ .Values.d }} {{ $m }}' % f)
        ask('{{ $m := %s .Values (dict "s" "over" "brandnew" 1) }}{{ .Values.s }} {{ .Values.brandnew }} {{ typeOf $m }}' % f)
    ask('{{ $d := dict "a" 1 }}{{ $e := dict "d" $d }}{{ $_ := set $d "a" 2 }}{{ $e }}{{ $_ := unset $e.d "a" }}{{ $d }}')
    ask('{{ $_ := set .Values "s" "changed" }}{{ .Values.s }} {{ typeOf (set .Values "q" 1) }} {{ typeOf .Values }}')
    ask('{{ $d := dict }}{{ range $i := until 3 }}{{ $_ := set $d (toString $i) $i }}{{ end }}{{ $d }}')
    ask('{{ $d := dict "a" (list (dict "b" 1)) }}{{ $c := deepCopy $d }}{{ $_ := set (first $d.a) "b" 2 }}{{ $d }} {{ $c }} {{ deepEqual $d $c }}')
    ask('{{ $d := dict "a" (splitList "," "b,a") }}{{ $c := deepCopy $d }}{{ $_ := sortAlpha $d.a }}{{ $d }} {{ $c }} {{ typeOf $c.a }}')
    show('deepCopy (list 1 (list 2) (dict "a" nil))', 'deepCopy "a"', 'deepCopy nil', 'mustDeepCopy nil', 'deepCopy 1', 'deepCopy .Values.nul', 'deepCopy (rest (list))', 'deepCopy (fromYaml "null")', 'deepCopy (dict "a" (rest (list)) "b" (fromYaml "null"))', 'deepCopy (until 2)', 'deepCopy (chunk 1 (list 1 2))', 'deepCopy (.Files.GetBytes "f")', 'deepCopy true', 'deepCopy 1.5', 'deepCopy (split "," "a,b")', 'deepCopy (semver "1.2.3")', 'deepCopy (list (semver "1.2.3"))', 'typeOf (deepCopy .Values)', 'typeOf (deepCopy .Capabilities)', '(deepCopy .Capabilities).KubeVersion.Version', '(deepCopy .Chart).Name')
    text(*['deepCopy %s' % v for v in ('.Capabilities.KubeVersion', '(dict "v" .Capabilities.KubeVersion)', '.Capabilities.HelmVersion', '.Release', '.Chart', '(list .Chart)')])
    ask('{{ $c := deepCopy .Capabilities }}{{ $c.KubeVersion }} {{ $c.KubeVersion.GitVersion }} {{ printf "%v" $c.KubeVersion }} {{ $c | toString | trunc 20 }} {{ len $c.APIVersions }} {{ typeOf $c }}')
    text('deepEqual .Capabilities (deepCopy .Capabilities)', 'deepEqual .Capabilities.KubeVersion (deepCopy .Capabilities.KubeVersion)', 'deepEqual .Chart (deepCopy .Chart)', 'deepEqual .Release (deepCopy .Release)', 'deepEqual .Values (deepCopy .Values)', 'deepEqual .Files .Files', 'deepEqual .Capabilities .Capabilities')
    ask('{{ range $k, $v := dict "b" 1 "a" 2 }}{{ $k }}={{ $v }} {{ end }}{{ (dict "k" (dict "x" 5)).k.x }} {{ (dict).nope }} {{ (dict "a" nil).a }}')
    text('dict | len', 'len (dict "a" 1 "b" 2)', 'index (dict "a" 1) "a"', 'index (dict "a" 1) "b"', 'get (fail "x") "a"', 'eq (dict) (dict)', 'hasKey (dict) nil', 'get nil nil', 'set', 'unset (dict)')

NUMBERS = ['0', '1', '-1', '7', '"8"', '"08"', '"0x1F"', '"0b11"', '"0o17"', '"017"', '" 5 "', '"5.0"', '"5.00"', '"5.7"', '"1e3"', '"1_000"', '"0x_1F"', '""', '"abc"', '"-3"', '"+3"', '"."', '".0"', '"0."', '"1.0."', '"9223372036854775807"', '"9223372036854775808"', '"-9223372036854775808"', '9223372036854775807', '-9223372036854775808', '1.5', '-1.5', '1e19', '-1e19', '1e300', '0x7f', '0b101', "'a'", '1i', 'true', 'false', 'nil', '(list 1)', '(dict)', '(int64 3)', '(float64 2.5)', '.Values.i', '.Values.neg', '.Values.x', '.Values.big', '.Values.huge', '.Values.nul', '.Values.missing', '.Values.s', '.Values.t', '(semver "1.2.3")', '"inf"', '"-Inf"', '"nan"', '"1e400"', '"0x1p4"', '"1.5e-3"', '"1__0"', '(len "abc")', '(first (.Files.GetBytes "f"))', '(duration "5")']
def math():
    for n in NUMBERS:
        ask(' '.join('{{ %s %s }}' % (f, n) for f in ['int', 'int64', 'float64', 'toDecimal', 'add1', 'floor', 'ceil', 'toString']))
        ask(' '.join('{{ %s }}' % (f % n) for f in ['add 1 %s', 'sub %s 2', 'mul %s 3', 'div %s 3', 'mod %s 3', 'max %s 2', 'min %s 2', 'maxf %s 2', 'minf 2 %s', 'round %s 1']))
        ask(' '.join('{{ %s }}' % (f % n) for f in ['add1f %s', 'addf 0.1 %s', 'mulf %s 1.1', 'divf %s 3', 'subf 1 %s']))
    for s in ['"12"', '"-12"', '"+12"', '"0x1"', '""', '"a"', '" 1"', '"1.0"', '"9223372036854775808"', '"-9223372036854775809"', '"1_0"', '"007"', '"٣"', '12', 'nil', '.Values.i', '"99999999999999999999999"']: show('atoi %s' % s)
    for s in ['"777"', '777', '"0777"', '"8"', '644', '"-12"', '""', 'nil', '1.5', '"0o17"', 'true', '.Values.i', '.Values.x', '"7777777777777777777777"', '(list 7)', '"1_0"']: show('toDecimal %s' % s)
    show('add', 'add 1', 'add 1 2 3', 'add "1" 2.9 true nil', 'add 9223372036854775807 1', 'sub 1', 'sub 1 2 3', 'sub -9223372036854775808 1', 'mul 2', 'mul', 'mul 2 3 4', 'mul 9223372036854775807 2', 'div 1 0', 'div 7 2', 'div -7 2', 'div 7 -2', 'div 1 "x"', 'div -9223372036854775808 -1', 'mod 7 0', 'mod -7 3', 'mod 7 -3', 'mod -9223372036854775808 -1', 'max 1', 'max', 'max 1 5 3', 'min 1 5 -3', 'min 4', 'biggest 1 9 3', 'max "a" -1', 'min 1.9 1.1', 'maxf 1.5 2.5 2', 'minf 1.5 2.5 -2', 'maxf 1', 'maxf "inf" 1', 'minf "-inf" 1', 'maxf "nan" 1', 'minf "nan" 1', 'maxf "nan" "inf"', 'minf "nan" "-inf"', 'maxf -0.0 0', 'minf 0 "-0"', 'maxf "-0" 0', 'add1 -1', 'add1 9223372036854775807')
    fl = ['0.1', '0.2', '3', '-0.5', '1e20', '1e-20', '123456789.987654321', '"0.3"', '1e308', '5e-324', '7', '0', '9007199254740993', '-1e-17', '2.675', '100000000000000000000', '1.7976931348623157e308']
    for a in fl:
        for b in fl: ask(' '.join('{{ %s %s %s }}' % (f, a, b) for f in ['addf', 'subf', 'mulf', 'divf'] if b != '0' or f != 'divf'))
    show('addf', 'addf 1', 'addf 0.1 0.2 0.3', 'subf 1', 'subf', 'subf 10 0.1 0.2', 'mulf 2', 'mulf 1.1 1.1 1.1', 'divf 10', 'divf 10 4 2', 'divf 1 3 3', 'divf 1 0', 'divf 1 "x"', 'mulf 1e308 1e308 1e308', 'divf 1e-308 1e308', 'divf 2 3', 'divf -2 3', 'divf 2 -3', 'divf 1 6', 'divf 1e-16 2', 'divf 1e-16 3', 'add1f 0.1', 'add1f "x"', 'addf "inf"', 'mulf 0 -1', 'subf 0 0', 'addf 1e16 1', 'addf 0.1 0.7', 'mulf 0.1 3', 'mulf 3 1.15', 'subf 1.3 1', 'mulf 1e200 1e200', 'mulf -1e-200 1e-200')
    for v in ['123.5555', '-123.5555', '0.5', '1.5', '2.5', '-0.5', '-1.5', '1e20', '"3.14159"', '0', '.Values.x', 'nil', '2.675', '1.005', '"inf"', '0.05', '99.995', '1234567.891']:
        ask(' '.join('{{ round %s %d }}' % (v, p) for p in [0, 1, 2, 3, -1, -2, 15, 25, 308, 309, -308, -330]))
        ask(' '.join('{{ %s }}' % (f % v) for f in ['round %s 2 0.4', 'round %s 0 0.9', 'round %s 1 0', 'round %s 1 1', 'floor %s', 'ceil %s']))
    for p in range(-40, 41, 3): show('round 1.23456789e10 %d' % p, 'round 0.000123456 %d' % p)
    show('round 1', 'round', 'round 1 "2"', 'round 1 1.5', 'round 1 2 3 4', 'round 1.55 1 "x"', 'floor', 'ceil 1 2', 'floor -1.5', 'ceil -1.5', 'ceil -0.5', 'floor "1.9"', 'int "12.0" | add 3', 'int .Values.huge', 'float64 "1e-400"', 'float64 (int64 9007199254740993)', 'int (float64 9.99)', 'add .Values.i .Values.x', 'mul .Values.i 2 | toString', 'kindOf (add 1 2)', 'kindOf (int 1)', 'kindOf (add1f 1)', 'max .Values.i .Values.neg', 'div .Values.i 0', 'sub 5 nil', 'mod 5', 'div', 'add (fail "x")')

def defaults():
    for o in ODD + ['(dict "a" nil)', '0.0', '"0"', '"false"', '(int64 0)', '(semver "0.0.0")', '(first (.Files.GetBytes "f"))', '1i', '0i', '.Values.zero', '.Values.f', '.Values.empty', '.Values.el', '.Values.ed', '.Release.Revision', '.Release.IsUpgrade', '.Capabilities', '.Files', '(.Files.GetBytes "none")', '(fromYaml "null")']:
        if o in ('.Values', '.Chart', '.Files', '.Capabilities'):
            text('empty %s' % o, 'typeOf (default "d" %s)' % o, 'any %s' % o, 'all %s' % o, 'typeOf (coalesce %s "x")' % o)
            continue
        show('default "d" %s' % o, 'empty %s' % o, 'coalesce %s "x"' % o, 'any %s' % o, 'all 1 %s' % o, 'default %s nil' % o, '%s | default 5' % o, 'ternary %s "no" true' % o)
        text('ternary "yes" "no" %s' % o, '%s | ternary "yes" "no"' % o, 'if %s }}T{{ else }}F{{ end' % o)
    show('default 1', 'default nil', 'default', 'default 1 2 3', 'default nil nil', 'coalesce', 'coalesce nil 0 "" (list)', 'coalesce nil 0 "a" "b"', 'all', 'any', 'all 1 "a" true', 'all 1 0', 'any 0 "" nil', 'any 0 1', 'ternary 1 2', 'ternary 1 2 nil', 'ternary 1 2 "true"', 'ternary 1 2 .Values.t', 'ternary 1 2 .Values.missing', 'ternary 1 2 (eq 1 1)', 'ternary nil 2 true', 'default (list) .Values.el', 'default .Values.d .Values.ed', '.Values.s | default "x" | quote', '.Values.missing | default "x"', '.Values.d.nope | default .Values.s', 'default "a" (default "b" nil)', 'empty', 'empty 1 2', 'default (fail "x") 1', 'default "d" .Values.missing.deep')

def reflection():
    vals = ODD + ['1i', '(int64 1)', '(index (chunk 1 (list 1)) 0)', '.Values.huge', '(toDate "2006-01-02" "2020-01-01")', '(duration "5")', '.Release', '.Capabilities', '.Capabilities.APIVersions', '.Capabilities.KubeVersion', '.Files', '(.Files.Glob "*")', '.Chart.Maintainers', '.Chart.Annotations', '.Template', '.', '(fromYaml "a: 1")', '(fromYaml "null")', '(fromJson "{\\"a\\":1}")', '(fromJson "{\\"a\\":1}").a', "'a'", '(first (.Files.GetBytes "f"))', '(regexFindAll "a" "aa" -1)', '(keys (dict "a" 1))', '(values (dict "a" 1))', '.Subcharts', '.Release.Revision', '.Release.Service', '.Chart.Version', '.Chart.IsRoot', '.Capabilities.HelmVersion', '.Template.Name']
    for v in vals:
        text('typeOf %s' % v, 'kindOf %s' % v, 'kindIs "map" %s' % v, 'kindIs (kindOf %s) %s' % (v, v), 'typeIs "string" %s' % v, 'typeIsLike "semver.Version" %s' % v, 'deepEqual %s %s' % (v, v), 'deepEqual (list %s) (list 1)' % v)
    eqs = ['1', '1.0', '"1"', '(int64 1)', 'nil', '(list)', '(list 1)', '(rest (list))', '(dict)', '(dict "a" 1)', '(dict "a" 1.0)', '(splitList "," "a")', '(list "a")', '(until 2)', 'true', '.Values.i', '(fromYaml "null")', '(semver "1.0.0")', '(semver "v1.0.0")', '(.Files.GetBytes "f")', '(split "," "a")', '(dict "_0" "a")', '"nan"', '(float64 "nan")', '(dict "n" (float64 "nan"))']
    for i, a in enumerate(eqs):
        for b in eqs[i:]: text('deepEqual %s %s' % (a, b))
    text('typeIs "*semver.Version" (semver "1.0.0")', 'typeIsLike "*semver.Version" (semver "1.0.0")', 'typeIs "int" 1', 'typeIs "float64" .Values.i', 'kindIs "slice" (list)', 'kindIs "invalid" nil', 'kindIs nil 1', 'kindIs 1 1', 'typeOf', 'kindOf', 'kindIs "map"', 'typeOf 1 2', 'deepEqual 1', 'deepEqual .Values.d (dict "k" "v" "sub" (dict "m" (list 1 2)) "z" 0 "e" "")', 'deepEqual .Values.ls (list "c" "a" "b")', 'deepEqual .Values.l .Values.l', 'kindIs "int64" .Values.i', 'kindIs "float64" .Values.i', 'kindIs "bool" .Values.t', 'kindIs "string" .Values.s')
    ask('{{ $d := dict "a" 1 }}{{ $_ := set $d "self" $d }}{{ $e := dict "a" 1 }}{{ $_ := set $e "self" $e }}{{ deepEqual $d $d }} {{ deepEqual $d $e }}')

def flow():
    D = '{{ define "p" }}<{{ . }}>{{ end }}{{ define "q" }}{{ include "p" (list . .) }}{{ end }}{{ define "bad" }}{{ fail "in bad" }}{{ end }}{{ define "rec" }}{{ include "rec" . }}{{ end }}{{ define "nl" }}\na: 1\nb: 2\n{{ end }}'
    for c in ['include "p" 1', 'include "p" nil', 'include "p" .Values.d', 'include "q" "x"', 'include "none" .', 'include "bad" .', 'include "rec" .', 'include "nl" . | nindent 2', 'include "nl" . | trim | indent 4', 'include 1 2', 'include "p"', 'include', 'include nil 1', 'include "p" 1 2', 'include "" .', 'include (print "p") (dict)', 'template "p" 1', 'template "none" 1', 'template "bad" 1', 'include "p" .Values.missing', 'include "bad" . | quote', 'include "p" (include "q" 1)', 'include "p" 1 | upper | repeat 2', 'typeOf (include "p" 1)', 'tpl "{{ include `p` 1 }}" .', 'tpl "{{ template `p` 2 }}" .', 'tpl "{{ include `bad` . }}" .', 'tpl "{{ include `none` . }}" .']: ask(D + '{{ %s }}' % c, values=VALUES)
    for t in ['plain', '', '{{ . }}', '{{ .Values.s }}', '{{ .Values.missing }}', '{{ .Values.missing.deep }}', '{{ nope }}', '{{ if }}', '{{', '{{ fail "in tpl" }}', '{{ required "need" .Values.nul }}', '{{ tpl "{{ .Values.s }}" . }}', '{{ tpl "{{ nope }}" . }}', '{{ tpl "{{ fail `deep` }}" . }}', '{{ define "t" }}T{{ . }}{{ end }}{{ include "t" 1 }}', '{{ define "t" }}T{{ end }}', '{{/* c */}}', '{{ .Template.Name }}', '{{ range .Values.ls }}{{ . }},{{ end }}', 'a\n{{ 1 }}\n{{- 2 }}', '<no value>', '{{ $.Values.i }}', '{{ printf "%d" "x" }}', '{{ index .Values.l 99 }}', '{{ .Release.Name }} "q" \\ é', '{{ .Values.d | toYaml }}', '{{ first 5 }}', '{{ div 1 0 }}', '{{ required "msg" "" }}', '{{ include "missing" . }}', '{{ template "missing" . }}', '{{ end }}', '{{ 1 | 2 }}', '{{ "unclosed }}', '{{ .Values.s | nope }}']:
        ask('{{ tpl %s . }}' % json.dumps(t, ensure_ascii=False), values=VALUES)
        ask('{{ tpl .Values.t2 . }}', values=VALUES + 't2: ' + json.dumps(t, ensure_ascii=False) + '\n')
    text('tpl "{{ .x }}" (dict "x" 1)', 'tpl "{{ . }}" nil', 'tpl "{{ . }}" 5', 'tpl nil .', 'tpl 5 .', 'tpl "x"', 'tpl', 'tpl .Values.missing .', 'tpl .Values.d .', 'tpl (toYaml .Values.d) .', 'tpl "{{ .a.b }}" (dict "a" nil)', 'tpl "{{ .a.b.c }}" (dict "a" (dict))', 'tpl "<no value>" 1', 'tpl "{{ .a }}" (dict)', 'tpl "{{ .a }}|{{ .b }}" (dict "b" nil)', 'print (tpl "a" 1) | quote', 'tpl (tpl "{{`{{ . }}`}}" 1) 2')
    ask('{{ tpl "{{ define `late` }}L{{ end }}" . }}{{ include "late" . }}')
    ask('{{ define "a" }}old{{ end }}{{ tpl "{{ define `a` }}new{{ end }}{{ include `a` . }}" . }}{{ include "a" . }}')
    ask('{{ define "a" }}{{ tpl .t . }}{{ end }}{{ include "a" (dict "t" "{{ include `a` (dict `t` `end`) }}") }}')
    ask('{{ tpl "{{ $x := 1 }}{{ $x }}" . }}{{ $x := 2 }}{{ tpl "{{ $x }}" . }}')
    for c in ['required "m" nil', 'required "m" ""', 'required "m" "v"', 'required "m" 0', 'required "m" false', 'required "m" (list)', 'required "m" .Values.missing', 'required "m" .Values.nul', 'required "m" .Values.s', 'required "m" .Values.d', '.Values.missing | required "a: b: c"', 'required "" nil', r'required "line\nbreak" nil', 'required nil nil', 'required 1 nil', 'required "m"', 'required', 'required "HELM_ERR_START x HELM_ERR_END" nil', 'required "é <b>" nil', 'required "m" nil | quote', 'fail "x"', 'fail ""', 'fail', 'fail 1', 'fail nil', 'fail "a" "b"', r'fail "\nNAME:\n  value: 1\n"', 'fail (printf "%s: %d" "n" 5)', 'fail "x" | quote', 'if true }}{{ fail "in if" }}{{ end', 'range .Values.ls }}{{ fail . }}{{ end', 'with .Values.d }}{{ fail .k }}{{ end', r'fail "bad \xff"', 'and 1 (fail "lazy")', 'or 1 (fail "lazy")', 'default 1 (fail "eager")', 'ternary 1 (fail "eager") true', 'required (fail "first") nil', 'typeOf (required "m" 5)', 'lookup "v1" "Pod" "ns" "name"', 'lookup "v1" "Pod" "" ""', '(lookup "v1" "Pod" "ns" "name").spec', 'lookup "v1" "Pod"', 'lookup 1 2 3 4', 'typeOf (lookup "v1" "Pod" "ns" "n")', 'lookup "v1" "Secret" .Release.Namespace "x" | empty', 'getHostByName "localhost"', 'getHostByName 1', 'getHostByName ""', 'typeOf (getHostByName "x")', 'env "HOME"', 'expandenv "$HOME"']: ask('{{ %s }}' % c, values=VALUES)
    ask('{{ define "r" }}{{ required "deep need" .x }}{{ end }}{{ include "r" (dict) }}')
    ask('{{ define "r" }}{{ fail "deep fail" }}{{ end }}{{ define "s" }}{{ include "r" . }}{{ end }}{{ tpl "{{ include `s` . }}" . }}')
    ask('{{ define "count" }}{{ if lt (int .n) 300 }}{{ include "count" (dict "n" (add 1 .n)) }}{{ else }}done{{ end }}{{ end }}{{ include "count" (dict "n" 0) }}')
    ask('{{ define "deep" }}{{ if lt (int .n) 999 }}{{ include "deep" (dict "n" (add 1 .n)) }}{{ else }}done{{ end }}{{ end }}{{ include "deep" (dict "n" 0) }}')

# Sprig's, Helm's and Go's names, and a few that are none.
NAMES = '''
abbrev abbrevboth add add1 add1f addf adler32sum ago all and any append atoi b32dec b32enc b64dec b64enc base bcrypt
biggest break buildCustomCert call camelcase cat ceil chunk clean coalesce compact concat contains continue date
dateInZone dateModify date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword dict dig dir div
divf duration durationRound empty encryptAES env eq expandenv ext fail first float64 floor fromJson fromJsonArray
fromToml fromYaml fromYamlArray ge genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey
genSignedCert genSignedCertWithKey get getHostByName gt has hasKey hasPrefix hasSuffix hello html htmlDate
htmlDateInZone htpasswd include indent index initial initials int int64 isAbs join js kebabcase keys kindIs kindOf
last le len list lookup lower lt max maxf merge mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact
mustDateModify mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite
mustPrepend mustPush mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral
mustRegexSplit mustRest mustReverse mustSlice mustToDate mustToJson mustToPrettyJson mustToRawJson mustToTOML
mustToToml mustToYaml mustUniq mustWithout must_date_modify ne nindent nope nospace not now omit or osBase osClean
osDir osExt osIsAbs pick pluck plural prepend print printf println push quote randAlpha randAlphaNum randAscii
randBytes randInt randNumeric regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral
regexSplit repeat replace required rest reverse round semver semverCompare seq set sha1sum sha256sum sha512sum shuffle
slice snakecase sortAlpha split splitList splitn squote sub subf substr swapcase ternary title toDate toDecimal toJson
toPrettyJson toRawJson toString toStrings toToml toYAML toYaml toYamlPretty tpl trim trimAll trimPrefix trimSuffix
trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin urlParse
urlquery uuidv4 values without wrap wrapWith
'''.split()
def names():
    for n in NAMES: ask('{{ if false }}{{ %s }}{{ end }}' % n)

FAMILIES = {f.__name__: f for f in (strings, lists, dicts, math, defaults, reflection, flow, names)}
if len(sys.argv) != 2: print(' '.join(FAMILIES))
else:
    FAMILIES[sys.argv[1]]()
    for o in out: print(json.dumps(o, ensure_ascii=False))
