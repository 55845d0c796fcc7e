#!/usr/bin/env bash
# Line coverage of the rooms whose promises rest on every line, by their own tests: scripts/coverage.sh [PERCENT].
# False if a room has less. What is not covered is listed by file and line.
set -euo pipefail
cd "$(dirname "$0")/.."
least=${1:-95}
rooms=(engine ledger limits retry)

scripts/build.sh coverage "${rooms[@]/%/_test}"
find build/coverage -name '*.gcda' -delete # Of an earlier run.
for room in "${rooms[@]}"; do
  "build/coverage/src/${room}_test" --gtest_brief=1 >/dev/null || true # The other builds judge the tests.
done
summary=$(mktemp)
trap 'rm -f "$summary"' EXIT
gcovr --root . build/coverage --filter 'src/(engine|ledger|limits|retry)/' --exclude '.*_test\.(cc|h)' --json "$summary"
python3 - "$least" "$summary" "${rooms[@]}" <<'PYTHON'
import json, sys

least, summary, rooms = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
seen, missed = {room: [0, 0] for room in rooms}, []
for file in json.load(open(summary))['files']:
    lines = [line for line in file['lines'] if not line.get('gcovr/noncode')]
    bare = [line['line_number'] for line in lines if line['count'] == 0]
    room = seen[file['file'].split('/')[1]]
    room[0] += len(lines) - len(bare)
    room[1] += len(lines)
    if bare:
        missed.append(f"   {file['file']}: {', '.join(map(str, bare))}")
print(*missed, sep='\n')
percent = {room: 100 * covered / max(1, total) for room, (covered, total) in seen.items()}
for room, (covered, total) in seen.items():
    print(f'   {room:8} {percent[room]:5.1f} %  {covered} of {total} lines')
sys.exit(min(percent.values()) < least)
PYTHON
