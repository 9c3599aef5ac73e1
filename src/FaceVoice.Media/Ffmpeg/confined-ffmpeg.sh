#!/bin/sh
# Starts FFmpeg or FFprobe (this file's name says which) on media that nobody trusts. FFMpegCore runs it in place of the program itself.
#
# The program gets one open file as descriptor 3 and a place for what it makes as descriptor 4: no file name ever reaches it. It has no
# environment, a session and process group of its own, no network where the system lets us take it away, bounded processor time and
# memory, and it can write no file. Words "confine:KEY=VALUE" are meant for this script; all others are passed on in their order.
set -u

# FFprobe stays this shell's child (see the end), so the session has to begin with the shell.
case $0 in
    *ffprobe) [ "${1-}" = confine:session ] && shift || exec setsid "$0" confine:session "$@" ;;
esac

input='' output='' errors='' cpu='' memory='' report='' network=''
count=$#
while [ "$count" -gt 0 ]; do
    word=$1
    shift
    count=$((count - 1))
    case $word in
        confine:input=*) input=${word#*=} ;;
        confine:output=*) output=${word#*=} ;;     # a pipe of the parent, or a buffer for FFprobe's report
        confine:errors=*) errors=${word#*=} ;;     # a pipe of the parent: FFMpegCore keeps whatever reaches it, without bound
        confine:cpu=*) cpu=${word#*=} ;;           # seconds
        confine:memory=*) memory=${word#*=} ;;     # address space, in KiB
        confine:report=*) report=${word#*=} ;;     # the most that FFprobe may report, in blocks of 512 bytes
        confine:network=*) network=${word#*=} ;;   # "none": a network namespace without interfaces
        *) set -- "$@" "$word" ;;
    esac
done

if [ -n "$input" ]; then
    exec 2>"$errors"
    echo "confine:pid=$$" >&2
    exec 3<"$input" 4<>"$output"
    ulimit -c 0
    ulimit -n 64
    ulimit -v "$memory"
    ulimit -S -t "$cpu"
    ulimit -H -t $((cpu + 2))
    ulimit -f "${report:-0}"
fi

case $0 in
    *ffprobe) set -- "${FACEVOICE_FFPROBE:-ffprobe}" "$@" ;;
    *) set -- "${FACEVOICE_FFMPEG:-ffmpeg}" "$@" ;;
esac

[ "$network" = none ] && set -- unshare -rn -- "$@"
set -- env -i PATH="$PATH" LC_ALL=C.UTF-8 "$@"

case $report in
    '') exec setsid "$@" ;;
esac

# FFMpegCore reads a report whole, so FFprobe writes it into a buffer that cannot grow beyond the limit, and only then is it handed on.
"$@" >&4
status=$?
[ "$status" -eq 0 ] && cat "$output"
exit "$status"
