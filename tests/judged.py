#!/usr/bin/env python3
"""Compares testdata/lint/judged.yaml with runs of `lint -o json` and tells the figures of the list.

judged.py [--all] RUN.json...
Lists the errors and warnings of the runs that nobody has judged. With --all the runs are taken for all there is to find, and what was
judged but is in none of them is listed too. Fails when more than 3 % of the errors or 10 % of the warnings of the draws that decide
(DECIDE) are wrong as first read, when a wrong one is not mended, or when something mended away is reported again. Each draw is told by
itself too, and all draws together, which decide nothing.

All there is: lint CORPUS with --values-matrix, with --for argocd, with --for flux, and each chart of the list with the `--set` of its
`values`.
"""
import collections, json, os, re, sys
here = os.path.dirname(os.path.abspath(__file__))
LIST = os.path.join(here, '..', 'testdata', 'lint', 'judged.yaml')
MOST_WRONG = {'error': 3, 'warning': 10}
# The draws that decide. What is asked is how often the rules are wrong on charts they have not been mended by: `corpus` and
# `held-out 1` were read while the rules were made and mended, and what was wrong in them is what they were mended by. `held-out 2` and
# `held-out 3` were read after that, on findings nobody had seen, so they measure the rules as they stood.
DECIDE = ('held-out 2', 'held-out 3')
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


entries = judged()
known = {known_key(entry): entry for entry in entries}
runs = [name for name in sys.argv[1:] if not name.startswith('--')]
found = {}
for name in runs:
    with open(name) as f:
        for finding in json.load(f)['findings']:
            if finding['severity'] != 'info': found.setdefault(key(finding), finding)

failed = False
for entry in entries:
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

def tell(severity, draw, verdicts):
    share = 100 * verdicts['wrong'] / max(1, sum(verdicts.values()))
    shown = ', '.join('%d %s' % (n, verdict) for verdict, n in verdicts.most_common())
    print('%ss, %s: %d judged, %s; %.1f %% wrong' % (severity, draw, sum(verdicts.values()), shown, share))
    return share

for severity, most in MOST_WRONG.items():
    draws = {}
    for entry in entries:
        first = entry.get('read_as', entry['severity'])
        if first == severity: draws.setdefault(entry.get('draw', 'corpus'), collections.Counter())[entry['verdict']] += 1
    for draw, verdicts in draws.items():
        tell(severity, draw, verdicts)
    tell(severity, 'all draws together', sum(draws.values(), collections.Counter()))
    share = tell(severity, ' and '.join(DECIDE), sum((draws.get(draw, collections.Counter()) for draw in DECIDE), collections.Counter()))
    verdict = 'more than' if share > most else 'at most'
    print('%ss: decided by %s alone, %s %d %% wrong' % (severity, ' and '.join(DECIDE), verdict, most))
    failed |= share > most
sys.exit(failed)
