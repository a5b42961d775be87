#!/usr/bin/env python3
"""Writes the questions about passwords, encryption, keys and certificates whose answers are not random.

crypto_cases.py FAMILY | ../record.py --new funcs/FAMILY      FAMILY is crypto (functions) or certs (what they are given to read)
crypto_cases.py damage COUNT SEED                             certs with bytes of keys and certificates changed at random

Keys and certificates come from ../keys, made with openssl. They protect nothing.
"""
import base64, json, os, random, re, sys

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = {f[:-4]: open(os.path.join(HERE, '../keys', f)).read() for f in sorted(os.listdir(os.path.join(HERE, '../keys')))}

def ask(template, **values):
    q = {'template': template}
    if values: q['values'] = json.dumps(values)
    print(json.dumps(q))

# --- DER -----------------------------------------------------------------------------------------------------------

def tlv(tag, content):
    n = len(content)
    if n < 0x80: return bytes([tag, n]) + content
    length = n.to_bytes((n.bit_length() + 7) // 8, 'big')
    return bytes([tag, 0x80 | len(length)]) + length + content

def seq(*parts): return tlv(0x30, b''.join(parts))
def octets(b): return tlv(4, b)
def bits(b): return tlv(3, b'\0' + b)
def num(n): return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, 'big', signed=True))
def oid(text):
    a, b, *rest = map(int, text.split('.'))
    out = b''
    for n in [40 * a + b, *rest]:
        digits = [n & 0x7f]
        while n > 0x7f: n >>= 7; digits.insert(0, 0x80 | n & 0x7f)
        out += bytes(digits)
    return tlv(6, out)

def read(der):
    """The elements of DER: [tag, content or elements]."""
    out, i = [], 0
    while i < len(der):
        tag, n, i = der[i], der[i + 1], i + 2
        if n & 0x80: k = n & 0x7f; n = int.from_bytes(der[i:i + k], 'big'); i += k
        out.append([tag, read(der[i:i + n]) if tag & 0x20 else der[i:i + n]])
        i += n
    return out

def write(nodes): return b''.join(x if isinstance(x, bytes) else tlv(x[0], write(x[1]) if isinstance(x[1], list) else x[1]) for x in nodes)
def ints(nodes): return [int.from_bytes(c, 'big', signed=True) for t, c in nodes if t == 2]

def pem(label, der):
    b = base64.b64encode(der).decode()
    return '-----BEGIN %s-----\n%s-----END %s-----\n' % (label, ''.join(b[i:i + 64] + '\n' for i in range(0, len(b), 64)), label)
def der(text): return base64.b64decode(''.join(l for l in text.splitlines() if ':' not in l and '-' not in l))
def label(text): return re.search('BEGIN ([A-Z ]+)-----', text).group(1)

# --- functions -----------------------------------------------------------------------------------------------------

def crypto():
    for kind in ('long', 'maximum', 'medium', 'short', 'basic', 'pin', 'Long', '', 'x%s'):
        for counter, password, user, site in ((1, 'password', 'user', 'example.com'), (0, '', '', ''), (4294967295, 'pässwörd', 'üser', '日本'), (7, 'p' * 100, 'u' * 300, 's')):
            ask('{{ derivePassword %d "%s" "%s" "%s" "%s" }}' % (counter, kind, password, user, site))
    for counter in ('-1', '4294967296', '4294967297', '1.0', '1.5', '"1"', 'nil', 'true', '(int64 1)', '(float64 1)'):
        ask('{{ derivePassword %s "pin" "a" "b" "c" }}' % counter)
    ask('{{ derivePassword }}'); ask('{{ derivePassword 1 "pin" "a" "b" }}'); ask('{{ derivePassword 1 "pin" "a" "b" "c" "d" }}')
    ask('{{ derivePassword 1 2 "a" "b" "c" }}'); ask('{{ "c" | derivePassword 1 "pin" "a" "b" }}')
    # Made with encryptAES; the last three have no padding of PKCS #7.
    for password, text in (('', 'WCWDgpnHZCWBQNAiSM9cyzCfmPDuPEhbyEEoS1eRuGI='), ('pw', 'xRbxZHfGHVa/UuLEC28zcq0lN2mfOpXKpbyBj09UNV8='),
                           ('pw', 'u1678vBlR1rRNrw77kLn6/7UTl/4h1HggDd/aKCt05k='), ('wrong', 'xRbxZHfGHVa/UuLEC28zcq0lN2mfOpXKpbyBj09UNV8='),
                           *SECRETS):
        ask('{{ decryptAES %s %s | quote }}' % (json.dumps(password), json.dumps(text)))
        ask('{{ decryptAES %s %s | len }}' % (json.dumps(password), json.dumps(text)))
        ask('{{ decryptAES %s %s | quote }}' % (json.dumps(password + 'x' * 40), json.dumps(text)))
    for text in ('', 'a', 'aaaa', 'a' * 28, '====', 'YQ==', 'Y Q==', '\n' * 30 + 'aaaa', '\n' * 30, '\r\n', *(base64.b64encode(bytes(range(n))).decode() for n in (15, 16, 17, 31, 32, 33, 48, 64))):
        ask('{{ decryptAES "pw" %s | quote }}' % json.dumps(text))
        ask('{{ decryptAES "" .Values.t | b64enc }}', t=text)
    for args in ('', '"a"', '"a" "b" "c"', '1 "a"', '"a" 1', 'nil "a"', '"a" nil', '"a" (list)', '.Values.missing "a"'):
        ask('{{ decryptAES %s }}' % args); ask('{{ encryptAES %s | kindOf }}' % args); ask('{{ htpasswd %s | kindOf }}' % args); ask('{{ buildCustomCert %s }}' % args)
    ask('{{ encryptAES "pw" "" | quote }}'); ask('{{ encryptAES "" "" | quote }}')
    for n in (1, 15, 16, 17, 31, 32, 33):
        ask('{{ encryptAES "pw" (repeat %d "a") | b64dec | len }} {{ decryptAES "pw" (encryptAES "pw" (repeat %d "ä")) }}' % (n, n))
    ask('{{ decryptAES (repeat 33 "k") (encryptAES (repeat 32 "k") "same key") }}')
    for user in ('a:b', ':', '', 'a', 'ä'): ask('{{ htpasswd "%s" (repeat 73 "p") }}' % user)
    for n in (0, 1, 72, 73, 200): ask('{{ bcrypt (repeat %d "p") | trunc 4 }}' % n); ask('{{ bcrypt (repeat %d "p") | len }}' % n)
    ask('{{ bcrypt }}'); ask('{{ bcrypt 1 }}'); ask('{{ bcrypt nil }}'); ask('{{ bcrypt "a" "b" }}'); ask('{{ htpasswd "u" "p" | splitList ":" | first }}')
    for f in ('randAlpha', 'randAlphaNum', 'randAscii', 'randNumeric', 'randBytes'):
        for arg in ('', '0', '-1', '9223372036854775807', '1 2', '"1"', '1.5', 'nil', 'true', '(list)', '.Values.missing'): ask('{{ %s %s | quote }}' % (f, arg))
        for arg in ('1', '5', '5.0', '(int64 3)', '100', '.Values.n'): ask('{{ %s %s | len }} {{ %s %s | typeOf }}' % (f, arg, f, arg), n=12)
    for a in ('5 5', '5 4', '0 0', '0 -1', '-9223372036854775807 9223372036854775807', '', '1', '1 2 3', '"a" 2', '1 2.5', 'nil 1'): ask('{{ randInt %s }}' % a)
    for a in ('5 6', '-1 0', '0 1.0', '9223372036854775806 9223372036854775807'): ask('{{ randInt %s }} {{ randInt %s | typeOf }}' % (a, a))
    ask('{{ uuidv4 | len }} {{ uuidv4 | typeOf }} {{ uuidv4 | regexMatch "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }}'); ask('{{ uuidv4 1 }}'); ask('{{ 1 | uuidv4 }}')
    for kind in ('x', 'RSA', 'ec', ' ', 'ä%d'): ask('{{ genPrivateKey "%s" }}' % kind)
    for kind, n in (('ecdsa', 31), ('ed25519', 28), ('rsa', 32), ('', 32)): ask('{{ genPrivateKey "%s" | trunc %d }} {{ genPrivateKey "%s" | typeOf }}' % (kind, n, kind))
    for a in ('', '1', 'nil', '"a" "b"'): ask('{{ genPrivateKey %s }}' % a)
    for f, args in (('genCA', '"c" 1'), ('genCAWithKey', '"c" 1 .Values.k'), ('genSelfSignedCert', '"c" nil nil 1'), ('genSelfSignedCertWithKey', '"c" nil nil 1 .Values.k'),
                    ('genSignedCert', '"c" nil nil 1 $ca'), ('genSignedCertWithKey', '"c" nil nil 1 $ca .Values.k')):
        ca = '{{ $ca := genCAWithKey "ca" 1 .Values.k }}'
        k = dict(k=KEYS['ed25519'])
        ask(ca + '{{ $c := %s %s }}{{ typeOf $c }} {{ kindOf $c }} {{ typeOf $c.Cert }} {{ $c.Key | trunc 27 }} {{ $c.Cert | trunc 27 }} {{ printf "%%T" $c }}' % (f, args), **k)
        ask(ca + '{{ (%s %s).Foo }}' % (f, args), **k)
        ask(ca + '{{ (%s %s) | toJson | fromJson | keys | sortAlpha }}' % (f, args), **k)
        ask(ca + '{{ (%s) }}' % f, **k)
        ask(ca + '{{ %s %s 1 }}' % (f, args), **k)
        words = args.split()
        for at in range(len(words)):
            for odd in ('nil', '1', '"x"', '1.5', '(list)', '(dict)', '(dict "Cert" "a" "Key" "b")', '(splitList "," "a")', '.Values.missing'):
                if f in ('genCA', 'genSelfSignedCert', 'genSignedCert') and odd not in ('nil', '"x"', '(dict)'): continue
                ask(ca + '{{ %s %s | kindOf }}' % (f, ' '.join(words[:at] + [odd] + words[at + 1:])), **k)
    for f in ('genSelfSignedCertWithKey "c" %s nil 1 .Values.k', 'genSelfSignedCertWithKey "c" nil %s 1 .Values.k', 'genSignedCertWithKey "c" %s nil 1 (genCAWithKey "ca" 1 .Values.k) .Values.k'):
        for item in ('1', 'nil', '1.5', 'true', '(list 1 nil)', '(dict "a" 1.5)', '"1.2.3"', '"1.2.3.4"', '"01.2.3.4"', '"1.2.3.256"', '""', '"::"', '"::1%eth0"', '"1:2:3:4:5:6:7:8"', '"1:2:3:4:5:6:7::"', '"1:2:3:4:5:6:7:8::"',
                     '"::ffff:1.2.3.4"', '"::ffff:1.2.3.04"', '"1::2::3"', '"12345::"', '":1"', '"1:2:3:4:5:6:7:8:9"', '"FE80::A"', '"1.2.3.4 "', '"a.example"', '"*.a.example"', '"a b"', '"é"', '"\\xff"', '.Values.k'):
            ask('{{ %s | kindOf }}' % (f % ('(list "10.0.0.1" %s)' % item)), k=KEYS['ed25519'])
    for name in ('', 'ä', '\\xff', 'a*b', 'a&b', 'a@b', 'x' * 200):
        ask('{{ genCAWithKey "%s" 1 .Values.k | kindOf }}' % name, k=KEYS['p256'])
    for days in ('0', '-1', '36500', '106751', '106752', '9223372036854775807', '1.0', '1.5'):
        ask('{{ genCAWithKey "c" %s .Values.k | kindOf }}' % days, k=KEYS['p256'])

# --- what is read --------------------------------------------------------------------------------------------------

def use_key(text):
    """The error, or what Sprig writes for the key."""
    ask('{{ (genCAWithKey "c" 1 .Values.k).Key }}', k=text)
def use_key_quietly(text):
    ask('{{ buildCustomCert .Values.c (b64enc .Values.k) | kindOf }}', c=base64.b64encode(KEYS['ca-p256'].encode()).decode(), k=text)
def use_cert(text):
    ask('{{ buildCustomCert (b64enc .Values.c) (b64enc .Values.k) | kindOf }}', c=text, k=KEYS['p256'])

def rsa_variants():
    n, e, d, p, q, dp, dq, qi = ints(read(der(KEYS['rsa1024']))[0][1])[1:]
    def key(version=0, n=n, e=e, d=d, p=p, q=q, dp=dp, dq=dq, qi=qi, crt=True, more=b''):
        return seq(num(version), num(n), num(e), num(d), num(p), num(q), *([num(dp), num(dq), num(qi)] if crt else []), more)
    whole = key()
    yield from (whole, key(crt=False), key(version=1), key(version=2), key(version=-1), key(version=2 ** 70))
    for field in ('n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'):
        good = dict(n=n, e=e, d=d, p=p, q=q, dp=dp, dq=dq, qi=qi)[field]
        for value in (0, -1, 1, 2, 3, good + 1, good + 2, good - 1, good * 2, good << 200): yield key(**{field: value})
        for value in (0, 1, 2, good + 2): yield key(crt=False, **{field: value})
    for value in (2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 62 + 1, 2 ** 80 + 1, 65536): yield key(e=value)
    yield key(p=q, q=p, dp=dq, dq=dp, qi=pow(p, -1, q))
    yield key(p=q, q=p)
    yield key(p=p, q=p, n=p * p, crt=False)
    yield key(d=d + (p - 1) * (q - 1))
    yield key(n=p * (q + 2), q=q + 2)
    yield from (whole + b'\0', whole[:-1], whole[:20], b'', b'\x30', b'\x30\x00', seq(num(0)), seq(seq()), octets(whole))
    yield key(more=seq()); yield key(more=num(1)); yield key(more=seq(num(1))); yield key(more=seq(seq(num(1)))); yield key(more=octets(b'a'))
    yield key(more=seq(seq(num(7), num(1), num(1)))); yield key(version=1, more=seq(seq(num(-7), num(1), num(1)))); yield key(version=1, more=seq(seq(num(1), num(1), num(1))))
    three = read(der(KEYS['rsa3']))[0][1]
    yield write([[0x30, three]]); yield write([[0x30, three[:9]]]); yield write([[0x30, three[:6]]])
    # Primes so close that their product can be taken apart.
    a = p
    while True:
        a += 2
        if pow(2, a - 1, a) == 1 and pow(3, a - 1, a) == 1: break
    l = (p - 1) * (a - 1)
    yield seq(num(0), num(p * a), num(65537), num(pow(65537, -1, l)), num(p), num(a), num(pow(65537, -1, p - 1)), num(pow(65537, -1, a - 1)), num(pow(a, -1, p)))

ORDERS = {'p224': 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d, 'p256': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
          'p384': 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
          'p521': 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409}
CURVES = {'p224': '1.3.132.0.33', 'p256': '1.2.840.10045.3.1.7', 'p384': '1.3.132.0.34', 'p521': '1.3.132.0.35'}

def ec_variants(curve):
    size = (ORDERS[curve].bit_length() + 7) // 8
    good = read(der(KEYS[curve]))[0][1][1][1]
    named = tlv(0xa0, oid(CURVES[curve]))
    def key(version=1, k=good, named=named, more=b''): return seq(num(version), octets(k), named, more)
    yield from (der(KEYS[curve]), key(), key(version=0), key(version=2), key(version=2 ** 70), key(named=b''), key(named=tlv(0xa0, oid('1.2.3'))), key(named=tlv(0xa0, b'')), key(named=tlv(0xa0, octets(b''))), key(named=tlv(0x80, b'a')))
    yield from (key(k=b''), key(k=b'\0' * size), key(k=b'\0\0' + good), key(k=b'\1' + good), key(k=b'\1'), key(k=b'\0' * 200), key(k=ORDERS[curve].to_bytes(size, 'big')), key(k=(ORDERS[curve] - 1).to_bytes(size, 'big')), key(k=b'\xff' * size))
    yield from (key(more=tlv(0xa1, bits(b'x'))), key(more=tlv(0xa1, tlv(3, b''))), key(more=tlv(0xa1, tlv(3, b'\7x'))), key(more=tlv(0xa1, tlv(3, b'\1'))), key(more=num(1)), key() + b'\0', key()[:-3], b'', seq(num(1), num(1)), seq(octets(b'')))

def pkcs8(algorithm, key, version=0, more=b''): return seq(num(version), algorithm, octets(key), more)

def certs():
    for key in ('rsa1024', 'rsa512', 'rsa3', 'p256', 'p384', 'p521', 'ed25519', 'dsa', 'x25519', 'ed448', 'secp256k1', 'ca-p256'): use_key(KEYS[key])
    use_key_quietly(KEYS['p224'])
    for variant in rsa_variants(): use_key(pem('RSA PRIVATE KEY', variant))
    for curve in CURVES:
        for variant in ec_variants(curve): (use_key_quietly if curve == 'p224' else use_key)(pem('EC PRIVATE KEY', variant))
    rsa, ec, ed = (lambda p=b'': seq(oid('1.2.840.113549.1.1.1'), p)), (lambda p=b'': seq(oid('1.2.840.10045.2.1'), p)), (lambda p=b'': seq(oid('1.3.101.112'), p))
    r, k = der(KEYS['rsa1024']), der(KEYS['p256'])
    bare = seq(num(1), octets(read(k)[0][1][1][1]))
    x = (lambda p=b'': seq(oid('1.3.101.110'), p))
    for variant in (pkcs8(rsa(), r), pkcs8(rsa(b'\5\0'), r), pkcs8(rsa(), r, version=5), pkcs8(rsa(), r, more=tlv(0xa0, b'')), pkcs8(rsa(), b''), pkcs8(rsa(), k), pkcs8(rsa(), r + b'\0'),
                    pkcs8(ec(oid(CURVES['p256'])), k), pkcs8(ec(oid(CURVES['p256'])), bare), pkcs8(ec(), k), pkcs8(ec(), bare), pkcs8(ec(oid(CURVES['p384'])), k), pkcs8(ec(oid('1.2.3')), k), pkcs8(ec(num(1)), k), pkcs8(ec(oid(CURVES['p256'])), r), pkcs8(ec(oid(CURVES['p256'])), b''),
                    pkcs8(ed(), octets(bytes(32))), pkcs8(ed(), octets(bytes(31))), pkcs8(ed(), octets(b'')), pkcs8(ed(), b''), pkcs8(ed(), bytes(32)), pkcs8(ed(b'\5\0'), octets(bytes(32))), pkcs8(ed(), octets(bytes(32)) + b'x'), pkcs8(ed(), octets(bytes(32)), more=tlv(0xa0, b'')),
                    pkcs8(x(), octets(bytes(32))), pkcs8(x(), octets(bytes(3))), pkcs8(x(b'\5\0'), octets(bytes(32))), pkcs8(x(), b''),
                    pkcs8(seq(oid('1.2.840.10040.4.1')), b''), pkcs8(seq(oid('2.999.1.4294967295')), b''), pkcs8(seq(oid('2.999.1.2147483647')), b''), pkcs8(seq(tlv(6, b'')), b''), pkcs8(seq(tlv(6, b'\x2a\x80\1')), b''), pkcs8(seq(tlv(6, b'\x2a\x81')), b''), pkcs8(seq(), b''), pkcs8(b'', b''),
                    seq(num(0)), seq(), b'', r, k, r[:-1], k[:-1], der(KEYS['dsa']), octets(b''), tlv(0x6f, b''), b'\x7f\x1f\0', b'\x1f\x81\x00\x00', b'\x30\x80', b'\x30\x81\x01\0', b'\x30\x82\x00\x01\0', b'\x30\x84\xff\xff\xff\xff', b'\x30\x85\1\1\1\1\1'):
        use_key(pem('PRIVATE KEY', variant)); use_key(pem('EC PRIVATE KEY', variant)); use_key(pem('RSA PRIVATE KEY', variant))
    d = ints(read(der(KEYS['dsa']))[0][1])
    for variant in (seq(*map(num, d)), seq(*map(num, d[:5])), seq(*map(num, d + [1])), seq(*map(num, [7] * 6)), seq(num(2 ** 80), *map(num, d[1:])), seq(*map(num, [0, -1, -1, -1, -1, -1])), b'', seq(*map(num, d)) + b'x', seq(octets(b''))):
        use_key(pem('DSA PRIVATE KEY', variant)); use_key_quietly(pem('DSA PRIVATE KEY', variant))
    p = KEYS['ed25519']
    for text in ('', 'x', p.strip(), '\n' + p, 'text\n' + p + 'text', ' ' + p, p.replace('\n', '\r\n'), p.replace('\n', '\n\n'), p.replace('\n', ' \n'), p.replace('\n', '\n '), p.replace('-----\n', '-----\nA: b\n\n', 1), p.replace('-----\n', '-----\nA: b\n', 1), p.replace('BEGIN PRIVATE', 'BEGIN  PRIVATE'),
                 p.replace('PRIVATE KEY', 'FOO'), p.replace('PRIVATE KEY', 'FOO PRIVATE KEY'), p.replace('PRIVATE KEY', ' PRIVATE KEY'), p.replace('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'), p.replace('PRIVATE KEY', 'PUBLIC KEY'), p.replace('END PRIVATE', 'END X PRIVATE'), p + p, KEYS['ca-ed25519'] + p, p.replace('=', ''), p[:-20],
                 p.replace('M', '!'), p.replace('PRIVATE KEY', ''), p.replace('-----BEGIN', '----BEGIN'), p.replace('KEY-----', 'KEY----', 1)):
        use_key(text)
    for ca, key in (('ca-p256', 'p256'), ('ca-p384', 'p384'), ('ca-p521', 'p521'), ('ca-rsa', 'rsa1024'), ('ca-ed25519', 'ed25519'), ('ca-p256', 'p384'), ('ca-rsa', 'rsa3'), ('ca-ed25519', 'rsa1024'), ('ca-p256', 'x25519'), ('ca-p256', 'dsa'), ('ca-p256', 'ed448'), ('ca-p256', 'p224')):
        for signee in ('ed25519', 'x25519', 'dsa', 'p521'):
            if key == 'p224': signee = 'p224'
            t = '{{ $ca := buildCustomCert (b64enc .Values.c) (b64enc .Values.k) }}'
            if key != 'p224': ask(t + '{{ (genSignedCertWithKey "c" nil nil 1 $ca .Values.s).Key }}', c=KEYS[ca], k=KEYS[key], s=KEYS[signee])
        ask('{{ $c := buildCustomCert (b64enc .Values.c) (b64enc .Values.k) }}{{ $c.Cert }}{{ $c.Key }}{{ typeOf $c }}', c='head\n' + KEYS[ca] + 'tail', k=KEYS[key] + 'tail')
    for variant in cert_variants(): use_cert(pem('CERTIFICATE', variant))
    for text in ('', 'x', KEYS['p256'], KEYS['ca-rsa'].replace('CERTIFICATE', 'X'), KEYS['ca-p256'][:-30], KEYS['ca-p256'] + KEYS['ca-rsa']): use_cert(text)

def cert_variants():
    whole = der(KEYS['ca-p256'])
    yield whole + b'\0'; yield whole[:-1]; yield b''; yield seq(); yield seq(seq()); yield seq(b'', b'')
    def paths(nodes, at=()):
        for i, (tag, content) in enumerate(nodes):
            yield at + (i,)
            if isinstance(content, list): yield from paths(content, at + (i,))
    def changed(path, change):
        nodes = read(whole)
        parent = nodes
        for i in path[:-1]: parent = parent[i][1]
        change(parent, path[-1])
        return write(nodes)
    def drop(parent, i): del parent[i]
    def empty(parent, i): parent[i][1] = b''
    def retag(parent, i): parent[i][0] = 5
    for path in paths(read(whole)):
        for change in (drop, empty, retag): yield changed(path, change)
    yield changed((0, 0, 7, 0, 2), lambda parent, i: parent.insert(i, parent[i - 1]))
    extensions = read(whole)[0][1][0][1][7][1][0][1]
    for i, extension in enumerate(extensions):
        value = extension[1][-1][1]
        try: inner = read(value)
        except IndexError: inner = []
        def put(v, critical=None):
            def change(parent, at):
                parent[at][1] = v
                if critical is not None: parent[:] = [parent[0]] + ([[1, b'\xff']] if critical else []) + [parent[-1]]
            return changed((0, 0, 7, 0, i, len(extension[1]) - 1), change)
        for v in (b'', b'\5\0', b'\x30\0', b'\4\0', b'\3\0', b'\2\1\xff', value + b'\0', value[:-1], b'\x30\2\x82\0', b'\x30\3\x87\1a', b'\x30\3\x82\1\xff', b'\x30\3\x86\1\xff', b'\x30\3\x81\1\xff', b'\x30\3\x30\1\0'): yield put(v)
        yield put(value, True); yield put(value, False)
        for path in paths(inner):
            for change in (drop, empty, retag):
                nodes = read(value); parent = nodes
                for k in path[:-1]: parent = parent[k][1]
                change(parent, path[-1])
                yield put(write(nodes))
    constraints = lambda *subtrees: tlv(0x30, tlv(0xa0, b''.join(seq(tlv(t, v)) for t, v in subtrees)))
    for subtree in ((0x82, b''), (0x82, b'.'), (0x82, b'a.'), (0x82, b'a..b'), (0x82, b'..a'), (0x82, b'a b'), (0x82, b'\xff'), (0x81, b'a@b'), (0x81, b'a..b'), (0x86, b'10.0.0.1'), (0x86, b'a..b'), (0x87, b'abcd'), (0x87, b'\x0a\0\0\0\xff\0\xff\0'), (0x87, b'\x0a\0\0\0\xff\xf0\0\0'), (0x87, b'\0' * 16 + b'\xff' * 15 + b'\xfd'), (0x85, b'x')):
        def change(parent, at): parent[at][1] = constraints(subtree)
        at = next(i for i, x in enumerate(extensions) if x[1][0][1] == bytes([0x55, 0x1d, 30]))
        yield changed((0, 0, 7, 0, at, len(extensions[at][1]) - 1), change)
    for tag, text in ((23, b'260101000000Z'), (23, b'2601010000Z'), (23, b'260101000000+0100'), (23, b'260101000000+0000'), (23, b'260230000000Z'), (23, b'261301000000Z'), (23, b'260101240000Z'), (23, b'260101000060Z'), (23, b'260101000000'), (23, b'500101000000Z'),
                      (24, b'20260101000000Z'), (24, b'202601010000Z'), (24, b'20260101000000.5Z'), (24, b'00000101000000Z'), (24, b'20240229000000Z'), (24, b'20230229000000Z'), (24, b'20260101000000-0830'), (22, b'260101000000Z')):
        def change(parent, at): parent[at] = [tag, text]
        yield changed((0, 0, 4, 0), change)
    for tag, text in ((12, b'\xff'), (19, b'a@b'), (19, b'a*b&c'), (20, b'\xff'), (22, b'\xff'), (18, b'1 2'), (18, b'a'), (30, b'\0a'), (30, b'a'), (30, b'\xd8\0'), (30, b'\0a\0\0'), (28, b'abcd'), (26, b'a'), (12, b'')):
        def change(parent, at): parent[at][1][0][1][1] = [tag, text]
        yield changed((0, 0, 3, 0), change)
    for version in (b'\2\1\0', b'\2\1\1', b'\2\1\3', b'\2\1\xff', b'\2\2\0\1', b'', b'\2\1\2\5\0'):
        yield changed((0, 0, 0), lambda parent, at: parent.__setitem__(at, [0xa0, version]))
    for serial in (b'', b'\0', b'\x80', b'\0\x80', b'\0\1', b'\xff\xff'): yield changed((0, 0, 1), lambda parent, at: parent.__setitem__(at, [2, serial]))
    def info(algorithm, key): return lambda parent, at: parent.__setitem__(at, seq(algorithm, bits(key)))
    point = read(der(KEYS['p256']))[0][1][3][1][0][1][1:]
    ec, rsa, ed, dsa = '1.2.840.10045.2.1', '1.2.840.113549.1.1.1', '1.3.101.112', '1.2.840.10040.4.1'
    for algorithm, key in ((seq(oid(ec), oid(CURVES['p256'])), point), (seq(oid(ec), oid(CURVES['p256'])), b''), (seq(oid(ec), oid(CURVES['p256'])), b'\4'), (seq(oid(ec), oid(CURVES['p256'])), b'\2' + point[1:33]), (seq(oid(ec), oid(CURVES['p256'])), point[:-1] + bytes([point[-1] ^ 1])),
                           (seq(oid(ec), oid(CURVES['p256'])), b'\4' + b'\xff' * 64), (seq(oid(ec), oid(CURVES['p384'])), point), (seq(oid(ec), oid(CURVES['p384'])), b'\4' + bytes(96)), (seq(oid(ec), oid(CURVES['p521'])), b'\4' + bytes(132)), (seq(oid(ec), oid(CURVES['p224'])), b'\4'), (seq(oid(ec), oid('1.2.3')), point), (seq(oid(ec)), point), (seq(oid(ec), num(1)), point),
                           (seq(oid(rsa), b'\5\0'), seq(num(7), num(3))), (seq(oid(rsa)), seq(num(7), num(3))), (seq(oid(rsa), b'\5\0'), b''), (seq(oid(rsa), b'\5\0'), seq()), (seq(oid(rsa), b'\5\0'), seq(num(7))), (seq(oid(rsa), b'\5\0'), seq(num(-7), num(3))), (seq(oid(rsa), b'\5\0'), seq(num(7), num(0))), (seq(oid(rsa), b'\5\0'), seq(num(7), num(2 ** 70))), (seq(oid(rsa), b'\5\0'), seq(num(0), num(3))),
                           (seq(oid(ed)), bytes(32)), (seq(oid(ed)), bytes(31)), (seq(oid(ed), b'\5\0'), bytes(32)), (seq(oid('1.3.101.110')), bytes(3)), (seq(oid('1.2.3')), b''), (seq(oid('1.2.3'), b'\5'), b''), (seq(), b''), (seq(tlv(6, b'\x80')), b''),
                           (seq(oid(dsa), seq(num(7), num(5), num(3))), num(2)), (seq(oid(dsa), seq(num(7), num(5), num(3))), num(0)), (seq(oid(dsa), seq(num(7), num(5), num(3))), b''), (seq(oid(dsa), seq(num(7), num(-5), num(3))), num(2)), (seq(oid(dsa), seq(num(7), num(5))), num(2)), (seq(oid(dsa)), num(2))):
        yield changed((0, 0, 6), info(algorithm, key))
    for key in ('ca-rsa', 'ca-ed25519', 'ca-p384', 'ca-p521'): yield der(KEYS[key])

def damage(count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        name = rng.choice(sorted(KEYS))
        b = bytearray(der(KEYS[name]))
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            at = rng.randrange(min(len(b), rng.choice((12, 60, 1000))))
            how = rng.randrange(5)
            if how == 0: b[at] = rng.randrange(256)
            elif how == 1: b[at] ^= 1 << rng.randrange(8)
            elif how == 2: del b[at]
            elif how == 3: b.insert(at, rng.choice((0, 1, 0x30, 0x80, 0xff)))
            else: b = b[:at + 1]
        text = pem(label(KEYS[name]), bytes(b))
        if name.startswith('ca-'): use_cert(text)
        elif name in ('p224',): use_key_quietly(text)
        else: use_key(text)

SECRETS = []
if sys.argv[1:] == ['crypto']: crypto()
elif sys.argv[1:] == ['certs']: certs()
elif sys.argv[1:2] == ['damage']: damage(int(sys.argv[2]), int(sys.argv[3]))
else: sys.exit(__doc__)
