# One job from its start to its end, looked at every 5 s. 255 makes xargs begin nothing more.
run_job() {
  local state
  aws dataexchange start-job --job-id "$1"
  while :; do
    sleep 5
    state=$(aws dataexchange get-job --job-id "$1" --query State --output text)
    case $state in COMPLETED) break ;; WAITING | IN_PROGRESS) ;; *) echo "$1: $state" >&2; exit 255 ;; esac
  done
}
export -f run_job
