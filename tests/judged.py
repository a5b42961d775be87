#!/usr/bin/env python3
"""Compares testdata/lint/judged.yaml with runs of `lint -o json` and tells the figures of the list.

judged.py [--all] RUN.json...
Lists the errors and warnings of the runs that nobody has judged. With --all the runs are taken for all there is to find, and what was
judged but is in none of them is listed too. Fails when more than 3 % of the errors or 10 % of the warnings are wrong as first read, over
all draws, when a wrong one is not mended, or when something mended away is reported again. Each draw is told by itself too.

All there is: lint CORPUS with --values-matrix, with --for argocd, with --for flux, and each chart of the list with the `--set` of its
`values`.
"""
import collections, json, os, re, sys
here = os.path.dirname(os.path.abspath(__file__))
LIST = os.path.join(here, '..', 'testdata', 'lint', 'judged.yaml')
MOST_WRONG = {'error': 3, 'warning': 10}
MENDED = ('wrong', 'right-but-misplaced', 'right-but-unclear')


def judged():
    with open(LIST) as f: return [json.loads(line[2:]) for line in f if line.startswith('- ')]


def key(finding):
    thing = finding.get('object') or {}
    chart = os.path.basename(finding['chart'].rstrip('/'))
    path = re.sub(r'^(.*/)?%s/' % re.escape(chart), '', finding['path'])
    place = '%s:%d' % (path, finding['line'])
    return chart, finding['code'], finding['severity'], place, '%s %s' % (thing.get('kind'), thing.get('name'))


def known_key(entry):
    return entry['chart'], entry['code'], entry['severity'], entry['place'], entry['object']


known = {known_key(entry): entry for entry in judged()}
runs = [name for name in sys.argv[1:] if not name.startswith('--')]
found = {}
for name in runs:
    with open(name) as f:
        for finding in json.load(f)['findings']:
            if finding['severity'] != 'info': found.setdefault(key(finding), finding)

failed = False
for entry in known.values():
    if entry['verdict'] in MENDED and 'mended' not in entry:
        failed = True
        print('not mended: %(chart)s %(code)s %(place)s' % entry)
for k, finding in sorted(found.items()):
    if k not in known: print('no verdict: %s %s %s %s: %s' % (*k[:4], finding['message']))
    elif known[k].get('gone'):
        failed = True
        print('back again: %(chart)s %(code)s %(place)s' % known[k])
    elif known[k]['message'] != finding['message']:
        print('other words: %s %s: %s' % (k[0], k[1], finding['message']))
if '--all' in sys.argv:
    for k, entry in sorted(known.items()):
        if k not in found and not entry.get('gone'): print('not found: %(chart)s %(code)s %(severity)s %(place)s' % entry)

def tell(severity, draw, verdicts, most):
    share = 100 * verdicts['wrong'] / max(1, sum(verdicts.values()))
    shown = ', '.join('%d %s' % (n, verdict) for verdict, n in verdicts.most_common())
    print('%ss, %s: %d judged, %s; %.1f %% wrong, at most %d %%' % (severity, draw, sum(verdicts.values()), shown, share, most))
    return share

for severity, most in MOST_WRONG.items():
    draws = {}
    for entry in known.values():
        if entry['severity'] == severity: draws.setdefault(entry.get('draw', 'corpus'), collections.Counter())[entry['verdict']] += 1
    for draw, verdicts in draws.items():
        tell(severity, draw, verdicts, most)
    failed |= tell(severity, 'all', sum(draws.values(), collections.Counter()), most) > most
sys.exit(failed)
