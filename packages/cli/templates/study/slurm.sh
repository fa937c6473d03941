#!/bin/bash
# Workers of the study __name__ as a SLURM array: each task takes trials from the study's queue until there are none.
# sbatch __name__.sh; for more workers, submit it again. The study's folder must lie on a disk that all nodes share.
#SBATCH --job-name=__name__
#SBATCH --array=1-8
#SBATCH --cpus-per-task=__threads__
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A-%a.log

# The database's URL with its password, from a file that only you can read (chmod 600): it is never in a command line.
ETUDE_DATABASE="$(cat ~/.etude-database)"
export ETUDE_DATABASE

cd __directory__ || exit 2
npx etude worker --study __study__ &
worker=$!
# Two minutes before the time limit SLURM signals this shell. The worker saves its trial and gives it back.
trap 'kill -TERM $worker' TERM
wait $worker
code=$?
# A wait that the signal ended has not seen the worker's own code.
while kill -0 $worker 2>/dev/null; do
  wait $worker
  code=$?
done
# 75: saved and given back. This task goes back into SLURM's queue, and continues later.
if [ $code -eq 75 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit $code
