# shellcheck shell=bash disable=SC2207
_penstock_commands() { echo 'run status results errors retry verify logs list init explain top tune rm selftest completion help'; }
# bash completion for penstock; made by `penstock completion bash`
_penstock_files() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$@" -- "$cur")
}
_penstock_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_penstock() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"
  local command="${COMP_WORDS[1]}"
  if [[ $COMP_CWORD -eq 1 ]]; then
    _penstock_words "$(_penstock_commands) --help --version"
    return
  fi
  [[ $prev == '=' ]] && prev="${COMP_WORDS[COMP_CWORD-2]}"
  [[ $cur == '=' ]] && cur=""
  case "$command:$prev" in
    run:--limit) COMPREPLY=(); return ;;
    run:--workers) COMPREPLY=(); return ;;
    run:--concurrency) COMPREPLY=(); return ;;
    run:--at-once) COMPREPLY=(); return ;;
    run:--distribute) _penstock_words 'dynamic static'; return ;;
    run:--rate) COMPREPLY=(); return ;;
    run:--stop-after-failures) COMPREPLY=(); return ;;
    run:--run) _penstock_files -f; return ;;
    results:--format) _penstock_words 'table jsonl csv'; return ;;
    results:--limit) COMPREPLY=(); return ;;
    results:--key) COMPREPLY=(); return ;;
    errors:--kind) COMPREPLY=(); return ;;
    retry:--kind) COMPREPLY=(); return ;;
    retry:--key) COMPREPLY=(); return ;;
    retry:--step) COMPREPLY=(); return ;;
    retry:--job) _penstock_files -f; return ;;
    retry:--workers) COMPREPLY=(); return ;;
    retry:--concurrency) COMPREPLY=(); return ;;
    retry:--at-once) COMPREPLY=(); return ;;
    retry:--distribute) _penstock_words 'dynamic static'; return ;;
    retry:--rate) COMPREPLY=(); return ;;
    retry:--stop-after-failures) COMPREPLY=(); return ;;
    explain:--limit) COMPREPLY=(); return ;;
    explain:--workers) COMPREPLY=(); return ;;
    explain:--concurrency) COMPREPLY=(); return ;;
    explain:--at-once) COMPREPLY=(); return ;;
    explain:--distribute) _penstock_words 'dynamic static'; return ;;
    explain:--rate) COMPREPLY=(); return ;;
    explain:--stop-after-failures) COMPREPLY=(); return ;;
    tune:--workers) COMPREPLY=(); return ;;
    tune:--concurrency) COMPREPLY=(); return ;;
    tune:--at-once) COMPREPLY=(); return ;;
    tune:--rate) COMPREPLY=(); return ;;
    *) ;;
  esac
  case "$command" in
    run) if [[ $cur == -* ]]; then _penstock_words '--help --fresh --yes --redo --dry-run --limit --workers --concurrency --at-once --distribute --rate --keep-order --keep-going --stop-after-failures --run --json --quiet --inline --no-ledger'; else _penstock_files -f -X '!*.toml'; fi ;;
    status) if [[ $cur == -* ]]; then _penstock_words '--help --json'; else _penstock_files -d -X '!*.run'; fi ;;
    results) if [[ $cur == -* ]]; then _penstock_words '--help --format --follow --limit --failed --key'; else _penstock_files -d -X '!*.run'; fi ;;
    errors) if [[ $cur == -* ]]; then _penstock_words '--help --items --kind --json'; else _penstock_files -d -X '!*.run'; fi ;;
    retry) if [[ $cur == -* ]]; then _penstock_words '--help --kind --key --step --dry-run --job --workers --concurrency --at-once --distribute --rate --keep-going --stop-after-failures --json --quiet'; else _penstock_files -d -X '!*.run'; fi ;;
    verify) if [[ $cur == -* ]]; then _penstock_words '--help --outside'; else _penstock_files -d -X '!*.run'; fi ;;
    logs) if [[ $cur == -* ]]; then _penstock_words '--help --json'; else _penstock_files -d -X '!*.run'; fi ;;
    list) if [[ $cur == -* ]]; then _penstock_words '--help'; else _penstock_files -f; fi ;;
    init) if [[ $cur == -* ]]; then _penstock_words '--help'; else _penstock_words 'pages books trials files'; fi ;;
    explain) if [[ $cur == -* ]]; then _penstock_words '--help --limit --workers --concurrency --at-once --distribute --rate --keep-order --keep-going --stop-after-failures'; else _penstock_files -f -X '!*.toml'; fi ;;
    top) if [[ $cur == -* ]]; then _penstock_words '--help --once'; else _penstock_files -d -X '!*.run'; fi ;;
    tune) if [[ $cur == -* ]]; then _penstock_words '--help --workers --concurrency --at-once --rate'; else _penstock_files -d -X '!*.run'; fi ;;
    rm) if [[ $cur == -* ]]; then _penstock_words '--help --yes'; else _penstock_files -d -X '!*.run'; fi ;;
    selftest) if [[ $cur == -* ]]; then _penstock_words '--help'; else COMPREPLY=(); fi ;;
    completion) if [[ $cur == -* ]]; then _penstock_words '--help'; else _penstock_words 'bash zsh'; fi ;;
    help) if [[ $cur == -* ]]; then _penstock_words '--help'; else _penstock_words "$(_penstock_commands)"; fi ;;
    *) ;;
  esac
}
complete -o filenames -F _penstock penstock
