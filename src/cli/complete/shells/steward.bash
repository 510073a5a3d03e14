# Completion of steward for bash. To use it in this shell only:
#   source <(steward completion bash)
# To use it in every shell, put that line into ~/.bashrc. If the package bash-completion is installed, write this file
# instead. Bash then loads the file when needed:
#   mkdir -p ~/.local/share/bash-completion/completions
#   steward completion bash > ~/.local/share/bash-completion/completions/steward

_steward() {
  # Readline also cuts words at COMP_WORDBREAKS (= : @ and more). This part joins these words again, up to the cursor.
  local line=${COMP_LINE:0:COMP_POINT} typed="" rest word i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=${line#"${line%%[![:space:]]*}"}
    word=${COMP_WORDS[i]}
    if ((i == COMP_CWORD)) || [[ $rest != "$word"* ]]; then word=$rest; fi
    if ((i > 0)) && [[ $rest == "$line" ]]; then
      typed+=$word
    else
      if ((i > 1)); then words+=("${typed//[\'\"\\]/}"); fi
      typed=$word
    fi
    line=${rest:${#word}}
  done
  if ((COMP_CWORD == 0)); then return; fi
  typed=${typed//[\'\"\\]/}

  # Readline replaces only the part that it regards as the last word.
  local head="" program=$1 candidate
  if [[ $typed == *"$2" ]]; then head=${typed%"$2"}; fi
  if ! type -P "$program" > /dev/null; then program=steward; fi

  COMPREPLY=()
  while IFS= read -r candidate; do
    case $candidate in
      :file | :folder)
        # Readline then treats the words as files: it adds a slash after the name of a folder, and quotes if needed.
        compopt -o default 2> /dev/null || COMPREPLY=($(compgen -f -- "$2"))
        ;;
      *)
        # A second TAB only lists the words, so the list can contain descriptions.
        if ((COMP_TYPE == 63)); then candidate=${candidate/$'\t'/  -- }; fi
        candidate=${candidate%%$'\t'*}
        COMPREPLY+=("${candidate#"$head"}")
        ;;
    esac
  done < <("$program" __complete bash -- "${words[@]}" "$typed" 2> /dev/null)
  if ((COMP_TYPE == 63 && ${#COMPREPLY[@]} == 1)); then COMPREPLY=("${COMPREPLY[0]%%  -- *}"); fi
  compopt -o nosort 2> /dev/null
}

complete -F _steward steward
