# Completion of steward for fish. To use it in this shell only:
#   steward completion fish | source
# To use it in every shell:
#   steward completion fish > ~/.config/fish/completions/steward.fish

function __steward_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program $words[1]
    type -q -- "$program"; or set program steward
    set -e words[1]
    for line in (command $program __complete fish -- $words "$typed" 2>/dev/null)
        switch $line
            case :file :folder
                set -l head (string match -r -- '^--[^=]*=' "$typed")
                set -l rest (string replace -r -- '^--[^=]*=' '' "$typed")
                if test $line = :folder
                    string join \n -- "$head"(__fish_complete_directories "$rest")
                else
                    string join \n -- "$head"(__fish_complete_path "$rest")
                end
            case '*'
                echo -- $line
        end
    end
end

complete --command steward --no-files --keep-order --arguments '(__steward_complete)'
