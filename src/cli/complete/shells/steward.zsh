#compdef steward
# Completion of steward for zsh. To use it in this shell only (after compinit):
#   source <(steward completion zsh)
# To use it in every shell, write this file into a folder of $fpath, and start a new shell:
#   steward completion zsh > "${fpath[1]}/_steward"

_steward() {
  local typed=${(Q)PREFIX} head="" line value describe files=""
  local -a values shown
  # Only the part after the last comma is replaced and shown, or the part after the = of an option.
  if [[ $typed == *,* ]]; then
    head="${typed%,*},"
  elif [[ $typed == --*=* ]]; then
    head="${typed%%=*}="
  fi

  local program=${(Q)words[1]}
  (( $+commands[$program] )) || [[ -x $program ]] || program=steward
  for line in ${(f)"$($program __complete zsh -- "${(@Q)words[2,CURRENT-1]}" "$typed" 2> /dev/null)"}; do
    case $line in
      (:file) files=all ;;
      (:folder) files=folders ;;
      (*)
        value=${${line%%$'\t'*}#$head}
        describe=${line#*$'\t'}
        [[ $describe == $line ]] && describe=""
        values+=("$value")
        shown+=("$value${describe:+  -- $describe}")
        ;;
    esac
  done

  if [[ $head == *, ]]; then
    compset -P '*,'
  elif [[ -n $head ]]; then
    compset -P '*='
  fi
  if [[ $files == all ]]; then
    _files
  elif [[ $files == folders ]]; then
    _files -/
  elif (( $#values )); then
    local -a display=()
    [[ "$shown" != "$values" ]] && display=(-l -d shown)
    compadd -V steward $display -a values
  fi
}

if [[ $funcstack[1] == _steward ]]; then
  _steward "$@"
else
  compdef _steward steward
fi
