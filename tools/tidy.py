#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Penstock authors
# SPDX-License-Identifier: Apache-2.0
"""The house rules that a machine can keep. Usage: tools/tidy.py [RULE ...]   (no rule: all)

It prints one line for every place that breaks a rule, and exits 1 if there is any. It changes
nothing. Limits may only shrink; the rooms and edges are read from ARCHITECTURE.md.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE_LINES_MAX = 600
LINE_CHARS_MAX = 100
FUNCTION_LINES_MAX = 70
DEPTH_MAX = 5
CODE = ('src/', 'include/', 'lab/', 'tests/', 'bench/', 'fuzz/', 'examples/')
DRAWERS = {'manager', 'util', 'utils', 'helper', 'helpers', 'common', 'misc', 'handler', 'service', 'wrapper'}
FORBIDDEN_CALLS = r'\b(system|popen|sprintf|vsprintf|strcpy|strcat|gets|tmpnam|mktemp)\s*\('
PRINTS = r'\bstd::(cout|cerr|clog)\b|\b(printf|puts|fprintf|perror)\s*\(|(?<!:)\bexit\s*\(|\babort\s*\('
PRINTING_ROOMS = ('src/cli/', 'src/core/assert.cc', 'src/executors/worker_main.cc')
# Shapes that g++ 12 miscompiles: a closure or braces inside the full expression of a co_await.
COROUTINE_SHAPES = r'co_await[^;]*\[[^\]]*\][^;]*\(|co_await[^;]*\(\s*\{|\?[^;:]*co_await'


def tracked():
    names = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=ROOT, capture_output=True,
                           text=True, check=True).stdout.split('\n')
    return sorted({name for name in names if name and os.path.isfile(os.path.join(ROOT, name))})


def read(name):
    with open(os.path.join(ROOT, name), errors='replace') as file:
        return file.read()


def code_files(files):
    return [name for name in files if name.startswith(CODE) and name.endswith(('.h', '.cc'))]


def bare(text):
    """The text with comments and literals blanked out, lines kept."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
    return pattern.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), text)


def rule_format(files):
    names = code_files(files)
    found = subprocess.run(['clang-format', '--dry-run', '--Werror', *names], cwd=ROOT, capture_output=True, text=True)
    seen = set()
    for line in found.stderr.split('\n'):
        match = re.match(r'(\S+?):(\d+):\d+: error', line)
        if match and match.group(1) not in seen:
            seen.add(match.group(1))
            yield f'{match.group(1)}:{match.group(2)}: run clang-format -i on it'


def rule_lines(files):
    for name in code_files(files):
        lines = read(name).split('\n')
        if len(lines) - 1 > FILE_LINES_MAX:
            yield f'{name}: {len(lines) - 1} lines, more than {FILE_LINES_MAX}: it is more than one idea'
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_CHARS_MAX:
                yield f'{name}:{number}: longer than {LINE_CHARS_MAX} characters'


def rule_opening(files):
    for name in code_files(files):
        lines = read(name).split('\n')
        if 'SPDX-FileCopyrightText' not in lines[0] or 'SPDX-License-Identifier: Apache-2.0' not in lines[1]:
            yield f'{name}:1: begins without the two SPDX lines'
        elif not name.endswith('_test.cc') and not any(line.startswith('//') for line in lines[2:6]):
            yield f'{name}:3: says nothing about what this file is'


def rule_functions(files):
    names = code_files(files)
    rows = subprocess.run(['ctags', '-L', '-', '--languages=C++', '--langmap=C++:+.h', '--kinds-C++=f', '-x',
                           '--_xformat=%F\t%N\t%n\t%e'], cwd=ROOT, input='\n'.join(names), capture_output=True,
                          text=True, check=True).stdout.split('\n')
    texts = {}
    for row in rows:
        if row.count('\t') != 3 or not row.split('\t')[3].strip().isdigit():
            continue
        name, function, first, last = row.split('\t')
        first, last = int(first), int(last)
        if last - first + 1 > FUNCTION_LINES_MAX:
            yield f'{name}:{first}: {function} has {last - first + 1} lines, more than {FUNCTION_LINES_MAX}'
        lines = texts.setdefault(name, bare(read(name)).split('\n'))
        depth = deepest = 0
        for char in ''.join(lines[first - 1:last]):
            depth += (char == '{') - (char == '}')
            deepest = max(deepest, depth)
        if deepest > DEPTH_MAX:
            yield f'{name}:{first}: {function} nests {deepest} deep, more than {DEPTH_MAX}'


def allowed_edges():
    """The table under "Who may include whom" in ARCHITECTURE.md: room -> rooms."""
    edges = {}
    for line in read('ARCHITECTURE.md').split('\n'):
        match = re.match(r'\| ([a-z, ]+) \| ([a-z, ]+) \|$', line)
        if match:
            for room in match.group(1).split(', '):
                edges[room] = set(match.group(2).split(', ')) - {'nothing'}
    return edges


def rule_edges(files):
    edges = allowed_edges()
    for name in code_files(files):
        match = re.match(r'src/([^/]+)/', name)
        if not match:
            continue
        room = match.group(1)
        if room not in edges:
            yield f'{name}: the room {room} is not in the table of ARCHITECTURE.md'
            continue
        if name.endswith('_test.cc') or 'everything' in edges[room]:
            continue
        for number, line in enumerate(read(name).split('\n'), 1):
            target = re.match(r'#include "([a-z_]+)/', line)
            if target and target.group(1) not in edges[room] | {room, 'core'}:
                yield f'{name}:{number}: {room} may not include {target.group(1)}'
    for name in files:
        if name.startswith('include/') and re.search(r'#include "', read(name)):
            yield f'{name}: a public header includes only public headers'


def rule_tests(files):
    """Every source has its test beside it, or is named in the file comment of one that has."""
    present = set(files)
    for name in files:
        if not re.match(r'src/[^/]+/[^/]+\.cc$', name) or re.search(r'_(test|bench)\.cc$', name):
            continue
        if name.startswith('src/cli/'):
            continue  # Driven from outside by tests/e2e.
        folder, stem = os.path.split(name[:-3])
        stems = [stem.rsplit('_', count)[0] for count in range(0, stem.count('_') + 1)]
        if any(f'{folder}/{one}_test.cc' in present for one in stems):
            continue
        header = stem + '.h"'
        if any(header in read(test) for test in files if test.startswith(folder + '/') and test.endswith('_test.cc')):
            continue
        yield f'{name}: has no test beside it'


def rule_names(files):
    for name in code_files(files):
        words = set(re.split(r'[/_.]', name))
        for word in words & DRAWERS:
            yield f'{name}: "{word}" names a drawer'
        for number, line in enumerate(bare(read(name)).split('\n'), 1):
            for kind in re.findall(r'\b(?:class|struct|enum class)\s+(\w+)', line):
                parts = {part.lower() for part in re.findall(r'[A-Z][a-z]+', kind)}
                for word in parts & DRAWERS:
                    yield f'{name}:{number}: "{kind}" names a drawer'


def rule_calls(files):
    for name in code_files(files):
        text = bare(read(name))
        is_test = name.endswith('_test.cc') or not name.startswith(('src/', 'include/'))
        for number, line in enumerate(text.split('\n'), 1):
            if re.search(FORBIDDEN_CALLS, line):
                yield f'{name}:{number}: calls what is forbidden: {line.strip()}'
            if not is_test and not name.startswith(PRINTING_ROOMS) and re.search(PRINTS, line):
                yield f'{name}:{number}: the library never prints or exits: {line.strip()}'
            if not is_test and 'getenv' in line and not name.startswith('src/cli/'):
                yield f'{name}:{number}: the library never reads the environment'
        if 'co_await' in text and re.search(COROUTINE_SHAPES, text):
            yield f'{name}: holds a coroutine shape that g++ 12 miscompiles: name the closure first, then std::move it'


def rule_marks(files):
    for name in files:
        if name.startswith('tools/tidy'):
            continue
        if name.endswith(('.h', '.cc', '.sh', '.py', '.toml', '.cmake')):
            for number, line in enumerate(read(name).split('\n'), 1):
                if re.search(r'\b(TODO|FIXME|XXX|HACK)\b', line):
                    yield f'{name}:{number}: an unfinished mark'
                if re.search(r'GTEST_SKIP|DISABLED_|EXPECT_TRUE\(true\)', line):
                    yield f'{name}:{number}: a test that does not test'


def rule_documents(files):
    """Every path that a document names in backquotes exists."""
    present = set(files) | {os.path.dirname(name) for name in files}
    roots = ('src/', 'include/', 'docs/', 'scripts/', 'tests/', 'lab/', 'bench/', 'fuzz/', 'tools/', 'examples/', 'cmake/')
    for name in files:
        if not name.endswith('.md'):
            continue
        for number, line in enumerate(read(name).split('\n'), 1):
            for path in re.findall(r'`([\w./-]+)`', line):
                if path.startswith(roots) and path.rstrip('/') not in present and not os.path.isdir(os.path.join(ROOT, path)):
                    yield f'{name}:{number}: names {path}, which does not exist'


def rule_headers(files):
    """Every header compiles alone."""
    headers = [name for name in files if name.endswith('.h') and name.startswith(('src/', 'include/'))]
    flags = ['-std=c++20', '-fsyntax-only', '-Iinclude', '-Isrc', '-I/usr/include/libxml2', '-x', 'c++', '-']
    text = lambda name: ''.join(f'#include "{os.path.relpath(os.path.join(ROOT, name), ROOT)}"\n')
    running = []
    for name in headers:
        process = subprocess.Popen(['g++', '-I.', *flags], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdin.write(text(name))
        process.stdin.close()
        running.append((name, process))
        if len(running) >= (os.cpu_count() or 2):
            yield from header_result(running.pop(0))
    for one in running:
        yield from header_result(one)


def header_result(one):
    name, process = one
    errors = process.stderr.read()
    if process.wait() != 0:
        first = next((line for line in errors.split('\n') if 'error' in line), errors[:200])
        yield f'{name}: does not compile alone: {first}'


def main():
    rules = {name[5:]: rule for name, rule in globals().items() if name.startswith('rule_')}
    wanted = sys.argv[1:] or list(rules)
    unknown = [name for name in wanted if name not in rules]
    if unknown:
        sys.exit(f'tidy: no rule is named {unknown[0]}; there are {", ".join(rules)}')
    files = tracked()
    broken = [line for name in wanted for line in rules[name](files)]
    print('\n'.join(broken) if broken else f'tidy: {", ".join(wanted)}: {len(files)} files are in order')
    sys.exit(1 if broken else 0)


if __name__ == '__main__':
    main()
